import { TemplateSyntaxFault } from "./fault.ts";
import type { Token } from "./lexer.ts";

/** Reads tokens one after the other. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  protected at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  protected token(ahead = 0): Token {
    return this.#tokens[this.at + ahead] ?? { type: "eof" };
  }

  protected fail(what = "unexpected token"): never {
    const token = this.token();
    throw new TemplateSyntaxFault(`${what}: ${"text" in token ? token.text : token.type}`);
  }

  protected isOperator(text: string, ahead = 0): boolean {
    const token = this.token(ahead);
    return token.type === "operator" && token.text === text;
  }

  protected isName(text: string, ahead = 0): boolean {
    const token = this.token(ahead);
    return token.type === "name" && token.text === text;
  }

  protected skipOperator(text: string): boolean {
    if (!this.isOperator(text)) return false;
    this.at++;
    return true;
  }

  protected skipName(text: string): boolean {
    if (!this.isName(text)) return false;
    this.at++;
    return true;
  }

  protected expectOperator(text: string): void {
    if (!this.skipOperator(text)) this.fail(`expected '${text}'`);
  }

  protected expectName(text: string): void {
    if (!this.skipName(text)) this.fail(`expected '${text}'`);
  }

  protected takeName(): string {
    const token = this.token();
    if (token.type !== "name") this.fail("expected a name");
    this.at++;
    return token.text;
  }

  protected expectEnd(block: boolean): void {
    const token = this.token();
    if (token.type !== "end" || token.block !== block) this.fail("expected the end of the tag");
    this.at++;
  }
}

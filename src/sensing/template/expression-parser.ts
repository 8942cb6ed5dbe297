import type { BinaryOperator } from "./arithmetic.ts";
import { TemplateSyntaxFault } from "./fault.ts";
import type { Token } from "./lexer.ts";
import type { CallArguments, CompareOperator, Expression } from "./syntax.ts";
import { TokenReader } from "./token-reader.ts";

/** Beyond these Python itself gives up on the code Jinja makes of a template; measured on Home Assistant. */
const DEEPEST_PARENTHESES = 66;
const DEEPEST_NESTING = 196;
const LONGEST_CHAIN = 196;

/** Which filters and tests exist. */
export type Known = Readonly<{ filter: (name: string) => boolean; test: (name: string) => boolean }>;

const NO_ARGUMENTS: CallArguments = { positional: [], named: [], rest: null, restNamed: null };
const COMPARES: ReadonlySet<string> = new Set(["==", "!=", "<", "<=", ">", ">="]);

/** What stands between the braces, and in the tags. */
export class ExpressionParser extends TokenReader {
  readonly #known: Known;
  #depth = 0;
  #nesting = 0;
  /** Inside a condition unknown filters are only found out when reached. */
  #soft = false;
  protected seen = new Set<string>();

  constructor(tokens: readonly Token[], known: Known) {
    super(tokens);
    this.#known = known;
  }

  protected hard<T>(parse: () => T): T {
    const soft = this.#soft;
    this.#soft = false;
    const result = parse();
    this.#soft = soft;
    return result;
  }

  protected softly<T>(parse: () => T): T {
    const soft = this.#soft;
    this.#soft = true;
    const result = parse();
    this.#soft = soft;
    return result;
  }

  protected expression(withCondition = true): Expression {
    this.#depth++;
    if (this.#depth > DEEPEST_PARENTHESES) throw new TemplateSyntaxFault("too deep");
    const expression = withCondition ? this.#conditional() : this.#or();
    this.#depth--;
    return expression;
  }

  protected tuple(withCondition = true, endNames: readonly string[] = [], explicit = false): Expression {
    const items: Expression[] = [];
    let tuple = false;
    for (;;) {
      if (items.length > 0) this.expectOperator(",");
      const token = this.token();
      if (token.type === "end" || this.isOperator(")") || endNames.some((name) => this.isName(name))) break;
      items.push(this.expression(withCondition));
      if (!this.isOperator(",")) break;
      tuple = true;
    }
    const [first] = items;
    if (!tuple) {
      if (first) return first;
      if (!explicit) this.fail("expected an expression");
    }
    return { kind: "tuple", items };
  }

  #conditional(): Expression {
    const start = this.at;
    let expression = this.#softIfConditional(start);
    while (this.skipName("if")) {
      const test = this.softly(() => this.#or());
      const otherwise = this.skipName("else") ? this.softly(() => this.#nested(() => this.#conditional())) : null;
      expression = { kind: "conditional", test, whenTrue: expression, otherwise };
    }
    return expression;
  }

  /** The value before an `if` is guarded by it too, which is only known after it was read. */
  #softIfConditional(start: number): Expression {
    const depth = this.#depth;
    try {
      return this.#or();
    } catch (error) {
      if (!(error instanceof UnknownName)) throw error;
      this.at = start;
      this.#depth = depth;
      const expression = this.softly(() => this.#or());
      if (!this.isName("if")) throw error;
      return expression;
    }
  }

  #nested<T>(parse: () => T): T {
    this.#nesting++;
    if (this.#nesting > DEEPEST_NESTING) throw new TemplateSyntaxFault("too deep");
    const result = parse();
    this.#nesting--;
    return result;
  }

  #or(): Expression {
    let left = this.#and();
    for (let length = 0; this.skipName("or"); length++) {
      limit(length);
      left = { kind: "or", left, right: this.#and() };
    }
    return left;
  }

  #and(): Expression {
    let left = this.#not();
    for (let length = 0; this.skipName("and"); length++) {
      limit(length);
      left = { kind: "and", left, right: this.#not() };
    }
    return left;
  }

  #not(): Expression {
    if (!this.skipName("not")) return this.#compare();
    return { kind: "unary", operator: "not", operand: this.#nested(() => this.#not()) };
  }

  #compare(): Expression {
    const first = this.#sum();
    const rest: { operator: CompareOperator; value: Expression }[] = [];
    for (;;) {
      const token = this.token();
      if (token.type === "operator" && COMPARES.has(token.text)) {
        this.at++;
        rest.push({ operator: token.text as CompareOperator, value: this.#sum() });
      } else if (this.skipName("in")) rest.push({ operator: "in", value: this.#sum() });
      else if (this.isName("not") && this.isName("in", 1)) {
        this.at += 2;
        rest.push({ operator: "not in", value: this.#sum() });
      } else break;
    }
    return rest.length === 0 ? first : { kind: "compare", first, rest };
  }

  #chain(operators: readonly string[], operand: () => Expression): Expression {
    let left = operand();
    for (let length = 0; ; length++) {
      const token = this.token();
      if (token.type !== "operator" || !operators.includes(token.text)) return left;
      limit(length);
      this.at++;
      left = { kind: "binary", operator: token.text as BinaryOperator, left, right: operand() };
    }
  }

  #sum(): Expression {
    return this.#chain(["+", "-"], () => this.#concat());
  }

  #concat(): Expression {
    const first = this.#product();
    if (!this.isOperator("~")) return first;
    const parts = [first];
    while (this.skipOperator("~")) parts.push(this.#product());
    return { kind: "concat", parts };
  }

  #product(): Expression {
    return this.#chain(["*", "/", "//", "%"], () => this.#power());
  }

  #power(): Expression {
    return this.#chain(["**"], () => this.#unary(true));
  }

  #unary(withFilter: boolean): Expression {
    const token = this.token();
    let expression: Expression;
    if (token.type === "operator" && (token.text === "-" || token.text === "+")) {
      const operator = token.text;
      this.at++;
      expression = { kind: "unary", operator, operand: this.#nested(() => this.#unary(false)) };
    } else expression = this.#primary();
    expression = this.#postfix(expression);
    return withFilter ? this.#filters(expression) : expression;
  }

  #primary(): Expression {
    const token = this.token();
    if (token.type === "name") {
      this.at++;
      if (token.text === "true" || token.text === "True") return { kind: "constant", value: true };
      if (token.text === "false" || token.text === "False") return { kind: "constant", value: false };
      if (token.text === "none" || token.text === "None") return { kind: "constant", value: null };
      this.seen.add(token.text);
      return { kind: "name", name: token.text };
    }
    if (token.type === "string") {
      let value = "";
      for (let next = this.token(); next.type === "string"; next = this.token()) {
        value += next.text;
        this.at++;
      }
      return { kind: "constant", value };
    }
    if (token.type === "integer" || token.type === "float") {
      this.at++;
      return { kind: "constant", value: token.value };
    }
    if (this.skipOperator("(")) {
      const inner = this.tuple(true, [], true);
      this.expectOperator(")");
      return inner;
    }
    if (this.skipOperator("[")) {
      const items: Expression[] = [];
      while (!this.isOperator("]")) {
        if (items.length > 0) this.expectOperator(",");
        if (this.isOperator("]")) break;
        items.push(this.expression());
      }
      this.expectOperator("]");
      return { kind: "list", items };
    }
    if (this.skipOperator("{")) {
      const pairs: { key: Expression; value: Expression }[] = [];
      while (!this.isOperator("}")) {
        if (pairs.length > 0) this.expectOperator(",");
        if (this.isOperator("}")) break;
        const key = this.expression();
        this.expectOperator(":");
        pairs.push({ key, value: this.expression() });
      }
      this.expectOperator("}");
      return { kind: "dict", pairs };
    }
    return this.fail();
  }

  #postfix(start: Expression): Expression {
    let expression = start;
    for (let length = 0; ; length++) {
      if (this.skipOperator(".")) {
        const token = this.token();
        this.at++;
        if (token.type === "name") expression = { kind: "attribute", of: expression, name: token.text };
        else if (token.type === "integer")
          expression = { kind: "item", of: expression, key: { kind: "constant", value: token.value } };
        else this.fail("expected name or number");
      } else if (this.skipOperator("[")) {
        const keys: Expression[] = [];
        while (!this.isOperator("]")) {
          if (keys.length > 0) this.expectOperator(",");
          keys.push(this.#subscript());
        }
        this.expectOperator("]");
        const [only] = keys;
        expression = {
          kind: "item",
          of: expression,
          key: keys.length === 1 && only ? only : { kind: "tuple", items: keys },
        };
      } else if (this.isOperator("(")) expression = { kind: "call", callee: expression, given: this.#arguments() };
      else return expression;
      limit(length);
    }
  }

  #subscript(): Expression {
    let start: Expression | null = null;
    if (!this.isOperator(":")) {
      start = this.expression();
      if (!this.isOperator(":")) return start;
    }
    this.expectOperator(":");
    const atEnd = (): boolean => this.isOperator("]") || this.isOperator(",");
    const stop = this.isOperator(":") || atEnd() ? null : this.expression();
    let step: Expression | null = null;
    if (this.skipOperator(":") && !atEnd()) step = this.expression();
    return { kind: "slice", start, stop, step };
  }

  #arguments(): CallArguments {
    this.expectOperator("(");
    const positional: Expression[] = [];
    const named: { name: string; value: Expression }[] = [];
    let rest: Expression | null = null;
    let restNamed: Expression | null = null;
    let first = true;
    while (!this.isOperator(")")) {
      if (!first) {
        this.expectOperator(",");
        if (this.isOperator(")")) break;
      }
      first = false;
      if (this.skipOperator("**")) {
        if (restNamed) this.fail();
        restNamed = this.expression();
      } else if (this.skipOperator("*")) {
        if (rest || restNamed) this.fail();
        rest = this.expression();
      } else if (this.token().type === "name" && this.isOperator("=", 1)) {
        if (restNamed) this.fail();
        const name = this.takeName();
        this.at++;
        if (named.some((one) => one.name === name)) this.fail("keyword argument repeated");
        named.push({ name, value: this.expression() });
      } else {
        if (rest || restNamed || named.length > 0) this.fail("positional after keyword argument");
        positional.push(this.expression());
      }
    }
    this.expectOperator(")");
    return { positional, named, rest, restNamed };
  }

  #filters(start: Expression): Expression {
    let expression = start;
    for (let length = 0; ; length++) {
      if (this.isOperator("|")) expression = this.filter(expression, false);
      else if (this.skipName("is")) expression = this.#test(expression);
      else if (this.isOperator("(")) expression = { kind: "call", callee: expression, given: this.#arguments() };
      else return expression;
      limit(length);
    }
  }

  protected filter(of: Expression | null, inline: boolean): Expression {
    let expression = of;
    let start = inline;
    for (let length = 0; start || this.isOperator("|"); length++) {
      limit(length);
      if (!start) this.at++;
      start = false;
      let name = this.takeName();
      while (this.skipOperator(".")) name += `.${this.takeName()}`;
      const given = this.isOperator("(") ? this.#arguments() : NO_ARGUMENTS;
      if (!this.#known.filter(name) && !this.#soft) throw new UnknownName(`No filter named '${name}'`);
      expression = { kind: "filter", of: expression, name, given };
    }
    return expression ?? this.fail("expected a filter");
  }

  #test(of: Expression): Expression {
    const negated = this.skipName("not");
    let name = this.takeName();
    while (this.skipOperator(".")) name += `.${this.takeName()}`;
    let given = NO_ARGUMENTS;
    const token = this.token();
    if (this.isOperator("(")) given = this.#arguments();
    else if (
      (token.type === "name" && !["else", "or", "and"].includes(token.text)) ||
      token.type === "string" ||
      token.type === "integer" ||
      token.type === "float" ||
      this.isOperator("[") ||
      this.isOperator("{")
    ) {
      if (this.isName("is")) this.fail("You cannot chain multiple tests with is");
      given = { ...NO_ARGUMENTS, positional: [this.#postfix(this.#primary())] };
    }
    if (!this.#known.test(name) && !this.#soft) throw new UnknownName(`No test named '${name}'`);
    const test: Expression = { kind: "test", of, name, given };
    return negated ? { kind: "unary", operator: "not", operand: test } : test;
  }
}

class UnknownName extends TemplateSyntaxFault {}

function limit(length: number): void {
  if (length >= LONGEST_CHAIN) throw new TemplateSyntaxFault("too long a chain");
}

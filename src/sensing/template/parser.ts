import { ExpressionParser, type Known } from "./expression-parser.ts";
import { TemplateSyntaxFault } from "./fault.ts";
import { tokenize } from "./lexer.ts";
import type { Body, Expression, Parameters, Statement, Target } from "./syntax.ts";

/** Beyond these Python itself gives up on the code Jinja makes of a template; measured on Home Assistant. */
const DEEPEST_BODIES = 98;
const DEEPEST_LOOPS = 20;

/**
 * Parses a Jinja template.
 * @param known which filters and tests exist: an unknown one refuses the template unless an `if` guards it
 * @throws TemplateSyntaxFault
 */
export function parseTemplate(source: string, known: Known): Body {
  return new Parser(tokenize(source), known).template();
}

/** The tags, and the text between them. */
class Parser extends ExpressionParser {
  #bodies = 0;
  #loops = 0;

  template(): Body {
    const body = this.#body([]);
    if (this.token().type !== "eof") this.fail();
    return body;
  }

  /** Statements until a tag of one of these names, which is left with its name still to be read. */
  #body(until: readonly string[]): Statement[] {
    this.#bodies++;
    if (this.#bodies > DEEPEST_BODIES + 1) throw new TemplateSyntaxFault("too deep");
    const body: Statement[] = [];
    for (;;) {
      const token = this.token();
      if (token.type === "eof") {
        if (until.length > 0) this.fail("unexpected end of template");
        break;
      }
      if (token.type === "data") {
        this.at++;
        body.push({ kind: "data", text: token.text });
      } else if (token.type === "begin" && !token.block) {
        this.at++;
        body.push({ kind: "print", value: this.tuple() });
        this.expectEnd(false);
      } else if (token.type === "begin") {
        this.at++;
        const name = this.token();
        if (name.type === "name" && until.includes(name.text)) break;
        const statement = this.#statement();
        if (statement) body.push(...statement);
        this.expectEnd(true);
      } else this.fail();
    }
    this.#bodies--;
    return body;
  }

  /** The body of a tag: after the tag's end, up to one of `until`, whose name is consumed and returned. */
  #block(until: readonly string[]): { body: Body; ended: string } {
    this.skipOperator(":");
    this.expectEnd(true);
    const body = this.#body(until);
    return { body, ended: this.takeName() };
  }

  #statement(): readonly Statement[] | undefined {
    const tag = this.takeName();
    switch (tag) {
      case "if":
        return [this.softly(() => this.#if())];
      case "for":
        return [this.#for()];
      case "set":
        return [this.#set()];
      case "macro":
        return [this.#macro()];
      case "call":
        return [this.#callBlock()];
      case "filter": {
        const filter = this.filter(null, true);
        const { body } = this.hard(() => this.#block(["endfilter"]));
        return [{ kind: "filter-block", filter, body }];
      }
      case "with": {
        const assignments: { target: Target; value: Expression }[] = [];
        while (this.token().type !== "end") {
          if (assignments.length > 0) this.expectOperator(",");
          const target = this.#target();
          this.expectOperator("=");
          assignments.push({ target, value: this.expression() });
        }
        const { body } = this.hard(() => this.#block(["endwith"]));
        return [{ kind: "with", assignments, body }];
      }
      case "autoescape": {
        this.expression();
        return [{ kind: "scope", body: this.hard(() => this.#block(["endautoescape"])).body }];
      }
      case "block": {
        const name = this.takeName();
        this.skipName("scoped");
        this.skipName("required");
        const { body } = this.hard(() => this.#block(["endblock"]));
        this.skipName(name);
        return [{ kind: "scope", body }];
      }
      case "print": {
        const printed: Statement[] = [];
        while (this.token().type !== "end") {
          if (printed.length > 0) this.expectOperator(",");
          printed.push({ kind: "print", value: this.expression() });
        }
        return printed;
      }
      case "do":
        return [{ kind: "do", value: this.tuple() }];
      case "break":
      case "continue":
        if (this.#loops === 0) this.fail(`'${tag}' outside of a loop`);
        return [{ kind: tag }];
      case "import":
      case "from":
      case "include":
      case "extends":
        while (this.token().type !== "end" && this.token().type !== "eof") this.at++;
        return [{ kind: "import" }];
      default:
        return this.fail(`unknown tag '${tag}'`);
    }
  }

  #if(): Statement {
    const branches: { test: Expression; body: Body }[] = [];
    for (;;) {
      const test = this.tuple(false);
      const { body, ended } = this.#block(["elif", "else", "endif"]);
      branches.push({ test, body });
      if (ended === "elif") continue;
      const otherwise = ended === "else" ? this.#block(["endif"]).body : [];
      return { kind: "if", branches, otherwise };
    }
  }

  #for(): Statement {
    const target = this.#target(["in"]);
    this.expectName("in");
    const over = this.tuple(false, ["recursive"]);
    const test = this.skipName("if") ? this.expression() : null;
    const recursive = this.skipName("recursive");
    if (++this.#loops > DEEPEST_LOOPS) throw new TemplateSyntaxFault("too deep");
    const { body, ended } = this.hard(() => this.#block(["endfor", "else"]));
    this.#loops--;
    const otherwise = ended === "else" ? this.hard(() => this.#block(["endfor"])).body : [];
    return { kind: "for", target, over, test, recursive, body, otherwise };
  }

  #set(): Statement {
    const target = this.#target([], true);
    if (this.skipOperator("=")) return { kind: "set", target, value: this.tuple() };
    const filter = this.isOperator("|") ? this.filter(null, false) : null;
    const { body } = this.hard(() => this.#block(["endset"]));
    return { kind: "set-block", target, filter, body };
  }

  #macro(): Statement {
    const name = this.takeName();
    const parameters = this.#signature();
    const loops = this.#loops;
    const seen = this.seen;
    this.#loops = 0;
    this.seen = new Set();
    const { body } = this.hard(() => this.#block(["endmacro"]));
    const used = this.seen;
    this.#loops = loops;
    this.seen = seen;
    for (const one of used) seen.add(one);
    return {
      kind: "macro",
      name,
      parameters,
      body,
      usesCaller: used.has("caller"),
      catchesRest: used.has("varargs"),
      catchesNamed: used.has("kwargs"),
    };
  }

  #callBlock(): Statement {
    const parameters = this.isOperator("(") ? this.#signature() : [];
    const call = this.expression();
    if (call.kind !== "call") this.fail("expected call");
    const { body } = this.hard(() => this.#block(["endcall"]));
    return { kind: "call-block", parameters, call, body };
  }

  #signature(): Parameters {
    const parameters: { name: string; fallback: Expression | null }[] = [];
    this.expectOperator("(");
    while (!this.isOperator(")")) {
      if (parameters.length > 0) this.expectOperator(",");
      const name = this.takeName();
      const fallback = this.skipOperator("=") ? this.expression() : null;
      if (fallback === null && parameters.at(-1)?.fallback) this.fail("non-default argument follows default argument");
      parameters.push({ name, fallback });
    }
    this.expectOperator(")");
    return parameters;
  }

  #target(endNames: readonly string[] = [], withNamespace = false): Target {
    const one = (): Target => {
      if (this.skipOperator("(")) {
        const inner = this.#target([], withNamespace);
        this.expectOperator(")");
        return inner;
      }
      const name = this.takeName();
      if (["true", "false", "none", "True", "False", "None"].includes(name)) this.fail(`can't assign to '${name}'`);
      if (withNamespace && this.skipOperator(".")) return { kind: "namespace", name, attribute: this.takeName() };
      return { kind: "name", name };
    };
    const items = [one()];
    let tuple = false;
    while (this.skipOperator(",")) {
      tuple = true;
      const token = this.token();
      if (token.type === "end" || this.isOperator("=") || endNames.some((name) => this.isName(name))) break;
      items.push(one());
    }
    const [first] = items;
    return tuple || !first ? { kind: "tuple", items } : first;
  }
}

import { TemplateSyntaxFault } from "./fault.ts";
import { type Token, tokenize } from "./lexer.ts";
import type { BinaryOperator } from "./arithmetic.ts";
import type { Body, CallArguments, CompareOperator, Expression, Parameters, Statement, Target } from "./syntax.ts";

/** Beyond these Python itself gives up on the code Jinja makes of a template; measured on Home Assistant. */
const DEEPEST_PARENTHESES = 66;
const DEEPEST_NESTING = 196;
const LONGEST_CHAIN = 196;
const DEEPEST_BODIES = 98;
const DEEPEST_LOOPS = 20;

export type Known = Readonly<{ filter: (name: string) => boolean; test: (name: string) => boolean }>;

const NO_ARGUMENTS: CallArguments = { positional: [], named: [], rest: null, restNamed: null };
const COMPARES: ReadonlySet<string> = new Set(["==", "!=", "<", "<=", ">", ">="]);

/**
 * Parses a Jinja template.
 * @param known which filters and tests exist: an unknown one refuses the template unless an `if` guards it
 * @throws TemplateSyntaxFault
 */
export function parseTemplate(source: string, known: Known): Body {
  return new Parser(tokenize(source), known).template();
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #known: Known;
  #at = 0;
  #depth = 0;
  #nesting = 0;
  #bodies = 0;
  /** Inside a condition unknown filters are only found out when reached. */
  #soft = false;
  #loops = 0;
  #seen = new Set<string>();

  constructor(tokens: readonly Token[], known: Known) {
    this.#tokens = tokens;
    this.#known = known;
  }

  template(): Body {
    const body = this.#body([]);
    if (this.#token().type !== "eof") this.#fail();
    return body;
  }

  #token(ahead = 0): Token {
    return this.#tokens[this.#at + ahead] ?? { type: "eof" };
  }

  #fail(what = "unexpected token"): never {
    const token = this.#token();
    throw new TemplateSyntaxFault(`${what}: ${"text" in token ? token.text : token.type}`);
  }

  #isOperator(text: string, ahead = 0): boolean {
    const token = this.#token(ahead);
    return token.type === "operator" && token.text === text;
  }

  #isName(text: string, ahead = 0): boolean {
    const token = this.#token(ahead);
    return token.type === "name" && token.text === text;
  }

  #skipOperator(text: string): boolean {
    if (!this.#isOperator(text)) return false;
    this.#at++;
    return true;
  }

  #skipName(text: string): boolean {
    if (!this.#isName(text)) return false;
    this.#at++;
    return true;
  }

  #expectOperator(text: string): void {
    if (!this.#skipOperator(text)) this.#fail(`expected '${text}'`);
  }

  #expectName(text: string): void {
    if (!this.#skipName(text)) this.#fail(`expected '${text}'`);
  }

  #name(): string {
    const token = this.#token();
    if (token.type !== "name") this.#fail("expected a name");
    this.#at++;
    return token.text;
  }

  #end(block: boolean): void {
    const token = this.#token();
    if (token.type !== "end" || token.block !== block) this.#fail("expected the end of the tag");
    this.#at++;
  }

  /** Statements until a tag of one of these names, which is left with its name still to be read. */
  #body(until: readonly string[]): Statement[] {
    this.#bodies++;
    if (this.#bodies > DEEPEST_BODIES + 1) throw new TemplateSyntaxFault("too deep");
    const body: Statement[] = [];
    for (;;) {
      const token = this.#token();
      if (token.type === "eof") {
        if (until.length > 0) this.#fail("unexpected end of template");
        break;
      }
      if (token.type === "data") {
        this.#at++;
        body.push({ kind: "data", text: token.text });
      } else if (token.type === "begin" && !token.block) {
        this.#at++;
        body.push({ kind: "print", value: this.#tuple() });
        this.#end(false);
      } else if (token.type === "begin") {
        this.#at++;
        const name = this.#token();
        if (name.type === "name" && until.includes(name.text)) break;
        const statement = this.#statement();
        if (statement) body.push(...statement);
        this.#end(true);
      } else this.#fail();
    }
    this.#bodies--;
    return body;
  }

  /** The body of a tag: after the tag's end, up to one of `until`, whose name is consumed and returned. */
  #block(until: readonly string[]): { body: Body; ended: string } {
    this.#skipOperator(":");
    this.#end(true);
    const body = this.#body(until);
    return { body, ended: this.#name() };
  }

  #hard<T>(parse: () => T): T {
    const soft = this.#soft;
    this.#soft = false;
    const result = parse();
    this.#soft = soft;
    return result;
  }

  #softly<T>(parse: () => T): T {
    const soft = this.#soft;
    this.#soft = true;
    const result = parse();
    this.#soft = soft;
    return result;
  }

  #statement(): readonly Statement[] | undefined {
    const tag = this.#name();
    switch (tag) {
      case "if":
        return [this.#softly(() => this.#if())];
      case "for":
        return [this.#for()];
      case "set":
        return [this.#set()];
      case "macro":
        return [this.#macro()];
      case "call":
        return [this.#callBlock()];
      case "filter": {
        const filter = this.#filter(null, true);
        const { body } = this.#hard(() => this.#block(["endfilter"]));
        return [{ kind: "filter-block", filter, body }];
      }
      case "with": {
        const assignments: { target: Target; value: Expression }[] = [];
        while (this.#token().type !== "end") {
          if (assignments.length > 0) this.#expectOperator(",");
          const target = this.#target();
          this.#expectOperator("=");
          assignments.push({ target, value: this.#expression() });
        }
        const { body } = this.#hard(() => this.#block(["endwith"]));
        return [{ kind: "with", assignments, body }];
      }
      case "autoescape": {
        this.#expression();
        return [{ kind: "scope", body: this.#hard(() => this.#block(["endautoescape"])).body }];
      }
      case "block": {
        const name = this.#name();
        this.#skipName("scoped");
        this.#skipName("required");
        const { body } = this.#hard(() => this.#block(["endblock"]));
        this.#skipName(name);
        return [{ kind: "scope", body }];
      }
      case "print": {
        const printed: Statement[] = [];
        while (this.#token().type !== "end") {
          if (printed.length > 0) this.#expectOperator(",");
          printed.push({ kind: "print", value: this.#expression() });
        }
        return printed;
      }
      case "do":
        return [{ kind: "do", value: this.#tuple() }];
      case "break":
      case "continue":
        if (this.#loops === 0) this.#fail(`'${tag}' outside of a loop`);
        return [{ kind: tag }];
      case "import":
      case "from":
      case "include":
      case "extends":
        while (this.#token().type !== "end" && this.#token().type !== "eof") this.#at++;
        return [{ kind: "import" }];
      default:
        return this.#fail(`unknown tag '${tag}'`);
    }
  }

  #if(): Statement {
    const branches: { test: Expression; body: Body }[] = [];
    for (;;) {
      const test = this.#tuple(false);
      const { body, ended } = this.#block(["elif", "else", "endif"]);
      branches.push({ test, body });
      if (ended === "elif") continue;
      const otherwise = ended === "else" ? this.#block(["endif"]).body : [];
      return { kind: "if", branches, otherwise };
    }
  }

  #for(): Statement {
    const target = this.#target(["in"]);
    this.#expectName("in");
    const over = this.#tuple(false, ["recursive"]);
    const test = this.#skipName("if") ? this.#expression() : null;
    const recursive = this.#skipName("recursive");
    if (++this.#loops > DEEPEST_LOOPS) throw new TemplateSyntaxFault("too deep");
    const { body, ended } = this.#hard(() => this.#block(["endfor", "else"]));
    this.#loops--;
    const otherwise = ended === "else" ? this.#hard(() => this.#block(["endfor"])).body : [];
    return { kind: "for", target, over, test, recursive, body, otherwise };
  }

  #set(): Statement {
    const target = this.#target([], true);
    if (this.#skipOperator("=")) return { kind: "set", target, value: this.#tuple() };
    const filter = this.#isOperator("|") ? this.#filter(null, false) : null;
    const { body } = this.#hard(() => this.#block(["endset"]));
    return { kind: "set-block", target, filter, body };
  }

  #macro(): Statement {
    const name = this.#name();
    const parameters = this.#signature();
    const loops = this.#loops;
    const seen = this.#seen;
    this.#loops = 0;
    this.#seen = new Set();
    const { body } = this.#hard(() => this.#block(["endmacro"]));
    const used = this.#seen;
    this.#loops = loops;
    this.#seen = seen;
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
    const parameters = this.#isOperator("(") ? this.#signature() : [];
    const call = this.#expression();
    if (call.kind !== "call") this.#fail("expected call");
    const { body } = this.#hard(() => this.#block(["endcall"]));
    return { kind: "call-block", parameters, call, body };
  }

  #signature(): Parameters {
    const parameters: { name: string; fallback: Expression | null }[] = [];
    this.#expectOperator("(");
    while (!this.#isOperator(")")) {
      if (parameters.length > 0) this.#expectOperator(",");
      const name = this.#name();
      const fallback = this.#skipOperator("=") ? this.#expression() : null;
      if (fallback === null && parameters.at(-1)?.fallback) this.#fail("non-default argument follows default argument");
      parameters.push({ name, fallback });
    }
    this.#expectOperator(")");
    return parameters;
  }

  #target(endNames: readonly string[] = [], withNamespace = false): Target {
    const one = (): Target => {
      if (this.#skipOperator("(")) {
        const inner = this.#target([], withNamespace);
        this.#expectOperator(")");
        return inner;
      }
      const name = this.#name();
      if (["true", "false", "none", "True", "False", "None"].includes(name)) this.#fail(`can't assign to '${name}'`);
      if (withNamespace && this.#skipOperator(".")) return { kind: "namespace", name, attribute: this.#name() };
      return { kind: "name", name };
    };
    const items = [one()];
    let tuple = false;
    while (this.#skipOperator(",")) {
      tuple = true;
      const token = this.#token();
      if (token.type === "end" || this.#isOperator("=") || endNames.some((name) => this.#isName(name))) break;
      items.push(one());
    }
    const [first] = items;
    return tuple || !first ? { kind: "tuple", items } : first;
  }

  #expression(withCondition = true): Expression {
    this.#depth++;
    if (this.#depth > DEEPEST_PARENTHESES) throw new TemplateSyntaxFault("too deep");
    const expression = withCondition ? this.#conditional() : this.#or();
    this.#depth--;
    return expression;
  }

  #tuple(withCondition = true, endNames: readonly string[] = [], explicit = false): Expression {
    const items: Expression[] = [];
    let tuple = false;
    for (;;) {
      if (items.length > 0) this.#expectOperator(",");
      const token = this.#token();
      if (token.type === "end" || this.#isOperator(")") || endNames.some((name) => this.#isName(name))) break;
      items.push(this.#expression(withCondition));
      if (!this.#isOperator(",")) break;
      tuple = true;
    }
    const [first] = items;
    if (!tuple) {
      if (first) return first;
      if (!explicit) this.#fail("expected an expression");
    }
    return { kind: "tuple", items };
  }

  #conditional(): Expression {
    const start = this.#at;
    let expression = this.#softIfConditional(start);
    while (this.#skipName("if")) {
      const test = this.#softly(() => this.#or());
      const otherwise = this.#skipName("else") ? this.#softly(() => this.#nested(() => this.#conditional())) : null;
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
      this.#at = start;
      this.#depth = depth;
      const expression = this.#softly(() => this.#or());
      if (!this.#isName("if")) throw error;
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
    for (let length = 0; this.#skipName("or"); length++) {
      limit(length);
      left = { kind: "or", left, right: this.#and() };
    }
    return left;
  }

  #and(): Expression {
    let left = this.#not();
    for (let length = 0; this.#skipName("and"); length++) {
      limit(length);
      left = { kind: "and", left, right: this.#not() };
    }
    return left;
  }

  #not(): Expression {
    if (!this.#skipName("not")) return this.#compare();
    return { kind: "unary", operator: "not", operand: this.#nested(() => this.#not()) };
  }

  #compare(): Expression {
    const first = this.#sum();
    const rest: { operator: CompareOperator; value: Expression }[] = [];
    for (;;) {
      const token = this.#token();
      if (token.type === "operator" && COMPARES.has(token.text)) {
        this.#at++;
        rest.push({ operator: token.text as CompareOperator, value: this.#sum() });
      } else if (this.#skipName("in")) rest.push({ operator: "in", value: this.#sum() });
      else if (this.#isName("not") && this.#isName("in", 1)) {
        this.#at += 2;
        rest.push({ operator: "not in", value: this.#sum() });
      } else break;
    }
    return rest.length === 0 ? first : { kind: "compare", first, rest };
  }

  #chain(operators: readonly string[], operand: () => Expression): Expression {
    let left = operand();
    for (let length = 0; ; length++) {
      const token = this.#token();
      if (token.type !== "operator" || !operators.includes(token.text)) return left;
      limit(length);
      this.#at++;
      left = { kind: "binary", operator: token.text as BinaryOperator, left, right: operand() };
    }
  }

  #sum(): Expression {
    return this.#chain(["+", "-"], () => this.#concat());
  }

  #concat(): Expression {
    const first = this.#product();
    if (!this.#isOperator("~")) return first;
    const parts = [first];
    while (this.#skipOperator("~")) parts.push(this.#product());
    return { kind: "concat", parts };
  }

  #product(): Expression {
    return this.#chain(["*", "/", "//", "%"], () => this.#power());
  }

  #power(): Expression {
    return this.#chain(["**"], () => this.#unary(true));
  }

  #unary(withFilter: boolean): Expression {
    const token = this.#token();
    let expression: Expression;
    if (token.type === "operator" && (token.text === "-" || token.text === "+")) {
      const operator = token.text;
      this.#at++;
      expression = { kind: "unary", operator, operand: this.#nested(() => this.#unary(false)) };
    } else expression = this.#primary();
    expression = this.#postfix(expression);
    return withFilter ? this.#filters(expression) : expression;
  }

  #primary(): Expression {
    const token = this.#token();
    if (token.type === "name") {
      this.#at++;
      if (token.text === "true" || token.text === "True") return { kind: "constant", value: true };
      if (token.text === "false" || token.text === "False") return { kind: "constant", value: false };
      if (token.text === "none" || token.text === "None") return { kind: "constant", value: null };
      this.#seen.add(token.text);
      return { kind: "name", name: token.text };
    }
    if (token.type === "string") {
      let value = "";
      for (let next = this.#token(); next.type === "string"; next = this.#token()) {
        value += next.text;
        this.#at++;
      }
      return { kind: "constant", value };
    }
    if (token.type === "integer" || token.type === "float") {
      this.#at++;
      return { kind: "constant", value: token.value };
    }
    if (this.#skipOperator("(")) {
      const inner = this.#tuple(true, [], true);
      this.#expectOperator(")");
      return inner;
    }
    if (this.#skipOperator("[")) {
      const items: Expression[] = [];
      while (!this.#isOperator("]")) {
        if (items.length > 0) this.#expectOperator(",");
        if (this.#isOperator("]")) break;
        items.push(this.#expression());
      }
      this.#expectOperator("]");
      return { kind: "list", items };
    }
    if (this.#skipOperator("{")) {
      const pairs: { key: Expression; value: Expression }[] = [];
      while (!this.#isOperator("}")) {
        if (pairs.length > 0) this.#expectOperator(",");
        if (this.#isOperator("}")) break;
        const key = this.#expression();
        this.#expectOperator(":");
        pairs.push({ key, value: this.#expression() });
      }
      this.#expectOperator("}");
      return { kind: "dict", pairs };
    }
    return this.#fail();
  }

  #postfix(start: Expression): Expression {
    let expression = start;
    for (let length = 0; ; length++) {
      if (this.#skipOperator(".")) {
        const token = this.#token();
        this.#at++;
        if (token.type === "name") expression = { kind: "attribute", of: expression, name: token.text };
        else if (token.type === "integer")
          expression = { kind: "item", of: expression, key: { kind: "constant", value: token.value } };
        else this.#fail("expected name or number");
      } else if (this.#skipOperator("[")) {
        const keys: Expression[] = [];
        while (!this.#isOperator("]")) {
          if (keys.length > 0) this.#expectOperator(",");
          keys.push(this.#subscript());
        }
        this.#expectOperator("]");
        const [only] = keys;
        expression = {
          kind: "item",
          of: expression,
          key: keys.length === 1 && only ? only : { kind: "tuple", items: keys },
        };
      } else if (this.#isOperator("(")) expression = { kind: "call", callee: expression, given: this.#arguments() };
      else return expression;
      limit(length);
    }
  }

  #subscript(): Expression {
    let start: Expression | null = null;
    if (!this.#isOperator(":")) {
      start = this.#expression();
      if (!this.#isOperator(":")) return start;
    }
    this.#expectOperator(":");
    const atEnd = (): boolean => this.#isOperator("]") || this.#isOperator(",");
    const stop = this.#isOperator(":") || atEnd() ? null : this.#expression();
    let step: Expression | null = null;
    if (this.#skipOperator(":") && !atEnd()) step = this.#expression();
    return { kind: "slice", start, stop, step };
  }

  #arguments(): CallArguments {
    this.#expectOperator("(");
    const positional: Expression[] = [];
    const named: { name: string; value: Expression }[] = [];
    let rest: Expression | null = null;
    let restNamed: Expression | null = null;
    let first = true;
    while (!this.#isOperator(")")) {
      if (!first) {
        this.#expectOperator(",");
        if (this.#isOperator(")")) break;
      }
      first = false;
      if (this.#skipOperator("**")) {
        if (restNamed) this.#fail();
        restNamed = this.#expression();
      } else if (this.#skipOperator("*")) {
        if (rest || restNamed) this.#fail();
        rest = this.#expression();
      } else if (this.#token().type === "name" && this.#isOperator("=", 1)) {
        if (restNamed) this.#fail();
        const name = this.#name();
        this.#at++;
        if (named.some((one) => one.name === name)) this.#fail("keyword argument repeated");
        named.push({ name, value: this.#expression() });
      } else {
        if (rest || restNamed || named.length > 0) this.#fail("positional after keyword argument");
        positional.push(this.#expression());
      }
    }
    this.#expectOperator(")");
    return { positional, named, rest, restNamed };
  }

  #filters(start: Expression): Expression {
    let expression = start;
    for (let length = 0; ; length++) {
      if (this.#isOperator("|")) expression = this.#filter(expression, false);
      else if (this.#skipName("is")) expression = this.#test(expression);
      else if (this.#isOperator("(")) expression = { kind: "call", callee: expression, given: this.#arguments() };
      else return expression;
      limit(length);
    }
  }

  #filter(of: Expression | null, inline: boolean): Expression {
    let expression = of;
    let start = inline;
    for (let length = 0; start || this.#isOperator("|"); length++) {
      limit(length);
      if (!start) this.#at++;
      start = false;
      let name = this.#name();
      while (this.#skipOperator(".")) name += `.${this.#name()}`;
      const given = this.#isOperator("(") ? this.#arguments() : NO_ARGUMENTS;
      if (!this.#known.filter(name) && !this.#soft) throw new UnknownName(`No filter named '${name}'`);
      expression = { kind: "filter", of: expression, name, given };
    }
    return expression ?? this.#fail("expected a filter");
  }

  #test(of: Expression): Expression {
    const negated = this.#skipName("not");
    let name = this.#name();
    while (this.#skipOperator(".")) name += `.${this.#name()}`;
    let given = NO_ARGUMENTS;
    const token = this.#token();
    if (this.#isOperator("(")) given = this.#arguments();
    else if (
      (token.type === "name" && !["else", "or", "and"].includes(token.text)) ||
      token.type === "string" ||
      token.type === "integer" ||
      token.type === "float" ||
      this.#isOperator("[") ||
      this.#isOperator("{")
    ) {
      if (this.#isName("is")) this.#fail("You cannot chain multiple tests with is");
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

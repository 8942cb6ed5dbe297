import { binary, negate, positive } from "./arithmetic.ts";
import { attributeOf, itemOf } from "./attributes.ts";
import { compare, contains, isEqual } from "./comparison.ts";
import { raised, TemplateFault, undefinedFault, type Work } from "./fault.ts";
import { losesItsSign } from "./folded.ts";
import { isTrue, limited, listOf } from "./operations.ts";
import type { CallArguments, Expression } from "./syntax.ts";
import { textOf } from "./text.ts";
import {
  type Arguments,
  Callable,
  Dict,
  Loop,
  Slice,
  Tuple,
  typeName,
  Undefined,
  type Value,
  type ZoneRules,
} from "./values.ts";

export const DEEPEST_CALL = 100;

export type Filter = (context: Runtime, value: Value, given: Arguments) => Value;
export type Test = (context: Runtime, value: Value, given: Arguments) => boolean;

/** What a template can reach: these tables, its variables, and nothing else. */
export type Library = Readonly<{
  filters: ReadonlyMap<string, Filter>;
  tests: ReadonlyMap<string, Test>;
  globals: ReadonlyMap<string, (context: Runtime) => Value>;
  /** Names that exist in Home Assistant and that only it can answer. */
  homeAssistant: Readonly<{ filters: ReadonlySet<string>; tests: ReadonlySet<string>; globals: ReadonlySet<string> }>;
}>;

/** Names of a template, and those of what it is in. */
export class Scope {
  readonly #names = new Map<string, Value>();
  readonly #outer: Scope | undefined;
  constructor(outer?: Scope) {
    this.#outer = outer;
  }
  get(name: string): Value | undefined {
    return this.#names.get(name) ?? (this.#names.has(name) ? null : this.#outer?.get(name));
  }
  set(name: string, value: Value): void {
    this.#names.set(name, value);
  }
}

/** What an expression is worth, and what filters and functions may ask. `time` is asked by functions such as now(). */
export class Runtime {
  readonly work: Work;
  readonly library: Library;
  readonly nowMs: () => number;
  readonly zoneOffsetMinutes: (atMs: number) => number;
  /** The home's zone by its wall time. */
  readonly localRules: ZoneRules;
  #calls = 0;

  constructor(library: Library, work: Work, nowMs: () => number, zoneOffsetMinutes: (atMs: number) => number) {
    this.library = library;
    this.work = work;
    this.nowMs = nowMs;
    this.zoneOffsetMinutes = zoneOffsetMinutes;
    this.localRules = (wallMs) => zoneOffsetMinutes(wallMs - zoneOffsetMinutes(wallMs) * 60_000);
  }

  /** Calls a function value; `undefined` and other values are no functions. */
  call(callee: Value, given: Arguments): Value {
    this.work.spend(1);
    if (callee instanceof Callable) return this.#deeper(() => callee.call(given));
    if (callee instanceof Loop && callee.recurse) return this.#deeper(() => callee.recurse?.(given) ?? null);
    if (callee instanceof Undefined) throw undefinedFault(callee.message);
    throw raised(`'${typeName(callee)}' object is not callable`);
  }

  attribute(value: Value, name: string): Value {
    return attributeOf(this, value, name);
  }

  item(value: Value, key: Value): Value {
    return itemOf(this, value, key);
  }

  filter(name: string, value: Value, given: Arguments): Value {
    this.work.spend(1);
    const filter = this.library.filters.get(name);
    if (filter) return filter(this, value, given);
    if (this.library.homeAssistant.filters.has(name)) throw new TemplateFault("unknown", `the filter ${name}`);
    throw undefinedFault(`No filter named '${name}'.`);
  }

  test(name: string, value: Value, given: Arguments): boolean {
    this.work.spend(1);
    const test = this.library.tests.get(name);
    if (test) return test(this, value, given);
    if (this.library.homeAssistant.tests.has(name)) throw new TemplateFault("unknown", `the test ${name}`);
    throw undefinedFault(`No test named '${name}'.`);
  }

  #deeper<T>(run: () => T): T {
    if (++this.#calls > DEEPEST_CALL) throw undefinedFault("maximum recursion depth exceeded");
    try {
      return run();
    } finally {
      this.#calls--;
    }
  }

  protected argumentsOf(given: CallArguments, scope: Scope): Arguments {
    const positional = given.positional.map((one) => this.evaluate(one, scope));
    if (given.rest) positional.push(...listOf(this.evaluate(given.rest, scope), this.work));
    if (given.named.length === 0 && !given.restNamed) return { positional, named: NOTHING_NAMED };
    const named = new Map(given.named.map(({ name, value }) => [name, this.evaluate(value, scope)]));
    if (given.restNamed) {
      const rest = this.evaluate(given.restNamed, scope);
      if (!(rest instanceof Dict)) throw raised("argument after ** must be a mapping");
      for (const [key, value] of rest.entries()) {
        if (typeof key !== "string") throw raised("keywords must be strings");
        named.set(key, value);
      }
    }
    return { positional, named };
  }

  #name(name: string, scope: Scope): Value {
    const value = scope.get(name);
    if (value !== undefined) return value;
    const global = this.library.globals.get(name);
    if (global) return global(this);
    if (this.library.homeAssistant.globals.has(name)) throw new TemplateFault("unknown", name);
    return new Undefined(`'${name}' is undefined`);
  }

  evaluate(expression: Expression, scope: Scope): Value {
    this.work.spend(1);
    switch (expression.kind) {
      case "constant":
        return expression.value;
      case "name":
        return this.#name(expression.name, scope);
      case "list":
        return expression.items.map((item) => this.evaluate(item, scope));
      case "tuple":
        return new Tuple(expression.items.map((item) => this.evaluate(item, scope)));
      case "dict": {
        const dict = new Dict();
        for (const { key, value } of expression.pairs) dict.set(this.evaluate(key, scope), this.evaluate(value, scope));
        return dict;
      }
      case "attribute":
        return attributeOf(this, this.evaluate(expression.of, scope), expression.name);
      case "item":
        return itemOf(this, this.evaluate(expression.of, scope), this.evaluate(expression.key, scope));
      case "slice": {
        const part = (one: Expression | null): Value => (one ? this.evaluate(one, scope) : null);
        return new Slice(part(expression.start), part(expression.stop), part(expression.step));
      }
      case "call":
        return this.call(this.evaluate(expression.callee, scope), this.argumentsOf(expression.given, scope));
      case "filter": {
        const value = expression.of ? this.evaluate(expression.of, scope) : null;
        return this.filter(expression.name, value, this.argumentsOf(expression.given, scope));
      }
      case "test":
        return this.test(
          expression.name,
          this.evaluate(expression.of, scope),
          this.argumentsOf(expression.given, scope),
        );
      case "binary": {
        const left = this.evaluate(expression.left, scope);
        const right = this.evaluate(expression.right, scope);
        return losesItsSign(expression, left)
          ? negate(binary("**", negate(left), right, this.work))
          : binary(expression.operator, left, right, this.work);
      }
      case "concat":
        return limited(expression.parts.map((part) => textOf(this.evaluate(part, scope))).join(""), this.work);
      case "unary": {
        const operand = this.evaluate(expression.operand, scope);
        if (expression.operator === "not") return !isTrue(operand);
        return expression.operator === "-" ? negate(operand) : positive(operand);
      }
      case "and": {
        const left = this.evaluate(expression.left, scope);
        return isTrue(left) ? this.evaluate(expression.right, scope) : left;
      }
      case "or": {
        const left = this.evaluate(expression.left, scope);
        return isTrue(left) ? left : this.evaluate(expression.right, scope);
      }
      case "compare":
        return this.#compare(expression, scope);
      case "conditional":
        if (isTrue(this.evaluate(expression.test, scope))) return this.evaluate(expression.whenTrue, scope);
        return expression.otherwise
          ? this.evaluate(expression.otherwise, scope)
          : new Undefined("the inline if-expression evaluated to false and no else section was defined.");
    }
  }

  #compare(expression: Expression & { kind: "compare" }, scope: Scope): boolean {
    let left = this.evaluate(expression.first, scope);
    for (const { operator, value } of expression.rest) {
      const right = this.evaluate(value, scope);
      if (!this.#holds(operator, left, right)) return false;
      left = right;
    }
    return true;
  }

  #holds(operator: (Expression & { kind: "compare" })["rest"][number]["operator"], a: Value, b: Value): boolean {
    switch (operator) {
      case "==":
        return isEqual(a, b);
      case "!=":
        return !isEqual(a, b);
      case "in":
        return contains(b, a, this.work);
      case "not in":
        return !contains(b, a, this.work);
      case "<":
        return compare(a, b, operator) < 0;
      case "<=":
        return compare(a, b, operator) <= 0;
      case ">":
        return compare(a, b, operator) > 0;
      case ">=":
        return compare(a, b, operator) >= 0;
    }
  }
}

const NOTHING_NAMED: ReadonlyMap<string, Value> = new Map<string, Value>();

import { attributeOf, itemOf } from "./attributes.ts";
import { raised, TemplateFault, undefinedFault, type Work } from "./fault.ts";
import { binary, negate, positive } from "./arithmetic.ts";
import { compare, contains, isEqual } from "./comparison.ts";
import { isTrue, iterate, limited, listOf } from "./operations.ts";
import { LoopRun } from "./loop-run.ts";
import type { Body, CallArguments, Expression, Parameters, Statement, Target } from "./syntax.ts";
import { losesItsSign } from "./folded.ts";
import { textOf } from "./text.ts";
import {
  type Arguments,
  Callable,
  Dict,
  generator,
  Loop,
  Namespace,
  Slice,
  Tuple,
  typeName,
  Undefined,
  type Value,
  type ZoneRules,
} from "./values.ts";

const DEEPEST_CALL = 100;
const MOST_OUTPUT = 262_144;

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

class Scope {
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

type Signal = "break" | "continue" | undefined;

/** One rendering. `time` is asked by functions such as now(). */
export class Runtime {
  readonly work: Work;
  readonly library: Library;
  readonly nowMs: () => number;
  readonly zoneOffsetMinutes: (atMs: number) => number;
  /** The home's zone by its wall time. */
  readonly localRules: ZoneRules;
  #output: string[] = [];
  #outputLength = 0;
  #calls = 0;

  constructor(library: Library, work: Work, nowMs: () => number, zoneOffsetMinutes: (atMs: number) => number) {
    this.library = library;
    this.work = work;
    this.nowMs = nowMs;
    this.zoneOffsetMinutes = zoneOffsetMinutes;
    this.localRules = (wallMs) => zoneOffsetMinutes(wallMs - zoneOffsetMinutes(wallMs) * 60_000);
  }

  render(body: Body, variables: ReadonlyMap<string, Value>): string {
    const scope = new Scope();
    for (const [name, value] of variables) scope.set(name, value);
    this.#run(body, new Scope(scope));
    return this.#output.join("");
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

  #write(text: string): void {
    this.#outputLength += text.length;
    this.work.spend(1 + text.length / 64);
    if (this.#outputLength > MOST_OUTPUT) throw new TemplateFault("bound", "the output is too long");
    this.#output.push(text);
  }

  #captured(run: () => void): string {
    const outer = this.#output;
    this.#output = [];
    try {
      run();
      return this.#output.join("");
    } finally {
      this.#output = outer;
    }
  }

  #run(body: Body, scope: Scope): Signal {
    for (const statement of body) {
      const signal = this.#statement(statement, scope);
      if (signal) return signal;
    }
    return undefined;
  }

  #statement(statement: Statement, scope: Scope): Signal {
    this.work.spend(1);
    switch (statement.kind) {
      case "data":
        this.#write(statement.text);
        return undefined;
      case "print":
        this.#write(textOf(this.evaluate(statement.value, scope)));
        return undefined;
      case "if":
        for (const { test, body } of statement.branches)
          if (isTrue(this.evaluate(test, scope))) return this.#run(body, scope);
        return this.#run(statement.otherwise, scope);
      case "for":
        this.#for(statement, this.evaluate(statement.over, scope), scope, 0);
        return undefined;
      case "set":
        this.#assign(statement.target, this.evaluate(statement.value, scope), scope);
        return undefined;
      case "set-block": {
        let value: Value = this.#captured(() => this.#run(statement.body, new Scope(scope)));
        if (statement.filter) value = this.#applied(statement.filter, value, scope);
        this.#assign(statement.target, value, scope);
        return undefined;
      }
      case "macro": {
        const { name, parameters, body } = statement;
        scope.set(name, this.#macro(name, parameters, body, scope, statement));
        return undefined;
      }
      case "call-block": {
        const caller = this.#macro("caller", statement.parameters, statement.body, scope, {
          usesCaller: false,
          catchesRest: false,
          catchesNamed: false,
        });
        if (statement.call.kind !== "call") return undefined;
        const given = this.#arguments(statement.call.given, scope);
        const named = new Map(given.named).set("caller", caller);
        const callee = this.evaluate(statement.call.callee, scope);
        this.#write(textOf(this.call(callee, { positional: given.positional, named })));
        return undefined;
      }
      case "filter-block": {
        const text = this.#captured(() => this.#run(statement.body, new Scope(scope)));
        const filtered = this.#applied(statement.filter, text, scope);
        if (typeof filtered !== "string") throw raised(`expected str instance, ${typeName(filtered)} found`);
        this.#write(filtered);
        return undefined;
      }
      case "with": {
        const inner = new Scope(scope);
        for (const { target, value } of statement.assignments) this.#assign(target, this.evaluate(value, scope), inner);
        return this.#run(statement.body, inner);
      }
      case "scope":
        return this.#run(statement.body, new Scope(scope));
      case "do":
        this.evaluate(statement.value, scope);
        return undefined;
      case "break":
      case "continue":
        return statement.kind;
      case "import":
        throw new TemplateFault("unknown", "templates kept in Home Assistant");
    }
  }

  #for(statement: Statement & { kind: "for" }, over: Value, scope: Scope, depth: number): void {
    if (depth > DEEPEST_CALL) throw undefinedFault("maximum recursion depth exceeded");
    let source = over;
    if (statement.test) {
      const kept: Value[] = [];
      const walk = iterate(over);
      for (let next = walk.next(); !next.done; next = walk.next()) {
        this.work.spend(1);
        const inner = new Scope(scope);
        this.#assign(statement.target, next.value, inner);
        if (isTrue(this.evaluate(statement.test, inner))) kept.push(next.value);
      }
      source = generator(kept[Symbol.iterator]());
    }
    const run = new LoopRun(source, this.work, depth);
    const recurse = statement.recursive
      ? ({ positional: [items] }: Arguments): Value =>
          this.#captured(() => this.#for(statement, items ?? null, scope, depth + 1))
      : undefined;
    const loop = new Loop((name) => run.attribute(name), recurse);
    let any = false;
    while (run.advance()) {
      any = true;
      this.work.spend(1);
      const inner = new Scope(scope);
      inner.set("loop", loop);
      this.#assign(statement.target, run.current, inner);
      if (this.#run(statement.body, inner) === "break") break;
    }
    if (!any) this.#run(statement.otherwise, new Scope(scope));
  }

  #assign(target: Target, value: Value, scope: Scope): void {
    if (target.kind === "name") scope.set(target.name, value);
    else if (target.kind === "namespace") {
      const namespace = scope.get(target.name);
      if (!(namespace instanceof Namespace)) throw undefinedFault("cannot assign attribute on non-namespace object");
      namespace.attributes.set(target.attribute, value);
    } else {
      const items = listOf(value, this.work);
      if (items.length !== target.items.length)
        throw raised(`not enough or too many values to unpack (expected ${target.items.length}, got ${items.length})`);
      for (const [i, one] of target.items.entries()) this.#assign(one, items[i] ?? null, scope);
    }
  }

  #macro(
    name: string,
    parameters: Parameters,
    body: Body,
    scope: Scope,
    uses: Readonly<{ usesCaller: boolean; catchesRest: boolean; catchesNamed: boolean }>,
  ): Callable {
    const call = ({ positional, named }: Arguments): Value => {
      const inner = new Scope(scope);
      const left = new Map(named);
      for (const [i, parameter] of parameters.entries()) {
        let value = positional[i];
        if (value === undefined && left.has(parameter.name)) {
          value = left.get(parameter.name) ?? null;
          left.delete(parameter.name);
        }
        value ??= parameter.fallback
          ? this.evaluate(parameter.fallback, inner)
          : positional[i] === null
            ? null
            : named.has(parameter.name)
              ? (named.get(parameter.name) ?? null)
              : new Undefined(`parameter '${parameter.name}' was not provided`);
        inner.set(parameter.name, value);
      }
      if (uses.usesCaller && !parameters.some((one) => one.name === "caller")) {
        inner.set("caller", left.get("caller") ?? new Undefined("No caller defined"));
        left.delete("caller");
      }
      if (uses.catchesNamed) {
        const rest = new Dict();
        for (const [key, value] of left) rest.setText(key, value);
        inner.set("kwargs", rest);
      } else if (left.size > 0) throw raised(`macro '${name}' takes no keyword argument '${[...left.keys()].join()}'`);
      if (uses.catchesRest) inner.set("varargs", new Tuple(positional.slice(parameters.length)));
      else if (positional.length > parameters.length)
        throw raised(`macro '${name}' takes not more than ${parameters.length} argument(s)`);
      return this.#captured(() => this.#run(body, inner));
    };
    return new Callable(`<Macro '${name}'>`, call, new Map<string, Value>([["name", name]]));
  }

  #applied(filter: Expression, value: Value, scope: Scope): Value {
    if (filter.kind !== "filter") return value;
    const of = filter.of ? this.#applied(filter.of, value, scope) : value;
    return this.filter(filter.name, of, this.#arguments(filter.given, scope));
  }

  #arguments(given: CallArguments, scope: Scope): Arguments {
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
        return this.call(this.evaluate(expression.callee, scope), this.#arguments(expression.given, scope));
      case "filter": {
        const value = expression.of ? this.evaluate(expression.of, scope) : null;
        return this.filter(expression.name, value, this.#arguments(expression.given, scope));
      }
      case "test":
        return this.test(
          expression.name,
          this.evaluate(expression.of, scope),
          this.#arguments(expression.given, scope),
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

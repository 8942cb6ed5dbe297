import { raised, TemplateFault, undefinedFault } from "./fault.ts";
import { LoopRun } from "./loop-run.ts";
import { isTrue, iterate, listOf } from "./operations.ts";
import type { Body, Expression, Parameters, Statement, Target } from "./syntax.ts";
import { textOf } from "./text.ts";
import {
  type Arguments,
  Callable,
  Dict,
  generator,
  Loop,
  Namespace,
  Tuple,
  typeName,
  Undefined,
  type Value,
} from "./values.ts";
import { DEEPEST_CALL, Runtime, Scope } from "./runtime.ts";

const MOST_OUTPUT = 262_144;

type Signal = "break" | "continue" | undefined;

/** One rendering: what a template writes. */
export class Rendering extends Runtime {
  #output: string[] = [];
  #outputLength = 0;

  render(body: Body, variables: ReadonlyMap<string, Value>): string {
    const scope = new Scope();
    for (const [name, value] of variables) scope.set(name, value);
    this.#run(body, new Scope(scope));
    return this.#output.join("");
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
        const given = this.argumentsOf(statement.call.given, scope);
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
    return this.filter(filter.name, of, this.argumentsOf(filter.given, scope));
  }
}

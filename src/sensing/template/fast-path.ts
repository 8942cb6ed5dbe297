import { MUTATING, methodOf } from "./methods.ts";
import type { Runtime } from "./runtime.ts";
import type { Body, Expression } from "./syntax.ts";
import type { Payload } from "./template.ts";
import { textOf } from "./text.ts";
import { type Arguments, Dict, type Value } from "./values.ts";

type Key = string | bigint;
type FilterCall = Readonly<{ name: string; given: Arguments }>;

/** The text of a template, not stripped; undefined where the interpreter has to look. */
export type FastPath = (payload: Payload, runtime: () => Runtime) => string | undefined;

/**
 * A way through templates of nothing but `{{ value_json.a['b'] | filter(1) }}`, which most publishers send. It gives
 * what the interpreter gives, or leaves to it whatever is not plainly there: a missing key, a name that is a method.
 * @returns undefined for any other template
 */
export function fastPathOf(body: Body): FastPath | undefined {
  const [statement, ...more] = body;
  if (statement?.kind !== "print" || more.length > 0) return undefined;
  const filters: FilterCall[] = [];
  let expression: Expression = statement.value;
  while (expression.kind === "filter" && expression.of) {
    const given = constantArguments(expression);
    if (!given) return undefined;
    filters.unshift({ name: expression.name, given });
    expression = expression.of;
  }
  const keys: Key[] = [];
  while (expression.kind === "attribute" || expression.kind === "item") {
    const key = expression.kind === "attribute" ? plainName(expression.name) : constantKey(expression.key);
    if (key === undefined) return undefined;
    keys.unshift(key);
    expression = expression.of;
  }
  if (expression.kind !== "name" || (expression.name !== "value" && expression.name !== "value_json")) return undefined;
  const json = expression.name === "value_json";
  if (!json && keys.length > 0) return undefined;
  return (payload, runtime) => {
    const found = valueAt(json ? payload.json() : payload.raw, keys);
    if (found === undefined) return undefined;
    return textOf(filters.length === 0 ? found : filtered(found, filters, runtime()));
  };
}

function valueAt(root: Value | undefined, keys: readonly Key[]): Value | undefined {
  let value = root;
  for (const key of keys) {
    if (value instanceof Dict && typeof key === "string") value = value.get(key);
    else if (Array.isArray(value) && typeof key === "bigint") value = value[Number(key)];
    else return undefined;
  }
  return value;
}

function filtered(value: Value, filters: readonly FilterCall[], runtime: Runtime): Value {
  let result = value;
  for (const { name, given } of filters) result = runtime.filter(name, result, given);
  return result;
}

/** `a.b` asks for a method of that name first, and hides what is unsafe. */
function plainName(name: string): string | undefined {
  const dict = new Dict();
  const special = name.startsWith("__") || MUTATING.get("dict")?.has(name) || methodOf(dict, name) !== undefined;
  return special ? undefined : name;
}

function constantKey(key: Expression): Key | undefined {
  if (key.kind !== "constant") return undefined;
  if (typeof key.value === "string") return key.value;
  return typeof key.value === "bigint" && key.value >= 0n && key.value < 1_000_000n ? key.value : undefined;
}

function constantArguments({ given }: Expression & { kind: "filter" }): Arguments | undefined {
  if (given.rest || given.restNamed) return undefined;
  const positional: Value[] = [];
  for (const one of given.positional) {
    if (one.kind !== "constant") return undefined;
    positional.push(one.value);
  }
  const named = new Map<string, Value>();
  for (const { name, value } of given.named) {
    if (value.kind !== "constant") return undefined;
    named.set(name, value.value);
  }
  return { positional, named };
}

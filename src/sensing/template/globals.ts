import { durationOf } from "./durations.ts";
import { bind } from "./arguments.ts";
import { raised, undefinedFault } from "./fault.ts";
import { FILTERS } from "./filters.ts";
import { combined } from "./combining.ts";
import type { Filter, Runtime } from "./runtime.ts";
import { isIterable, isTrue, iterate, listOf } from "./operations.ts";
import { asLocal, nowUtc, strptime } from "./time-functions.ts";
import {
  type Arguments,
  Callable,
  Dict,
  generator,
  Namespace,
  PySet,
  Range,
  Tuple,
  typeName,
  Undefined,
  type Value,
} from "./values.ts";

const LARGEST_RANGE = 100_000;

const fn = (
  name: string,
  call: (runtime: Runtime, given: Arguments) => Value,
): [string, (runtime: Runtime) => Value] => [
  name,
  (runtime) => new Callable(`<function ${name}>`, (given) => call(runtime, given)),
];

/** A filter as function: the value is the first argument. */
const filterAsFunction = (name: string, filter: Filter): [string, (runtime: Runtime) => Value] =>
  fn(name, (runtime, { positional, named }) => {
    const [value, ...rest] = positional;
    if (value !== undefined) return filter(runtime, value, { positional: rest, named });
    const key = named.has("value") ? "value" : undefined;
    if (key === undefined) throw raised(`${name}() missing 1 required positional argument: 'value'`);
    const others = new Map(named);
    others.delete(key);
    return filter(runtime, named.get(key) ?? null, { positional: rest, named: others });
  });

const FROM_FILTERS = [
  "sin",
  "cos",
  "tan",
  "asin",
  "acos",
  "atan",
  "atan2",
  "log",
  "sqrt",
  "average",
  "median",
  "statistical_mode",
  "bitwise_and",
  "bitwise_or",
  "bitwise_xor",
  "clamp",
  "wrap",
  "remap",
  "float",
  "int",
  "bool",
  "is_number",
  "iif",
  "typeof",
  "apply",
  "flatten",
  "intersect",
  "difference",
  "union",
  "symmetric_difference",
  "slugify",
  "md5",
  "sha1",
  "sha256",
  "sha512",
  "pack",
  "unpack",
  "as_timestamp",
  "as_datetime",
  "as_local",
  "as_timedelta",
] as const;

const extreme = (name: "min" | "max"): [string, (runtime: Runtime) => Value] =>
  fn(name, (runtime, { positional, named }) => {
    const [first] = positional;
    if (first === undefined) throw raised(`${name} expected at least 1 argument, got 0`);
    if (positional.length === 1 && !isIterable(first)) throw raised(`'${typeName(first)}' object is not iterable`);
    const items = positional.length === 1 ? first : new Tuple(positional);
    return runtime.filter(name, items, { positional: [], named });
  });

function rangeOf({ positional, named }: Arguments): Range {
  if (named.size > 0 || positional.length < 1 || positional.length > 3) throw raised("range expected 1 to 3 arguments");
  const whole = (value: Value | undefined): bigint => {
    if (typeof value === "bigint" || typeof value === "boolean") return BigInt(value);
    throw raised(`'${value === undefined ? "nothing" : typeName(value)}' object cannot be interpreted as an integer`);
  };
  const [a, b, c] = positional;
  const start = b === undefined ? 0n : whole(a);
  const stop = b === undefined ? whole(a) : whole(b);
  const step = c === undefined ? 1n : whole(c);
  if (step === 0n) throw raised("range() arg 3 must not be zero");
  const range = new Range(start, stop, step);
  if (range.length > LARGEST_RANGE) throw raised("Range too big");
  return range;
}

function itemsOf(what: string, given: Arguments, work: Runtime["work"]): Value[] {
  const [items] = bind(what, ["value"], 0, given);
  return items === undefined ? [] : listOf(items, work);
}

function dictOf(runtime: Runtime, { positional, named }: Arguments): Dict {
  if (positional.length > 1) throw raised(`dict expected at most 1 argument, got ${positional.length}`);
  const dict = new Dict();
  const [from] = positional;
  if (from instanceof Undefined) throw undefinedFault(from.message);
  if (from instanceof Dict) for (const [key, value] of from.entries()) dict.set(key, value);
  else if (from !== undefined)
    for (const pair of listOf(from, runtime.work)) {
      const [key, value, ...more] = listOf(pair, runtime.work);
      if (key === undefined || value === undefined || more.length > 0)
        throw raised("dictionary update sequence element");
      dict.set(key, value);
    }
  for (const [key, value] of named) dict.setText(key, value);
  return dict;
}

function zipped(runtime: Runtime, { positional }: Arguments): Value {
  const walks = positional.map((one) => iterate(one));
  return generator(
    (function* (): Generator<Value> {
      while (walks.length > 0) {
        runtime.work.spend(1);
        const row = walks.map((walk) => walk.next());
        if (row.some((one) => one.done)) return;
        yield new Tuple(row.map((one) => one.value as Value));
      }
    })(),
  );
}

const cycler = fn("cycler", (_, { positional }) => {
  if (positional.length === 0) throw raised("at least one item has to be provided");
  let at = 0;
  const attributes = new Map<string, Value>();
  attributes.set("current", positional[0] ?? null);
  attributes.set(
    "next",
    new Callable("<bound method Cycler.next>", () => {
      const value = positional[at] ?? null;
      at = (at + 1) % positional.length;
      attributes.set("current", positional[at] ?? null);
      return value;
    }),
  );
  attributes.set(
    "reset",
    new Callable("<bound method Cycler.reset>", () => {
      at = 0;
      return null;
    }),
  );
  return new Callable("<Cycler>", () => raiseNotCallable(), attributes);
});

const raiseNotCallable = (): never => {
  throw raised("object is not callable");
};

const joiner = fn("joiner", (_, given) => {
  const [separator = ", "] = bind("joiner", ["sep"], 0, given);
  let used = false;
  return new Callable("<Joiner>", () => {
    if (used) return separator;
    used = true;
    return "";
  });
});

const DURATION_US: Readonly<Record<string, number>> = {
  days: 86_400e6,
  seconds: 1e6,
  microseconds: 1,
  milliseconds: 1e3,
  minutes: 60e6,
  hours: 3_600e6,
  weeks: 604_800e6,
};

export const GLOBALS: ReadonlyMap<string, (runtime: Runtime) => Value> = new Map<string, (runtime: Runtime) => Value>([
  ...FROM_FILTERS.map((name) => filterAsFunction(name, FILTERS.get(name) ?? raiseNotCallable)),
  filterAsFunction("strptime", strptime),
  ["pi", () => Math.PI],
  ["e", () => Math.E],
  ["tau", () => 2 * Math.PI],
  extreme("min"),
  extreme("max"),
  fn("range", (_, given) => rangeOf(given)),
  fn("dict", dictOf),
  fn("namespace", (runtime, given) => {
    const attributes = new Map<string, Value>();
    for (const [key, value] of dictOf(runtime, given).entries())
      if (typeof key === "string") attributes.set(key, value);
    return new Namespace(attributes);
  }),
  fn("zip", zipped),
  fn("set", ({ work }, given) => new PySet(itemsOf("set", given, work))),
  fn("tuple", ({ work }, given) => new Tuple(itemsOf("tuple", given, work))),
  fn("combine", (_, { positional, named }) => {
    if (positional.length === 0) throw raised("combine expected at least 1 argument, got 0");
    return combined(positional, isTrue(named.get("recursive") ?? false));
  }),
  cycler,
  joiner,
  fn("timedelta", (_, { positional, named }) => {
    const names = ["days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"];
    let us = 0;
    for (const [i, name] of names.entries()) {
      const value = i < positional.length ? (positional[i] ?? null) : named.get(name);
      if (value === undefined) continue;
      if (typeof value !== "bigint" && typeof value !== "number" && typeof value !== "boolean")
        throw raised("unsupported type for timedelta");
      us += Number(value) * (DURATION_US[name] ?? 0);
    }
    if (!Number.isFinite(us)) throw raised("days out of range");
    return durationOf(BigInt(Math.round(us)));
  }),
  fn("today_at", (runtime, given) => {
    const [time = ""] = bind("today_at", ["time_str"], 0, given);
    return (FILTERS.get("today_at") ?? raiseNotCallable)(runtime, time, { positional: [], named: new Map() });
  }),
  fn("now", (runtime) => asLocal(runtime, nowUtc(runtime))),
  fn("utcnow", (runtime) => nowUtc(runtime)),
  fn("as_function", (runtime, { positional: [macro] }) => {
    if (macro === undefined) throw undefinedFault("as_function wants a macro");
    return new Callable("<function>", ({ positional, named }) => {
      let returned: Value = null;
      const returns = new Callable("<function returns>", ({ positional: [value] }) => (returned = value ?? null));
      runtime.call(macro, { positional, named: new Map(named).set("returns", returns) });
      return returned;
    });
  }),
]);

import { bind } from "./arguments.ts";
import { raised } from "./fault.ts";
import type { Test } from "./runtime.ts";
import { coerceFloat } from "./numeric-filters.ts";
import { binary } from "./arithmetic.ts";
import { compare, contains, isEqual } from "./comparison.ts";
import { isCallable, isIterable, isMapping, isNumeric, isTrue } from "./operations.ts";
import { REGEX_FILTERS } from "./regex-filters.ts";
import { textOf } from "./text.ts";
import { Bytes, Dict, Instant, Lazy, PySet, Range, Tuple, Undefined, type Value } from "./values.ts";

const simple =
  (test: (value: Value) => boolean): Test =>
  (_, value, given) => {
    bind("test", [], 0, given);
    return test(value);
  };

const ordered =
  (sign: string, holds: (order: number) => boolean): Test =>
  (_, value, given) =>
    holds(compare(value, bind("test", ["other"], 1, given)[0] ?? null, sign));

const equal: Test = (_, value, given) => isEqual(value, bind("test", ["other"], 1, given)[0] ?? null);
const unequal: Test = (_, value, given) => !isEqual(value, bind("test", ["other"], 1, given)[0] ?? null);

const remainder =
  (wanted: bigint): Test =>
  (runtime, value) =>
    isEqual(binary("%", value, 2n, runtime.work), wanted);

const regex = (name: string): Test => {
  const filter = REGEX_FILTERS.find(([one]) => one === name)?.[1];
  return (runtime, value, given) => filter !== undefined && isTrue(filter(runtime, value, given));
};

const isInteger = (value: Value): boolean => typeof value === "bigint";
const cased = (wanted: "upper" | "lower"): Test =>
  simple((value) => {
    const text = textOf(value);
    const [same, other] =
      wanted === "upper" ? [text.toUpperCase(), text.toLowerCase()] : [text.toLowerCase(), text.toUpperCase()];
    return text === same && text !== other;
  });

export const TESTS: ReadonlyMap<string, Test> = new Map<string, Test>([
  ["defined", simple((value) => !(value instanceof Undefined))],
  ["undefined", simple((value) => value instanceof Undefined)],
  ["none", simple((value) => value === null)],
  ["boolean", simple((value) => typeof value === "boolean")],
  ["true", simple((value) => value === true)],
  ["false", simple((value) => value === false)],
  ["integer", simple(isInteger)],
  ["float", simple((value) => typeof value === "number")],
  ["number", simple((value) => isNumeric(value))],
  ["string", simple((value) => typeof value === "string")],
  ["string_like", simple((value) => typeof value === "string" || value instanceof Bytes)],
  ["mapping", simple(isMapping)],
  ["iterable", simple(isIterable)],
  [
    "sequence",
    simple(
      (value) =>
        typeof value === "string" ||
        Array.isArray(value) ||
        value instanceof Tuple ||
        value instanceof Dict ||
        value instanceof Range ||
        value instanceof Bytes ||
        value instanceof Undefined,
    ),
  ],
  ["list", simple((value) => Array.isArray(value))],
  ["set", simple((value) => value instanceof PySet)],
  ["tuple", simple((value) => value instanceof Tuple)],
  ["callable", simple((value) => isCallable(value) || value instanceof Undefined)],
  ["datetime", simple((value) => value instanceof Instant)],
  ["escaped", simple(() => false)],
  ["upper", cased("upper")],
  ["lower", cased("lower")],
  ["odd", remainder(1n)],
  ["even", remainder(0n)],
  [
    "divisibleby",
    (runtime, value, given) =>
      isEqual(binary("%", value, bind("divisibleby", ["num"], 1, given)[0] ?? null, runtime.work), 0n),
  ],
  [
    "sameas",
    (_, value, given) => {
      const [other = null] = bind("sameas", ["other"], 1, given);
      return typeof value === typeof other && value === other;
    },
  ],
  ["in", (runtime, value, given) => contains(bind("in", ["seq"], 1, given)[0] ?? null, value, runtime.work)],
  [
    "contains",
    (runtime, value, given) => contains(value, bind("contains", ["item"], 1, given)[0] ?? null, runtime.work),
  ],
  ["is_number", simple((value) => Number.isFinite(coerceFloat(value) ?? Number.NaN))],
  ["filter", (runtime, value) => typeof value === "string" && runtime.library.filters.has(value)],
  ["test", (runtime, value) => typeof value === "string" && runtime.library.tests.has(value)],
  ["match", regex("regex_match")],
  ["search", regex("regex_search")],
  [
    "apply",
    (runtime, value, { positional: [fn, ...rest], named }) => {
      if (fn === undefined) throw raised("apply() missing 1 required positional argument: 'fn'");
      return isTrue(runtime.call(fn, { positional: [value, ...rest], named }));
    },
  ],
  ...(["==", "eq", "equalto"] as const).map((name): [string, Test] => [name, equal]),
  ...(["!=", "ne"] as const).map((name): [string, Test] => [name, unequal]),
  ...(["<", "lt", "lessthan"] as const).map((name): [string, Test] => [name, ordered("<", (order) => order < 0)]),
  ...(["<=", "le"] as const).map((name): [string, Test] => [name, ordered("<=", (order) => order <= 0)]),
  ...([">", "gt", "greaterthan"] as const).map((name): [string, Test] => [name, ordered(">", (order) => order > 0)]),
  ...([">=", "ge"] as const).map((name): [string, Test] => [name, ordered(">=", (order) => order >= 0)]),
]);

export const isGenerator = (value: Value): boolean => value instanceof Lazy && !value.length;

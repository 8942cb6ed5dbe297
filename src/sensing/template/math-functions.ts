import { bind } from "./arguments.ts";
import { raised } from "./fault.ts";
import type { Filter } from "./runtime.ts";
import { coerceFloat } from "./numeric-filters.ts";
import { divmodFloat, roundToInt } from "./numbers.ts";
import { binary } from "./arithmetic.ts";
import { compare, isEqual } from "./comparison.ts";
import { floatOf, isIterable, isNumeric, listOf } from "./operations.ts";
import { textOf } from "./text.ts";
import { Dict, Tuple, typeName, type Value } from "./values.ts";

const noDefault = (name: string, value: Value): Error =>
  raised(`Template error: ${name} got invalid input '${textOf(value)}' but no default was specified`);

/** A function of one number; a result that is no number is a domain error. */
const ofNumber = (name: string, run: (x: number) => number): [string, Filter] => [
  name,
  (_, value, given) => {
    const [fallback] = bind(name, ["default"], 0, given);
    const x = coerceFloat(value);
    const result = x === undefined ? Number.NaN : run(x);
    const valid =
      x !== undefined &&
      (!Number.isNaN(result) || Number.isNaN(x)) &&
      !(Number.isFinite(x) && !Number.isFinite(result));
    if (valid) return result;
    if (fallback === undefined) throw noDefault(name, value);
    return fallback;
  },
];

const numbersOf = (values: readonly Value[]): number[] | undefined =>
  values.every((value) => isNumeric(value)) ? values.map((value) => floatOf(value as number)) : undefined;

/** Functions that take an iterable, or the numbers themselves. */
const ofMany = (name: string, run: (values: readonly Value[]) => Value | undefined): [string, Filter] => [
  name,
  ({ work }, value, { positional, named }) => {
    for (const key of named.keys()) if (key !== "default") throw raised(`${name}() got an unexpected keyword argument`);
    let fallback = named.get("default");
    let values: Value[];
    if (isIterable(value)) {
      values = listOf(value, work);
      if (positional.length > 0 && fallback === undefined) fallback = positional[0];
    } else if (positional.length === 0) throw raised(`'${typeName(value)}' object is not iterable`);
    else values = [value, ...positional];
    const result = run(values);
    if (result !== undefined) return result;
    if (fallback === undefined) throw noDefault(name, value);
    return fallback;
  },
];

function median(values: readonly Value[]): Value | undefined {
  if (values.length === 0) return undefined;
  let sorted: Value[];
  try {
    sorted = [...values].sort((a, b) => compare(a, b, "<"));
  } catch {
    return undefined;
  }
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? 0n;
  if (sorted.length % 2 === 1) return high;
  const low = sorted[middle - 1] ?? 0n;
  if (!isNumeric(low) || !isNumeric(high)) return undefined;
  if (typeof low === "bigint" && typeof high === "bigint") return Number(low + high) / 2;
  return (floatOf(low as number) + floatOf(high as number)) / 2;
}

function mode(values: readonly Value[]): Value | undefined {
  const counts = new Dict();
  let best: Value | undefined;
  let most = 0n;
  for (const value of values) counts.set(value, ((counts.get(value) as bigint | undefined) ?? 0n) + 1n);
  for (const value of values) {
    const count = (counts.get(value) as bigint | undefined) ?? 0n;
    if (count > most) [best, most] = [value, count];
  }
  return best;
}

function exactMean(values: readonly number[]): number {
  let total = 0;
  let lost = 0;
  for (const value of values) {
    const next = total + value;
    lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
    total = next;
  }
  return (total + lost) / values.length;
}

const bitwise = (name: string, run: (a: bigint, b: bigint) => bigint): [string, Filter] => [
  name,
  (_, value, given) => {
    const [other] = bind(name, ["second_value"], 1, given);
    const whole = (one: Value | undefined): bigint => {
      if (typeof one === "bigint" || typeof one === "boolean") return BigInt(one);
      throw raised(`unsupported operand type(s) for ${name}`);
    };
    return run(whole(value), whole(other));
  },
];

const shifted = (name: string, operator: "+" | "*"): [string, Filter] => [
  name,
  ({ work }, value, given) => {
    const [amount, fallback] = bind(name, ["amount", "default"], 1, given);
    const x = coerceFloat(value);
    if (x !== undefined && amount !== undefined && isNumeric(amount)) return binary(operator, x, amount, work);
    if (fallback === undefined) throw noDefault(name, value);
    return fallback;
  },
];

const needNumbers = (values: readonly (Value | undefined)[]): number[] =>
  values.map((value) => {
    const number = value === undefined ? undefined : coerceFloat(value);
    if (number === undefined) throw raised("function requires numeric arguments");
    return number;
  });

function remap(given: readonly (Value | undefined)[], edges: Value, stepsGiven: Value): number {
  const [value = 0, inMin = 0, inMax = 0, outMin = 0, outMax = 0] = needNumbers(given);
  const range = inMax - inMin;
  let x = value;
  if (edges === "clamp") x = Math.max(inMin, Math.min(inMax, x));
  else if (edges === "wrap" || edges === "mirror") {
    if (range === 0) throw raised("in_min must not equal in_max");
    if (edges === "wrap") x = divmodFloat(x - inMin, range)[1] + inMin;
    else {
      const offset = x - inMin;
      const period = Math.floor(offset / range);
      const position = offset - period * range;
      x = inMin + (((period % 2) + 2) % 2 !== 0 ? range - position : position);
    }
  }
  const steps = isNumeric(stepsGiven) ? Math.max(floatOf(stepsGiven), 0) : 0;
  if (steps === 0 && inMin === outMin && inMax === outMax) return x;
  if (range === 0) throw raised("float division by zero");
  let normalized = (x - inMin) / range;
  if (steps > 0) normalized = Number(roundToInt(normalized * steps)) / steps;
  const result = outMin + normalized * (outMax - outMin);
  if (edges !== "clamp") return result;
  return Math.max(Math.min(outMin, outMax), Math.min(Math.max(outMin, outMax), result));
}

/** Math functions that are both filters and globals in Home Assistant; as a function the value is the first argument. */
export const MATH: readonly [string, Filter][] = [
  ofNumber("sin", Math.sin),
  ofNumber("cos", Math.cos),
  ofNumber("tan", Math.tan),
  ofNumber("asin", Math.asin),
  ofNumber("acos", Math.acos),
  ofNumber("atan", Math.atan),
  ofNumber("sqrt", Math.sqrt),
  [
    "log",
    (_, value, given) => {
      const [base = Math.E, fallback] = bind("log", ["base", "default"], 0, given);
      const x = coerceFloat(value);
      const b = coerceFloat(base);
      const valid = x !== undefined && b !== undefined && x > 0 && b > 0 && b !== 1;
      if (valid) return base === Math.E ? Math.log(x) / Math.log(Math.E) : Math.log(x) / Math.log(b);
      if (fallback === undefined) throw noDefault("log", value);
      return fallback;
    },
  ],
  [
    "atan2",
    ({ work }, value, { positional, named }) => {
      let args: readonly Value[] = [value, ...positional];
      let fallback = named.get("default");
      if (Array.isArray(value) || value instanceof Tuple) {
        fallback ??= positional[0];
        args = listOf(value, work);
      } else fallback ??= args[2];
      const [y, x] = [coerceFloat(args[0] ?? null), coerceFloat(args[1] ?? null)];
      if (y !== undefined && x !== undefined) return Math.atan2(y, x);
      if (fallback === undefined) throw noDefault("atan2", value);
      return fallback;
    },
  ],
  ofMany("average", (values) => {
    const numbers = numbersOf(values);
    return numbers && numbers.length > 0 ? exactMean(numbers) : undefined;
  }),
  ofMany("median", median),
  ofMany("statistical_mode", mode),
  bitwise("bitwise_and", (a, b) => a & b),
  bitwise("bitwise_or", (a, b) => a | b),
  bitwise("bitwise_xor", (a, b) => a ^ b),
  shifted("add", "+"),
  shifted("multiply", "*"),
  [
    "clamp",
    (_, value, given) => {
      const [x = 0, low = 0, high = 0] = needNumbers([value, ...bind("clamp", ["min_value", "max_value"], 2, given)]);
      const upper = high < x ? high : x;
      return upper > low ? upper : low;
    },
  ],
  [
    "wrap",
    (_, value, given) => {
      const [x = 0, low = 0, high = 0] = needNumbers([value, ...bind("wrap", ["min_value", "max_value"], 2, given)]);
      const range = high - low;
      if (range === 0) return low;
      const result = divmodFloat(x - low, range)[1] + low;
      return range > 0 && result >= high ? low : result;
    },
  ],
  [
    "remap",
    (_, value, { positional, named }) => {
      const names = ["in_min", "in_max", "out_min", "out_max"];
      if (positional.length > 4) throw raised("remap() takes 5 positional arguments");
      const values = names.map((name, i) => positional[i] ?? named.get(name));
      return remap([value, ...values], named.get("edges") ?? "none", named.get("steps") ?? 0n);
    },
  ],
];

export { isEqual };

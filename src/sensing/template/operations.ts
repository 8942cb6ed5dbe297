import { raised, TemplateFault, undefinedFault, type Work } from "./fault.ts";
import { divideInts, divmodFloat, divmodInt, toFloat } from "./numbers.ts";
import { formatPercent } from "./formatting.ts";
import { characters, lengthOf, textOf } from "./text.ts";
import {
  Bytes,
  Callable,
  Dict,
  Duration,
  Instant,
  Lazy,
  Loop,
  Namespace,
  PySet,
  Range,
  Slice,
  Tuple,
  typeName,
  Undefined,
  type Value,
} from "./values.ts";

export const MOST_CHARACTERS = 1_000_000;
const MOST_BITS = 32_768;

export function isTrue(value: Value): boolean {
  if (value === null) return false;
  if (typeof value === "boolean") return value;
  if (typeof value === "bigint") return value !== 0n;
  if (typeof value === "number") return value !== 0;
  if (typeof value === "string") return value !== "";
  if (value instanceof Undefined) return false;
  if (value instanceof Duration) return value.us !== 0n;
  const length = lengthIfAny(value);
  return length === undefined || length > 0;
}

function lengthIfAny(value: Value): number | undefined {
  if (typeof value === "string") return lengthOf(value);
  if (Array.isArray(value)) return value.length;
  if (value instanceof Tuple) return value.items.length;
  if (value instanceof Dict) return value.size;
  if (value instanceof PySet) return value.members.size;
  if (value instanceof Range) return value.length;
  if (value instanceof Bytes) return value.data.length;
  if (value instanceof Undefined) return 0;
  if (value instanceof Lazy) return value.length?.();
  return undefined;
}

export function pyLength(value: Value): bigint {
  const length = lengthIfAny(value);
  if (length === undefined) throw raised(`object of type '${typeName(value)}' has no len()`);
  return BigInt(length);
}

/** Everything a for loop can walk; undefined walks nothing, as in Jinja. */
export function iterate(value: Value): Iterator<Value> {
  if (Array.isArray(value)) return value[Symbol.iterator]();
  if (value instanceof Tuple) return value.items[Symbol.iterator]();
  if (value instanceof Dict) return value.keys();
  if (value instanceof PySet) return value.members.keys();
  if (typeof value === "string") return characters(value)[Symbol.iterator]();
  if (value instanceof Undefined) return [][Symbol.iterator]();
  if (value instanceof Lazy) return value.walk();
  if (value instanceof Bytes) return [...value.data].map((byte): Value => BigInt(byte))[Symbol.iterator]();
  if (value instanceof Range) {
    const range = value;
    return (function* (): Generator<Value> {
      for (let i = 0; i < range.length; i++) yield range.at(i);
    })();
  }
  throw raised(`'${typeName(value)}' object is not iterable`);
}

export const isIterable = (value: Value): boolean =>
  Array.isArray(value) ||
  typeof value === "string" ||
  value instanceof Tuple ||
  value instanceof Dict ||
  value instanceof PySet ||
  value instanceof Undefined ||
  value instanceof Lazy ||
  value instanceof Bytes ||
  value instanceof Range ||
  value instanceof Loop;

/** All items, each costing a step of work. */
export function listOf(value: Value, work: Work): Value[] {
  const items: Value[] = [];
  const walk = iterate(value);
  for (let next = walk.next(); !next.done; next = walk.next()) {
    work.spend(1);
    items.push(next.value);
  }
  return items;
}

type Numeric = number | bigint;
export const isNumeric = (value: Value): value is Numeric | boolean =>
  typeof value === "number" || typeof value === "bigint" || typeof value === "boolean";
const numeric = (value: Numeric | boolean): Numeric => (typeof value === "boolean" ? (value ? 1n : 0n) : value);
export const floatOf = (value: Numeric | boolean): number => {
  const plain = numeric(value);
  return typeof plain === "bigint" ? toFloat(plain) : plain;
};

export function isEqual(a: Value, b: Value, depth = 0): boolean {
  // oxlint-disable-next-line eqeqeq -- 1 == 1n is what is meant
  if (isNumeric(a) && isNumeric(b)) return numeric(a) == numeric(b);
  if (a instanceof Undefined) return b instanceof Undefined;
  if (typeof a !== "object" || a === null) return a === b;
  if (depth > 200) throw raised("maximum recursion depth exceeded");
  if (Array.isArray(a)) return Array.isArray(b) && sameItems(a, b, depth);
  if (a instanceof Tuple) return b instanceof Tuple && sameItems(a.items, b.items, depth);
  if (a instanceof Dict) {
    if (!(b instanceof Dict) || a.size !== b.size) return false;
    for (const [key, value] of a.entries()) {
      const other = b.get(key);
      if (other === undefined || !isEqual(value, other, depth + 1)) return false;
    }
    return true;
  }
  if (a instanceof PySet) {
    if (!(b instanceof PySet) || a.members.size !== b.members.size) return false;
    for (const key of a.members.keys()) if (!b.members.has(key)) return false;
    return true;
  }
  if (a instanceof Bytes) return b instanceof Bytes && Buffer.compare(a.data, b.data) === 0;
  if (a instanceof Range) return b instanceof Range && sameItems(rangeItems(a), rangeItems(b), depth);
  if (a instanceof Duration) return b instanceof Duration && a.us === b.us;
  if (a instanceof Instant) return b instanceof Instant && utcUs(a) === utcUs(b) && aware(a) === aware(b);
  return a === b;
}

const rangeItems = (range: Range): Value[] => Array.from({ length: range.length }, (_, i) => range.at(i));
const aware = (instant: Instant): boolean => instant.offsetMinutes !== null;
const utcUs = ({ wallUs, offsetMinutes }: Instant): bigint => wallUs - BigInt(offsetMinutes ?? 0) * 60_000_000n;

function sameItems(a: readonly Value[], b: readonly Value[], depth: number): boolean {
  return a.length === b.length && a.every((item, i) => isEqual(item, b[i] ?? null, depth + 1));
}

/** Order of two values: below, at or above zero; NaN where neither holds. */
export function compare(a: Value, b: Value, sign: string, depth = 0): number {
  if (isNumeric(a) && isNumeric(b)) {
    const left = numeric(a);
    const right = numeric(b);
    if (left < right) return -1;
    if (left > right) return 1;
    // oxlint-disable-next-line eqeqeq -- 1 == 1n is what is meant
    return left == right ? 0 : Number.NaN;
  }
  if (a instanceof Undefined) throw undefinedFault(a.message);
  if (b instanceof Undefined) throw undefinedFault(b.message);
  if (depth > 200) throw raised("maximum recursion depth exceeded");
  if (typeof a === "string" && typeof b === "string") return compareText(a, b);
  const left = Array.isArray(a) ? a : a instanceof Tuple ? a.items : undefined;
  const right = Array.isArray(b) ? b : b instanceof Tuple ? b.items : undefined;
  if (left && right && Array.isArray(a) === Array.isArray(b)) {
    for (let i = 0; i < Math.min(left.length, right.length); i++) {
      const x = left[i] ?? null;
      const y = right[i] ?? null;
      if (!isEqual(x, y)) return compare(x, y, sign, depth + 1);
    }
    return left.length - right.length;
  }
  if (a instanceof Duration && b instanceof Duration) return a.us < b.us ? -1 : a.us > b.us ? 1 : 0;
  if (a instanceof Instant && b instanceof Instant && aware(a) === aware(b)) {
    const difference = utcUs(a) - utcUs(b);
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }
  if (a instanceof PySet && b instanceof PySet) {
    const subset = [...a.members.keys()].every((key) => b.members.has(key));
    const superset = [...b.members.keys()].every((key) => a.members.has(key));
    return subset && superset ? 0 : subset ? -1 : superset ? 1 : Number.NaN;
  }
  if (a instanceof Bytes && b instanceof Bytes) return Buffer.compare(a.data, b.data);
  throw raised(`'${sign}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`);
}

export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const left = characters(a);
  const right = characters(b);
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const x = left[i]?.codePointAt(0) ?? 0;
    const y = right[i]?.codePointAt(0) ?? 0;
    if (x !== y) return x - y;
  }
  return left.length - right.length;
}

export function contains(container: Value, item: Value, work: Work): boolean {
  if (typeof container === "string") {
    if (typeof item !== "string") {
      if (item instanceof Undefined) throw raised("'in <string>' requires string as left operand, not Undefined");
      throw raised(`'in <string>' requires string as left operand, not ${typeName(item)}`);
    }
    work.spend(container.length / 16);
    return container.includes(item);
  }
  if (container instanceof Dict) return container.has(item);
  if (container instanceof PySet) return container.members.has(item);
  if (!isIterable(container) || container instanceof Loop)
    throw raised(`argument of type '${typeName(container)}' is not a container or iterable`);
  const walk = iterate(container);
  for (let next = walk.next(); !next.done; next = walk.next()) {
    work.spend(1);
    if (isEqual(next.value, item)) return true;
  }
  return false;
}

export type BinaryOperator = "+" | "-" | "*" | "/" | "//" | "%" | "**";

export function binary(operator: BinaryOperator, a: Value, b: Value, work: Work): Value {
  if (isNumeric(a) && isNumeric(b)) {
    const left = numeric(a);
    const right = numeric(b);
    if (typeof left === "bigint" && typeof right === "bigint") return ofInts(operator, left, right);
    return ofFloats(
      operator,
      typeof left === "bigint" ? toFloat(left) : left,
      typeof right === "bigint" ? toFloat(right) : right,
    );
  }
  if (operator === "%" && typeof a === "string") return formatPercent(a, b);
  if (a instanceof Undefined) throw undefinedFault(a.message);
  if (b instanceof Undefined) throw undefinedFault(b.message);
  if (operator === "+") {
    if (typeof a === "string" && typeof b === "string") return limited(a + b, work);
    if (Array.isArray(a) && Array.isArray(b)) return joined([...a, ...b], work);
    if (a instanceof Tuple && b instanceof Tuple) return new Tuple(joined([...a.items, ...b.items], work));
  }
  if (operator === "*") {
    if (typeof b === "bigint" || typeof b === "boolean") return repeat(a, b, work);
    if (typeof a === "bigint" || typeof a === "boolean") return repeat(b, a, work);
  }
  if (operator === "-" && a instanceof PySet && b instanceof PySet)
    return new PySet([...a.members.keys()].filter((key) => !b.members.has(key)));
  const temporal = ofTimes(operator, a, b);
  if (temporal !== undefined) return temporal;
  throw raised(`unsupported operand type(s) for ${operator}: '${typeName(a)}' and '${typeName(b)}'`);
}

function ofTimes(operator: BinaryOperator, a: Value, b: Value): Value | undefined {
  if (a instanceof Instant && b instanceof Instant && operator === "-" && aware(a) === aware(b))
    return new Duration(utcUs(a) - utcUs(b));
  if (a instanceof Instant && b instanceof Duration && (operator === "+" || operator === "-"))
    return new Instant(operator === "+" ? a.wallUs + b.us : a.wallUs - b.us, a.offsetMinutes);
  if (a instanceof Duration && b instanceof Instant && operator === "+")
    return new Instant(b.wallUs + a.us, b.offsetMinutes);
  if (a instanceof Duration && b instanceof Duration) {
    if (operator === "+") return new Duration(a.us + b.us);
    if (operator === "-") return new Duration(a.us - b.us);
    if (operator === "/") return divideInts(a.us, b.us);
    if (operator === "//") return divmodInt(a.us, b.us)[0];
  }
  if (a instanceof Duration && isNumeric(b) && operator === "/")
    return new Duration(BigInt(Math.round(Number(a.us) / floatOf(b))));
  if (a instanceof Duration && typeof b === "bigint" && operator === "*") return new Duration(a.us * b);
  return undefined;
}

function ofInts(operator: BinaryOperator, a: bigint, b: bigint): Value {
  switch (operator) {
    case "+":
      return bounded(a + b);
    case "-":
      return bounded(a - b);
    case "*":
      return bounded(a * b);
    case "/":
      return divideInts(a, b);
    case "//":
      return divmodInt(a, b)[0];
    case "%":
      return divmodInt(a, b)[1];
    case "**":
      return power(a, b);
  }
}

function power(a: bigint, b: bigint): Value {
  if (b < 0n) {
    if (a === 0n) throw raised("zero to a negative power");
    return ofFloats("**", toFloat(a), toFloat(b));
  }
  const bits = a < 0n ? (-a).toString(2).length : a.toString(2).length;
  if (a !== 0n && a !== 1n && a !== -1n && BigInt(bits) * b > BigInt(MOST_BITS)) throw tooBig();
  return a ** b;
}

const tooBig = (): TemplateFault => new TemplateFault("bound", "the number is too big");

function bounded(value: bigint): bigint {
  if (value > MOST || value < -MOST) throw tooBig();
  return value;
}
const MOST = 1n << BigInt(MOST_BITS);

function ofFloats(operator: BinaryOperator, a: number, b: number): Value {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      if (b === 0) throw raised("division by zero");
      return a / b;
    case "//":
      return divmodFloat(a, b)[0];
    case "%":
      return divmodFloat(a, b)[1];
    case "**": {
      if (a === 1 || b === 0) return 1;
      if (a === 0 && b < 0) throw raised("zero to a negative power");
      if (a < 0 && Number.isFinite(a) && Number.isFinite(b) && !Number.isInteger(b)) throw raised("complex result");
      if (a === -1 && !Number.isFinite(b)) return Number.isNaN(b) ? b : 1;
      const result = a ** b;
      if (!Number.isFinite(result) && Number.isFinite(a) && Number.isFinite(b)) throw raised("Result too large");
      return result;
    }
  }
}

export function limited(text: string, work: Work): string {
  work.spend(text.length / 64);
  if (text.length > MOST_CHARACTERS) throw new TemplateFault("bound", "the text is too long");
  return text;
}

function joined(items: Value[], work: Work): Value[] {
  work.spend(items.length);
  return items;
}

function repeat(value: Value, count: bigint | boolean, work: Work): Value {
  const size = typeof value === "string" ? value.length : Number(lengthIfAny(value) ?? 0);
  // Nothing, however often, is nothing: it must not be gone through a billion times to find that out.
  const times = size === 0 ? 0 : typeof count === "boolean" ? Number(count) : count < 0n ? 0 : Number(count);
  if (size * times > MOST_CHARACTERS) throw new TemplateFault("bound", "the repetition is too long");
  work.spend(size * times);
  if (typeof value === "string") return value.repeat(times);
  const items = Array.isArray(value) ? value : value instanceof Tuple ? value.items : undefined;
  if (!items) throw raised(`can't multiply sequence by non-int of type '${typeName(value)}'`);
  const repeated = Array.from({ length: times }, () => items).flat();
  return value instanceof Tuple ? new Tuple(repeated) : repeated;
}

export function negate(value: Value): Value {
  if (typeof value === "number") return -value;
  if (typeof value === "bigint" || typeof value === "boolean") return -BigInt(value);
  if (value instanceof Duration) return new Duration(-value.us);
  if (value instanceof Undefined) throw undefinedFault(value.message);
  throw raised(`bad operand type for unary -: '${typeName(value)}'`);
}

export function positive(value: Value): Value {
  if (typeof value === "number" || value instanceof Duration) return value;
  if (typeof value === "bigint" || typeof value === "boolean") return BigInt(value);
  if (value instanceof Undefined) throw undefinedFault(value.message);
  throw raised(`bad operand type for unary +: '${typeName(value)}'`);
}

/** `value[key]`; undefined where Python raises TypeError or LookupError. */
export function itemAt(value: Value, key: Value, work: Work): Value | undefined {
  if (value instanceof Dict) {
    if (key instanceof Slice || Array.isArray(key) || key instanceof Dict || key instanceof PySet) return undefined;
    return value.get(key);
  }
  if (value instanceof Undefined) throw undefinedFault(value.message);
  if (key instanceof Slice) return sliced(value, key, work);
  if (typeof key !== "bigint" && typeof key !== "boolean") return undefined;
  const index = Number(BigInt(key));
  if (Array.isArray(value)) return value[index < 0 ? value.length + index : index];
  if (value instanceof Tuple) return value.items[index < 0 ? value.items.length + index : index];
  if (typeof value === "string") {
    const all = characters(value);
    return all[index < 0 ? all.length + index : index];
  }
  if (value instanceof Range) {
    const at = index < 0 ? value.length + index : index;
    return at >= 0 && at < value.length ? value.at(at) : undefined;
  }
  if (value instanceof Bytes) {
    const byte = value.data[index < 0 ? value.data.length + index : index];
    return byte === undefined ? undefined : BigInt(byte);
  }
  return undefined;
}

function sliced(value: Value, slice: Slice, work: Work): Value | undefined {
  const items = Array.isArray(value)
    ? value
    : value instanceof Tuple
      ? value.items
      : typeof value === "string"
        ? characters(value)
        : value instanceof Bytes
          ? [...value.data].map((byte): Value => BigInt(byte))
          : value instanceof Range
            ? rangeItems(value)
            : undefined;
  if (!items) return undefined;
  const indices = sliceIndices(slice, items.length);
  if (!indices) return undefined;
  work.spend(indices.length);
  const picked = indices.map((i) => items[i] ?? null);
  if (typeof value === "string") return picked.map(textOf).join("");
  if (value instanceof Bytes) return new Bytes(Uint8Array.from(picked.map(Number)));
  return value instanceof Tuple ? new Tuple(picked) : picked;
}

/** Indices a slice picks; undefined where its parts are no whole numbers. A step of zero raises. */
export function sliceIndices({ start, stop, step }: Slice, length: number): number[] | undefined {
  const whole = (value: Value): number | null | undefined => {
    if (value === null) return null;
    if (typeof value !== "bigint" && typeof value !== "boolean") return undefined;
    return Number(BigInt(value));
  };
  const stride = whole(step) ?? (step === null ? 1 : undefined);
  const from = whole(start);
  const to = whole(stop);
  if (stride === undefined || from === undefined || to === undefined) return undefined;
  if (stride === 0) throw raised("slice step cannot be zero");
  const low = stride < 0 ? -1 : 0;
  const high = stride < 0 ? length - 1 : length;
  const within = (at: number): number => Math.min(Math.max(at < 0 ? at + length : at, low), high);
  const first = from === null ? (stride < 0 ? high : low) : within(from);
  const last = to === null ? (stride < 0 ? low : high) : within(to);
  const indices: number[] = [];
  for (let i = first; stride > 0 ? i < last : i > last; i += stride) indices.push(i);
  return indices;
}

export const isCallable = (value: Value): boolean =>
  value instanceof Callable || (value instanceof Loop && value.recurse !== undefined);

export const isMapping = (value: Value): boolean => value instanceof Dict;
export const isNamespace = (value: Value): value is Namespace => value instanceof Namespace;

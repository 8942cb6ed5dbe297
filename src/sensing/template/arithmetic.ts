import { ofTimes } from "./durations.ts";
import { raised, TemplateFault, undefinedFault, type Work } from "./fault.ts";
import { formatPercent } from "./formatting.ts";
import { divideInts, divmodFloat, divmodInt, toFloat } from "./numbers.ts";
import { isNumeric, lengthIfAny, limited, MOST_CHARACTERS, numeric } from "./operations.ts";
import { Duration, PySet, Tuple, typeName, Undefined, type Value } from "./values.ts";

const MOST_BITS = 32_768;

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
  const temporal = ofTimes(operator, a, b);
  if (temporal !== undefined) return temporal;
  if (operator === "*") {
    if (typeof b === "bigint" || typeof b === "boolean") return repeat(a, b, work);
    if (typeof a === "bigint" || typeof a === "boolean") return repeat(b, a, work);
  }
  if (operator === "-" && a instanceof PySet && b instanceof PySet)
    return new PySet([...a.members.keys()].filter((key) => !b.members.has(key)));
  throw raised(`unsupported operand type(s) for ${operator}: '${typeName(a)}' and '${typeName(b)}'`);
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

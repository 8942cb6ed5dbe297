import { raised, TemplateFault, type Work } from "./fault.ts";
import { toFloat } from "./numbers.ts";
import { characters, lengthOf } from "./text.ts";
import {
  Bytes,
  Callable,
  Dict,
  Duration,
  Lazy,
  Loop,
  Namespace,
  PySet,
  Range,
  Tuple,
  typeName,
  Undefined,
  type Value,
} from "./values.ts";

export const MOST_CHARACTERS = 1_000_000;

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

export function lengthIfAny(value: Value): number | undefined {
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

export const numeric = (value: Numeric | boolean): Numeric => (typeof value === "boolean" ? (value ? 1n : 0n) : value);

export const floatOf = (value: Numeric | boolean): number => {
  const plain = numeric(value);
  return typeof plain === "bigint" ? toFloat(plain) : plain;
};

export const rangeItems = (range: Range): Value[] => Array.from({ length: range.length }, (_, i) => range.at(i));

export function limited(text: string, work: Work): string {
  work.spend(text.length / 64);
  if (text.length > MOST_CHARACTERS) throw new TemplateFault("bound", "the text is too long");
  return text;
}

export const isCallable = (value: Value): boolean =>
  value instanceof Callable || (value instanceof Loop && value.recurse !== undefined);

export const isMapping = (value: Value): boolean => value instanceof Dict;

export const isNamespace = (value: Value): value is Namespace => value instanceof Namespace;

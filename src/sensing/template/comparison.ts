import { isAware, sameZone, utcUs } from "./durations.ts";
import { raised, undefinedFault, type Work } from "./fault.ts";
import { isIterable, isNumeric, iterate, numeric, rangeItems } from "./operations.ts";
import { characters } from "./text.ts";
import { asInstant } from "./time.ts";
import {
  Bytes,
  Day,
  Dict,
  Duration,
  Instant,
  Loop,
  PySet,
  Range,
  TimeOfDay,
  Tuple,
  typeName,
  Undefined,
  type Value,
} from "./values.ts";

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
  if (a instanceof Instant) return b instanceof Instant && utcUs(a) === utcUs(b) && isAware(a) === isAware(b);
  if (a instanceof Day) return b instanceof Day && a.days === b.days;
  if (a instanceof TimeOfDay) return b instanceof TimeOfDay && isAware(a) === isAware(b) && timeUs(a) === timeUs(b);
  if (a instanceof Undefined) return b instanceof Undefined;
  return a === b;
}

const timeUs = (time: TimeOfDay): bigint => utcUs(asInstant(time));

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
  if (a instanceof Instant && b instanceof Instant && isAware(a) === isAware(b)) {
    const difference = sameZone(a, b) ? a.wallUs - b.wallUs : utcUs(a) - utcUs(b);
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }
  if (a instanceof Day && b instanceof Day) return a.days - b.days;
  if (a instanceof TimeOfDay && b instanceof TimeOfDay && isAware(a) === isAware(b))
    return Number(timeUs(a) - timeUs(b));
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

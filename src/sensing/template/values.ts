import { raised } from "./fault.ts";

/**
 * Python values as the interpreter holds them: None is null, bool boolean, int bigint, float number, str string, list an
 * array. The others are the classes below. Nothing of JavaScript is reachable from a template: values have no
 * prototype that a template could walk, and attributes are looked up by the interpreter's own tables only.
 */
export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Value[]
  | Tuple
  | Dict
  | PySet
  | Undefined
  | Bytes
  | Callable
  | Lazy
  | Range
  | Slice
  | Namespace
  | Loop
  | Instant
  | Day
  | TimeOfDay
  | Duration;

export class Tuple {
  readonly items: readonly Value[];
  constructor(items: readonly Value[]) {
    this.items = items;
  }
}

type Key = string | number | bigint | null;

/** A dict that keeps the order of insertion; 1, 1.0 and True are one key. */
export class Dict {
  readonly #values = new Map<Key, Value>();
  #keys: Map<Key, Value> | undefined;

  get size(): number {
    return this.#values.size;
  }

  get(key: Value): Value | undefined {
    return this.#values.get(hashed(key));
  }

  /** For JSON: the key is a string. */
  setText(key: string, value: Value): void {
    this.#values.set(key, value);
  }

  set(key: Value, value: Value): void {
    const hash = hashed(key);
    if (hash !== key && !this.#values.has(hash)) (this.#keys ??= new Map<Key, Value>()).set(hash, key);
    this.#values.set(hash, value);
  }

  delete(key: Value): void {
    this.#values.delete(hashed(key));
  }

  has(key: Value): boolean {
    return this.#values.has(hashed(key));
  }

  *keys(): IterableIterator<Value> {
    for (const hash of this.#values.keys()) yield this.#keys?.get(hash) ?? hash;
  }

  values(): IterableIterator<Value> {
    return this.#values.values();
  }

  *entries(): IterableIterator<[Value, Value]> {
    for (const [hash, value] of this.#values) yield [this.#keys?.get(hash) ?? hash, value];
  }
}

export class PySet {
  readonly members = new Dict();
  constructor(items: Iterable<Value>) {
    for (const item of items) if (!this.members.has(item)) this.members.set(item, null);
  }
}

/** Jinja's Undefined: empty as text, false as condition, an error as anything else. */
export class Undefined {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

export class Bytes {
  readonly data: Uint8Array;
  constructor(data: Uint8Array) {
    this.data = data;
  }
}

/** Arguments of a call: by position and by name. */
export type Arguments = Readonly<{ positional: readonly Value[]; named: ReadonlyMap<string, Value> }>;

/** A function, method or macro. `shown` is how Python prints it. */
export class Callable {
  readonly call: (given: Arguments) => Value;
  readonly shown: string;
  /** Attributes a template may read: `name` of a macro. */
  readonly attributes: ReadonlyMap<string, Value>;
  constructor(
    shown: string,
    call: (given: Arguments) => Value,
    attributes: ReadonlyMap<string, Value> = new Map<string, Value>(),
  ) {
    this.shown = shown;
    this.call = call;
    this.attributes = attributes;
  }
}

/** A generator or a view: can be walked, a generator only once. */
export class Lazy {
  readonly shown: string;
  readonly walk: () => Iterator<Value>;
  /** Views of a dict know their length; generators do not. */
  readonly length: (() => number) | undefined;
  constructor(shown: string, walk: () => Iterator<Value>, length?: () => number) {
    this.shown = shown;
    this.walk = walk;
    this.length = length;
  }
}

/** A generator: the second walk goes on where the first stopped. */
export function generator(items: Iterator<Value>): Lazy {
  return new Lazy("<generator object>", () => items);
}

export class Range {
  readonly start: bigint;
  readonly stop: bigint;
  readonly step: bigint;
  readonly length: number;
  constructor(start: bigint, stop: bigint, step: bigint) {
    this.start = start;
    this.stop = stop;
    this.step = step;
    const span = step > 0n ? stop - start : start - stop;
    const stride = step > 0n ? step : -step;
    this.length = span > 0n ? Number((span + stride - 1n) / stride) : 0;
  }
  at(index: number): bigint {
    return this.start + this.step * BigInt(index);
  }
}

export class Slice {
  readonly start: Value;
  readonly stop: Value;
  readonly step: Value;
  constructor(start: Value, stop: Value, step: Value) {
    this.start = start;
    this.stop = stop;
    this.step = step;
  }
}

export class Namespace {
  readonly attributes: Map<string, Value>;
  constructor(attributes: Map<string, Value>) {
    this.attributes = attributes;
  }
}

/** The `loop` of a running for. */
export class Loop {
  readonly attribute: (name: string) => Value | undefined;
  readonly recurse: ((given: Arguments) => Value) | undefined;
  constructor(attribute: (name: string) => Value | undefined, recurse: ((given: Arguments) => Value) | undefined) {
    this.attribute = attribute;
    this.recurse = recurse;
  }
}

/** Offset of a zone at one of its wall times, minutes; both since the epoch as if in UTC. */
export type ZoneRules = (wallMs: number) => number;

/**
 * A datetime; microseconds since the epoch as wall time at `offsetMinutes`, which is null where it has no zone. One of the
 * home's own zone has its rules: Python reckons within a zone in wall time.
 */
export class Instant {
  readonly wallUs: bigint;
  readonly offsetMinutes: number | null;
  readonly rules: ZoneRules | undefined;
  constructor(wallUs: bigint, offsetMinutes: number | null, rules?: ZoneRules) {
    this.wallUs = wallUs;
    this.offsetMinutes = offsetMinutes;
    this.rules = rules;
  }
}

/** A date: days since 1970-01-01. */
export class Day {
  readonly days: number;
  constructor(days: number) {
    this.days = days;
  }
}

/** A time: microseconds since midnight, at `offsetMinutes`, which is null where it has no zone. */
export class TimeOfDay {
  readonly us: bigint;
  readonly offsetMinutes: number | null;
  constructor(us: bigint, offsetMinutes: number | null) {
    this.us = us;
    this.offsetMinutes = offsetMinutes;
  }
}

/** A timedelta, in microseconds. */
export class Duration {
  readonly us: bigint;
  constructor(us: bigint) {
    this.us = us;
  }
}

function hashed(key: Value): Key {
  if (typeof key === "string" || typeof key === "bigint" || key === null) return key;
  if (typeof key === "boolean") return key ? 1n : 0n;
  if (typeof key === "number") return Number.isInteger(key) ? BigInt(key) : key;
  if (key instanceof Tuple)
    return `\u0000(${key.items.map((item) => `${typeof item}:${String(hashed(item))}`).join()})`;
  if (key instanceof Bytes) return `\u0000b${[...key.data].join()}`;
  if (key instanceof Instant) return `\u0000i${key.wallUs - BigInt(key.offsetMinutes ?? 0) * 60_000_000n}`;
  if (key instanceof Duration) return `\u0000d${key.us}`;
  if (key instanceof Day) return `\u0000y${key.days}`;
  if (key instanceof TimeOfDay) return `\u0000t${key.us - BigInt(key.offsetMinutes ?? 0) * 60_000_000n}`;
  // One undefined value is as good as another.
  if (key instanceof Undefined) return "\u0000u";
  throw raised(`unhashable type: '${typeName(key)}'`);
}

/** Python's name of the type. */
export function typeName(value: Value): string {
  if (value === null) return "NoneType";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "bigint") return "int";
  if (typeof value === "number") return "float";
  if (typeof value === "string") return "str";
  if (Array.isArray(value)) return "list";
  if (value instanceof Tuple) return "tuple";
  if (value instanceof Dict) return "dict";
  if (value instanceof PySet) return "set";
  if (value instanceof Undefined) return "LoggingUndefined";
  if (value instanceof Bytes) return "bytes";
  if (value instanceof Callable) return "function";
  if (value instanceof Range) return "range";
  if (value instanceof Namespace) return "Namespace";
  if (value instanceof Loop) return "LoopContext";
  if (value instanceof Instant) return "datetime";
  if (value instanceof Duration) return "timedelta";
  if (value instanceof Day) return "date";
  if (value instanceof TimeOfDay) return "time";
  if (value instanceof Slice) return "slice";
  return "generator";
}

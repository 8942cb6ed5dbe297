import { raised, undefinedFault } from "./fault.ts";
import type { Runtime } from "./runtime.ts";
import { itemAt } from "./items.ts";
import { listOf } from "./operations.ts";
import { methodOf, MUTATING } from "./methods.ts";
import { reprOf } from "./text.ts";
import { durationAttribute, timeAttribute } from "./time-attributes.ts";
import {
  Callable,
  Day,
  Dict,
  Duration,
  Instant,
  Loop,
  Namespace,
  PySet,
  Range,
  TimeOfDay,
  typeName,
  Undefined,
  type Value,
} from "./values.ts";

/** `value.name`: a method or attribute of the type first, then the key of that name (Jinja's getattr). */
export function attributeOf(runtime: Runtime, value: Value, name: string): Value {
  if (value instanceof Undefined) throw undefinedFault(value.message);
  const own = ownAttribute(runtime, value, name);
  if (own !== undefined) return own;
  const item = itemAt(value, name, runtime.work);
  return item === undefined ? missing(value, name) : item;
}

/** A method or attribute of the type, never a key (the filter attr). */
export const plainAttributeOf = (runtime: Runtime, value: Value, name: string): Value =>
  ownAttribute(runtime, value, name) ?? missing(value, name);

/** `value[key]`: the item first, then the attribute of that name (Jinja's getitem). */
export function itemOf(runtime: Runtime, value: Value, key: Value): Value {
  const item = itemAt(value, key, runtime.work);
  if (item !== undefined) return item;
  const own = typeof key === "string" ? ownAttribute(runtime, value, key) : undefined;
  return own === undefined ? missing(value, key) : own;
}

function missing(value: Value, key: Value): Undefined {
  const what = typeof key === "string" ? `attribute '${key}'` : `element ${reprOf(key)}`;
  return new Undefined(`'${typeName(value)} object' has no ${what}`);
}

/** What is unsafe to a sandbox is there, but undefined. */
const unsafe = (value: Value, name: string): Undefined =>
  new Undefined(`access to attribute '${name}' of '${typeName(value)}' object is unsafe.`);

function ownAttribute(runtime: Runtime, value: Value, name: string): Value | undefined {
  if (value instanceof Namespace) return value.attributes.get(name);
  if (name.startsWith("__") && name.endsWith("__")) return unsafe(value, name);
  if (value instanceof Loop) return value.attribute(name);
  if (value instanceof Callable) return value.attributes.get(name);
  if (value instanceof Duration) return durationAttribute(value, name);
  if (value instanceof Instant || value instanceof Day || value instanceof TimeOfDay) return timeAttribute(value, name);
  if (value instanceof Range) {
    if (name === "start") return value.start;
    if (name === "stop") return value.stop;
    if (name === "step") return value.step;
  }
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") {
    if (name === "real") return typeof value === "boolean" ? BigInt(value) : value;
    if (name === "imag") return typeof value === "number" ? 0 : 0n;
    if (typeof value !== "number" && name === "numerator") return BigInt(value);
    if (typeof value !== "number" && name === "denominator") return 1n;
  }
  if (
    (Array.isArray(value) || value instanceof Dict || value instanceof PySet) &&
    MUTATING.get(typeName(value))?.has(name)
  )
    return unsafe(value, name);
  const method = methodOf(value, name);
  if (!method) return undefined;
  return new Callable(`<built-in method ${name} of ${typeName(value)} object at 0x7f0000000000>`, (given) =>
    method(runtime, given),
  );
}

/** Attribute or item along `a.b.0`, as the filters map, sort and the like take it. */
export function attributeGetter(runtime: Runtime, path: Value, fallback?: Value): (item: Value) => Value {
  const parts: Value[] =
    typeof path === "string"
      ? path.split(".").map((part) => (/^\d+$/.test(part) ? BigInt(part) : part))
      : typeof path === "bigint"
        ? [path]
        : [path];
  return (item) => {
    let value = item;
    for (const part of parts) {
      value = itemOf(runtime, value, part);
      if (value instanceof Undefined && fallback !== undefined && fallback !== null) value = fallback;
    }
    return value;
  };
}

export const checkUnknown = (runtime: Runtime, value: Value): Value[] => {
  if (value === null) throw raised("'NoneType' object is not iterable");
  return listOf(value, runtime.work);
};

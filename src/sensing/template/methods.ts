import { bytesMethod } from "./bytes-methods.ts";
import { dictMethod, sequenceMethod, setMethod } from "./collection-methods.ts";
import type { Runtime } from "./runtime.ts";
import { floatMethod, intMethod } from "./number-methods.ts";
import { TEXT } from "./text-methods.ts";
import { type Arguments, Bytes, Dict, PySet, Range, Tuple, type Value } from "./values.ts";

export type Method = (runtime: Runtime, given: Arguments) => Value;

/** Methods that change their object: the sandbox has them, but undefined. */
export const MUTATING: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["dict", new Set(["clear", "pop", "popitem", "setdefault", "update"])],
  ["list", new Set(["append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove"])],
  [
    "set",
    new Set([
      "add",
      "clear",
      "difference_update",
      "discard",
      "intersection_update",
      "pop",
      "remove",
      "symmetric_difference_update",
      "update",
    ]),
  ],
]);

export function methodOf(value: Value, name: string): Method | undefined {
  if (typeof value === "string") {
    const method = TEXT.get(name);
    return method && ((runtime, given) => method(runtime, value, given));
  }
  if (value instanceof Dict) return dictMethod(value, name);
  if (Array.isArray(value)) return sequenceMethod(value, name) ?? (name === "copy" ? () => [...value] : undefined);
  if (value instanceof Tuple) return sequenceMethod(value.items, name);
  if (value instanceof PySet) return setMethod(value, name);
  if (value instanceof Bytes) return bytesMethod(value, name);
  if (value instanceof Range && (name === "count" || name === "index"))
    return sequenceMethod(
      Array.from({ length: value.length }, (_, i) => value.at(i)),
      name,
    );
  if (typeof value === "number") return floatMethod(value, name);
  if (typeof value === "bigint" || typeof value === "boolean") return intMethod(BigInt(value), name);
  return undefined;
}

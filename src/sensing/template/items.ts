import { raised, undefinedFault, type Work } from "./fault.ts";
import { rangeItems } from "./operations.ts";
import { characters, textOf } from "./text.ts";
import { Bytes, Dict, PySet, Range, Slice, Tuple, Undefined, type Value } from "./values.ts";

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

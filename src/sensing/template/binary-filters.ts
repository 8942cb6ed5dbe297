import { createHash } from "node:crypto";
import { withParameters, wholeOr } from "./arguments.ts";
import { raised } from "./fault.ts";
import type { Filter } from "./runtime.ts";
import { decodeBytes } from "./bytes-methods.ts";
import { textOf } from "./text.ts";
import { Bytes, typeName, type Value } from "./values.ts";

type Field = Readonly<{ size: number; read: (view: DataView, at: number, little: boolean) => Value }>;

/** Formats of Python's struct module with standard sizes. */
const FIELDS: Readonly<Record<string, Field>> = {
  b: { size: 1, read: (view, at) => BigInt(view.getInt8(at)) },
  B: { size: 1, read: (view, at) => BigInt(view.getUint8(at)) },
  "?": { size: 1, read: (view, at) => view.getUint8(at) !== 0 },
  c: { size: 1, read: (view, at) => new Bytes(Uint8Array.of(view.getUint8(at))) },
  h: { size: 2, read: (view, at, little) => BigInt(view.getInt16(at, little)) },
  H: { size: 2, read: (view, at, little) => BigInt(view.getUint16(at, little)) },
  i: { size: 4, read: (view, at, little) => BigInt(view.getInt32(at, little)) },
  I: { size: 4, read: (view, at, little) => BigInt(view.getUint32(at, little)) },
  l: { size: 4, read: (view, at, little) => BigInt(view.getInt32(at, little)) },
  L: { size: 4, read: (view, at, little) => BigInt(view.getUint32(at, little)) },
  q: { size: 8, read: (view, at, little) => view.getBigInt64(at, little) },
  Q: { size: 8, read: (view, at, little) => view.getBigUint64(at, little) },
  f: { size: 4, read: (view, at, little) => view.getFloat32(at, little) },
  d: { size: 8, read: (view, at, little) => view.getFloat64(at, little) },
};

/** The first value that struct.unpack_from would give; None where it fails, as in Home Assistant. */
function unpack(data: Uint8Array, format: string, offset: number): Value {
  const parts = /^([@=<>!]?)\s*(\d*)([a-zA-Z?])(?:\s*\d*[a-zA-Z?])*$/.exec(format);
  if (!parts) return null;
  const [, order = "", count, code = ""] = parts;
  const little = order !== ">" && order !== "!";
  const native = order === "" || order === "@";
  let size = 0;
  let first: [number, string] | undefined;
  for (const [, times, one = ""] of format.replace(/^[@=<>!]/, "").matchAll(/(\d*)([a-zA-Z?])/g)) {
    if (one === "s" || one === "x") {
      if (one === "s") first ??= [size, one];
      size += Number(times || 1);
      continue;
    }
    const field = FIELDS[one];
    if (!field) return null;
    const width = native && (one === "l" || one === "L") ? 8 : field.size;
    if (native) size = Math.ceil(size / width) * width;
    first ??= [size, one];
    size += width * Number(times || 1);
  }
  const from = offset < 0 ? data.length + offset : offset;
  if (from < 0 || from + size > data.length || !first) return null;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (code === "s") return new Bytes(data.slice(from, from + Number(count || 1)));
  const wide = native && (first[1] === "l" || first[1] === "L") ? (first[1] === "l" ? "q" : "Q") : first[1];
  return FIELDS[wide]?.read(view, from + first[0], little) ?? null;
}

function pack(value: Value, format: string): Value {
  const parts = /^([@=<>!]?)([bBhHiIlLqQfd?])$/.exec(format);
  const field = FIELDS[parts?.[2] ?? ""];
  if (!parts || !field) return null;
  const little = parts[1] !== ">" && parts[1] !== "!";
  const data = new Uint8Array(field.size);
  const view = new DataView(data.buffer);
  if (parts[2] === "f" || parts[2] === "d") {
    if (typeof value !== "number" && typeof value !== "bigint") return null;
    if (parts[2] === "f") view.setFloat32(0, Number(value), little);
    else view.setFloat64(0, Number(value), little);
    return new Bytes(data);
  }
  if (typeof value !== "bigint" && typeof value !== "boolean") return null;
  const bits = BigInt(field.size * 8);
  const number = BigInt(value);
  const signed = /[bhilq]/.test(parts[2] ?? "");
  const low = signed ? -(1n << (bits - 1n)) : 0n;
  if (number < low || number >= low + (1n << bits)) return null;
  for (let i = 0; i < field.size; i++) {
    const byte = Number((BigInt.asUintN(Number(bits), number) >> BigInt(8 * i)) & 0xffn);
    data[little ? i : field.size - 1 - i] = byte;
  }
  return new Bytes(data);
}

const bytesOf = (value: Value): Uint8Array => {
  if (value instanceof Bytes) return value.data;
  if (typeof value === "string") return new TextEncoder().encode(value);
  throw raised(`a bytes-like object is required, not '${typeName(value)}'`);
};

const hash = (name: string): [string, Filter] => [
  name,
  (_, value) => {
    if (typeof value !== "string") throw raised(`'${typeName(value)}' object has no attribute 'encode'`);
    return createHash(name).update(value).digest("hex");
  },
];

export const BINARY_FILTERS: readonly [string, Filter][] = [
  [
    "unpack",
    withParameters(
      "unpack",
      ["format_string", "offset"],
      (_, value, [format, offset]) => {
        if (!(value instanceof Bytes)) throw raised(`a bytes-like object is required, not '${typeName(value)}'`);
        return unpack(value.data, textOf(format ?? null), wholeOr(offset, 0));
      },
      1,
    ),
  ],
  ["pack", withParameters("pack", ["format_string"], (_, value, [format]) => pack(value, textOf(format ?? null)), 1)],
  [
    "from_hex",
    (_, value) => {
      if (typeof value !== "string" && !(value instanceof Bytes))
        throw raised(`fromhex() argument must be str or bytes-like, not ${typeName(value)}`);
      const digits = (typeof value === "string" ? value : Buffer.from(value.data).toString("latin1")).replace(
        /\s+/g,
        "",
      );
      if (!/^(?:[0-9a-fA-F]{2})*$/.test(digits)) throw raised("non-hexadecimal number found in fromhex() arg");
      return new Bytes(Uint8Array.from(Buffer.from(digits, "hex")));
    },
  ],
  ["base64_encode", (_, value) => Buffer.from(bytesOf(value)).toString("base64")],
  [
    "base64_decode",
    withParameters("base64_decode", ["encoding"], (_, value, [encoding = "utf-8"]) => {
      const text = textOf(value).replace(/[^A-Za-z0-9+/=]/g, "");
      if (text.length % 4 !== 0) throw raised("Incorrect padding");
      const data = Uint8Array.from(Buffer.from(text, "base64"));
      return encoding === null ? new Bytes(data) : decodeBytes(data);
    }),
  ],
  hash("md5"),
  hash("sha1"),
  hash("sha256"),
  hash("sha512"),
];

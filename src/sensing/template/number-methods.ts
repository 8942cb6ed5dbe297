import { bind } from "./arguments.ts";
import { ratio } from "./durations.ts";
import { raised } from "./fault.ts";
import type { Method } from "./methods.ts";
import { Bytes, Tuple } from "./values.ts";

export function floatMethod(value: number, name: string): Method | undefined {
  if (name === "is_integer") return () => Number.isInteger(value);
  if (name === "conjugate") return () => value;
  if (name === "as_integer_ratio")
    return () => {
      return new Tuple(ratio(value));
    };
  if (name === "hex" || name === "fromhex")
    return () => {
      throw raised(`float.${name} is not here`);
    };
  return undefined;
}

export function intMethod(value: bigint, name: string): Method | undefined {
  const size = value < 0n ? -value : value;
  if (name === "bit_length") return () => (size === 0n ? 0n : BigInt(size.toString(2).length));
  if (name === "bit_count") return () => BigInt(size.toString(2).replaceAll("0", "").length);
  if (name === "conjugate") return () => value;
  if (name === "is_integer") return () => true;
  if (name === "as_integer_ratio") return () => new Tuple([value, 1n]);
  if (name === "to_bytes" || name === "from_bytes")
    return (_, given) => {
      const [length, order] = bind("to_bytes", ["length", "byteorder", "signed"], 0, given);
      const count = typeof length === "bigint" ? Number(length) : 1;
      if (count > 1_000 || value < 0n || value >= 1n << BigInt(8 * count)) throw raised("int too big to convert");
      const data = new Uint8Array(count);
      for (let i = 0; i < count; i++) data[count - 1 - i] = Number((value >> BigInt(8 * i)) & 0xffn);
      return new Bytes(order === "little" ? data.reverse() : data);
    };
  return undefined;
}

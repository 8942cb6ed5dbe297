import { bind } from "./arguments.ts";
import { raised, undefinedFault } from "./fault.ts";
import type { Filter } from "./runtime.ts";
import { parseFloatText, parseIntText, roundFloat, roundToInt } from "./numbers.ts";
import { reprOf, textOf } from "./text.ts";
import { Bytes, typeName, Undefined, type Value } from "./values.ts";

/** Python's float(value); undefined where it raises ValueError, TypeError or OverflowError. */
export function coerceFloat(value: Value): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "bigint") {
    const float = Number(value);
    return Number.isFinite(float) ? float : undefined;
  }
  if (typeof value === "string") return parseFloatText(value);
  if (value instanceof Bytes) return parseFloatText(Buffer.from(value.data).toString("latin1"));
  if (value instanceof Undefined) throw undefinedFault(value.message);
  return undefined;
}

/** Python's int(value, base) with Jinja's leniency ("42.23" gives 42). */
export function coerceInt(value: Value, base: number): bigint | undefined {
  if (typeof value === "bigint") return value;
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (typeof value === "number") return Number.isFinite(value) ? BigInt(Math.trunc(value)) : undefined;
  if (typeof value === "string") {
    const whole = parseIntText(value, base);
    if (whole !== undefined) return whole;
  }
  const float = coerceFloat(value);
  return float !== undefined && Number.isFinite(float) ? BigInt(Math.trunc(float)) : undefined;
}

const noDefault = (name: string, value: Value): Error =>
  raised(`Template error: ${name} got invalid input '${textOf(value)}' but no default was specified`);

export const floatOrDefault: Filter = (_, value, given) => {
  const [fallback] = bind("float", ["default"], 0, given);
  const float = coerceFloat(value);
  if (float !== undefined) return float;
  if (fallback === undefined) throw noDefault("float", value);
  return fallback;
};

export const intOrDefault: Filter = (_, value, given) => {
  const [fallback, base = 10n] = bind("int", ["default", "base"], 0, given);
  if (typeof base !== "bigint") throw raised(`'${typeName(base)}' object cannot be interpreted as an integer`);
  if (base !== 0n && (base < 2n || base > 36n)) {
    if (typeof value === "string") {
      const float = coerceFloat(value);
      if (float !== undefined && Number.isFinite(float)) return BigInt(Math.trunc(float));
      if (fallback === undefined) throw noDefault("int", value);
      return fallback;
    }
  }
  const whole = coerceInt(value, Number(base));
  if (whole !== undefined) return whole;
  if (fallback === undefined) throw noDefault("int", value);
  return fallback;
};

/** Home Assistant's round: half to even, a whole number without digits. */
export const roundOrDefault: Filter = (_, value, given) => {
  const [precision = 0n, method = "common", fallback] = bind("round", ["precision", "method", "default"], 0, given);
  const fail = (): Value => {
    if (fallback === undefined) throw noDefault("round", value);
    return fallback;
  };
  if (typeof precision === "number") return fail();
  if (typeof precision !== "bigint" && typeof precision !== "boolean") return fail();
  const digits = Number(BigInt(precision));
  const float = coerceFloat(value);
  if (float === undefined || Math.abs(digits) > 400) return fail();
  const multiplier = Number(`1e${digits}`);
  if (!Number.isFinite(multiplier)) return fail();
  let rounded: number;
  if (method === "ceil" || method === "floor") {
    const scaled = float * multiplier;
    if (!Number.isFinite(scaled)) return fail();
    if (multiplier === 0) throw raised("float division by zero");
    // Python's ceil and floor are whole numbers, which know no -0.
    rounded = ((method === "ceil" ? Math.ceil(scaled) : Math.floor(scaled)) + 0) / multiplier;
  } else if (method === "half") {
    if (!Number.isFinite(float * 2)) return fail();
    rounded = Number(roundToInt(float * 2)) / 2;
  } else rounded = roundFloat(float, digits);
  if (digits !== 0) return rounded;
  return Number.isFinite(rounded) ? BigInt(Math.trunc(rounded)) : fail();
};

export const boolOf: Filter = (_, value, given) => {
  const [fallback] = bind("bool", ["default"], 0, given);
  if (typeof value === "boolean") return value;
  if (typeof value === "number" || typeof value === "bigint") return value !== 0 && value !== 0n;
  if (typeof value === "string") {
    const word = value.toLowerCase().trim();
    if (["1", "true", "yes", "on", "enable"].includes(word)) return true;
    if (["0", "false", "no", "off", "disable"].includes(word)) return false;
  }
  if (fallback === undefined) throw noDefault("bool", reprOf(value));
  return fallback;
};

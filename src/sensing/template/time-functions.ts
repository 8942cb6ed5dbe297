import { withParameters } from "./arguments.ts";
import { raised } from "./fault.ts";
import type { Filter, Runtime } from "./interpreter.ts";
import { parseIntText } from "./numbers.ts";
import { coerceFloat } from "./numeric-filters.ts";
import { isTrue } from "./operations.ts";
import { parseByFormat, parseDuration } from "./parse-time.ts";
import { textOf } from "./text.ts";
import { instantText } from "./time.ts";
import { Callable, Duration, Instant, typeName, type Value } from "./values.ts";

const US_PER_MINUTE = 60_000_000n;
/** The end of the year 9999. */
const LAST_SECOND = 253_402_300_799;
const US_PER_DAY = 1440n * US_PER_MINUTE;

/** `20:15` or `20:15:30`; undefined where it is no time of day. */
function clockTime(text: string): readonly number[] | undefined {
  const parts = text.split(":");
  const numbers = parts.slice(0, 3).map((part) => Number(parseIntText(part) ?? -1n));
  const [hour = -1, minute = -1, second = 0] = numbers;
  const holds = parts.length > 1 && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
  return holds ? numbers : undefined;
}

const fromEpoch = (seconds: number): Instant => {
  if (!Number.isFinite(seconds) || Math.abs(seconds) > LAST_SECOND) throw raised("timestamp out of range");
  return new Instant(BigInt(Math.round(seconds * 1e6)), 0);
};

export function asLocal(runtime: Runtime, instant: Instant): Instant {
  const utcUs = instant.wallUs - BigInt(instant.offsetMinutes ?? 0) * US_PER_MINUTE;
  if (instant.offsetMinutes === null) {
    const guess = runtime.zoneOffsetMinutes(Number(instant.wallUs / 1000n));
    const offset = runtime.zoneOffsetMinutes(Number(instant.wallUs / 1000n) - guess * 60_000);
    return new Instant(instant.wallUs, offset);
  }
  const offset = runtime.zoneOffsetMinutes(Number(utcUs / 1000n));
  return new Instant(utcUs + BigInt(offset) * US_PER_MINUTE, offset);
}

const ISO =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,6})\d{0,6})?)?\s*(Z|z|[+-]\d{2}(?::?\d{2})?)?)?$/;

/** An ISO date or date and time; undefined where it is none. */
export function parseInstant(text: string): Instant | undefined {
  const parts = ISO.exec(text.trim());
  if (!parts) return undefined;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", zone] = parts;
  const wallMs = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const date = new Date(wallMs);
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day) || Number(hour) > 23)
    return undefined;
  const wallUs = BigInt(wallMs) * 1000n + BigInt(fraction.padEnd(6, "0") || "0");
  if (zone === undefined) return new Instant(wallUs, null);
  if (zone === "Z" || zone === "z") return new Instant(wallUs, 0);
  const size = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(":", "") || 0);
  return new Instant(wallUs, zone.startsWith("-") ? -size : size);
}

/** Python takes a time without a zone for one of the machine's own zone, whatever Home Assistant's is. */
const epochSeconds = ({ wallUs, offsetMinutes }: Instant): number => {
  if (offsetMinutes !== null) return Number(wallUs - BigInt(offsetMinutes) * US_PER_MINUTE) / 1e6;
  const us = ((wallUs % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const wall = new Date(Number((wallUs - us) / 1000n));
  const local = new Date(0);
  local.setFullYear(wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate());
  local.setHours(wall.getUTCHours(), wall.getUTCMinutes(), wall.getUTCSeconds(), 0);
  return (local.getTime() * 1000 + Number(us)) / 1e6;
};

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** Python's strftime in the C locale. */
export function formatInstant(instant: Instant, format: string): string {
  const us = ((instant.wallUs % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const date = new Date(Number((instant.wallUs - us) / 1000n));
  const two = (n: number): string => String(n).padStart(2, "0");
  const dayOfYear = Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
  const hour12 = date.getUTCHours() % 12 || 12;
  const fields: Readonly<Record<string, () => string>> = {
    Y: () => String(date.getUTCFullYear()),
    y: () => two(date.getUTCFullYear() % 100),
    m: () => two(date.getUTCMonth() + 1),
    d: () => two(date.getUTCDate()),
    e: () => String(date.getUTCDate()).padStart(2, " "),
    H: () => two(date.getUTCHours()),
    I: () => two(hour12),
    M: () => two(date.getUTCMinutes()),
    S: () => two(date.getUTCSeconds()),
    f: () => us.toString().padStart(6, "0"),
    p: () => (date.getUTCHours() < 12 ? "AM" : "PM"),
    j: () => String(dayOfYear).padStart(3, "0"),
    A: () => DAYS[date.getUTCDay()] ?? "",
    a: () => (DAYS[date.getUTCDay()] ?? "").slice(0, 3),
    B: () => MONTHS[date.getUTCMonth()] ?? "",
    b: () => (MONTHS[date.getUTCMonth()] ?? "").slice(0, 3),
    w: () => String(date.getUTCDay()),
    u: () => String(date.getUTCDay() || 7),
    s: () => String(Math.floor((date.getTime() - (instant.offsetMinutes ?? 0) * 60_000) / 1000)),
    z: () => (instant.offsetMinutes === null ? "" : instantText(instant, "T").slice(-6).replace(":", "")),
    F: () => formatInstant(instant, "%Y-%m-%d"),
    T: () => formatInstant(instant, "%H:%M:%S"),
    R: () => formatInstant(instant, "%H:%M"),
    D: () => formatInstant(instant, "%m/%d/%y"),
    c: () => formatInstant(instant, "%a %b %e %H:%M:%S %Y"),
    x: () => formatInstant(instant, "%m/%d/%y"),
    X: () => formatInstant(instant, "%H:%M:%S"),
    "%": () => "%",
  };
  return format.replace(/%(-?)([a-zA-Z%])/g, (all, dash: string, code: string) => {
    const field = fields[code]?.();
    if (field === undefined) return all;
    return dash ? field.replace(/^[0 ]+(?=\d)/, "") : field;
  });
}

const epochFilter = (
  name: string,
  show: (runtime: Runtime, utc: Instant, given: readonly (Value | undefined)[]) => string,
  parameters: readonly string[],
): [string, Filter] => [
  name,
  withParameters(name, [...parameters, "default"], (runtime, value, given) => {
    const fallback = given[parameters.length];
    if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean")
      try {
        return show(runtime, fromEpoch(Number(value)), given);
      } catch (error) {
        if (fallback === undefined) throw error;
        return fallback;
      }
    if (fallback === undefined) throw raised(`${name} got invalid input '${textOf(value)}'`);
    return fallback;
  }),
];

/** A function only: Home Assistant has no filter of that name. */
export const strptime: Filter = withParameters(
  "strptime",
  ["fmt", "default"],
  (_, value, [format, fallback]) => {
    const parsed = typeof value === "string" && typeof format === "string" ? parseByFormat(value, format) : undefined;
    if (parsed) return parsed;
    if (fallback === undefined) throw raised(`strptime got invalid input '${textOf(value)}'`);
    return fallback;
  },
  1,
);

export const TIME_FILTERS: readonly [string, Filter][] = [
  epochFilter(
    "timestamp_custom",
    (runtime, utc, [format = "%Y-%m-%d %H:%M:%S", local = true]) =>
      formatInstant(isTrue(local) ? asLocal(runtime, utc) : utc, textOf(format)),
    ["date_format", "local"],
  ),
  epochFilter("timestamp_local", (runtime, utc) => instantText(asLocal(runtime, utc), "T"), []),
  epochFilter("timestamp_utc", (_, utc) => instantText(utc, "T"), []),
  [
    "as_timestamp",
    withParameters("as_timestamp", ["default"], (_, value, [fallback]) => {
      const instant = value instanceof Instant ? value : typeof value === "string" ? parseInstant(value) : undefined;
      if (instant) return epochSeconds(instant);
      if (fallback === undefined) throw raised(`as_timestamp got invalid input '${textOf(value)}'`);
      return fallback;
    }),
  ],
  [
    "as_datetime",
    withParameters("as_datetime", ["default"], (_, value, [fallback]) => {
      if (value instanceof Instant) return value;
      const seconds = coerceFloat(value);
      if (seconds !== undefined && Math.abs(seconds) <= LAST_SECOND) return fromEpoch(seconds);
      if (seconds !== undefined && !Number.isFinite(seconds) && !Number.isNaN(seconds))
        throw raised("cannot convert float infinity to integer");
      const instant = typeof value === "string" ? parseInstant(value) : undefined;
      if (instant) return instant;
      if (fallback !== undefined) return fallback;
      if (typeof value === "string") return null;
      throw raised(`as_datetime got invalid input '${textOf(value)}'`);
    }),
  ],
  [
    "as_timedelta",
    withParameters("as_timedelta", [], (_, value) => {
      if (typeof value !== "string") throw raised("expected string or bytes-like object");
      return parseDuration(value) ?? null;
    }),
  ],
  [
    "today_at",
    withParameters("today_at", [], (runtime, value) => {
      const now = asLocal(runtime, nowUtc(runtime));
      const midnightUs = now.wallUs - (now.wallUs % US_PER_DAY);
      const time = textOf(value);
      const [hour = 0, minute = 0, second = 0] = time === "" ? [] : (clockTime(time) ?? []);
      if (time !== "" && !clockTime(time)) throw raised(`could not convert str to datetime: '${time}'`);
      const wallUs = midnightUs + BigInt((hour * 60 + minute) * 60 + second) * 1_000_000n;
      return new Instant(wallUs, asLocal(runtime, new Instant(wallUs, null)).offsetMinutes);
    }),
  ],
  [
    "as_local",
    (runtime, value) => {
      if (!(value instanceof Instant)) throw raised(`'${typeName(value)}' object has no attribute 'tzinfo'`);
      return asLocal(runtime, value);
    },
  ],
];

export const nowUtc = (runtime: Runtime): Instant => new Instant(BigInt(Math.round(runtime.nowMs())) * 1000n, 0);

type Method = (run: (given: readonly Value[]) => Value) => Callable;

/** Attributes and methods of datetime and timedelta. */
export function timeAttribute(value: Instant | Duration, name: string): Value | undefined {
  const method: Method = (run) => new Callable(`<built-in method ${name}>`, ({ positional }) => run(positional));
  if (value instanceof Duration) {
    const perDay = 86_400_000_000n;
    const days = value.us / perDay - (value.us % perDay < 0n ? 1n : 0n);
    const rest = value.us - days * perDay;
    if (name === "days") return days;
    if (name === "seconds") return rest / 1_000_000n;
    if (name === "microseconds") return rest % 1_000_000n;
    if (name === "total_seconds") return method(() => Number(value.us) / 1e6);
    return undefined;
  }
  const us = ((value.wallUs % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const date = new Date(Number((value.wallUs - us) / 1000n));
  const fields: Readonly<Record<string, number>> = {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    microsecond: Number(us),
  };
  if (Object.hasOwn(fields, name)) return BigInt(fields[name] ?? 0);
  if (name === "timestamp") return method(() => epochSeconds(value));
  if (name === "isoformat") return method(([between = "T"]) => instantText(value, textOf(between)));
  if (name === "strftime") return method(([format = ""]) => formatInstant(value, textOf(format)));
  if (name === "weekday") return method(() => BigInt((date.getUTCDay() + 6) % 7));
  if (name === "isoweekday") return method(() => BigInt(date.getUTCDay() || 7));
  return undefined;
}

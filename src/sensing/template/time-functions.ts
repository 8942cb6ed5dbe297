import { withParameters } from "./arguments.ts";
import { raised } from "./fault.ts";
import type { Filter, Runtime } from "./runtime.ts";
import { parseIntText } from "./numbers.ts";
import { coerceFloat } from "./numeric-filters.ts";
import { isTrue } from "./operations.ts";
import { formatInstant } from "./format-time.ts";
import { epochSeconds, parseByFormat, parseDuration, parseInstant } from "./parse-time.ts";
import { textOf } from "./text.ts";
import { instantText } from "./time.ts";
import { Instant, typeName, type Value } from "./values.ts";

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
  const { wallUs, offsetMinutes } = instant;
  const wallMs = Number(wallUs / 1000n);
  if (offsetMinutes === null) return new Instant(wallUs, runtime.localRules(wallMs), runtime.localRules);
  const offset = runtime.zoneOffsetMinutes(wallMs - offsetMinutes * 60_000);
  return new Instant(wallUs + BigInt(offset - offsetMinutes) * US_PER_MINUTE, offset, runtime.localRules);
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
      return asLocal(runtime, new Instant(wallUs, null));
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

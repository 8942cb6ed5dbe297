import { TemplateFault } from "./fault.ts";
import { raised } from "./fault.ts";
import { epochSeconds } from "./parse-time.ts";
import { formatInstant, isoWeek } from "./format-time.ts";
import { textOf } from "./text.ts";
import { asInstant, dateOf, dayText, instantText, timeOf, timeText } from "./time.ts";
import { type Arguments, Callable, Day, Duration, Instant, TimeOfDay, Tuple, type Value } from "./values.ts";

const DAYS_BEFORE_1970 = 719_163;
const PARTS = ["year", "month", "day", "hour", "minute", "second", "microsecond"] as const;

const method = (name: string, run: (given: Arguments) => Value): Callable =>
  new Callable(`<built-in method ${name}>`, run);

/** Attributes and methods of a timedelta. */
export function durationAttribute({ us }: Duration, name: string): Value | undefined {
  const perDay = 86_400_000_000n;
  const days = us / perDay - (us % perDay < 0n ? 1n : 0n);
  const rest = us - days * perDay;
  if (name === "days") return days;
  if (name === "seconds") return rest / 1_000_000n;
  if (name === "microseconds") return rest % 1_000_000n;
  if (name === "total_seconds") return method(name, () => Number(us) / 1e6);
  return undefined;
}

/** Attributes and methods of a datetime, a date or a time. */
export function timeAttribute(value: Instant | Day | TimeOfDay, name: string): Value | undefined {
  const instant = asInstant(value);
  const parts = partsOf(instant);
  const own = value instanceof Day ? PARTS.slice(0, 3) : value instanceof TimeOfDay ? PARTS.slice(3) : PARTS;
  const at = own.findIndex((part) => part === name);
  if (at >= 0) return BigInt(parts[name as (typeof PARTS)[number]]);
  if (name === "strftime")
    return method(name, ({ positional: [format = ""] }) => formatInstant(instant, textOf(format)));
  if (name === "isoformat")
    return method(name, ({ positional: [between = "T"] }) => {
      if (value instanceof Day) return dayText(value);
      return value instanceof TimeOfDay ? timeText(value) : instantText(value, textOf(between));
    });
  if (name === "replace") return method(name, (given) => replaced(value, parts, own, given));
  if (!(value instanceof Day)) {
    if (name === "tzinfo") return value.offsetMinutes === null ? null : onlyHomeAssistantKnows(name);
    if (name === "utcoffset")
      return method(name, () =>
        value.offsetMinutes === null ? null : new Duration(BigInt(value.offsetMinutes) * 60_000_000n),
      );
    if (name === "fold") return 0n;
  }
  if (value instanceof TimeOfDay) return undefined;
  if (name === "weekday") return method(name, () => BigInt((dateIn(instant).getUTCDay() + 6) % 7));
  if (name === "isoweekday") return method(name, () => BigInt(dateIn(instant).getUTCDay() || 7));
  if (name === "toordinal") return method(name, () => BigInt(dateOf(instant).days + DAYS_BEFORE_1970));
  if (name === "isocalendar")
    return method(name, () => {
      const { year, week } = isoWeek(dateIn(instant));
      return new Tuple([BigInt(year), BigInt(week), BigInt(dateIn(instant).getUTCDay() || 7)]);
    });
  if (value instanceof Day) return undefined;
  if (name === "timestamp") return method(name, () => epochSeconds(value));
  if (name === "date") return method(name, () => dateOf(value));
  if (name === "time") return method(name, () => timeOf(value));
  if (name === "timetz") return method(name, () => timeOf(value, value.offsetMinutes));
  return undefined;
}

const dateIn = ({ wallUs }: Instant): Date => new Date(Math.floor(Number(wallUs) / 1000));

function partsOf(instant: Instant): Record<(typeof PARTS)[number], number> {
  const us = ((instant.wallUs % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const date = new Date(Number((instant.wallUs - us) / 1000n));
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    microsecond: Number(us),
  };
}

/** A copy with some parts changed. */
function replaced(
  value: Instant | Day | TimeOfDay,
  parts: Readonly<Record<(typeof PARTS)[number], number>>,
  own: readonly (typeof PARTS)[number][],
  { positional, named }: Arguments,
): Value {
  const made = { ...parts };
  let offsetMinutes = value instanceof Day ? null : value.offsetMinutes;
  for (const [name, given] of [...own.map((part, i) => [part, positional[i]] as const), ...named]) {
    if (given === undefined) continue;
    const part = own.find((one) => one === name);
    if (name === "tzinfo" && given === null) offsetMinutes = null;
    else if (name === "tzinfo") onlyHomeAssistantKnows(name);
    else if (part === undefined) throw raised(`replace() got an unexpected keyword argument '${name}'`);
    else if (typeof given !== "bigint") throw raised("an integer is required");
    else made[part] = Number(given);
  }
  const date = new Date(0);
  date.setUTCFullYear(made.year, made.month - 1, made.day);
  date.setUTCHours(made.hour, made.minute, made.second);
  const us = BigInt(date.getTime()) * 1000n + BigInt(made.microsecond);
  const rules = value instanceof Instant && offsetMinutes !== null ? value.rules : undefined;
  const instant = new Instant(us, rules?.(date.getTime()) ?? offsetMinutes, rules);
  const now = partsOf(instant);
  if (PARTS.some((part) => now[part] !== made[part])) throw raised("a part is out of range");
  if (value instanceof Day) return dateOf(instant);
  return value instanceof TimeOfDay ? timeOf(instant, offsetMinutes) : instant;
}

/** Names of zones. */
function onlyHomeAssistantKnows(what: string): never {
  throw new TemplateFault("unknown", `${what} is Home Assistant's to say`);
}

import { TemplateFault } from "./fault.ts";
import { Day, Duration, Instant, TimeOfDay } from "./values.ts";

const two = (n: number): string => String(n).padStart(2, "0");

const US_PER_DAY = 86_400_000_000n;
const dayOf = ({ wallUs }: Instant): bigint => floorDiv(wallUs, US_PER_DAY);

export const dateOf = (instant: Instant): Day => new Day(Number(dayOf(instant)));
export const timeOf = (instant: Instant, offsetMinutes: number | null = null): TimeOfDay =>
  new TimeOfDay(instant.wallUs - dayOf(instant) * US_PER_DAY, offsetMinutes);
/** Midnight of a day, or a time on the first day there is, as an instant: for what all three have in common. */
export const asInstant = (value: Instant | Day | TimeOfDay): Instant => {
  if (value instanceof Day) return new Instant(BigInt(value.days) * US_PER_DAY, null);
  return value instanceof TimeOfDay ? new Instant(-25_567n * US_PER_DAY + value.us, value.offsetMinutes) : value;
};
export const dayText = (day: Day): string => instantText(asInstant(day), "T").slice(0, 10);
export const timeText = (time: TimeOfDay): string => instantText(asInstant(time), "T").slice(11);

/** ISO text of an instant, with `between` date and time: 2026-01-26T08:00:00+00:00. */
export function instantText({ wallUs, offsetMinutes }: Instant, between: string): string {
  const us = ((wallUs % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const date = new Date(Number((wallUs - us) / 1000n));
  const day = `${String(date.getUTCFullYear()).padStart(4, "0")}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
  const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  const fraction = us > 0n ? `.${us.toString().padStart(6, "0")}` : "";
  if (offsetMinutes === null) return day + between + clock + fraction;
  const size = Math.abs(offsetMinutes);
  return `${day}${between}${clock}${fraction}${offsetMinutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** `1 day, 2:03:04.500000`, as Python prints a timedelta. */
export function durationText({ us }: Duration): string {
  const perDay = 86_400_000_000n;
  let days = us / perDay;
  let rest = us % perDay;
  if (rest < 0n) {
    rest += perDay;
    days -= 1n;
  }
  const seconds = rest / 1_000_000n;
  const fraction = rest % 1_000_000n;
  const two = (n: bigint): string => n.toString().padStart(2, "0");
  const clock = `${seconds / 3600n}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`;
  const dayText = days === 0n ? "" : `${days} day${days === 1n || days === -1n ? "" : "s"}, `;
  return dayText + clock + (fraction > 0n ? `.${fraction.toString().padStart(6, "0")}` : "");
}

/** How Python shows one within a list. */
export function timeRepr(value: Instant | Day | TimeOfDay | Duration): string {
  if (value instanceof Duration) {
    const days = floorDiv(value.us, US_PER_DAY);
    const rest = value.us - days * US_PER_DAY;
    const parts = { days, seconds: rest / 1_000_000n, microseconds: rest % 1_000_000n };
    const shown = Object.entries(parts).filter(([, part]) => part !== 0n);
    return `datetime.timedelta(${shown.map(([name, part]) => `${name}=${part}`).join(", ") || "0"})`;
  }
  const instant = asInstant(value);
  const us = instant.wallUs - floorDiv(instant.wallUs, 1_000_000n) * 1_000_000n;
  const date = new Date(Number((instant.wallUs - us) / 1000n));
  const ofDay = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  if (value instanceof Day) return `datetime.date(${ofDay.join(", ")})`;
  const small = us > 0n ? [date.getUTCSeconds(), Number(us)] : date.getUTCSeconds() > 0 ? [date.getUTCSeconds()] : [];
  const clock = [date.getUTCHours(), date.getUTCMinutes(), ...small];
  const name = value instanceof Instant ? "datetime" : "time";
  const parts: (number | string)[] = value instanceof Instant ? [...ofDay, ...clock] : clock;
  if (value.offsetMinutes !== null) {
    if (value.offsetMinutes !== 0 || instant.rules)
      throw new TemplateFault("unknown", "names of zones are Home Assistant's to say");
    parts.push("tzinfo=datetime.timezone.utc");
  }
  return `datetime.${name}(${parts.join(", ")})`;
}

const floorDiv = (a: bigint, b: bigint): bigint => a / b - (a % b < 0n ? 1n : 0n);

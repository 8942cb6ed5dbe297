import { MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE } from "./units.ts";

/** Local days, wall clocks and clock changes. The only file that knows time zones. */
export type CivilTime = Readonly<{
  year: number;
  /** 1..12 */
  month: number;
  /** 1..31 */
  day: number;
  hour: number;
  minute: number;
  /** 0 = Monday .. 6 = Sunday */
  weekday: number;
  /** Minutes since local midnight on the wall clock, 0..1439. */
  minuteOfDay: number;
}>;

/** A time zone by its IANA name; offsets are cached per quarter hour. Throws RangeError for an unknown name. */
export class Zone {
  readonly name: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #offsets = new Map<number, number>();

  constructor(name: string) {
    this.name = name;
    this.#format = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  }

  /** Offset from UTC at an instant, ms; positive east of Greenwich. */
  offsetMs(atMs: number): number {
    const quarter = Math.floor(atMs / (15 * MS_PER_MINUTE));
    const known = this.#offsets.get(quarter);
    if (known !== undefined) return known;
    const wholeMs = quarter * 15 * MS_PER_MINUTE;
    const part: Record<string, number> = {};
    for (const { type, value } of this.#format.formatToParts(wholeMs)) part[type] = Number(value);
    const wallMs = Date.UTC(
      part["year"] ?? 0,
      (part["month"] ?? 1) - 1,
      part["day"],
      part["hour"],
      part["minute"],
      part["second"],
    );
    const offsetMs = wallMs - wholeMs;
    if (this.#offsets.size > 400_000) this.#offsets.clear();
    this.#offsets.set(quarter, offsetMs);
    return offsetMs;
  }

  /** The wall clock at an instant. */
  civil(atMs: number): CivilTime {
    const wall = new Date(atMs + this.offsetMs(atMs));
    const hour = wall.getUTCHours();
    const minute = wall.getUTCMinutes();
    return {
      year: wall.getUTCFullYear(),
      month: wall.getUTCMonth() + 1,
      day: wall.getUTCDate(),
      hour,
      minute,
      weekday: (wall.getUTCDay() + 6) % 7,
      minuteOfDay: hour * 60 + minute,
    };
  }

  /** Minutes since local midnight on the wall clock. */
  minuteOfDay(atMs: number): number {
    const wallMs = atMs + this.offsetMs(atMs);
    return Math.floor((((wallMs % MS_PER_DAY) + MS_PER_DAY) % MS_PER_DAY) / MS_PER_MINUTE);
  }

  /** 0 = Monday .. 6 = Sunday. */
  weekday(atMs: number): number {
    return (((Math.floor((atMs + this.offsetMs(atMs)) / MS_PER_DAY) + 3) % 7) + 7) % 7;
  }

  /** Days since 1970-01-01 on the local calendar: equal for two instants of one local day. */
  dayNumber(atMs: number): number {
    return Math.floor((atMs + this.offsetMs(atMs)) / MS_PER_DAY);
  }

  /**
   * The instant of a wall-clock time on a local day. A time that a clock change skips gives the instant after the
   * gap; one that occurs twice gives the first.
   */
  instantMs(dayNumber: number, minuteOfDay: number): number {
    const wallMs = dayNumber * MS_PER_DAY + minuteOfDay * MS_PER_MINUTE;
    const before = wallMs - this.offsetMs(wallMs - 14 * MS_PER_HOUR);
    const after = wallMs - this.offsetMs(wallMs + 14 * MS_PER_HOUR);
    const fits = [before, after].filter((atMs) => atMs + this.offsetMs(atMs) === wallMs).sort((a, b) => a - b);
    return fits[0] ?? Math.max(before, after);
  }

  /** Local midnight at or before an instant. */
  startOfDayMs(atMs: number): number {
    return this.instantMs(this.dayNumber(atMs), 0);
  }

  /** ISO-8601 with this zone's offset: 2025-02-14T00:00:00+01:00. */
  iso(atMs: number): string {
    const offsetMs = this.offsetMs(atMs);
    const sign = offsetMs < 0 ? "-" : "+";
    const minutes = Math.abs(offsetMs) / MS_PER_MINUTE;
    const two = (n: number): string => String(Math.floor(n)).padStart(2, "0");
    return `${new Date(atMs + offsetMs).toISOString().slice(0, 19)}${sign}${two(minutes / 60)}:${two(minutes % 60)}`;
  }
}

/** ISO-8601 UTC without milliseconds: 2026-03-28T23:00:00Z. */
export const isoUtc = (atMs: number): string => new Date(atMs).toISOString().replace(".000Z", "Z");

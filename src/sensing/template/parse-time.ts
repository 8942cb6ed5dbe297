import { Duration, Instant } from "./values.ts";

const US_PER_MINUTE = 60_000_000n;
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
export const epochSeconds = ({ wallUs, offsetMinutes }: Instant): number => {
  if (offsetMinutes !== null) return Number(wallUs - BigInt(offsetMinutes) * US_PER_MINUTE) / 1e6;
  const us = ((wallUs % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const wall = new Date(Number((wallUs - us) / 1000n));
  const local = new Date(0);
  local.setFullYear(wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate());
  local.setHours(wall.getUTCHours(), wall.getUTCMinutes(), wall.getUTCSeconds(), 0);
  return (local.getTime() * 1000 + Number(us)) / 1e6;
};

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const LONG_MONTHS = "january february march april may june july august september october november december".split(" ");
const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const LONG_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

const oneOf = (words: readonly string[]): string => `(${[...words].sort((a, b) => b.length - a.length).join("|")})`;

/** What each directive of strptime takes, in the C locale. */
const DIRECTIVES: Readonly<Record<string, string>> = {
  Y: String.raw`(\d{4})`,
  y: String.raw`(\d{2})`,
  m: "(1[0-2]|0[1-9]|[1-9])",
  d: "(3[01]|[12]\\d|0[1-9]|[1-9]| [1-9])",
  H: "(2[0-3]|[01]\\d|\\d)",
  I: "(1[0-2]|0[1-9]|[1-9]| [1-9])",
  M: "([0-5]\\d|\\d)",
  S: "(6[01]|[0-5]\\d|\\d)",
  f: String.raw`(\d{1,6})`,
  j: "(36[0-6]|3[0-5]\\d|[12]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9])",
  p: "(am|pm)",
  b: oneOf(MONTHS),
  B: oneOf(LONG_MONTHS),
  a: oneOf(DAYS),
  A: oneOf(LONG_DAYS),
  z: String.raw`([+-]\d\d:?[0-5]\d(?::?[0-5]\d(?:\.\d{1,6})?)?|z)`,
  w: "([0-6])",
  u: "([1-7])",
};
const WHOLE: Readonly<Record<string, string>> = {
  F: "%Y-%m-%d",
  T: "%H:%M:%S",
  R: "%H:%M",
  D: "%m/%d/%y",
  c: "%a %b %d %H:%M:%S %Y",
  x: "%m/%d/%y",
  X: "%H:%M:%S",
};

/** Python's datetime.strptime; undefined where it raises. */
export function parseByFormat(text: string, format: string): Instant | undefined {
  const fields: string[] = [];
  let bad = false;
  const written = format.replace(/%([FTRDcxX])/g, (all, code: string) => WHOLE[code] ?? all);
  const pattern = written
    .split(/(%[a-zA-Z%]|\s+)/)
    .map((part) => {
      if (part === "%%") return "%";
      if (/^\s+$/.test(part)) return String.raw`\s+`;
      if (!part.startsWith("%")) return part.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
      const directive = DIRECTIVES[part.slice(1)];
      if (directive === undefined || fields.includes(part.slice(1))) bad = true;
      fields.push(part.slice(1));
      return directive ?? "";
    })
    .join("");
  if (bad || format.length > 200 || text.length > 200) return undefined;
  const found = new RegExp(`^${pattern}$`, "iu").exec(text);
  if (!found) return undefined;
  const said = new Map(fields.map((field, i) => [field, (found[i + 1] ?? "").toLowerCase()]));
  return instantOf(said);
}

function instantOf(said: ReadonlyMap<string, string>): Instant | undefined {
  const number = (field: string, missing: number): number => Number(said.get(field) ?? missing);
  const short = said.get("y");
  const year = short === undefined ? number("Y", 1900) : Number(short) + (Number(short) < 69 ? 2000 : 1900);
  const named = (field: string, words: readonly string[]): number | undefined =>
    said.has(field) ? words.indexOf(said.get(field) ?? "") + 1 : undefined;
  const month = named("B", LONG_MONTHS) ?? named("b", MONTHS) ?? number("m", 1);
  const twelve = said.has("I") ? (number("I", 12) % 12) + (said.get("p") === "pm" ? 12 : 0) : undefined;
  const hour = twelve ?? number("H", 0);
  const second = number("S", 0);
  if (second > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, number("d", 1));
  if (date.getUTCMonth() !== month - 1) return undefined;
  if (said.has("j") && !said.has("m") && !said.has("b") && !said.has("B")) date.setUTCFullYear(year, 0, number("j", 1));
  date.setUTCHours(hour, number("M", 0), second);
  const us = BigInt(date.getTime()) * 1000n + BigInt((said.get("f") ?? "").padEnd(6, "0"));
  return new Instant(us, offsetOf(said.get("z")));
}

function offsetOf(zone: string | undefined): number | null {
  if (zone === undefined) return null;
  if (zone === "z") return 0;
  const digits = zone.replace(/[^0-9]/g, "");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2, 4));
  return zone.startsWith("-") ? -minutes : minutes;
}

const CLOCK = /^(?:(-?\d+) (?:days?, )?)?(-?)(?:(?:(\d+):)(?=\d+:\d+))?(?:(\d+):)?(\d+)(?:[.,](\d{1,6})\d{0,6})?$/;
const ISO_DURATION =
  /^([-+]?)P(?:(\d+(?:[.,]\d+)?)D)?(?:T(?:(\d+(?:[.,]\d+)?)H)?(?:(\d+(?:[.,]\d+)?)M)?(?:(\d+(?:[.,]\d+)?)S)?)?$/;

/** A duration as `1 day, 2:03:04.5` or ISO 8601; undefined where it is neither. */
export function parseDuration(text: string): Duration | undefined {
  const number = (part: string | undefined): number => Number((part ?? "0").replace(",", "."));
  const clock = CLOCK.exec(text);
  if (clock) {
    const [, days, sign, hours, minutes, seconds, fraction = ""] = clock;
    const us = ((number(hours) * 60 + number(minutes)) * 60 + number(seconds)) * 1e6 + Number(fraction.padEnd(6, "0"));
    return durationOf(number(days) * 86_400e6 + (sign === "-" ? -us : us));
  }
  const iso = ISO_DURATION.exec(text);
  if (!iso) return parseInterval(text);
  const [, sign, days, hours, minutes, seconds] = iso;
  const us = (((number(days) * 24 + number(hours)) * 60 + number(minutes)) * 60 + number(seconds)) * 1e6;
  return durationOf(sign === "-" ? -us : us);
}

const INTERVAL = /^(?:(-?\d+) days? ?)?(?:([-+])?(\d+):(\d\d):(\d\d)(?:\.(\d{1,6}))?)?$/;

/** As PostgreSQL writes it: `3 days 01:02:03`. */
function parseInterval(text: string): Duration | undefined {
  const parts = INTERVAL.exec(text);
  if (!parts) return undefined;
  const [, days = "0", sign, hours = "0", minutes = "0", seconds = "0", fraction = ""] = parts;
  const us = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1e6 + Number(fraction.padEnd(6, "0"));
  return durationOf(Number(days) * 86_400e6 + (sign === "-" ? -us : us));
}

const durationOf = (us: number): Duration | undefined =>
  Number.isFinite(us) && Math.abs(us) <= 8.64e22 ? new Duration(BigInt(Math.round(us))) : undefined;

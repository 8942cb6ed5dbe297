import { TemplateFault } from "./fault.ts";
import { instantText } from "./time.ts";
import type { Instant } from "./values.ts";

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
    h: () => (MONTHS[date.getUTCMonth()] ?? "").slice(0, 3),
    C: () => two(Math.floor(date.getUTCFullYear() / 100)),
    G: () => String(isoWeek(date).year),
    g: () => two(isoWeek(date).year % 100),
    V: () => two(isoWeek(date).week),
    U: () => two(Math.floor((dayOfYear + 6 - date.getUTCDay()) / 7)),
    W: () => two(Math.floor((dayOfYear + 6 - ((date.getUTCDay() + 6) % 7)) / 7)),
    k: () => String(date.getUTCHours()).padStart(2, " "),
    l: () => String(hour12).padStart(2, " "),
    P: () => (date.getUTCHours() < 12 ? "am" : "pm"),
    r: () => formatInstant(instant, "%I:%M:%S %p"),
    n: () => "\n",
    t: () => "\t",
    Z: () => zoneName(instant),
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
  return format.replace(/%([-_0^#]?)([a-zA-Z%])/g, (all, flag: string, code: string) => {
    const field = fields[code]?.();
    if (field === undefined) return all;
    if (flag === "-") return field.replace(/^[0 ]+(?=\d)/, "");
    if (flag === "_") return field.replace(/^0+(?=\d)/, (zeros) => " ".repeat(zeros.length));
    if (flag === "0") return field.replace(/^ +(?=\d)/, (blanks) => "0".repeat(blanks.length));
    return flag === "^" ? field.toUpperCase() : field;
  });
}

/** Year and number of the week, as ISO 8601 counts them, of a date in UTC. */
export function isoWeek(date: Date): { year: number; week: number } {
  const thursday = new Date(date.getTime());
  thursday.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7) + 3);
  const year = thursday.getUTCFullYear();
  const dayOfYear = Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / 86_400_000);
  return { year, week: Math.floor(dayOfYear / 7) + 1 };
}

function zoneName({ offsetMinutes }: Instant): string {
  if (offsetMinutes === null) return "";
  throw new TemplateFault("unknown", "names of zones are Home Assistant's to say");
}

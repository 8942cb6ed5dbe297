import { MS_PER_DAY } from "../domain/units.ts";

/** Days off that people in a region keep at home: [month, day] pairs, and days after Easter Sunday. */
type Calendar = Readonly<{ fixed: readonly (readonly [number, number])[]; easter: readonly number[] }>;

const EUROPE: Calendar = {
  fixed: [
    [1, 1],
    [5, 1],
    [12, 24],
    [12, 25],
    [12, 26],
    [12, 31],
  ],
  easter: [-2, 0, 1, 39, 50],
};
const BRITISH: Calendar = {
  fixed: [
    [1, 1],
    [12, 24],
    [12, 25],
    [12, 26],
    [12, 31],
  ],
  easter: [-2, 0, 1],
};
const AMERICAN: Calendar = {
  fixed: [
    [1, 1],
    [7, 4],
    [12, 24],
    [12, 25],
    [12, 31],
  ],
  easter: [0],
};

function calendarOf(zoneName: string): Calendar {
  if (/^(Europe\/(London|Dublin|Belfast|Jersey|Guernsey|Isle_of_Man)|Australia\/|Pacific\/Auckland|GB)/.test(zoneName))
    return BRITISH;
  return /^(America\/|US\/|Canada\/|Etc\/GMT\+)/.test(zoneName) ? AMERICAN : EUROPE;
}

/** Easter Sunday of a year as a local day number (days since 1970-01-01); the anonymous Gregorian computus. */
export function easterDay(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const monthDay = h + l - 7 * m + 114;
  return Date.UTC(year, Math.floor(monthDay / 31) - 1, (monthDay % 31) + 1) / MS_PER_DAY;
}

/** Whether a local day number is kept as a holiday in the region of a time zone. */
export function isHoliday(day: number, zoneName: string): boolean {
  const date = new Date(day * MS_PER_DAY);
  const calendar = calendarOf(zoneName);
  if (calendar.fixed.some(([month, monthDay]) => date.getUTCMonth() + 1 === month && date.getUTCDate() === monthDay))
    return true;
  return calendar.easter.includes(day - easterDay(date.getUTCFullYear()));
}

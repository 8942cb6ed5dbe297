const ISO_INSTANT =
  /^(\d{4}-\d{2}-(\d{2}))T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?(?:Z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)$/;
const HOURS_ONLY = /[+-]\d{2}$/;

/**
 * An instant in ISO-8601: date, time to the minute at least, and `Z` or an offset, such as 2025-02-14T00:00+01:00.
 * @returns UTC epoch ms; NaN for anything else, and for days that no calendar has
 */
export function instantOf(text: string): number {
  const [, day, dayOfMonth] = ISO_INSTANT.exec(text) ?? [];
  if (day === undefined) return Number.NaN;
  // 30 February is read as 2 March
  if (new Date(`${day}T00:00:00Z`).getUTCDate() !== Number(dayOfMonth)) return Number.NaN;
  const time = text.slice(day.length).replace(",", ".");
  return Date.parse(day + (HOURS_ONLY.test(time) ? `${time}:00` : time));
}

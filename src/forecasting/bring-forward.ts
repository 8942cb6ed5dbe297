import { isForecastColumn, type FrameSource } from "./day-frame.ts";
import { FrameMemo } from "./frame-memo.ts";

/** Whole days without a value before an issue from which on the models would be asked about days they know nothing of. */
const LONG_OUTAGE_DAYS = 21;
const DAYS_PER_WEEK = 7;

/** By how many days a history must be brought forward for an issue: whole weeks, 0 unless the outage was long. */
export function daysToBringForward(source: FrameSource, issuedAtMs: number): number {
  const { clock, firstDay, slots, values } = source;
  const issueRow = clock.dayNumber(issuedAtMs) - firstDay;
  const minuteOfDay = clock.minuteOfDay(issuedAtMs);
  let i = Math.min(values.length, issueRow * slots + Math.floor(minuteOfDay / source.slotMinutes)) - 1;
  while (i >= 0 && Number.isNaN(values[i])) i--;
  const missing = i < 0 ? 0 : issueRow - 1 - Math.floor(i / slots);
  return missing < LONG_OUTAGE_DAYS ? 0 : Math.floor(missing / DAYS_PER_WEEK) * DAYS_PER_WEEK;
}

/**
 * A history as if its last weeks before a long outage had been the weeks before the issue, weekday on weekday: what is
 * known of a home is then how it was when it was last seen. Forecast columns keep what they say of the time from the
 * issue on.
 * @param days whole weeks, from `daysToBringForward`
 */
export function bringForward(source: FrameSource, days: number, issuedAtMs: number): FrameSource {
  const { clock, firstDay, slots } = source;
  const shift = days * slots;
  const move = (values: Float64Array, keepFrom: number): Float64Array => {
    const moved = new Float64Array(values.length).fill(Number.NaN);
    moved.set(values.subarray(0, Math.max(0, values.length - shift)), Math.min(shift, values.length));
    moved.set(values.subarray(keepFrom), keepFrom);
    return moved;
  };
  const issueCell = Math.min(Math.max(0, clock.dayNumber(issuedAtMs) - firstDay), source.days) * slots;
  const noCell = source.days * slots;
  return {
    ...source,
    values: move(source.values, noCell),
    columns: new Map(
      [...source.columns].map(([name, values]) => [name, move(values, isForecastColumn(name) ? issueCell : noCell)]),
    ),
    memo: new FrameMemo(),
  };
}

import type { DayFrame } from "./day-frame.ts";

/** Hours of a row, by wall clock. */
export const WALL_HOURS = 24;

/**
 * Writes a row hour by hour of the wall clock, wherever the row begins.
 * @param measured what stands for the mean of an hour
 * @param into     WALL_HOURS values from index `at` on; 0 for an hour of which nothing can be said
 * @param usual    what stands for a value that is missing at a column of the row; absent: nothing
 */
export function putWallHours(
  frame: DayFrame,
  row: number,
  measured: (mean: number) => number,
  into: Float64Array,
  at: number,
  usual: (c: number) => number = () => Number.NaN,
): void {
  const perHour = frame.slots / WALL_HOURS;
  const count = new Uint16Array(WALL_HOURS);
  into.fill(0, at, at + WALL_HOURS);
  for (let c = 0; c < frame.slots; c++) {
    const seen = frame.at(row, c);
    const value = Number.isNaN(seen) ? usual(c) : seen;
    if (Number.isNaN(value)) continue;
    const hour = Math.floor(frame.slotOf(c) / perHour);
    into[at + hour] = (into[at + hour] as number) + value;
    count[hour] = (count[hour] as number) + 1;
  }
  for (let hour = 0; hour < WALL_HOURS; hour++) {
    const seen = count[hour] as number;
    if (seen > 0) into[at + hour] = measured((into[at + hour] as number) / seen);
  }
}

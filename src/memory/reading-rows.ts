import type { Columns } from "./columns.ts";
import type { ReadingBatch } from "./journal.ts";

/** Readings of many sensors in the order of a page. */
export type ReadingRows = ReadingBatch;

/** Readings of several sensors, each in time order, together by time and then sensor. */
export function sortRows(found: readonly (readonly [number, Columns])[]): ReadingRows {
  const count = found.reduce((total, [, { times }]) => total + times.length, 0);
  const keys = new Uint32Array(count);
  const times = new Float64Array(count);
  const values = new Float64Array(count);
  let n = 0;
  for (const [key, columns] of found) {
    keys.fill(key, n, n + columns.times.length);
    times.set(columns.times, n);
    values.set(columns.values, n);
    n += columns.times.length;
  }
  const order = new Uint32Array(count).map((_, i) => i);
  order.sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || (keys[a] ?? 0) - (keys[b] ?? 0));
  return {
    keys: order.map((i) => keys[i] ?? 0),
    times: Float64Array.from(order, (i) => times[i] ?? 0),
    values: Float64Array.from(order, (i) => values[i] ?? 0),
  };
}

/** Readings as [key, atMs, value]. */
export const rowsOf = (rows: readonly (readonly [number, number, number])[]): ReadingRows => ({
  keys: Uint32Array.from(rows, ([key]) => key),
  times: Float64Array.from(rows, ([, atMs]) => atMs),
  values: Float64Array.from(rows, ([, , value]) => value),
});

import { MS_PER_DAY } from "./units.ts";

/** A meter that has said nothing for so long was taken away: a meter or an inverter changed. */
const ENDED_MS = 14 * MS_PER_DAY;

/** One meter's mean power in each step, W; NaN where it says nothing. It is there in the steps [from, to). */
export type Counted = Readonly<{ watts: Float64Array; from: number; to: number }>;

/** @param watts  one value per step up to now, NaN where the meter says nothing */
export function countedFrom(watts: Float64Array, stepMs: number): Counted {
  const from = watts.findIndex((value) => !Number.isNaN(value));
  if (from < 0) return { watts, from: watts.length, to: watts.length };
  const last = watts.findLastIndex((value) => !Number.isNaN(value));
  return { watts, from, to: (watts.length - last) * stepMs > ENDED_MS ? last + 1 : watts.length };
}

/** Without the first step after each gap: a counter that was away then counts all that came meanwhile at once. */
export function withoutArrears(watts: Float64Array): Float64Array {
  const from = watts.findIndex((value) => !Number.isNaN(value));
  return watts.map((value, i) => (i > from && Number.isNaN(watts[i - 1]) ? Number.NaN : value));
}

/** The step in which the first of some meters began; `length` where there is none. */
export const beginning = (counters: readonly Counted[], length: number): number =>
  Math.min(length, ...counters.map(({ from }) => from));

/**
 * What meters of one kind say together, W. One that has not begun yet, or was taken away, counts as nothing while
 * another one is there; one that is there and says nothing makes the step unknown.
 * @param zeroBefore  step before which there was nothing to count, where none of them is there
 */
export function wattsTogether(counters: readonly Counted[], length: number, zeroBefore: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => {
    const there = counters.filter(({ from, to }) => from <= i && i < to);
    if (there.length === 0) return counters.length === 0 || i < zeroBefore ? 0 : Number.NaN;
    return there.reduce((sum, { watts }) => sum + (watts[i] ?? Number.NaN), 0);
  });
}

import { MS_PER_HOUR } from "./units.ts";

/** A night is no longer than this where most people live. */
const LONGEST_NIGHT_MS = 18 * MS_PER_HOUR;
/** Of the largest power ever seen, what an inverter gives at most when it falls asleep and when it wakes. */
const DROWSY = 0.1;

/**
 * Many inverters go offline at night: a gap that begins and ends with next to nothing, and is no longer than a night,
 * is the night, and counts as zero. Any other gap stays one.
 * @param powerW of the sun, one value per step, NaN where nothing is known
 * @returns the same length
 */
export function withNights(powerW: Float64Array, stepMs: number): Float64Array {
  const made = powerW.slice();
  const most = powerW.reduce((largest, watt) => (watt > largest ? watt : largest), 0);
  const isLow = (watt: number | undefined): boolean => watt !== undefined && watt <= DROWSY * most;
  for (let from = 0; from < made.length; from++) {
    if (!Number.isNaN(made[from])) continue;
    let to = from;
    while (to < made.length && Number.isNaN(made[to])) to++;
    // a gap that lasts until now is a night that is not over
    const ends = to === made.length || isLow(made[to]);
    if (from > 0 && isLow(made[from - 1]) && ends && (to - from) * stepMs <= LONGEST_NIGHT_MS) made.fill(0, from, to);
    from = to;
  }
  return made;
}

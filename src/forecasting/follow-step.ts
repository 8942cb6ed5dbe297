import type { Part } from "./tournament/blend.ts";
import type { DayFrame } from "./day-frame.ts";
import { levelOf } from "./level.ts";

/** For how many days in a row something must have been so, at least and at most. */
const FEWEST_DAYS = 2;
const MOST_DAYS = 7;
/** Days before those that say what had been possible, and how many of them must be known. */
const BEFORE_DAYS = 28;
const FEWEST_BEFORE = 14;
/**
 * How far beyond all of those days the new ones must lie, in mean loads and as a share of the highest load of any hour:
 * a home that cooks an hour later for two days does nothing new.
 */
const LEVELS = 1;
const OF_PEAK = 0.5;

/**
 * Times of day at which a home does something new, for good as far as can be seen: a car that charges by night, a boiler
 * that no longer heats. Seen where the last days in a row lie clearly beyond all of the four weeks before them (decision 15
 * tells how seldom they do by chance).
 * @returns per slot what the last days were in their middle; NaN where nothing is new
 */
export function stepOf(frame: DayFrame): Float64Array {
  return frame.memo("step", () => {
    const { known, slots } = frame;
    let peak = 0;
    for (const value of frame.values.subarray(-BEFORE_DAYS * slots)) if (value > peak) peak = value;
    const clearly = Math.max(LEVELS * levelOf(frame).scale, OF_PEAK * peak);
    return Float64Array.from({ length: slots }, (_, c) => {
      const last: number[] = [];
      for (let days = 1; days <= Math.min(MOST_DAYS, known); days++) {
        const value = frame.at(known - days, c);
        if (Number.isNaN(value)) break;
        last.push(value);
        if (days >= FEWEST_DAYS && liesBeyond(last, frame, known - days, c, clearly)) return middleOf(last);
      }
      return Number.NaN;
    });
  });
}

/** Whether all of the last values lie clearly above, or below, all that there was at a slot before a row. */
function liesBeyond(last: readonly number[], frame: DayFrame, row: number, c: number, clearly: number): boolean {
  const lowest = Math.min(...last);
  const highest = Math.max(...last);
  let isAbove = true;
  let isBelow = true;
  let count = 0;
  for (let before = Math.max(0, row - BEFORE_DAYS); before < row && (isAbove || isBelow); before++) {
    const value = frame.at(before, c);
    if (Number.isNaN(value)) continue;
    count++;
    isAbove &&= lowest - value > clearly;
    isBelow &&= value - highest > clearly;
  }
  return count >= FEWEST_BEFORE && (isAbove || isBelow);
}

function middleOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[half] ?? 0) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}

type Parts = Readonly<Record<Part, Float64Array>>;

/** A forecast with what is new in it; the band still holds what had been said, since nobody knows whether it stays. */
export function followStep(step: Float64Array, parts: Parts): Parts {
  if (step.every(Number.isNaN)) return parts;
  const made = { p10: parts.p10.slice(), p50: parts.p50.slice(), p90: parts.p90.slice(), mean: parts.mean.slice() };
  for (const [c, seen] of step.entries()) {
    if (Number.isNaN(seen)) continue;
    const [p10 = 0, p50 = 0, p90 = 0] = [parts.p10[c], parts.p50[c], parts.p90[c]];
    made.p10[c] = Math.min(p10, seen - Math.max(0, p50 - p10));
    made.p90[c] = Math.max(p90, seen + Math.max(0, p90 - p50));
    made.p50[c] = seen;
    made.mean[c] = seen;
  }
  return made;
}

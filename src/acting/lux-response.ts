import { clamp } from "../domain/units.ts";

/** What a light is believed to give before anything was learned: lux per %. */
export const UNKNOWN_LUX_PER_PCT = 3;
const LEAST = 0.05;
const MOST = 60;
/** A step smaller than this drowns in the sensor's noise, %. */
const LEAST_STEP_PCT = 4;
const LEARNING_RATE = 0.4;

/**
 * What one step of a light taught about it. Clouds move the sensor too, so that one step moves the belief only part of
 * the way, and never beyond a factor of three.
 * @param believed   lux per % so far; undefined: nothing learned yet
 * @param stepPct    change of brightness, %
 * @param luxChange  change of the room's sensor, lux
 * @returns lux per %, or what was believed where the step says nothing
 */
export function learnLuxPerPct(believed: number | undefined, stepPct: number, luxChange: number): number | undefined {
  if (Math.abs(stepPct) < LEAST_STEP_PCT) return believed;
  const seen = luxChange / stepPct;
  if (!Number.isFinite(seen) || seen < LEAST || seen > MOST) return believed;
  if (believed === undefined) return seen;
  const bounded = clamp(seen, believed / 3, believed * 3);
  return believed + LEARNING_RATE * (bounded - believed);
}

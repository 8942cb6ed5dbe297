import type { DayParts } from "./blended-day.ts";
import type { DayFrame } from "./day-frame.ts";
import { levelOf } from "./level.ts";
import { weightedQuantiles } from "./weighted-quantiles.ts";

/** Days of honest forecasts that the bands are calibrated on, and days after which one counts 1/e. */
export const BAND_DAYS = 42;
const AGE_DAYS = 20;
/** Share of what happened that is to lie within each edge: a little over 0.9, since the past never shows the worst. */
const WITHIN = 0.905;
const FEWEST_DAYS = 7;
const FEWEST_POINTS = 50;
/** A band is made at most so much narrower or wider than its candidates said. */
const NARROWEST = 0.4;
const WIDEST = 3;

/** How wide the bands must be on each side, by what the forecast was off by lately (conformal calibration). */
export type Bands = Readonly<{
  below: number;
  above: number;
  /** For signals whose candidates say little of their bands: what they were off by per wall-clock slot, in levels. */
  around: Readonly<{ below: Float64Array; above: Float64Array }> | undefined;
}>;

/** One day that was forecast, and the frame it was forecast from. */
export type JudgedDay = Readonly<{ origin: DayFrame; made: DayParts; truth: Float64Array }>;

/** Calibrates the bands on judged days, oldest first. */
export function calibrateBands(judged: readonly JudgedDay[], isPower: boolean): Bands {
  return {
    around: isPower ? undefined : offBy(judged),
    below: widthFactor(judged, "p10"),
    above: widthFactor(judged, "p90"),
  };
}

/** Applies bands to a forecast of one row, in place. */
export function applyBands(bands: Bands, frame: DayFrame, parts: DayParts): void {
  const { scale } = levelOf(frame);
  for (let c = 0; c < frame.slots; c++) {
    const middle = parts.p50[c] ?? 0;
    if (bands.around) {
      parts.p10[c] = middle + scale * (bands.around.below[frame.slotOf(c)] ?? 0);
      parts.p90[c] = middle + scale * (bands.around.above[frame.slotOf(c)] ?? 0);
      continue;
    }
    parts.p10[c] = middle - bands.below * Math.max(0, middle - (parts.p10[c] ?? middle));
    parts.p90[c] = middle + bands.above * Math.max(0, (parts.p90[c] ?? middle) - middle);
  }
}

const weightOf = (judged: readonly JudgedDay[], day: number): number => Math.exp(-(judged.length - 1 - day) / AGE_DAYS);

/** The factor on one side of the band within which the wanted share of what happened lay. */
function widthFactor(judged: readonly JudgedDay[], part: "p10" | "p90"): number {
  if (judged.length < FEWEST_DAYS) return 1;
  const ratios: number[] = [];
  const weights: number[] = [];
  for (const [d, { made, truth }] of judged.entries())
    for (let c = 0; c < truth.length; c++) {
      const middle = made.p50[c] ?? 0;
      const width = (made[part][c] ?? middle) - middle;
      const ratio = ((truth[c] ?? Number.NaN) - middle) / width;
      // where there is no band, as at night, there is nothing to widen
      if (!Number.isFinite(ratio) || Math.abs(width) < 1e-6 * Math.abs(middle)) continue;
      ratios.push(ratio);
      weights.push(weightOf(judged, d));
    }
  if (ratios.length < FEWEST_POINTS) return 1;
  const [factor = 1] = weightedQuantiles(Float64Array.from(ratios), Float64Array.from(weights), [WITHIN]);
  return Math.min(Math.max(factor, NARROWEST), WIDEST);
}

/** Quantiles of past errors at each slot and its neighbours, as shares of the level's scale. */
function offBy(judged: readonly JudgedDay[]): Bands["around"] {
  const slots = judged[0]?.truth.length ?? 0;
  if (judged.length < FEWEST_DAYS) return undefined;
  const below = new Float64Array(slots);
  const above = new Float64Array(slots);
  const scales = judged.map(({ origin }) => levelOf(origin).scale);
  for (let c = 0; c < slots; c++) {
    const errors: number[] = [];
    const weights: number[] = [];
    for (const [d, { made, truth }] of judged.entries())
      for (let near = Math.max(0, c - 2); near <= Math.min(slots - 1, c + 2); near++) {
        const error = ((truth[near] ?? Number.NaN) - (made.p50[near] ?? Number.NaN)) / (scales[d] ?? 1);
        if (Number.isNaN(error)) continue;
        errors.push(error);
        weights.push(weightOf(judged, d));
      }
    // a time of day that nobody measured says nothing of its errors
    if (errors.length === 0) continue;
    const found = weightedQuantiles(Float64Array.from(errors), Float64Array.from(weights), [1 - WITHIN, WITHIN]);
    below[c] = Math.min(0, found[0] ?? 0);
    above[c] = Math.max(0, found[1] ?? 0);
  }
  return { below, above };
}

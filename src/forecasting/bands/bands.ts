import type { DayParts } from "../tournament/blended-day.ts";
import type { DayFrame } from "../day-frame.ts";
import { levelOf } from "../level.ts";
import { weightedQuantiles } from "../weighted-quantiles.ts";

/** Days of honest forecasts that the bands are calibrated on, and days after which one counts 1/e. */
export const BAND_DAYS = 42;
const AGE_DAYS = 20;
/** Share of what happened that is to lie within each edge. */
const WITHIN = 0.9;
/** Days on which a width follows its own misses, and how far: by half the share missed too many, as a logarithm. */
const TRACKED_DAYS = 21;
const HASTE = 0.5;
const FEWEST_DAYS = 7;
const FEWEST_POINTS = 30;
/** A band is made at most so much narrower or wider than its candidates said. */
const NARROWEST = 0.3;
const WIDEST = 4;

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

/** What happened on one day, as shares of the band's width on one side; and the share of the day that was measured. */
type DayRatios = Readonly<{ ratios: Float64Array; measured: number }>;

/**
 * The factor on one side of the band within which the wanted share of what happened lay; then, day by day, a little wider
 * after a day with too many misses and a little narrower after one with too few (quantile tracking, as in adaptive
 * conformal inference: Gibbs and Candès 2021; Angelopoulos et al. 2023). A home that turns quiet is followed in days.
 */
function widthFactor(judged: readonly JudgedDay[], part: "p10" | "p90"): number {
  if (judged.length < FEWEST_DAYS) return 1;
  const days = judged.map((day) => ratiosOf(day, part));
  const points = days.reduce((sum, { ratios }) => sum + ratios.length, 0);
  if (points < FEWEST_POINTS) return 1;
  const all = new Float64Array(points);
  const weights = new Float64Array(points);
  let filled = 0;
  for (const [d, { ratios }] of days.entries()) {
    all.set(ratios, filled);
    weights.fill(weightOf(judged, d), filled, filled + ratios.length);
    filled += ratios.length;
  }
  let factor = within(weightedQuantiles(all, weights, [WITHIN])[0] ?? 1);
  for (const { ratios, measured } of days.slice(-TRACKED_DAYS)) {
    if (ratios.length === 0) continue;
    const missed = ratios.reduce((sum, ratio) => sum + (ratio > factor ? 1 : 0), 0) / ratios.length;
    factor = within(factor * Math.exp(HASTE * measured * (missed - (1 - WITHIN))));
  }
  return factor;
}

const within = (factor: number): number => Math.min(Math.max(factor, NARROWEST), WIDEST);

function ratiosOf({ made, truth }: JudgedDay, part: "p10" | "p90"): DayRatios {
  const ratios: number[] = [];
  let measured = 0;
  for (let c = 0; c < truth.length; c++) {
    const value = truth[c] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    measured++;
    const middle = made.p50[c] ?? 0;
    const width = (made[part][c] ?? middle) - middle;
    const ratio = (value - middle) / width;
    // where there is no band, as at night, there is nothing to widen
    if (Number.isFinite(ratio) && Math.abs(width) >= 1e-6 * Math.abs(middle)) ratios.push(ratio);
  }
  return { ratios: Float64Array.from(ratios), measured: measured / truth.length };
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

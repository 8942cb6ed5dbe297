import { applyBands, calibrateBands, type Bands, type JudgedDay } from "./bands.ts";
import { PARTS, type DayParts } from "../tournament/blended-day.ts";
import type { Part } from "../tournament/blend.ts";
import type { DayFrame } from "../day-frame.ts";
import { effectiveNumber } from "./effective-number.ts";
import { levelOf } from "../level.ts";
import { signalKind } from "../signal-kind.ts";
import { weightedQuantiles } from "../weighted-quantiles.ts";

/** Hours before and after an hour whose steps tell of it too, and how many steps are wanted at least and at most. */
const NEAR_HOURS = 1;
const FEWEST_POINTS = 150;
const MOST_POINTS = 2000;
/** Days after which a day's steps count 1/e. */
const AGE_DAYS = 20;
/** A slot whose band is narrower than this share of the level says nothing of what happens within. */
const LEAST_WIDTH = 0.05;
const HOURS = 24;
/** Steps a day from which on a day's misses tell whether the width is right; of fewer, each would move it at random. */
const FEW_STEPS = 8;
/** Few days do not show the farthest that one more will be off by: so much is added to the width, divided by their number. */
const BEYOND = 2.5;

/**
 * How single steps spread around the forecast of the slots they lie in, or that lie in them: means over ten minutes vary
 * less than what a kettle draws in five, and days less than hours. Quantiles by hour of the day, in widths of the slot's band.
 */
export type StepSpread = Readonly<{
  byHour: Readonly<Record<"p10" | "p50" | "p90", Float64Array>>;
  /** Least width of a slot's band, in the signal's unit; 0 where a band may be nothing. */
  leastWidth: number;
  bands: Bands;
}>;

/** A forecast on steps, and the hour of the day of each. */
export type StepParts = Readonly<{ parts: Record<Part, Float64Array>; hours: Uint8Array }>;

/**
 * Learns the spread of steps from judged days.
 * @param judged    forecasts of slots as they were made, without calibration, oldest first
 * @param bands     their calibration
 * @param truthOf   what happened on each of the judged days, one value per step; NaN where it is not known
 * @param stepsADay steps of a day, a multiple or a whole part of its slots
 * @returns undefined while nothing can be said
 */
export function learnStepSpread(
  judged: readonly JudgedDay[],
  bands: Bands,
  truthOf: (day: number) => Float64Array,
  stepsADay: number,
): StepSpread | undefined {
  const newest = judged.at(-1)?.origin;
  if (!newest) return undefined;
  const days = judged.map((day, d) => ({
    origin: day.origin,
    truth: truthOf(d),
    made: onDaySteps(day, bands, stepsADay),
  }));
  const leastWidth = leastWidthOf(newest);
  const byHour = spreadByHour(days, leastWidth);
  if (!byHour) return undefined;
  const spread: StepSpread = { byHour, leastWidth, bands: calibrateBands([], true) };
  for (const { made } of days) spreadSteps(spread, newest, made);
  if (stepsADay < FEW_STEPS) return spread;
  const spreadDays = days.map(({ origin, truth, made }) => ({ origin, truth, made: made.parts }));
  return { ...spread, bands: calibrateBands(spreadDays, true) };
}

/** Spreads a forecast of slots laid on steps, in place; the mean stays what it is. */
export function spreadSteps(spread: StepSpread, frame: DayFrame, { parts, hours }: StepParts): void {
  const { p10, p50, p90 } = parts;
  const { site, signal } = frame.source;
  const kind = signalKind(signal, site.currency);
  const highest = kind.name === "pv" ? (site.pvKwp ?? Number.POSITIVE_INFINITY) * 1000 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < p50.length; i++) {
    const width = widthOf(parts, i, spread.leastWidth);
    // what cannot vary, as the sun at night, does not vary within a slot either
    if (width === 0) continue;
    const middle = p50[i] ?? 0;
    const hour = hours[i] ?? 0;
    const at = (part: "p10" | "p50" | "p90"): number => middle + width * (spread.byHour[part][hour] ?? 0);
    const half = Math.min(Math.max(at("p50"), kind.leastValue), highest);
    const low = half - spread.bands.below * Math.max(0, half - at("p10"));
    const high = half + spread.bands.above * Math.max(0, at("p90") - half);
    p50[i] = half;
    p10[i] = Math.min(half, Math.max(low, kind.leastValue));
    p90[i] = Math.max(half, Math.min(high, highest));
  }
}

const widthOf = ({ p10, p90 }: DayParts, i: number, least: number): number =>
  Math.max((p90[i] ?? 0) - (p10[i] ?? 0), least);

function leastWidthOf(frame: DayFrame): number {
  const { site, signal } = frame.source;
  return signalKind(signal, site.currency).name === "load" ? LEAST_WIDTH * levelOf(frame).scale : 0;
}

/** A judged day's forecast, calibrated, on steps of the wall clock. */
function onDaySteps({ origin, made }: JudgedDay, bands: Bands, stepsADay: number): StepParts {
  const { slots } = origin;
  const calibrated = { p10: made.p10.slice(), p50: made.p50, p90: made.p90.slice(), mean: made.mean };
  applyBands(bands, origin, calibrated);
  const several = Math.max(1, slots / stepsADay);
  const lay = (values: Float64Array): Float64Array =>
    Float64Array.from({ length: stepsADay }, (_, step) => {
      const first = Math.floor((step * slots) / stepsADay);
      let sum = 0;
      for (let c = first; c < first + several; c++) sum += values[c] ?? 0;
      return sum / several;
    });
  const [p10, p50, p90, mean] = PARTS.map((part) => lay(calibrated[part])) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  return {
    parts: { p10, p50, p90, mean },
    hours: Uint8Array.from({ length: stepsADay }, (_, step) => (step * HOURS) / stepsADay),
  };
}

type SpreadDay = Readonly<{ truth: Float64Array; made: StepParts }>;

/** Quantiles of what happened within each hour and those beside it, in widths of the band; of the whole day where that is little. */
function spreadByHour(days: readonly SpreadDay[], leastWidth: number): StepSpread["byHour"] | undefined {
  const points = Array.from({ length: HOURS }, () => ({ values: [] as number[], weights: [] as number[] }));
  for (const [d, { truth, made }] of days.entries()) {
    const weight = Math.exp(-(days.length - 1 - d) / AGE_DAYS);
    for (let i = 0; i < truth.length; i++) {
      const width = widthOf(made.parts, i, leastWidth);
      const off = ((truth[i] ?? Number.NaN) - (made.parts.p50[i] ?? 0)) / width;
      const point = points[made.hours[i] ?? 0];
      if (!Number.isFinite(off) || !point) continue;
      point.values.push(off);
      point.weights.push(weight);
    }
  }
  const near = (hour: number, reach: number) =>
    Array.from({ length: Math.min(2 * reach + 1, HOURS) }, (_, k) => points[(hour - reach + k + HOURS) % HOURS]);
  const countOf = (found: ReturnType<typeof near>): number =>
    found.reduce((sum, one) => sum + (one?.values.length ?? 0), 0);
  const byHour = { p10: new Float64Array(HOURS), p50: new Float64Array(HOURS), p90: new Float64Array(HOURS) };
  for (let hour = 0; hour < HOURS; hour++) {
    let reach = NEAR_HOURS;
    while (countOf(near(hour, reach)) < FEWEST_POINTS && 2 * reach + 1 < HOURS) reach++;
    const found = near(hour, reach);
    const count = countOf(found);
    if (count < HOURS) return undefined;
    const every = Math.ceil(count / MOST_POINTS);
    const thinned = (part: "values" | "weights"): Float64Array =>
      Float64Array.from(found.flatMap((one) => one?.[part].filter((_, k) => k % every === 0) ?? []));
    const weights = thinned("weights");
    const [low = 0, middle = 0, high = 0] = weightedQuantiles(thinned("values"), weights, [0.1, 0.5, 0.9]);
    const wider = 1 + BEYOND / effectiveNumber(weights);
    byHour.p10[hour] = middle - wider * (middle - low);
    byHour.p50[hour] = middle;
    byHour.p90[hour] = middle + wider * (high - middle);
  }
  return byHour;
}

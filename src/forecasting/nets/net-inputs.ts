import type { DayFrame } from "../day-frame.ts";
import { FEATURE_COUNT, FEATURE_NAMES, featuresOf } from "../features.ts";
import { levelOf } from "../level.ts";
import type { ProfileName } from "../profile-table.ts";

const MORE_LAGS = Array.from({ length: 22 }, (_, k) => k + 7);
const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

/** What a net sees at each slot of the day to forecast: the trees' features, the last four weeks, and the clock. */
export const NET_INPUT_NAMES: readonly string[] = [
  ...FEATURE_NAMES,
  ...MORE_LAGS.map((days) => `${days} d before`),
  "sine of the hour",
  "cosine of the hour",
  "sine of half the day",
  "cosine of half the day",
  ...WEEKDAYS,
];
export const NET_INPUT_COUNT = NET_INPUT_NAMES.length;

/** What a net's outputs are, and how each is judged: three quantiles, and the mean by half its squared error. */
export const NET_PARTS = ["p10", "p50", "p90", "mean"] as const;
export type NetPart = (typeof NET_PARTS)[number];
export const NET_LOSS = [0.1, 0.5, 0.9, -0.06] as const;

/** Inputs of every slot of the row `lead` after the last known one, slots * NET_INPUT_COUNT. NaN is missing. */
export function netInputsOf(frame: DayFrame, lead: number): Float32Array {
  const { slots, known, source } = frame;
  const { centre, scale } = levelOf(frame);
  const features = featuresOf(frame, lead);
  const target = known + lead - 1;
  const out = new Float32Array(slots * NET_INPUT_COUNT);
  for (let c = 0; c < slots; c++) {
    let k = c * NET_INPUT_COUNT;
    out.set(features.subarray(c * FEATURE_COUNT, (c + 1) * FEATURE_COUNT), k);
    k += FEATURE_COUNT;
    for (const days of MORE_LAGS) out[k++] = (frame.at(target - days, c) - centre) / scale;
    const turn = (2 * Math.PI * frame.slotOf(c) * source.slotMinutes) / 1440;
    for (const harmonic of [1, 2]) {
      out[k++] = Math.sin(harmonic * turn);
      out[k++] = Math.cos(harmonic * turn);
    }
    out[k + frame.weekdayOf(target, c)] = 1;
  }
  return out;
}

const START: Readonly<Record<NetPart, ProfileName>> = {
  p10: "slow10",
  p50: "fastMedian",
  p90: "slow90",
  mean: "slowMean",
};

/**
 * What a net starts from and corrects: the weighted profile that suits each part, relative to the level.
 * @param inputs slots * NET_INPUT_COUNT
 * @returns slots * parts
 */
export function netStartOf(inputs: Float32Array): Float32Array {
  const columns = NET_PARTS.map((part) => NET_INPUT_NAMES.indexOf(START[part]));
  return Float32Array.from({ length: (inputs.length / NET_INPUT_COUNT) * NET_PARTS.length }, (_, i) => {
    const row = Math.floor(i / NET_PARTS.length);
    const value = inputs[row * NET_INPUT_COUNT + (columns[i % NET_PARTS.length] ?? 0)] ?? Number.NaN;
    return Number.isNaN(value) ? (i % NET_PARTS.length === 0 ? 0 : 1) : value;
  });
}

/** How inputs are brought to like size: each less its mean, in deviations, within a few of them; missing is 0. */
export type NetScaling = Readonly<{ mean: readonly number[]; deviation: readonly number[] }>;
const MOST_DEVIATIONS = 4;

/** A home draws little most of the time and much for short: what is small keeps its differences. */
const squashed = (value: number): number => Math.sign(value) * Math.log1p(SQUASH * Math.abs(value));
const SQUASH = 3;

/** Mean and deviation of each input over some rows of them. */
export function scalingOf(inputs: readonly Float32Array[]): NetScaling {
  const sum = new Float64Array(NET_INPUT_COUNT);
  const squares = new Float64Array(NET_INPUT_COUNT);
  const count = new Float64Array(NET_INPUT_COUNT);
  for (const one of inputs)
    for (let i = 0, k = 0; i < one.length; i++, k = k + 1 === NET_INPUT_COUNT ? 0 : k + 1) {
      const value = squashed(one[i] as number);
      if (Number.isNaN(value)) continue;
      sum[k] = (sum[k] as number) + value;
      squares[k] = (squares[k] as number) + value * value;
      count[k] = (count[k] as number) + 1;
    }
  const round = (value: number): number => Number(value.toPrecision(6));
  const mean = Array.from(sum, (total, k) => (count[k] ? total / (count[k] as number) : 0));
  return {
    mean: mean.map(round),
    deviation: Array.from(squares, (total, k) => {
      const variance = count[k] ? total / (count[k] as number) - (mean[k] as number) ** 2 : 0;
      return variance > 1e-9 ? round(Math.sqrt(variance)) : 1;
    }),
  };
}

/** Inputs as a net takes them. */
export function scaleInputs(
  inputs: Float32Array,
  scaling: NetScaling,
  out: Float32Array = new Float32Array(inputs.length),
): Float32Array {
  for (let i = 0, k = 0; i < out.length; i++, k = k + 1 === NET_INPUT_COUNT ? 0 : k + 1) {
    const value = (squashed(inputs[i] as number) - (scaling.mean[k] ?? 0)) / (scaling.deviation[k] ?? 1);
    out[i] = Number.isNaN(value) ? 0 : Math.min(Math.max(value, -MOST_DEVIATIONS), MOST_DEVIATIONS);
  }
  return out;
}

import type { DayForecast } from "./candidate.ts";
import { weightedQuantiles } from "./weighted-quantiles.ts";

const SHARES = [0.1, 0.5, 0.9] as const;
/** Values of a slot below which nothing can be said of it. */
const FEWEST_VALUES = 5;
/** Rows that tell less than this share of what the best one tells are left out: sorting them is what takes time. */
const NEGLIGIBLE = 1e-3;

/** Earlier days that may repeat, and what their slots tell of the day to come. */
export type Analogs = Readonly<{
  slots: number;
  rows: readonly number[];
  /** How much a row tells of a slot. */
  weightOf: (row: number, index: number, c: number) => number;
  /** What a slot of a row would be on the day to come in slot `to`; NaN when it says nothing. */
  valueOf: (row: number, from: number, to: number) => number;
  /** How much the slots before and after count. */
  neighbour: number;
}>;

/** Weighted quantiles and mean of what followed, slot by slot; NaN where too little is known. */
export function analogDay({ slots, rows, weightOf, valueOf, neighbour }: Analogs): DayForecast {
  const empty = (): Float64Array => new Float64Array(slots).fill(Number.NaN);
  const [p10, p50, p90, mean] = [empty(), empty(), empty(), empty()];
  const values = new Float64Array(3 * rows.length);
  const weights = new Float64Array(3 * rows.length);
  const ownWeights = new Float64Array(rows.length);
  for (let c = 0; c < slots; c++) {
    let largest = 0;
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index] as number;
      const own = weightOf(row, index, c);
      ownWeights[index] = own;
      if (own > largest && !Number.isNaN(valueOf(row, c, c))) largest = own;
    }
    let count = 0;
    let sum = 0;
    let total = 0;
    for (let index = 0; index < rows.length; index++) {
      const own = ownWeights[index] as number;
      if (own < NEGLIGIBLE * largest) continue;
      const row = rows[index] as number;
      for (let from = Math.max(0, c - 1); from <= Math.min(slots - 1, c + 1); from++) {
        const value = valueOf(row, from, c);
        if (Number.isNaN(value)) continue;
        const weight = own * (from === c ? 1 : neighbour);
        values[count] = value;
        weights[count++] = weight;
        sum += weight * value;
        total += weight;
      }
    }
    if (count < FEWEST_VALUES) continue;
    const found = weightedQuantiles(values.subarray(0, count), weights.subarray(0, count), SHARES);
    p10[c] = found[0] ?? Number.NaN;
    p50[c] = found[1] ?? Number.NaN;
    p90[c] = found[2] ?? Number.NaN;
    mean[c] = sum / total;
  }
  return { p10, p50, p90, mean };
}

import type { Zone } from "../../domain/civil-time.ts";
import type { HomeHistory } from "../../domain/home-history.ts";
import { MS_PER_MINUTE } from "../../domain/units.ts";

const STEP_MS = 15 * MS_PER_MINUTE;
export const QUARTERS_A_DAY = 96;
const BASE_DAYS = 7;
const TYPICAL_DAYS = 28;
const BASE_SHARE = 0.1;
const LEAST_BASE_W = 20;
const PEAK_SHARE = 0.9;

/** A home's load in quarters of an hour, with what is usual; one value each, NaN where not known. */
export type RegimeQuarters = Readonly<{
  zone: Zone;
  startMs: number;
  stepMs: number;
  loadW: Float64Array;
  /** What the home draws when nobody does anything: a low quantile of the seven days before. */
  baseW: Float64Array;
  /** What it seldom draws more than: a high quantile of the four weeks before. */
  peakW: Float64Array;
  /** Median at this time of day over the four weeks before. */
  typicalW: Float64Array;
  /** 1 where a motion or presence sensor saw somebody, 0 where none did, NaN where none is known. */
  seen: Float64Array;
}>;

/**
 * @param history load on quarters of an hour
 * @param seenMs  starts of quarters in which somebody was seen; null where the home has no such sensor
 */
export function regimeQuarters(history: HomeHistory, seenMs: ReadonlySet<number> | null): RegimeQuarters | null {
  const loadW = history.columns.get("load_w");
  if (!loadW || history.stepMs !== STEP_MS) return null;
  const { length, startMs } = history;
  const baseW = new Float64Array(length).fill(Number.NaN);
  const peakW = new Float64Array(length).fill(Number.NaN);
  const typicalW = new Float64Array(length).fill(Number.NaN);
  let base = Number.NaN;
  let peak = Number.NaN;
  for (let i = 0; i < length; i++) {
    if (i % (QUARTERS_A_DAY / 4) === 0) {
      base = quantile(known(loadW, Math.max(0, i - BASE_DAYS * QUARTERS_A_DAY), i, 1), BASE_SHARE);
      peak = quantile(known(loadW, Math.max(0, i - TYPICAL_DAYS * QUARTERS_A_DAY), i, 1), PEAK_SHARE);
    }
    baseW[i] = Math.max(base, LEAST_BASE_W);
    peakW[i] = peak;
    const first = i % QUARTERS_A_DAY;
    typicalW[i] = quantile(known(loadW, Math.max(first, i - TYPICAL_DAYS * QUARTERS_A_DAY), i, QUARTERS_A_DAY), 0.5);
  }
  const seen = Float64Array.from({ length }, (_, i) =>
    seenMs === null ? Number.NaN : seenMs.has(startMs + i * STEP_MS) ? 1 : 0,
  );
  return { zone: history.zone, startMs, stepMs: STEP_MS, loadW, baseW, peakW, typicalW, seen };
}

function known(values: Float64Array, from: number, to: number, every: number): number[] {
  const found: number[] = [];
  for (let i = from; i < to; i += every) if (!Number.isNaN(values[i])) found.push(values[i] as number);
  return found;
}

function quantile(values: number[], share: number): number {
  values.sort((a, b) => a - b);
  return values[Math.floor(share * (values.length - 1))] ?? Number.NaN;
}

/** Mean of the known values of quarters [from, to); NaN where none is known. */
export function meanOf(values: Float64Array, from: number, to: number): number {
  let [sum, count] = [0, 0];
  for (let i = Math.max(0, from); i < Math.min(to, values.length); i++) {
    const value = values[i] as number;
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return count > 0 ? sum / count : Number.NaN;
}

/** Largest known value of quarters [from, to); NaN where none is known. */
export function mostOf(values: Float64Array, from: number, to: number): number {
  let most = Number.NaN;
  for (let i = Math.max(0, from); i < Math.min(to, values.length); i++) {
    const value = values[i] as number;
    if (!(value <= most) && !Number.isNaN(value)) most = value;
  }
  return most;
}

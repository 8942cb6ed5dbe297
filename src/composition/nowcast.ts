import type { HomeHistory } from "../domain/home-history.ts";
import { MS_PER_HOUR } from "../domain/units.ts";

/** Of the last hour's error, how much is believed, and what of that is left an hour later: an appliance that ran is soon done. */
const LOAD_SHARE = 0.5;
const LOAD_PERSISTENCE_PER_HOUR = 0.6;
const SUN_PERSISTENCE_PER_HOUR = 0.85;
const LOOK_BACK_MS = MS_PER_HOUR;
const SUN_LOOK_BACK_MS = 3 * MS_PER_HOUR;

/**
 * A forecast corrected by what happened since it was issued: load by the last hour's error, which fades; sun by how
 * clear the last hours were against the forecast.
 * @param ahead   forecast from `startMs` on, W
 * @param earlier what the same forecast said of a time before `startMs`, NaN where it said nothing
 */
export function nowcast(
  signal: "load_w" | "pv_w",
  ahead: Float64Array,
  startMs: number,
  stepMs: number,
  history: HomeHistory,
  earlier: (atMs: number) => number,
): Float64Array {
  const actual = history.columns.get(signal);
  if (!actual) return ahead;
  const endMs = history.startMs + history.length * history.stepMs;
  const fromMs = endMs - (signal === "pv_w" ? SUN_LOOK_BACK_MS : LOOK_BACK_MS);
  let [actualSum, saidSum, count] = [0, 0, 0];
  for (let atMs = Math.max(history.startMs, fromMs); atMs < endMs; atMs += history.stepMs) {
    const value = actual[Math.round((atMs - history.startMs) / history.stepMs)] ?? Number.NaN;
    const said = earlier(atMs);
    if (Number.isNaN(value) || Number.isNaN(said)) continue;
    actualSum += value;
    saidSum += said;
    count++;
  }
  if (count === 0) return ahead;
  const hoursTo = (i: number): number => Math.max(0, startMs + i * stepMs - endMs) / MS_PER_HOUR + 0.5;
  if (signal === "pv_w") {
    if (saidSum / count < 50) return ahead;
    const clearness = Math.min(2.5, Math.max(0.1, actualSum / saidSum));
    return ahead.map((w, i) => w * (1 + (clearness - 1) * SUN_PERSISTENCE_PER_HOUR ** hoursTo(i)));
  }
  const seen = Math.min(1, (count * history.stepMs) / LOOK_BACK_MS);
  const errorW = (LOAD_SHARE * seen * (actualSum - saidSum)) / count;
  return ahead.map((w, i) => Math.max(0, w + errorW * LOAD_PERSISTENCE_PER_HOUR ** hoursTo(i)));
}

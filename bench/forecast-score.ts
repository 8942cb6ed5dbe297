import type { Forecast } from "../src/domain/forecast.ts";
import { columnOf, type HomeHistory } from "../src/domain/home-history.ts";
import { meanOver } from "../src/domain/series.ts";
import type { Forecaster } from "../src/forecasting/forecaster.ts";
import type { BenchSet } from "./forecast-sets.ts";

export type Errors = Readonly<{ mae: number; nMae: number; rmse: number; nRmse: number }>;
export type WindowScore = Readonly<{
  issues: number;
  candidates: Readonly<Record<string, Errors>>;
  final: Errors;
  coverage: number;
  nPinball: number;
}>;

/** Scores day-ahead issues at every local midnight of [fromMs, toMs), and each candidate on the same days. */
export function scoreWindow(
  forecaster: Forecaster,
  history: HomeHistory,
  set: BenchSet,
  fromMs: number,
  toMs: number,
): WindowScore {
  const { zone } = history;
  const stepMinutes = set.stepMinutes ?? history.site.stepMinutes;
  const issues: Forecast[] = [];
  for (let day = zone.dayNumber(fromMs); zone.instantMs(day, 0) < toMs; day++)
    issues.push(forecaster.forecast(history, set.signal, zone.instantMs(day, 0), 24, stepMinutes));
  const truth = join(issues.map((one) => truthOf(history, set.signal, one)));
  const part = (name: "p10" | "p50" | "p90" | "mean"): Float64Array => join(issues.map((one) => one[name]));
  const record = forecaster.record(
    history,
    set.signal,
    zone.instantMs(zone.dayNumber(fromMs) + issues.length, 0),
    issues.length,
    stepMinutes,
  );
  const candidates: Record<string, Errors> = {};
  for (const { id, p50, mean } of record.candidates) candidates[id] = errorsOf(record.truth, p50, mean);
  const [p10, p50, p90] = [part("p10"), part("p50"), part("p90")];
  let inside = 0;
  let pinball = 0;
  let sum = 0;
  let count = 0;
  for (const [i, y] of truth.entries()) {
    if (Number.isNaN(y)) continue;
    const edges = [p10[i] ?? 0, p50[i] ?? 0, p90[i] ?? 0];
    if (y >= (edges[0] ?? 0) && y <= (edges[2] ?? 0)) inside++;
    for (const [k, share] of [0.1, 0.5, 0.9].entries()) {
      const off = y - (edges[k] ?? 0);
      pinball += Math.max(share * off, (share - 1) * off) / 3;
    }
    sum += y;
    count++;
  }
  return {
    issues: issues.length,
    candidates,
    final: errorsOf(truth, p50, part("mean")),
    coverage: inside / count,
    nPinball: pinball / Math.abs(sum),
  };
}

function errorsOf(truth: Float64Array, p50: Float64Array, mean: Float64Array): Errors {
  let absolute = 0;
  let squared = 0;
  let sum = 0;
  let count = 0;
  for (const [i, y] of truth.entries()) {
    if (Number.isNaN(y)) continue;
    absolute += Math.abs(y - (p50[i] ?? 0));
    squared += (y - (mean[i] ?? 0)) ** 2;
    sum += y;
    count++;
  }
  const level = Math.abs(sum / count);
  const rmse = Math.sqrt(squared / count);
  return { mae: absolute / count, nMae: absolute / count / level, rmse, nRmse: rmse / level };
}

function truthOf(history: HomeHistory, signal: string, one: Forecast): Float64Array {
  const series = columnOf(history, signal);
  return one.p50.map((_, i) =>
    series ? meanOver(series, one.startMs + i * one.stepMs, one.startMs + (i + 1) * one.stepMs) : Number.NaN,
  );
}

function join(parts: readonly Float64Array[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => Array.from(part)));
}

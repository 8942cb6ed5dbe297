import type { HomeHistory } from "../src/domain/home-history.ts";
import { MS_PER_DAY, MS_PER_HOUR } from "../src/domain/units.ts";
import { createForecaster } from "../src/forecasting/forecaster.ts";
import type { LearnedModels } from "../src/forecasting/model-files.ts";

const SIGNALS = ["load_w", "pv_w", "import_price", "carbon_g_kwh"] as const;
const HOURS = 48;
const ISSUES = 12;
/** What the engine forecasts from. */
const DAYS = 70;

export type ForecastTime = Readonly<{
  signals: readonly string[];
  /** What the first forecast of a home takes, learning included, ms of computing time. */
  firstMs: number;
  /** What all signals take at another hour of the day, ms of computing time: the middle one and the slowest of a dozen. */
  laterMs: number;
  slowestMs: number;
}>;

/**
 * Time of 48 hours of all signals a home has, from its last weeks: at a midnight and at the hours after it, each hour
 * with its news. Computing time of the thread, which other work on the machine adds little to.
 */
export function timeOfAllSignals(whole: HomeHistory, models: LearnedModels): ForecastTime {
  const history = lastDays(whole);
  const { zone } = history;
  const signals = SIGNALS.filter((name) => history.columns.has(name));
  const endMs = history.startMs + history.length * history.stepMs;
  const midnightMs = zone.startOfDayMs(endMs - 2 * ISSUES * MS_PER_HOUR);
  const forecaster = createForecaster({ models });
  const timed = (atMs: number): number => {
    const began = process.threadCpuUsage();
    for (const signal of signals) forecaster.forecast(history, signal, atMs, HOURS, history.site.stepMinutes);
    const { user, system } = process.threadCpuUsage(began);
    return (user + system) / 1_000;
  };
  const firstMs = timed(midnightMs);
  const later = Array.from({ length: ISSUES }, (_, k) => timed(midnightMs + (k + 1) * MS_PER_HOUR)).sort(
    (a, b) => a - b,
  );
  return { signals, firstMs, laterMs: later[ISSUES >> 1] ?? 0, slowestMs: later.at(-1) ?? 0 };
}

function lastDays(history: HomeHistory): HomeHistory {
  const skipped = Math.max(0, history.length - Math.round((DAYS * MS_PER_DAY) / history.stepMs));
  return {
    ...history,
    startMs: history.startMs + skipped * history.stepMs,
    length: history.length - skipped,
    columns: new Map([...history.columns].map(([name, values]) => [name, values.subarray(skipped)])),
  };
}

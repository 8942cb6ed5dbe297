import type { Context } from "../context/context.ts";
import type { Forecast } from "../domain/forecast.ts";
import type { HomeHistory } from "../domain/home-history.ts";
import { MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import type { ForecastRequest } from "../forecasting/forecast-service.ts";
import { withSolarOutlook } from "./solar-outlook.ts";

export const FORECAST_STEP_MINUTES = 30;
/** Forecasts are made anew this often; in between they are corrected by what happened. */
const FORECAST_EVERY_MS = MS_PER_HOUR;
const PLAN_STEP_MS = 15 * MS_PER_MINUTE;
/** So much more or less of the past than there was, beside what came in since: imported, a meter found or let go. */
const ANOTHER_PAST_MS = 2 * MS_PER_DAY;

export type IssuedForecastsParts = Readonly<{
  forecast: (history: HomeHistory, requests: readonly ForecastRequest[]) => Promise<readonly Forecast[]>;
  context: Pick<Context, "known">;
  /** How far ahead forecasts reach. */
  aheadHours: number;
}>;

/**
 * The forecasts that serve now: made anew every hour, and at once when there is something else to forecast, when the
 * past turned out to be another one, or when the clock was set back before the issue.
 * @returns what asks for them, at `nowMs` and from the step that begins at `startMs` on
 */
export function createIssuedForecasts(
  parts: IssuedForecastsParts,
): (history: HomeHistory, nowMs: number, startMs: number) => Promise<readonly Forecast[]> {
  let issued: readonly Forecast[] = [];
  let past: ReadonlyMap<string, number> = new Map();
  return async (history, nowMs, startMs) => {
    const wanted = [
      "load_w",
      ...(history.columns.has("pv_w") ? ["pv_w"] : []),
      ...unknownSignals(parts.context, startMs),
    ];
    const knownMs = new Map(wanted.map((signal) => [signal, knownTimeMs(history, signal)]));
    const newestMs = Math.max(...issued.map(({ issuedAtMs }) => issuedAtMs), Number.NEGATIVE_INFINITY);
    const same = wanted.every((signal) => issued.some((forecast) => forecast.signal === signal));
    const samePast = wanted.every(
      (signal) => Math.abs((knownMs.get(signal) ?? 0) - (past.get(signal) ?? 0)) < ANOTHER_PAST_MS,
    );
    if (same && samePast && newestMs <= nowMs && nowMs - newestMs < FORECAST_EVERY_MS) return issued;
    issued = await parts.forecast(
      withSolarOutlook(
        history,
        (...grid) => parts.context.known("pv_forecast_w", ...grid),
        parts.aheadHours * MS_PER_HOUR,
      ),
      wanted.map((signal) => ({
        signal,
        issuedAtMs: startMs,
        hours: parts.aheadHours,
        stepMinutes: FORECAST_STEP_MINUTES,
      })),
    );
    past = knownMs;
    return issued;
  };
}

/** Signals that no source knows for the whole of the next day: these are forecast. */
function unknownSignals(context: Pick<Context, "known">, startMs: number): string[] {
  const day = MS_PER_DAY / PLAN_STEP_MS;
  return (["import_price", "carbon_g_kwh"] as const).filter((signal) =>
    context.known(signal, startMs, PLAN_STEP_MS, 2 * day).some(Number.isNaN),
  );
}

/** Of how much time a signal's past is known. */
function knownTimeMs({ columns, stepMs }: HomeHistory, signal: string): number {
  let known = 0;
  for (const value of columns.get(signal) ?? []) if (!Number.isNaN(value)) known++;
  return known * stepMs;
}

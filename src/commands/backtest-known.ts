import { SUN_FORECAST } from "../forecasting/scenarios.ts";
import type { BacktestHome } from "./backtest-home.ts";

const DAY_AHEAD_MINUTE = 13 * 60;

/**
 * First step whose price is not yet known at the start of a step: none with a known tariff; with day-ahead prices the
 * end of the local day, from 13:00 local on the end of the next (contract backtest.md).
 */
export function pricesKnownUntil(home: BacktestHome, step: number): number {
  const { site, zone, startMs, stepMs } = home.history;
  if (site.knownPrices !== "day-ahead") return Infinity;
  return endOfDay(home, step, zone.minuteOfDay(startMs + step * stepMs) >= DAY_AHEAD_MINUTE ? 2 : 1);
}

/**
 * What is known ahead over the next steps, NaN where it is not: prices.
 * @param withSunForecast and the recorded solar forecast of the local day, which was issued the day before
 */
export function knownAhead(
  home: BacktestHome,
  step: number,
  length: number,
  withSunForecast: boolean,
): Record<string, Float64Array> {
  const ahead = (values: Float64Array, until: number): Float64Array =>
    Float64Array.from({ length }, (_, t) => (step + t < until ? (values[step + t] ?? Number.NaN) : Number.NaN));
  const until = pricesKnownUntil(home, step);
  const sun = withSunForecast ? home.history.columns.get(SUN_FORECAST) : undefined;
  return {
    import_price: ahead(home.importPrice, until),
    export_price: ahead(home.exportPrice, until),
    ...(sun && { [SUN_FORECAST]: ahead(sun, endOfDay(home, step, 1)) }),
  };
}

/** First step after the local day of a step, or after so many days. */
function endOfDay({ history }: BacktestHome, step: number, days: number): number {
  const { zone, startMs, stepMs } = history;
  const day = zone.dayNumber(startMs + step * stepMs) + days;
  return Math.ceil((zone.instantMs(day, 0) - startMs) / stepMs - 1e-9);
}

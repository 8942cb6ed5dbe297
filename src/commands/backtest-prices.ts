import type { BacktestHome } from "./backtest-home.ts";

const DAY_AHEAD_MINUTE = 13 * 60;

/**
 * First step whose price is not yet known at the start of a step: none with a known tariff; with day-ahead prices the
 * end of the local day, from 13:00 local on the end of the next (contract backtest.md).
 */
export function pricesKnownUntil(home: BacktestHome, step: number): number {
  const { site, zone, startMs, stepMs } = home.history;
  if (site.knownPrices !== "day-ahead") return Infinity;
  const atMs = startMs + step * stepMs;
  const day = zone.dayNumber(atMs) + (zone.minuteOfDay(atMs) >= DAY_AHEAD_MINUTE ? 2 : 1);
  return Math.ceil((zone.instantMs(day, 0) - startMs) / stepMs - 1e-9);
}

/** The prices known ahead over the next steps; NaN where they are not. */
export function knownPrices(home: BacktestHome, step: number, length: number): Record<string, Float64Array> {
  const until = pricesKnownUntil(home, step);
  const ahead = (values: Float64Array): Float64Array =>
    Float64Array.from({ length }, (_, t) => (step + t < until ? (values[step + t] ?? Number.NaN) : Number.NaN));
  return { import_price: ahead(home.importPrice), export_price: ahead(home.exportPrice) };
}

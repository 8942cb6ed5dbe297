import type { HomeHistory } from "../domain/home-history.ts";

/**
 * A history that goes on past its end with the solar forecast somebody gave: the forecaster learns from the past how
 * far off it is. Nothing else is known there (NaN). Without production, or where no forecast reaches ahead, the history
 * is as it would be without one.
 * @param known   mean W of the forecast given, one value a step; NaN where there is none
 * @param aheadMs how far past its end
 */
export function withSolarOutlook(
  history: HomeHistory,
  known: (startMs: number, stepMs: number, length: number) => Float64Array,
  aheadMs: number,
): HomeHistory {
  const { startMs, stepMs, length } = history;
  const { pv_forecast_w: past, ...others } = Object.fromEntries(history.columns);
  const steps = Math.ceil(aheadMs / stepMs);
  const future = known(startMs + length * stepMs, stepMs, steps);
  if (!history.columns.has("pv_w") || future.every(Number.isNaN))
    return { ...history, columns: new Map(Object.entries(others)) };
  const longer = (values: Float64Array | undefined): Float64Array => {
    const all = new Float64Array(length + steps).fill(Number.NaN);
    all.set(values?.subarray(0, length) ?? []);
    return all;
  };
  const columns = new Map(Object.entries(others).map(([name, values]) => [name, longer(values)]));
  const forecast = longer(past);
  forecast.set(future, length);
  return { ...history, length: length + steps, columns: columns.set("pv_forecast_w", forecast) };
}

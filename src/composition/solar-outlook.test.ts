import { expect, it } from "vitest";
import { Zone } from "../domain/civil-time.ts";
import type { HomeHistory } from "../domain/home-history.ts";
import { MS_PER_DAY, MS_PER_HOUR } from "../domain/units.ts";
import { createForecaster } from "../forecasting/forecaster.ts";
import { withSolarOutlook } from "./solar-outlook.ts";

const DAYS = 30;
const STEPS = 48;
const HALF_HOUR = MS_PER_HOUR / 2;
const START_MS = Date.UTC(2026, 4, 1);
const NOW_MS = START_MS + DAYS * MS_PER_DAY;
/** Dark, bright and middling days in an order that nothing before them tells. */
const skyOf = (day: number): number => 0.1 + 0.9 * Math.abs((Math.sin(day * 12.9898) * 43_758.5453) % 1);
const sunAt = (atMs: number): number => {
  const hour = (atMs % MS_PER_DAY) / MS_PER_HOUR;
  return Math.max(0, Math.sin(((hour - 5) / 14) * Math.PI)) * 4_000 * skyOf(Math.floor((atMs - START_MS) / MS_PER_DAY));
};
/** It always promises a quarter more than comes. */
const promised = (startMs: number, stepMs: number, length: number): Float64Array =>
  Float64Array.from({ length }, (_, i) => sunAt(startMs + i * stepMs) * 1.25);
const nothing = (_startMs: number, _stepMs: number, length: number): Float64Array =>
  new Float64Array(length).fill(Number.NaN);

function home(columns: Iterable<[string, Float64Array]>): HomeHistory {
  const site = { id: "roof", timezone: "UTC", stepMinutes: 30, currency: "EUR", latitude: 48, longitude: 0 };
  const grid = { startMs: START_MS, stepMs: HALF_HOUR, length: DAYS * STEPS };
  return { site, zone: new Zone("UTC"), ...grid, columns: new Map(columns) };
}
const produced = Float64Array.from({ length: DAYS * STEPS }, (_, i) => sunAt(START_MS + i * HALF_HOUR));
const roof = home([
  ["pv_w", produced],
  ["pv_forecast_w", promised(START_MS, HALF_HOUR, DAYS * STEPS)],
]);

const errorOf = (history: HomeHistory): number => {
  const { mean } = createForecaster().forecast(history, "pv_w", NOW_MS, 24, 30);
  return mean.reduce((sum, value, i) => sum + Math.abs(value - sunAt(NOW_MS + i * HALF_HOUR)), 0) / mean.length;
};

it("lets the forecaster follow what is promised of the sun, corrected by how far off it has been", () => {
  const told = withSolarOutlook(roof, promised, 2 * MS_PER_DAY);
  const untold = errorOf(withSolarOutlook(roof, nothing, 2 * MS_PER_DAY));
  const asPromised = promised(NOW_MS, HALF_HOUR, STEPS).reduce(
    (sum, value, i) => sum + Math.abs(value - sunAt(NOW_MS + i * HALF_HOUR)) / STEPS,
    0,
  );
  expect(errorOf(told)).toBeLessThan(untold / 2);
  expect(errorOf(told)).toBeLessThan(asPromised / 2);
});

it("knows nothing of what is to come but the promise", () => {
  const told = withSolarOutlook(roof, promised, 2 * MS_PER_DAY);
  expect(told.length).toBe(roof.length + 2 * STEPS);
  expect(told.columns.get("pv_w")?.subarray(0, roof.length)).toEqual(produced);
  expect(told.columns.get("pv_w")?.subarray(roof.length).every(Number.isNaN)).toBe(true);
  expect(told.columns.get("pv_forecast_w")?.[roof.length + 24]).toBe(sunAt(NOW_MS + 24 * HALF_HOUR) * 1.25);
});

it("leaves a history as it would be without a forecast where none reaches ahead, or nothing is produced", () => {
  expect([...withSolarOutlook(roof, nothing, MS_PER_DAY).columns.keys()]).toEqual(["pv_w"]);
  const flat = home([["load_w", produced]]);
  expect(withSolarOutlook(flat, promised, MS_PER_DAY)).toEqual(flat);
});

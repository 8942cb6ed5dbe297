import { expect, it } from "vitest";
import { Zone } from "../domain/civil-time.ts";
import { DayFrame, frameSource } from "./day-frame.ts";
import { keepPossible } from "./limits.ts";
import { signalKind } from "./signal-kind.ts";

const DAY_MS = 86_400_000;
const START_MS = Date.parse("2024-05-01T00:00:00Z");

function kept(signal: string, days: number, valueAt: (c: number) => number, said: number): Float64Array {
  const values = Float64Array.from({ length: days * 24 }, (_, i) => valueAt(i % 24));
  const site = { id: "x", timezone: "UTC", stepMinutes: 60, currency: "EUR", latitude: 48, longitude: 0, pvKwp: 4 };
  const history = {
    site,
    zone: new Zone("UTC"),
    startMs: START_MS,
    stepMs: 3_600_000,
    length: values.length,
    columns: new Map([[signal, values]]),
  };
  const frame = new DayFrame(frameSource(history, signal, 60, START_MS + (days + 2) * DAY_MS), 0, days + 1);
  const row = new Float64Array(24).fill(said);
  keepPossible(frame, 1, signalKind(signal, "EUR"), row);
  return row;
}
const daily = (c: number): number => 100 + 50 * Math.sin((2 * Math.PI * c) / 24);

it.each([
  ["load_w", 9_000, 225],
  ["load_w", -5, 0],
  ["carbon_g_kwh", 9_000, 200],
  ["carbon_g_kwh", -40, 0],
  ["import_price", 9_000, 200],
  ["import_price", -9_000, 0],
])("keeps %s, forecast as %d, to what the last weeks make possible: %d", (signal, said, possible) => {
  for (const value of kept(signal, 40, daily, said)) expect(value).toBeCloseTo(possible, 6);
});

it("lets a price fall below zero where it has", () => {
  expect(kept("import_price", 40, (c) => (c === 13 ? -0.1 : 0.2), -0.2)[5]).toBeCloseTo(-0.2, 9);
});

it("knows no limits but nature's while the history is short", () => {
  expect(kept("load_w", 5, daily, 9_000)[12]).toBe(9_000);
  expect(kept("import_price", 2, daily, 9_000)[12]).toBe(9_000);
});

it("never forecasts the sun at night, nor more than the plant's peak", () => {
  const row = kept("pv_w", 40, (c) => (c > 5 && c < 20 ? 3_000 : 0), 9_000);
  expect(row[1]).toBe(0);
  expect(row[12]).toBe(4_000);
});

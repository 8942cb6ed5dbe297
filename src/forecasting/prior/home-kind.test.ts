import { expect, it } from "vitest";
import { Zone } from "../../domain/civil-time.ts";
import type { HomeHistory, HomeKind } from "../../domain/home-history.ts";
import { createForecaster } from "../forecaster.ts";

const zone = new Zone("Europe/Berlin");
const winterMs = zone.startOfDayMs(Date.parse("2026-01-20T12:00:00Z"));
const summerMs = zone.startOfDayMs(Date.parse("2026-07-20T12:00:00Z"));

function home(kind: HomeKind | undefined, endMs: number, hours = 0, powerW = 0, ovenHour = -1): HomeHistory {
  const values = Float64Array.from({ length: hours }, (_, hour) => (hour === ovenHour ? 3_000 : powerW));
  return {
    site: { id: "new", timezone: zone.name, stepMinutes: 60, currency: "EUR", latitude: 52, ...(kind && { kind }) },
    zone,
    startMs: endMs - hours * 3_600_000,
    stepMs: 3_600_000,
    length: hours,
    columns: new Map(hours > 0 ? [["load_w", values]] : []),
  };
}
const forecast = (kind: HomeKind | undefined, atMs: number, hours = 0, powerW = 0, ovenHour = -1) =>
  createForecaster().forecast(home(kind, atMs, hours, powerW, ovenHour), "load_w", atMs, 24, 60);
const dayKwh = (kind: HomeKind | undefined, atMs: number): number =>
  forecast(kind, atMs).mean.reduce((sum, w) => sum + w / 1_000, 0);

it("expects of a home without history what its kind uses, and says what it was told", () => {
  const flat = { dwelling: "flat", people: 1 } as const;
  expect(forecast(flat, winterMs).model).toBe("prior for a flat, 1 person");
  expect(forecast(undefined, winterMs).model).toBe("prior");
  expect(dayKwh(flat, winterMs)).toBeCloseTo(1_400 / 365, 0);
  expect(dayKwh({ dwelling: "house", people: 4 }, winterMs)).toBeCloseTo(4_000 / 365, 0);
  expect(dayKwh({ people: 9 }, winterMs)).toBeCloseTo(dayKwh({ dwelling: "house", people: 5 }, winterMs), 6);
});

it("heats in winter and not in summer, makes hot water in the morning and charges a car in the evening", () => {
  const heated = { dwelling: "house", electricHeating: true } as const;
  const plain = { dwelling: "house" } as const;
  expect(dayKwh(heated, winterMs) - dayKwh(plain, winterMs)).toBeGreaterThan(20);
  expect(dayKwh(heated, summerMs)).toBeCloseTo(dayKwh(plain, summerMs), 6);
  const more = (kind: HomeKind): Float64Array => {
    const usual = forecast(plain, summerMs).mean;
    return forecast({ ...plain, ...kind }, summerMs).mean.map((w, hour) => w - (usual[hour] ?? 0));
  };
  const water = more({ electricHotWater: true });
  expect(water[7]).toBeGreaterThan(3 * (water[13] ?? 0) * 0.9);
  const car = more({ ev: true });
  expect(car.indexOf(Math.max(...car))).toBeGreaterThanOrEqual(17);
  expect(car.reduce((sum, w) => sum + w, 0) / 1_000).toBeCloseTo(2_000 / 365, 0);
});

it("brings the prior to the home's own level from the first hours on", () => {
  const kind = { dwelling: "house", people: 4 } as const;
  const few = forecast(kind, winterMs, 6, 1_500);
  expect(few.model).toMatch(/^prior for a house, 4 people, scaled to 6 h of history$/);
  expect(few.mean.reduce((a, b) => a + b)).toBeGreaterThan(1.8 * forecast(kind, winterMs).mean.reduce((a, b) => a + b));
});

it("does not take an oven in a home's first hours for its whole day", () => {
  const kind = { dwelling: "flat" } as const;
  // the hours that nobody has seen yet
  const unseen = (ovenHour: number): number =>
    forecast(kind, winterMs, 6, 150, ovenHour)
      .mean.subarray(1, 16)
      .reduce((sum, w) => sum + w, 0);
  expect(unseen(3)).toBeLessThan(1.15 * unseen(-1));
});

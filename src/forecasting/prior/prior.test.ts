import { expect, it } from "vitest";
import { Zone } from "../../domain/civil-time.ts";
import type { HomeHistory, Site } from "../../domain/home-history.ts";
import { createForecaster } from "../forecaster.ts";
import { clearSkyWPerM2, sinElevation } from "../sun/sun.ts";

const HOUR_MS = 3_600_000;
const SUMMER_MS = Date.parse("2026-07-01T00:00:00Z");
const WINTER_MS = Date.parse("2026-01-10T00:00:00Z");

type Columns = Record<string, (atMs: number) => number>;
type Told = Partial<Site> & { timezone: string };

/** A home measured for some hours before an instant; columns named like forecasts reach a day beyond it. */
function home(told: Told, endMs: number, hours = 0, columns: Columns = {}): HomeHistory {
  const length = hours + 24;
  const startMs = endMs - hours * HOUR_MS;
  const valuesOf = (name: string, valueAt: (atMs: number) => number): Float64Array =>
    Float64Array.from({ length }, (_, i) =>
      i < hours || name.endsWith("_forecast_w") ? valueAt(startMs + i * HOUR_MS) : Number.NaN,
    );
  return {
    site: { id: "new", stepMinutes: 60, currency: "EUR", ...told },
    zone: new Zone(told.timezone),
    startMs,
    stepMs: HOUR_MS,
    length,
    columns: new Map(Object.entries(columns).map(([name, valueAt]) => [name, valuesOf(name, valueAt)])),
  };
}

const forecast = (history: HomeHistory, signal: string, atMs: number) =>
  createForecaster().forecast(history, signal, atMs, 24, 60);
const kwh = (powerW: Float64Array): number => powerW.reduce((sum, w) => sum + w / 1000, 0);
const shareInside = (one: { p10: Float64Array; p90: Float64Array }, valueAt: (i: number) => number): number =>
  one.p10.reduce((count, low, i) => count + (valueAt(i) >= low && valueAt(i) <= (one.p90[i] ?? 0) ? 1 : 0), 0) / 24;

it("expects of a home that says nothing but where it is what homes there use, pay and emit", () => {
  const dayKwh = (told: Told): number => kwh(forecast(home(told, SUMMER_MS), "load_w", SUMMER_MS).mean);
  expect(dayKwh({ timezone: "America/Chicago", currency: "USD" })).toBeGreaterThan(
    2.5 * dayKwh({ timezone: "Europe/Berlin" }),
  );
  // a zone without a name of its own, but a place
  expect(dayKwh({ timezone: "Etc/GMT+8", latitude: 34, longitude: -117 })).toBeCloseTo(
    dayKwh({ timezone: "America/Los_Angeles" }),
    1,
  );
  const carbonAt = (timezone: string): number =>
    forecast(home({ timezone }, SUMMER_MS), "carbon_g_kwh", SUMMER_MS).mean[0] ?? 0;
  expect(carbonAt("Europe/Warsaw")).toBeGreaterThan(10 * carbonAt("Europe/Oslo"));
  const yen = forecast(home({ timezone: "Asia/Tokyo", currency: "JPY" }, SUMMER_MS), "import_price", SUMMER_MS);
  expect(yen.mean[0]).toBeGreaterThan(10);
});

it.each(["load_w", "import_price", "export_price", "carbon_g_kwh", "kitchen_w"])(
  "says how little it knows of %s: a band wide enough for twice and half of what is expected",
  (signal) => {
    const made = forecast(home({ timezone: "Europe/London" }, SUMMER_MS), signal, SUMMER_MS);
    expect(made.model).toBe("prior");
    for (const [i, middle] of made.p50.entries()) {
      expect(made.p10[i]).toBeLessThanOrEqual(0.6 * middle);
      expect(made.p90[i]).toBeGreaterThanOrEqual(1.45 * middle);
    }
  },
);

it("guesses a plant of a known peak from the sun and the climate, and a home's kind is not its plant's", () => {
  const told = (latitude: number, longitude: number, timezone: string): Told => ({
    timezone,
    latitude,
    longitude,
    pvKwp: 5,
    kind: { dwelling: "house" },
  });
  const nancy = told(48.7, 6.2, "Europe/Paris");
  const phoenix = told(33.4, -112, "America/Phoenix");
  const made = forecast(home(nancy, SUMMER_MS), "pv_w", SUMMER_MS);
  expect(made.model).toBe("prior for a plant of 5 kWp");
  // PVGIS: some 4.3 kWh a day and kWp in July, 1.1 in January; 5 to 6 in the desert
  expect(kwh(made.mean) / 5).toBeGreaterThan(3.3);
  expect(kwh(made.mean) / 5).toBeLessThan(5);
  expect(kwh(forecast(home(nancy, WINTER_MS), "pv_w", WINTER_MS).mean) / 5).toBeLessThan(1.6);
  expect(kwh(forecast(home(nancy, WINTER_MS), "pv_w", WINTER_MS).mean) / 5).toBeGreaterThan(0.6);
  expect(kwh(forecast(home(phoenix, SUMMER_MS), "pv_w", SUMMER_MS).mean) / 5).toBeGreaterThan(5);
  expect(made.p50[1]).toBe(0);
  for (const [i, high] of made.p90.entries()) {
    expect(high).toBeLessThanOrEqual(5000);
    if (high > 500) expect(made.p10[i]).toBeLessThan(0.35 * high);
  }
});

it("knows the sun of the southern half: a plant there gives most in January", () => {
  const sydney: Told = { timezone: "Australia/Sydney", pvKwp: 5 };
  const inJanuary = kwh(forecast(home(sydney, WINTER_MS), "pv_w", WINTER_MS).mean);
  expect(inJanuary).toBeGreaterThan(1.3 * kwh(forecast(home(sydney, SUMMER_MS), "pv_w", SUMMER_MS).mean));
});

it("does not take one dark day for a plant's climate, and becomes narrower and its own with the days", () => {
  const place = { latitude: 48.7, longitude: 6.2 };
  const told: Told = { timezone: "Europe/Paris", ...place, pvKwp: 4 };
  const sunW = (share: number) => (atMs: number) =>
    3.4 * share * clearSkyWPerM2(sinElevation(atMs + HOUR_MS / 2, place));
  const after = (days: number, share: number) =>
    forecast(home(told, SUMMER_MS, 24 * days, { pv_w: sunW(share) }), "pv_w", SUMMER_MS);
  const dark = kwh(Float64Array.from({ length: 24 }, (_, i) => sunW(0.1)(SUMMER_MS + i * HOUR_MS)));
  expect(kwh(after(1, 0.1).mean)).toBeGreaterThan(2 * dark);
  expect(after(1, 0.1).model).toMatch(/^\d+% prior, /);
  expect(shareInside(after(1, 0.1), (i) => sunW(0.6)(SUMMER_MS + i * HOUR_MS))).toBeGreaterThan(0.8);
  // the same dark day for a fortnight is a plant in the shade
  expect(kwh(after(14, 0.1).mean)).toBeLessThan(1.2 * dark);
  expect(after(14, 0.1).model).not.toContain("prior");
});

it("trusts what somebody else forecasts more than a plant's first day", () => {
  const place = { latitude: 48.7, longitude: 6.2 };
  const told: Told = { timezone: "Europe/Paris", ...place };
  const clearW = (atMs: number): number => 3 * clearSkyWPerM2(sinElevation(atMs + HOUR_MS / 2, place));
  const columns: Columns = {
    pv_w: (atMs) => 0.2 * clearW(atMs),
    pv_forecast_w: (atMs) => (atMs < SUMMER_MS ? 0.2 : 0.9) * clearW(atMs),
  };
  const made = forecast(home(told, SUMMER_MS, 24, columns), "pv_w", SUMMER_MS);
  const bright = kwh(Float64Array.from({ length: 24 }, (_, i) => 0.9 * clearW(SUMMER_MS + i * HOUR_MS)));
  expect(kwh(made.p50)).toBeGreaterThan(0.6 * bright);
});

it("keeps a price's first days as wide as they were", () => {
  const night = (atMs: number): number => ((atMs / HOUR_MS) % 24 < 6 ? 0.1 : 0.3) + ((atMs / HOUR_MS) % 7) / 100;
  const widthAfter = (days: number): number => {
    const made = forecast(
      home({ timezone: "UTC" }, SUMMER_MS, 24 * days, { import_price: night }),
      "import_price",
      SUMMER_MS,
    );
    return made.p90.reduce((sum, high, i) => sum + high - (made.p10[i] ?? 0), 0) / 24;
  };
  const day = Array.from({ length: 24 }, (_, hour) => night(SUMMER_MS - 24 * HOUR_MS + hour * HOUR_MS));
  const mean = day.reduce((sum, price) => sum + price, 0) / 24;
  const deviation = Math.sqrt(day.reduce((sum, price) => sum + (price - mean) ** 2, 0) / 24);
  // what hours of one day have as their spread alone is narrower
  expect(widthAfter(1)).toBeGreaterThan(2 * deviation);
  expect(widthAfter(3)).toBeGreaterThan(1.5 * deviation);
  expect(widthAfter(5)).toBeLessThan(widthAfter(3));
});

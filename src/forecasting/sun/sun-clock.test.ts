import { expect, it } from "vitest";
import { Zone } from "../../domain/civil-time.ts";
import type { HomeHistory } from "../../domain/home-history.ts";
import { clearSkyEnvelope, clearSkyYesterday } from "../candidates/clear-sky.ts";
import { weightedMedian } from "../candidates/profiles.ts";
import { SKY_ANALOGS } from "../candidates/sky-analogs.ts";
import { createForecaster, type Forecaster } from "../forecaster.ts";
import { clearSkyWPerM2, sinElevation } from "./sun.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const PLACE = { latitude: 48, longitude: 7 };
const sunW = (atMs: number): number => 4 * clearSkyWPerM2(sinElevation(atMs + HOUR_MS / 2, PLACE));

/** What follows the sun, without what takes long to learn. */
const quickForecaster = (): Forecaster =>
  createForecaster({ candidates: [weightedMedian, clearSkyEnvelope, clearSkyYesterday, ...SKY_ANALOGS] });

function history(timezone: string, startMs: number, days: number, sun: (atMs: number) => number): HomeHistory {
  const values = Float64Array.from({ length: days * 24 }, (_, i) => sun(startMs + i * HOUR_MS));
  const site = { id: "plant", timezone, stepMinutes: 60, currency: "EUR", ...PLACE };
  const columns = new Map([["pv_w", values]]);
  return { site, zone: new Zone(timezone), startMs, stepMs: HOUR_MS, length: values.length, columns };
}

it.each(["2024-03-31", "2024-10-27"])("keeps to the sun through the change of the clocks of %s", (day) => {
  const zone = new Zone("Europe/Paris");
  const midnightMs = zone.startOfDayMs(Date.parse(`${day}T12:00:00Z`));
  const home = history("Europe/Paris", midnightMs - 40 * DAY_MS, 60, sunW);
  const forecaster = quickForecaster();
  for (let d = -1; d < 4; d++) {
    const issuedAtMs = zone.instantMs(zone.dayNumber(midnightMs) + d, 0);
    const made = forecaster.forecast(home, "pv_w", issuedAtMs, 24, 60);
    for (const [t, value] of made.p50.entries())
      expect(Math.abs(value - sunW(made.startMs + t * HOUR_MS)), `${day} ${d} ${t}`).toBeLessThan(160);
  }
});

it("goes along with a meter whose clock follows summer time although its zone does not", () => {
  const changeMs = Date.parse("2024-03-31T00:00:00Z");
  const shown = (atMs: number): number => sunW(atMs >= changeMs ? atMs - HOUR_MS : atMs);
  const home = history("Etc/GMT-1", changeMs - 45 * DAY_MS - HOUR_MS, 60, shown);
  const made = quickForecaster().forecast(home, "pv_w", changeMs + 3 * DAY_MS - HOUR_MS, 24, 60);
  for (const [t, value] of made.p50.entries())
    expect(Math.abs(value - shown(made.startMs + t * HOUR_MS)), `hour ${t}`).toBeLessThan(160);
});

it("forecasts the same when the history is cut off at the issue, on the days around a leap of the meter's clock", () => {
  const changeMs = Date.parse("2024-03-31T00:00:00Z");
  const shown = (atMs: number): number => sunW(atMs >= changeMs ? atMs - HOUR_MS : atMs);
  const home = history("Etc/GMT-1", changeMs - 45 * DAY_MS - HOUR_MS, 60, shown);
  const running = quickForecaster();
  for (let d = 0; d < 5; d++) {
    const issuedAtMs = changeMs + d * DAY_MS - HOUR_MS;
    const length = (issuedAtMs - home.startMs) / HOUR_MS;
    const pv = home.columns.get("pv_w") ?? new Float64Array();
    const cut = { ...home, length, columns: new Map([["pv_w", pv.slice(0, length)]]) };
    const whole = running.forecast(home, "pv_w", issuedAtMs, 24, 60);
    const alone = quickForecaster().forecast(cut, "pv_w", issuedAtMs, 24, 60);
    expect(alone.p50).toEqual(whole.p50);
    expect(alone.p90).toEqual(whole.p90);
  }
});

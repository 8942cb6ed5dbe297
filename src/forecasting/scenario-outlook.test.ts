import { expect, it } from "vitest";
import { Zone } from "../domain/civil-time.ts";
import { MS_PER_HOUR } from "../domain/units.ts";
import { mulberry32 } from "./random.ts";
import { sunOutlook } from "./scenario-outlook.ts";
import { createScenarioSource } from "./scenarios.ts";

const DAYS = 60;

/** Days of independent skies, and a forecast that is right but for a fifth. */
function skies(): { pv: Float64Array; forecast: Float64Array } {
  const random = mulberry32(7);
  const pv = new Float64Array(DAYS * 24);
  const forecast = new Float64Array(DAYS * 24);
  for (let day = 0; day < DAYS; day++) {
    const [clear, off] = [0.15 + 0.85 * random(), 0.8 + 0.4 * random()];
    for (let hour = 6; hour < 18; hour++) {
      const most = 3_000 * Math.sin(((hour - 5.5) / 12) * Math.PI);
      pv[day * 24 + hour] = clear * most;
      forecast[day * 24 + hour] = Math.min(most, clear * off * most);
    }
  }
  return { pv, forecast };
}

it("draws tomorrow's sun nearer to what comes where a forecast is given, and nothing past the issue but by it", () => {
  const { pv, forecast } = skies();
  const source = (columns: Record<string, Float64Array>) =>
    createScenarioSource({
      zone: new Zone("UTC"),
      startMs: Date.UTC(2025, 3, 1),
      stepMs: MS_PER_HOUR,
      columns: new Map(Object.entries({ load_w: new Float64Array(pv.length).fill(400), ...columns })),
    });
  const [told, alone] = [source({ pv_w: pv, pv_forecast_w: forecast }), source({ pv_w: pv })];
  const error = { told: 0, alone: 0 };
  for (let day = 35; day < DAYS - 1; day++) {
    const issueIndex = day * 24;
    const request = { issueIndex, length: 24, count: 72 };
    const off = ({ paths, weights }: ReturnType<typeof told.draw>): number => {
      const sum = (path: Float64Array): number => path.reduce((all, w) => all + w, 0);
      const mean = (paths["pv_w"] ?? []).reduce((all, path, n) => all + (weights?.[n] ?? 0) * sum(path), 0);
      return Math.abs(mean - sum(pv.slice(issueIndex, issueIndex + 24)));
    };
    const ahead = forecast.slice(issueIndex, issueIndex + 24);
    error.told += off(told.draw({ ...request, known: { pv_forecast_w: ahead } }));
    error.alone += off(alone.draw(request));
    expect(told.draw(request)).toEqual(alone.draw(request));
    const cut = source({ pv_w: pv.slice(0, issueIndex), pv_forecast_w: forecast.slice(0, issueIndex) });
    expect(cut.draw({ ...request, known: { pv_forecast_w: ahead } })).toEqual(
      told.draw({ ...request, known: { pv_forecast_w: ahead } }),
    );
  }
  expect(error.told).toBeLessThan(0.5 * error.alone);
});

it("tells nothing while there were forecasts for less than half of the last weeks, or none of what comes", () => {
  const { forecast } = skies();
  const issueIndex = 40 * 24;
  const ahead = forecast.slice(issueIndex, issueIndex + 24);
  const newIn = (day: number): Float64Array => forecast.map((w, i) => (i < day * 24 ? Number.NaN : w));
  const noon = issueIndex + 12;
  expect(sunOutlook(newIn(30), ahead, issueIndex, 24).change(noon, noon - 24)).toBe(0);
  expect(sunOutlook(newIn(20), ahead, issueIndex, 24).change(noon, noon - 24)).not.toBe(0);
  expect(
    sunOutlook(
      newIn(20),
      ahead.map(() => Number.NaN),
      issueIndex,
      24,
    ).likeness(issueIndex - 48),
  ).toBe(1);
  expect(sunOutlook(undefined, ahead, issueIndex, 24).likeness(issueIndex - 48)).toBe(1);
});

it("finds alike the days that were to be like this one", () => {
  const { forecast } = skies();
  const issueIndex = 40 * 24;
  const ahead = forecast.slice(33 * 24, 34 * 24);
  const { likeness } = sunOutlook(forecast, ahead, issueIndex, 24);
  expect(likeness(33 * 24)).toBe(1);
  for (let day = 20; day < 40; day++) if (day !== 33) expect(likeness(day * 24)).toBeLessThan(1);
});

it("tells days apart by little where little is left of the day", () => {
  const { forecast } = skies();
  const evening = 40 * 24 + 17;
  const { likeness } = sunOutlook(forecast, forecast.slice(evening, evening + 2), evening, 24);
  for (let back = 1; back < 20; back++) expect(likeness(evening - back * 24)).toBeGreaterThan(0.8);
});

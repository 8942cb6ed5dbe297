import { expect, it } from "vitest";
import { Zone } from "../../domain/civil-time.ts";
import type { HomeHistory } from "../../domain/home-history.ts";
import { candidatesWith } from "../candidates.ts";
import { createForecaster } from "../forecaster.ts";
import { NO_MODELS } from "../model-files.ts";
import { mulberry32 } from "../random.ts";
import { sinElevation } from "./sun.ts";

const HOUR_MS = 3_600_000;
const START_MS = Date.parse("2024-05-01T00:00:00Z");
const PLACE = { latitude: 45, longitude: 0 };
const DAYS = 60;
const CANDIDATES = candidatesWith(NO_MODELS).filter(({ id }) => /^(sky|clear-sky|weighted-median)/.test(id));

/** A roof under a sky, each hour a share of what a clear one gives. */
function homeUnder(clearness: (day: number, hour: number) => number, pvKwp = 4): HomeHistory {
  const values = Float64Array.from({ length: DAYS * 24 }, (_, i) => {
    const clear = Math.max(0, 3800 * sinElevation(START_MS + (i + 0.5) * HOUR_MS, PLACE));
    return clear * clearness(Math.floor(i / 24), i % 24);
  });
  return {
    site: { id: "x", timezone: "UTC", stepMinutes: 60, currency: "EUR", pvKwp, ...PLACE },
    zone: new Zone("UTC"),
    startMs: START_MS,
    stepMs: HOUR_MS,
    length: values.length,
    columns: new Map([["pv_w", values]]),
  };
}

/** Error of what was said at an hour of the rest of the days, as a share of the error of what midnight said of it. */
function errorAt(hour: number, history: HomeHistory, days: number): number {
  const forecaster = createForecaster({ candidates: CANDIDATES });
  const powerW = history.columns.get("pv_w") ?? new Float64Array(0);
  let [midnightError, error] = [0, 0];
  for (let day = DAYS - days; day < DAYS; day++) {
    const startMs = START_MS + day * 24 * HOUR_MS;
    const midnight = forecaster.forecast(history, "pv_w", startMs, 24, 60).p50;
    const now = forecaster.forecast(history, "pv_w", startMs + hour * HOUR_MS, 24 - hour, 60).p50;
    for (let c = hour; c < 24; c++) {
      const truth = powerW[day * 24 + c] ?? 0;
      midnightError += Math.abs(truth - (midnight[c] ?? 0));
      error += Math.abs(truth - (now[c - hour] ?? 0));
    }
  }
  return error / midnightError;
}

const random = mulberry32(7);
const skies = Array.from({ length: DAYS }, () => 0.15 + 0.85 * random());

it("knows by noon how clear the rest of the day will be, where a day is of one sky", () => {
  expect(
    errorAt(
      12,
      homeUnder((day) => skies[day] ?? 1),
      14,
    ),
  ).toBeLessThan(0.5);
});

it("learns that a dark morning says little where mist lifts", () => {
  const misty = homeUnder((day, hour) => (hour < 10 ? (skies[day] ?? 1) : 0.9 + 0.1 * (skies[(day + 11) % DAYS] ?? 1)));
  expect(errorAt(10, misty, 14)).toBeLessThan(1.15);
});

it("makes a bright day's afternoon brighter than tomorrow's, keeps its order, and never exceeds the plant", () => {
  const history = homeUnder((day, hour) => (day === DAYS - 1 && hour < 12 ? 1 : 0.3), 2);
  const made = createForecaster({ candidates: CANDIDATES }).forecast(
    history,
    "pv_w",
    START_MS + ((DAYS - 1) * 24 + 12) * HOUR_MS,
    36,
    60,
  );
  for (let i = 0; i < 36; i++) {
    const [p10 = 0, p50 = 0, p90 = 0] = [made.p10[i], made.p50[i], made.p90[i]];
    expect(p10).toBeLessThanOrEqual(p50);
    expect(p50).toBeLessThanOrEqual(p90);
    expect(p90).toBeLessThanOrEqual(2_000);
  }
  const [noon = 0, tomorrow = 0] = [made.p50[0], made.p50[24]];
  expect(noon).toBeGreaterThan(1.2 * tomorrow);
});

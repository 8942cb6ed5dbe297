import { expect, it } from "vitest";
import { Zone } from "../../domain/civil-time.ts";
import type { HomeHistory } from "../../domain/home-history.ts";
import { candidatesWith } from "../candidates.ts";
import { createForecaster } from "../forecaster.ts";
import { NO_MODELS } from "../model-files.ts";
import { mulberry32 } from "../random.ts";
import { sinElevation } from "./sun.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const START_MS = Date.parse("2024-08-01T00:00:00Z");
const PLACE = { latitude: 36, longitude: 0 };
const DAYS = 84;
const JUDGED = 28;
/** What counts under a sky that nobody forecasts, without what learns long. */
const CANDIDATES = candidatesWith(NO_MODELS).filter(
  ({ id }) => !["home-trees", "ridge", "seasonal-trend"].includes(id),
);

/** A roof under a sky that is clear most days, with dark spells and mornings of cloud that come at random. */
function sunnyHome(seed: number): HomeHistory {
  const random = mulberry32(seed);
  const cloud: number[] = [];
  let dark = false;
  for (let day = 0; day < DAYS; day++) {
    dark = random() < (dark ? 0.5 : 0.15);
    cloud.push(dark ? 0.2 + 0.4 * random() : 0.93 + 0.07 * random());
  }
  const mornings = cloud.map(() => (random() < 0.25 ? 9 + 2 * random() : 0));
  return homeUnder((day, hour) => (hour < (mornings[day] ?? 0) ? 0.4 : 1) * (cloud[day] ?? 1));
}

/** A roof under a sky, each hour a share of what a clear one gives. */
function homeUnder(clearness: (day: number, hour: number) => number): HomeHistory {
  const values = Float64Array.from({ length: DAYS * 24 }, (_, i) => {
    const clear = Math.max(0, 4000 * sinElevation(START_MS + (i + 0.5) * HOUR_MS, PLACE));
    return clear * clearness(Math.floor(i / 24), i % 24);
  });
  return {
    site: { id: "x", timezone: "UTC", stepMinutes: 60, currency: "EUR", ...PLACE },
    zone: new Zone("UTC"),
    startMs: START_MS,
    stepMs: HOUR_MS,
    length: values.length,
    columns: new Map([["pv_w", values]]),
  };
}

it("errs below yesterday's production by an eighth and more under a sky that is clear most days", () => {
  let error = 0;
  let naive = 0;
  for (const seed of [1, 2]) {
    const history = sunnyHome(seed);
    const powerW = history.columns.get("pv_w") ?? new Float64Array(0);
    const forecaster = createForecaster({ candidates: CANDIDATES });
    for (let day = DAYS - JUDGED; day < DAYS; day++) {
      const { p50 } = forecaster.forecast(history, "pv_w", START_MS + day * DAY_MS, 24, 60);
      for (let c = 0; c < 24; c++) {
        const truth = powerW[day * 24 + c] ?? 0;
        error += Math.abs(truth - (p50[c] ?? 0));
        naive += Math.abs(truth - (powerW[(day - 1) * 24 + c] ?? 0));
      }
    }
  }
  expect(error).toBeLessThan(0.875 * naive);
});

it("is hardly dimmed by one dark day where clear days have always followed", () => {
  const history = homeUnder((day) => (day === 22 || day === 41 || day === 62 ? 0.15 : 1));
  const powerW = history.columns.get("pv_w") ?? new Float64Array(0);
  const { p50 } = createForecaster({ candidates: CANDIDATES }).forecast(
    history,
    "pv_w",
    START_MS + 63 * DAY_MS,
    24,
    60,
  );
  const sum = (values: Float64Array): number => values.reduce((all, value) => all + value, 0);
  expect(sum(p50)).toBeGreaterThan(0.9 * sum(powerW.subarray(63 * 24, 64 * 24)));
});

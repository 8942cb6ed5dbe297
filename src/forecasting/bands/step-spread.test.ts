import { describe, expect, it } from "vitest";
import { Zone } from "../../domain/civil-time.ts";
import type { HomeHistory } from "../../domain/home-history.ts";
import { weightedMedian } from "../candidates/profiles.ts";
import { createForecaster } from "../forecaster.ts";
import { mulberry32 } from "../random.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
const START_MS = Date.UTC(2025, 0, 6);
const STEP_MINUTES = 5;
const PER_DAY = 1440 / STEP_MINUTES;
const DAYS = 50;
const JUDGED_FROM = 40;

function history(signal: string, powerW: (i: number) => number): HomeHistory {
  const values = Float64Array.from({ length: DAYS * PER_DAY }, (_, i) => powerW(i));
  const site = { id: "home", timezone: "UTC", stepMinutes: STEP_MINUTES, currency: "EUR" };
  const zone = new Zone("UTC");
  const columns = new Map([[signal, values]]);
  return { site, zone, startMs: START_MS, stepMs: STEP_MINUTES * MINUTE_MS, length: values.length, columns };
}

const isEvening = (i: number): boolean => i % PER_DAY >= 17 * 12 && i % PER_DAY < 22 * 12;
const HOMES: Readonly<Record<string, () => (i: number) => number>> = {
  "independent noise": () => {
    const random = mulberry32(4);
    return (i) => (isEvening(i) ? 900 : 300) * (0.2 + 1.6 * random());
  },
  "a kettle now and then": () => {
    const random = mulberry32(5);
    return (i) => 150 + 30 * random() + (random() < (isEvening(i) ? 0.3 : 0.15) ? 1800 + 400 * random() : 0);
  },
};

function judge(home: HomeHistory, stepMinutes: number): { covered: number; below: number; pinball: number } {
  const forecaster = createForecaster({ candidates: [weightedMedian] });
  const own = home.columns.get("load_w") ?? new Float64Array();
  const several = stepMinutes / STEP_MINUTES;
  const sum = { covered: 0, below: 0, pinball: 0 };
  let count = 0;
  for (let day = JUDGED_FROM; day < DAYS; day++) {
    const made = forecaster.forecast(home, "load_w", START_MS + day * DAY_MS, 24, stepMinutes);
    for (let t = 0; t < made.p50.length; t++) {
      const first = day * PER_DAY + t * several;
      const y = own.subarray(first, first + several).reduce((all, value) => all + value, 0) / several;
      const [low, half, high] = [made.p10[t] ?? NaN, made.p50[t] ?? NaN, made.p90[t] ?? NaN];
      expect(low >= 0 && half >= low && high >= half).toBe(true);
      count++;
      if (y >= low && y <= high) sum.covered++;
      if (y < half) sum.below++;
      for (const [share, said] of [
        [0.1, low],
        [0.5, half],
        [0.9, high],
      ] as const)
        sum.pinball += Math.max(share * (y - said), (share - 1) * (y - said));
    }
  }
  return { covered: sum.covered / count, below: sum.below / count, pinball: sum.pinball / count };
}

describe.each(Object.entries(HOMES))("%s, measured every five minutes", (_, drawing) => {
  it.each([5, 15, 120])("is covered eight in ten in steps of %d minutes", (stepMinutes) => {
    const { covered, below } = judge(history("load_w", drawing()), stepMinutes);
    expect(covered).toBeGreaterThan(0.77);
    // steps of an hour or two are few
    expect(covered).toBeLessThan(stepMinutes < 60 ? 0.83 : 0.86);
    expect(below).toBeGreaterThan(0.42);
    expect(below).toBeLessThan(0.58);
  });
});

it("reads nothing at or after the issue", () => {
  const whole = history("load_w", (HOMES["a kettle now and then"] as () => (i: number) => number)());
  const length = 45 * PER_DAY + 100;
  const cut = {
    ...whole,
    length,
    columns: new Map([["load_w", whole.columns.get("load_w")?.slice(0, length) ?? new Float64Array()]]),
  };
  const [a, b] = [whole, cut].map((home) =>
    createForecaster({ candidates: [weightedMedian] }).forecast(
      home,
      "load_w",
      START_MS + length * STEP_MINUTES * MINUTE_MS,
      48,
      STEP_MINUTES,
    ),
  );
  expect(a).toEqual(b);
});

it("leaves the night dark, and the sun under the peak of the plant", () => {
  const random = mulberry32(6);
  const sun = (i: number): number => {
    const hour = (i % PER_DAY) / 12;
    return hour < 7 || hour >= 17 ? 0 : 4000 * Math.sin((Math.PI * (hour - 7)) / 10) * (0.3 + 0.7 * random());
  };
  const home = history("pv_w", sun);
  const site = { ...home.site, latitude: 45, longitude: 0, pvKwp: 4 };
  const made = createForecaster({ candidates: [weightedMedian] }).forecast(
    { ...home, site },
    "pv_w",
    START_MS + 45 * DAY_MS,
    24,
    STEP_MINUTES,
  );
  for (let t = 0; t < PER_DAY; t++) {
    if (t < 5 * 12 || t >= 19 * 12) expect(made.p90[t]).toBe(0);
    expect(made.p90[t]).toBeLessThanOrEqual(4000);
  }
  const noon = 12 * 12;
  expect((made.p90[noon] ?? 0) - (made.p10[noon] ?? 0)).toBeGreaterThan(1500);
});

it("keeps a tariff what it is in shorter steps", () => {
  const home = history("import_price", (i) => (isEvening(i) ? 0.4 : 0.2));
  const made = createForecaster({ candidates: [weightedMedian] }).forecast(
    home,
    "import_price",
    START_MS + 45 * DAY_MS,
    24,
    STEP_MINUTES,
  );
  expect(Array.from(made.p90)).toEqual(Array.from(made.p10));
});

it("covers eight in ten of whole days, whose hours are busy or quiet together, though a day is but one step", () => {
  const random = mulberry32(9);
  const days = 170;
  const levels = Array.from({ length: days }, () => Math.exp(0.6 * (random() + random() + random() - 1.5)));
  const values = Float64Array.from(
    { length: days * 24 },
    (_, i) => 500 * (levels[Math.floor(i / 24)] ?? 1) * (0.5 + random()),
  );
  const site = { id: "home", timezone: "UTC", stepMinutes: 60, currency: "EUR" };
  const home: HomeHistory = {
    site,
    zone: new Zone("UTC"),
    startMs: START_MS,
    stepMs: 60 * MINUTE_MS,
    length: values.length,
    columns: new Map([["load_w", values]]),
  };
  const forecaster = createForecaster({ candidates: [weightedMedian] });
  let covered = 0;
  for (let day = 50; day < days; day++) {
    const { p10, p90 } = forecaster.forecast(home, "load_w", START_MS + day * DAY_MS, 24, 1440);
    const mean = values.subarray(day * 24, (day + 1) * 24).reduce((sum, value) => sum + value, 0) / 24;
    if (mean >= (p10[0] ?? NaN) && mean <= (p90[0] ?? NaN)) covered++;
  }
  expect(covered / (days - 50)).toBeGreaterThan(0.76);
  expect(covered / (days - 50)).toBeLessThan(0.87);
});

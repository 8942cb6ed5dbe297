import { expect, it } from "vitest";
import { Zone } from "../../domain/civil-time.ts";
import { applyBands, calibrateBands, type JudgedDay } from "./bands.ts";
import { DayFrame, frameSource } from "../day-frame.ts";
import { quickMedian } from "../candidates/profiles.ts";
import { createForecaster } from "../forecaster.ts";
import { mulberry32 } from "../random.ts";

const SLOTS = 24;
const random = mulberry32(12);
/** Roughly normal, deviation 1. */
const normal = (): number => Array.from({ length: 12 }, random).reduce((sum, value) => sum + value, -6);

function frame(): DayFrame {
  const startMs = Date.parse("2024-01-01T00:00:00Z");
  const values = Float64Array.from({ length: 40 * SLOTS }, () => 500 + 100 * normal());
  const site = { id: "x", timezone: "UTC", stepMinutes: 60, currency: "EUR" };
  const columns = new Map([["load_w", values]]);
  const history = { site, zone: new Zone("UTC"), startMs, stepMs: 3_600_000, length: values.length, columns };
  return new DayFrame(frameSource(history, "load_w", 60, startMs + 42 * 86_400_000), 0, 41);
}

const parts = (half: number): JudgedDay["made"] => ({
  p10: new Float64Array(SLOTS).fill(500 - half),
  p50: new Float64Array(SLOTS).fill(500),
  p90: new Float64Array(SLOTS).fill(500 + half),
  mean: new Float64Array(SLOTS).fill(500),
});
const judgedDays = (days: number, half: number, deviation: (day: number) => number): JudgedDay[] =>
  Array.from({ length: days }, (_, day) => ({
    origin: frame(),
    made: parts(half),
    truth: Float64Array.from({ length: SLOTS }, () => 500 + deviation(day) * normal()),
  }));

function coverage(judged: readonly JudgedDay[], half: number, isPower: boolean, deviation: number): number {
  const issued = parts(half);
  applyBands(calibrateBands(judged, isPower), frame(), issued);
  let inside = 0;
  for (let k = 0; k < 5000; k++) {
    const value = 500 + deviation * normal();
    if (value >= (issued.p10[k % SLOTS] ?? 0) && value <= (issued.p90[k % SLOTS] ?? 0)) inside++;
  }
  return inside / 5000;
}

it.each([
  ["too narrow", 40],
  ["too wide", 260],
])("bands that candidates make %s cover eight in ten once calibrated", (_, half) => {
  const covered = coverage(
    judgedDays(42, half, () => 100),
    half,
    true,
    100,
  );
  expect(covered).toBeGreaterThan(0.75);
  expect(covered).toBeLessThan(0.85);
});

it("bands of prices come from past errors alone, and cover eight in ten too", () => {
  const covered = coverage(
    judgedDays(42, 0, () => 100),
    0,
    false,
    100,
  );
  expect(covered).toBeGreaterThan(0.74);
  expect(covered).toBeLessThan(0.86);
});

it("leaves a time of day that nobody measured as it is said", () => {
  const unmeasured = judgedDays(42, 0, () => 100).map((day) => ({
    ...day,
    truth: day.truth.map((value, c) => (c < 8 ? Number.NaN : value)),
  }));
  const issued = parts(0);
  applyBands(calibrateBands(unmeasured, false), frame(), issued);
  expect(issued.p10[3]).toBe(500);
  expect(issued.p90[3]).toBe(500);
  expect(issued.p90[12]).toBeGreaterThan(550);
});

it("the last weeks count most", () => {
  const calmer = judgedDays(42, 100, (day) => (day < 28 ? 200 : 50));
  const covered = coverage(calmer, 100, true, 200);
  expect(covered).toBeLessThan(0.72);
});

it("leaves bands as they are for the first days, and where there are none", () => {
  const first = calibrateBands(
    judgedDays(6, 40, () => 100),
    true,
  );
  expect(first).toEqual({ below: 1, above: 1, around: undefined });
  const issued = parts(0);
  applyBands(
    calibrateBands(
      judgedDays(42, 0, () => 100),
      true,
    ),
    frame(),
    issued,
  );
  expect(issued.p90).toEqual(issued.p50);
});

it("follows a home that turns quiet or restless within two weeks", () => {
  for (const [before, after] of [
    [100, 65],
    [65, 100],
  ] as const) {
    const turned = judgedDays(42, 128, (day) => (day < 28 ? before : after));
    const covered = coverage(turned, 128, true, after);
    expect(covered).toBeGreaterThan(0.76);
    expect(covered).toBeLessThan(0.85);
  }
});

it("widens over a gap: the last days without a meter make tomorrow as uncertain as a day further ahead", () => {
  const wandering = mulberry32(31);
  let level = 500;
  const values = Float64Array.from({ length: 60 * SLOTS }, (_, i) => {
    if (i % SLOTS === 0) level = Math.max(150, level + 160 * (wandering() - 0.5));
    return level * (0.9 + 0.2 * wandering());
  });
  const startMs = Date.parse("2024-01-01T00:00:00Z");
  const site = { id: "x", timezone: "UTC", stepMinutes: 60, currency: "EUR" };
  const widthWithout = (days: number): number => {
    const seen = values.map((value, i) => (i >= (60 - days) * SLOTS ? Number.NaN : value));
    const home = { site, zone: new Zone("UTC"), startMs, stepMs: 3_600_000, length: seen.length };
    const { p10, p90 } = createForecaster({ candidates: [quickMedian] }).forecast(
      { ...home, columns: new Map([["load_w", seen]]) },
      "load_w",
      startMs + 60 * 86_400_000,
      24,
      60,
    );
    return p90.reduce((sum, high, c) => sum + high - (p10[c] ?? 0), 0);
  };
  expect(widthWithout(3)).toBeGreaterThan(1.15 * widthWithout(0));
});

import { expect, it } from "vitest";
import { Zone } from "../domain/civil-time.ts";
import { DayFrame, frameSource } from "./day-frame.ts";
import { followStep, stepOf } from "./follow-step.ts";
import { createForecaster } from "./forecaster.ts";

const SLOTS = 24;
const DAYS = 40;
const DAY_MS = 86_400_000;
const START_MS = Date.parse("2024-01-01T00:00:00Z");

/** A home of 300 to 500 W with an oven on some evenings, and what is told from some days before the end on. */
function historyOf(lastDays: number, change: (powerW: number, hour: number, day: number) => number) {
  const values = Float64Array.from({ length: DAYS * SLOTS }, (_, i) => {
    const [day, hour] = [Math.floor(i / SLOTS), i % SLOTS];
    const usualW = 300 + ((i * 7919) % 200) + (hour === 18 && day % 3 === 0 ? 2500 : 0);
    return day < DAYS - lastDays ? usualW : change(usualW, hour, day - (DAYS - lastDays));
  });
  const site = { id: "x", timezone: "UTC", stepMinutes: 60, currency: "EUR" };
  const columns = new Map([["load_w", values]]);
  return { site, zone: new Zone("UTC"), startMs: START_MS, stepMs: 3_600_000, length: values.length, columns };
}
const stepAfter = (lastDays: number, change: Parameters<typeof historyOf>[1]): number[] => {
  const endMs = START_MS + DAYS * DAY_MS;
  const source = frameSource(historyOf(lastDays, change), "load_w", 60, endMs);
  const step = stepOf(new DayFrame(source, 0, DAYS + 1));
  return [...step.keys()].filter((c) => !Number.isNaN(step[c]));
};
const car = (powerW: number, hour: number): number => powerW + (hour === 1 || hour === 2 ? 7000 : 0);

it("sees a car that charges by night after two nights, and for the week until habits have learned it", () => {
  for (const nights of [2, 3, 7]) expect(stepAfter(nights, car)).toEqual([1, 2]);
  expect(stepAfter(1, car)).toEqual([]);
});

it("sees nothing new in what a home has always done, in one odd day, or in little", () => {
  expect(stepAfter(5, (powerW) => powerW)).toEqual([]);
  expect(stepAfter(3, (powerW, hour, day) => (day === 1 ? car(powerW, hour) : powerW))).toEqual([]);
  expect(stepAfter(3, (powerW) => powerW + 100)).toEqual([]);
});

it("sees that something ended", () => {
  const values = historyOf(0, (powerW) => powerW).columns.get("load_w") ?? new Float64Array(0);
  const boiler = values.map((powerW, i) => powerW + (i % SLOTS === 4 && i < (DAYS - 2) * SLOTS ? 3000 : 0));
  const history = { ...historyOf(0, (powerW) => powerW), columns: new Map([["load_w", boiler]]) };
  const step = stepOf(new DayFrame(frameSource(history, "load_w", 60, START_MS + DAYS * DAY_MS), 0, DAYS + 1));
  expect(step[4]).toBeLessThan(600);
});

it("says what is new, in a band that still holds what had been said", () => {
  const step = new Float64Array(SLOTS).fill(Number.NaN);
  step[1] = 7400;
  const all = (powerW: number): Float64Array => new Float64Array(SLOTS).fill(powerW);
  const made = followStep(step, { p10: all(200), p50: all(400), p90: all(700), mean: all(450) });
  expect([made.p10[1], made.p50[1], made.p90[1], made.mean[1]]).toEqual([200, 7400, 7700, 7400]);
  expect([made.p10[2], made.p50[2], made.p90[2], made.mean[2]]).toEqual([200, 400, 700, 450]);
});

it("is in the forecast: the third night of a new car is expected", () => {
  const endMs = START_MS + DAYS * DAY_MS;
  const made = createForecaster().forecast(historyOf(2, car), "load_w", endMs, 24, 60);
  expect(made.p50[1]).toBeGreaterThan(6500);
  expect(made.p50[12]).toBeLessThan(900);
});

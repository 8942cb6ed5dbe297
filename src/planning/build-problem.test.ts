import { expect, it } from "vitest";
import type { ControllableDevice } from "../domain/entity.ts";
import { buildProblem, type HomeOutlook } from "./build-problem.ts";

const HOUR_MS = 3_600_000;
const START_MS = Date.parse("2026-03-28T18:00:00Z"); // 19:00 in Paris, the evening before the clocks go forward

const dishwasher: ControllableDevice = {
  deviceId: "dishwasher",
  entityId: "switch.dishwasher",
  name: "Dishwasher",
  kind: "dishwasher",
  areaId: null,
  maxW: 1800,
  dimmable: false,
  shift: { runMinutes: 90, contiguous: true, window: ["22:00", "06:00"], weekdays: [0, 1, 2, 3, 4, 5, 6] },
};

const outlook: HomeOutlook = {
  id: "home",
  timezone: "Europe/Paris",
  currency: "EUR",
  startMs: START_MS,
  stepMs: HOUR_MS,
  stepCount: 36,
  loadW: { startMs: START_MS, stepMs: HOUR_MS / 2, values: new Float64Array(72).fill(400) },
  importPricePerKwh: Array.from({ length: 36 }, (_, t) => t / 100),
  devices: [dishwasher],
};

it("makes one load of each window that ends within the plan, on the wall clock also when it changes", () => {
  const [first, second] = buildProblem(outlook).loads ?? [];
  expect(first).toEqual({
    id: "dishwasher@2026-03-28",
    powerW: 1800,
    contiguous: true,
    steps: 2,
    earliestStep: 3,
    latestStep: 10, // 22:00 to 06:00 is seven hours in that night
  });
  expect(second).toMatchObject({ id: "dishwasher@2026-03-29", earliestStep: 26, latestStep: 34 });
  expect(buildProblem({ ...outlook, stepCount: 33 }).loads).toHaveLength(1);
});

it("pins a run under way with what is left of it and leaves a served window out", () => {
  const going = buildProblem({
    ...outlook,
    startMs: START_MS + 5 * HOUR_MS,
    runs: [{ deviceId: "dishwasher", startedMs: START_MS + 4.5 * HOUR_MS }],
  });
  expect(going.loads?.[0]).toMatchObject({ id: "dishwasher@2026-03-28", started: true, steps: 1 });
  const over = buildProblem({
    ...outlook,
    startMs: START_MS + 8 * HOUR_MS,
    runs: [{ deviceId: "dishwasher", startedMs: START_MS + 4.5 * HOUR_MS, endedMs: START_MS + 6 * HOUR_MS }],
  });
  expect(over.loads?.map((load) => load.id)).toEqual(["dishwasher@2026-03-29"]);
});

it("takes the day before's prices where tomorrow's are not known, and says until when they are", () => {
  const problem = buildProblem({ ...outlook, importPricePerKwh: Array.from({ length: 30 }, (_, t) => t / 100) });
  expect(problem.series.importPricePerKwh.slice(28)).toEqual([0.28, 0.29, 0.06, 0.07, 0.08, 0.09, 0.1, 0.11]);
  expect(problem.notes).toEqual([
    {
      what: "series.importPricePerKwh",
      by: 6,
      unit: "steps",
      why: "prices are known until 2026-03-30 02:00; after that those of the same time a day earlier are assumed",
    },
  ]);
});

it("puts half-hourly forecasts on the plan's hourly steps", () => {
  const values = Float64Array.from({ length: 72 }, (_, i) => (i % 2 === 0 ? 100 : 300));
  const problem = buildProblem({ ...outlook, loadW: { startMs: START_MS, stepMs: HOUR_MS / 2, values } });
  expect(problem.series.loadW).toEqual(Array.from({ length: 36 }, () => 200));
});

import { beforeAll, expect, it } from "vitest";
import { type LinearSolver, loadHighsSolver } from "./highs-solver.ts";
import { planOnce } from "./plan-once.ts";
import type { RichPlan, RichProblem } from "./rich-problem.ts";

let solver: LinearSolver;
beforeAll(async () => {
  solver = await loadHighsSolver();
});

/** Hourly steps, no load of its own. Every plan is checked by the verifier before `planOnce` returns it. */
function home(
  prices: readonly number[],
  more: Partial<RichProblem> = {},
  series: Partial<RichProblem["series"]> = {},
): RichProblem {
  return {
    kind: "hypervolt/plan-problem/v1",
    id: "home",
    timezone: "Europe/Paris",
    currency: "EUR",
    start: "2026-06-01T00:00:00Z",
    stepMinutes: 60,
    series: { loadW: prices.map(() => 0), importPricePerKwh: prices, ...series },
    ...more,
  };
}
const plan = (problem: RichProblem): RichPlan => planOnce(solver, problem);
const powers = (planned: RichPlan, id: string): number[] =>
  planned.steps.map((step) => Math.round(step.loads[id] ?? Number.NaN));
const battery = {
  capacityWh: 4000,
  maxChargeW: 2000,
  maxDischargeW: 2000,
  chargeEfficiency: 1,
  dischargeEfficiency: 1,
};

it("leaves a load out that would cost more than it is worth, and runs it when that pays", () => {
  const pump = { id: "pump", powerW: 1000, steps: 2 };
  const at = (valuePerRun: number): RichPlan => plan(home([0.3, 0.2, 0.25], { loads: [{ ...pump, valuePerRun }] }));
  expect(powers(at(0.44), "pump")).toEqual([0, 0, 0]);
  expect(powers(at(0.46), "pump")).toEqual([0, 1000, 1000]);
});

it("goes on with a started run however dear, and does not interrupt it", () => {
  const planned = plan(home([0.9, 0.9, 0.1, 0.1], { loads: [{ id: "washer", powerW: 500, steps: 2, started: true }] }));
  expect(powers(planned, "washer")).toEqual([500, 500, 0, 0]);
  expect(planned.reasons[0]?.what).toBe("washer goes on");
});

it("stays on for the minimum on time and off for the minimum off time", () => {
  const heater = { id: "heater", powerW: 1000, steps: 4 };
  const prices = [0.1, 0.5, 0.1, 0.5, 0.1, 0.5, 0.1, 0.2];
  const free = plan(home(prices, { loads: [heater] }));
  expect(powers(free, "heater")).toEqual([1000, 0, 1000, 0, 1000, 0, 1000, 0]);
  const twoOn = plan(home(prices, { loads: [{ ...heater, minOnSteps: 2 }] }));
  // Two runs of two, or a run of four at the end: 0.9 each.
  expect(twoOn.objective).toBeCloseTo(0.9, 6);
  const threeOff = plan(home(prices, { loads: [{ ...heater, steps: 3, minOffSteps: 3 }] }));
  // One of the hours at 0.1, then the last two.
  expect(threeOff.objective).toBeCloseTo(0.4, 6);
});

it("never runs two loads of an exclusive group at once", () => {
  const loads = [
    { id: "oven", powerW: 1000, steps: 1 },
    { id: "sauna", powerW: 2000, steps: 1 },
  ];
  const both = plan(home([0.1, 0.2, 0.3], { loads }));
  expect([powers(both, "oven"), powers(both, "sauna")]).toEqual([
    [1000, 0, 0],
    [2000, 0, 0],
  ]);
  const apart = plan(home([0.1, 0.2, 0.3], { loads, exclusive: [["oven", "sauna"]] }));
  expect([powers(apart, "oven"), powers(apart, "sauna")]).toEqual([
    [0, 1000, 0],
    [2000, 0, 0],
  ]);
});

it("keeps an announced run unless moving it saves more than a change costs", () => {
  const at = (changeCost: number): number[] =>
    powers(
      plan(home([0.3, 0.25], { loads: [{ id: "dryer", profileW: [1000], announced: { onSteps: [0], changeCost } }] })),
      "dryer",
    );
  expect(at(0.06)).toEqual([1000, 0]);
  expect(at(0.04)).toEqual([0, 1000]);
});

it("spreads its import to keep the peak down where capacity is charged for", () => {
  const flexible = { id: "b", ...battery, initialSoc: 0, finalMinSoc: 0.5 };
  const cheapest = plan(home([0.1, 0.11], { batteries: [flexible] }));
  expect(cheapest.steps.map((step) => Math.round(step.importW))).toEqual([2000, 0]);
  const capped = plan(home([0.1, 0.11], { batteries: [flexible], capacityCharge: { pricePerKw: 5, peakSoFarW: 0 } }));
  expect(capped.steps.map((step) => Math.round(step.importW))).toEqual([1000, 1000]);
  const paid = plan(home([0.1, 0.11], { batteries: [flexible], capacityCharge: { pricePerKw: 5, peakSoFarW: 1500 } }));
  expect(paid.steps.map((step) => Math.round(step.importW))).toEqual([1500, 500]);
});

it("dims a light only as far as the saving is worth the comfort, and never below its floor", () => {
  const lamp = { id: "lamp", maxW: 100, wanted: [1, 0.5, 0], floor: 0.2 };
  // Dimming by the first quarter costs 1/16 of the comfort for 25 W, then 3/16 for 25 W, then 3/4 for 50 W.
  const at = (comfortCostPerHour: number): number[] =>
    powers(plan(home([0.4, 0.4, 0.4], { lights: [{ ...lamp, comfortCostPerHour }] })), "lamp");
  expect(at(1)).toEqual([100, 50, 0]);
  expect(at(0.1)).toEqual([75, 38, 0]);
  expect(at(0.04)).toEqual([50, 25, 0]);
  expect(at(0)).toEqual([20, 10, 0]);
});

it("charges a car to its target by the time it leaves, only while it is there", () => {
  const car = { id: "car", ...battery, capacityWh: 8000, maxDischargeW: 0, initialSoc: 0.25 };
  const planned = plan(
    home([0.1, 0.3, 0.2, 0.4, 0.05], {
      batteries: [{ ...car, connected: [false, true, true, true, false], readyBy: { step: 4, soc: 0.75 } }],
    }),
  );
  expect(planned.steps.map((step) => Math.round(step.batteries["car"]?.powerW ?? 0))).toEqual([0, 2000, 2000, 0, 0]);
  expect(planned.relaxed).toEqual([]);
  const late = plan(home([0.1, 0.3], { batteries: [{ ...car, readyBy: { step: 1, soc: 0.75 } }] }));
  expect(late.status).toBe("relaxed");
  expect(late.relaxed).toMatchObject([{ what: "batteries.car.readyBy", by: 0.25, unit: "soc" }]);
});

it("heats a tank before the draw at the cheap hour, counting what it loses until then", () => {
  const tank = {
    id: "boiler",
    capacityWh: 6000,
    initialWh: 1000,
    minWh: 500,
    heaterW: 2000,
    efficiency: 1,
    lossPerHour: 0.1,
    drawWh: [0, 0, 2000],
  };
  // 1000 Wh fade to 729 in three hours: heat in the last one serves the draw and the floor, in the first one 151 Wh lack.
  const planned = plan(home([0.1, 0.4, 0.3], { tanks: [{ ...tank, shortagePerKwh: 10 }] }));
  expect(powers(planned, "boiler")).toEqual([0, 0, 2000]);
  const frugal = plan(home([0.1, 0.4, 0.3], { tanks: [{ ...tank, shortagePerKwh: 1 }] }));
  expect(powers(frugal, "boiler")).toEqual([2000, 0, 0]);
  const wellInsulated = plan(home([0.1, 0.4, 0.3], { tanks: [{ ...tank, lossPerHour: 0, modulating: true }] }));
  expect(powers(wellInsulated, "boiler")).toEqual([1500, 0, 0]);
  expect(wellInsulated.steps.at(-1)?.tanks?.["boiler"]?.storedWh).toBeCloseTo(500, 0);
});

it("says so when a tank cannot be kept warm", () => {
  const tank = {
    id: "boiler",
    capacityWh: 6000,
    initialWh: 0,
    minWh: 500,
    heaterW: 1000,
    efficiency: 1,
    lossPerHour: 0,
    drawWh: [3000, 0],
  };
  expect(plan(home([0.1, 0.1], { tanks: [tank] })).relaxed).toMatchObject([
    { what: "tanks.boiler.minWh", unit: "Wh", by: 500 },
  ]);
});

it("switches between grid, sun and battery one at a time, and not before the dwell is over", () => {
  const problem = home(
    [0.1, 0.5, 0.5, 0.1],
    {
      batteries: [{ id: "b", ...battery, initialSoc: 0.5 }],
      transferSwitch: { minDwellSteps: 1, initialSource: "grid" },
      pv: { curtailable: true },
    },
    { loadW: [1000, 1000, 1000, 1000], pvW: [0, 800, 1200, 0] },
  );
  const free = plan(problem);
  // 2 kWh are stored: enough for the hour the sun is too weak and for one at 0.1, so one cheap hour is left to the grid.
  expect(free.steps.map((step) => step.source)).toContain("grid");
  expect(free.cost).toBeCloseTo(0.1, 6);
  const slow = plan({ ...problem, transferSwitch: { minDwellSteps: 2, initialSource: "grid", initialDwellSteps: 0 } });
  expect(slow.steps.slice(0, 2).map((step) => step.source)).toEqual(["grid", "grid"]);
  expect(slow.cost).toBeCloseTo(0.6, 6);
});

it("runs loads together rather than not at all where a group cannot be kept apart, and says so", () => {
  const loads = [
    { id: "oven", powerW: 1000, steps: 2 },
    { id: "sauna", powerW: 2000, steps: 2 },
  ];
  const planned = plan(home([0.1, 0.2, 0.3], { loads, exclusive: [["oven", "sauna"]] }));
  expect([planned.status, planned.relaxed.map(({ what, unit }) => [what, unit])]).toEqual([
    "relaxed",
    [["loads", "rules"]],
  ]);
  expect([powers(planned, "oven"), powers(planned, "sauna")]).toEqual([
    [1000, 1000, 0],
    [2000, 2000, 0],
  ]);
});

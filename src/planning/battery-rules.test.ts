import { beforeAll, expect, it } from "vitest";
import type { Battery, PlanProblem } from "../domain/plan-problem.ts";
import { type LinearSolver, loadHighsSolver } from "./highs-solver.ts";
import { planOnce } from "./plan-once.ts";
import { verifyPlan } from "./verify-plan.ts";

let solver: LinearSolver;
beforeAll(async () => {
  solver = await loadHighsSolver();
});

/** Hours with one battery of 2 kWh, half full, without losses. */
function plan(series: PlanProblem["series"], battery: Partial<Battery>) {
  const problem: PlanProblem = {
    kind: "hypervolt/plan-problem/v1",
    id: "rules",
    timezone: "UTC",
    currency: "EUR",
    start: "2026-01-01T00:00:00Z",
    stepMinutes: 60,
    series,
    batteries: [
      {
        id: "b",
        capacityWh: 2_000,
        initialSoc: 0.5,
        maxChargeW: 2_000,
        maxDischargeW: 2_000,
        chargeEfficiency: 1,
        dischargeEfficiency: 1,
        ...battery,
      },
    ],
  };
  const planned = planOnce(solver, problem, { explain: false });
  expect([planned.status, verifyPlan(problem, planned)]).toEqual(["optimal", []]);
  return { cost: planned.cost, powersW: planned.steps.map((step) => step.batteries["b"]?.powerW) };
}

it("does not sell from a battery that may not export, nor let it free the sun for sale", () => {
  const series = {
    loadW: [500, 500],
    pvW: [500, 0],
    importPricePerKwh: [0.2, 0.2],
    exportPricePerKwh: [0.5, 0.1],
  };
  expect(plan(series, { mayExport: false })).toEqual({ cost: 0, powersW: [0, -500] });
  // All that is stored goes out at 0.5, which leaves the second hour to the grid.
  expect(plan(series, {})).toEqual({ cost: -0.4, powersW: [-1_000, 0] });
});

it("fills a battery that may not draw from the grid only with what the home leaves over", () => {
  const series = { loadW: [200, 2_000], pvW: [500, 0], importPricePerKwh: [0.1, 0.5] };
  expect(plan(series, { mayChargeFromGrid: false })).toEqual({ cost: 0.35, powersW: [300, -1_300] });
  expect(plan(series, {})).toEqual({ cost: 0.07, powersW: [1_000, -2_000] });
});

it("charges with at least the least power or not at all", () => {
  const series = { loadW: [0, 0], pvW: [300, 300], importPricePerKwh: [0.2, 0.3] };
  // 0.8 kWh are wished for; the sun alone is below 800 W, so one hour takes 800 W, the cheaper one.
  const wish = { initialSoc: 0, finalMinSoc: 0.4, minChargeW: 800 };
  expect(plan(series, wish)).toEqual({ cost: 0.1, powersW: [800, 0] });
});

it("wastes nothing by charging and discharging at once, though the price would pay for it", () => {
  const lossy = { chargeEfficiency: 0.5, dischargeEfficiency: 0.5 };
  const series = { loadW: [0], importPricePerKwh: [-0.1], exportPricePerKwh: [-0.2] };
  expect(plan(series, { ...lossy, initialSoc: 1 })).toEqual({ cost: 0, powersW: [0] });
  // Half full it takes 2 kW for the hour, of which one is stored.
  expect(plan(series, lossy)).toEqual({ cost: -0.2, powersW: [2_000] });
});

import { beforeAll, expect, it } from "vitest";
import type { PlanProblem } from "../domain/plan-problem.ts";
import { type LinearSolver, loadHighsSolver } from "./highs-solver.ts";
import { planOnce } from "./plan-once.ts";
import type { RichPlan } from "./rich-problem.ts";

let solver: LinearSolver;
beforeAll(async () => {
  solver = await loadHighsSolver();
});

function home(
  loadW: readonly number[],
  more: Partial<PlanProblem>,
  series: Partial<PlanProblem["series"]> = {},
): PlanProblem {
  return {
    kind: "hypervolt/plan-problem/v1",
    id: "home",
    timezone: "Europe/Paris",
    currency: "EUR",
    start: "2026-06-01T00:00:00Z",
    stepMinutes: 60,
    series: { loadW, importPricePerKwh: loadW.map(() => 0.3), ...series },
    ...more,
  };
}
const battery = {
  id: "b",
  capacityWh: 4000,
  initialSoc: 0.5,
  maxChargeW: 1000,
  maxDischargeW: 1000,
  chargeEfficiency: 1,
  dischargeEfficiency: 1,
};
const given = (plan: RichPlan): [string, number, string][] =>
  plan.relaxed.map(({ what, by, unit }) => [what, by, unit]);

it("lets a window that is too short end later, by no more than it takes", () => {
  const plan = planOnce(
    solver,
    home([0, 0, 0, 0, 0, 0], {
      loads: [{ id: "w", powerW: 500, steps: 4, contiguous: true, earliestStep: 1, latestStep: 3 }],
    }),
  );
  expect(plan.status).toBe("relaxed");
  expect(plan.relaxed).toEqual([
    {
      what: "loads.w.latestStep",
      by: 2,
      unit: "steps",
      why: "4 steps do not fit between 1 and 3 (03:00 to 05:00); it runs from 03:00 to 07:00",
    },
  ]);
});

it("starts a run earlier only where the plan ends too soon for it", () => {
  const plan = planOnce(solver, home([0, 0, 0, 0], { loads: [{ id: "w", powerW: 500, steps: 3, earliestStep: 3 }] }));
  expect(given(plan)).toEqual([["loads.w.earliestStep", 2, "steps"]]);
});

it("cuts a run that is longer than the plan and says what is left", () => {
  const plan = planOnce(solver, home([0, 0], { loads: [{ id: "w", profileW: [100, 200, 300] }] }));
  expect(given(plan)).toEqual([["loads.w.steps", 1, "steps"]]);
  expect(plan.steps.map((step) => step.loads["w"])).toEqual([100, 200]);
});

it("cuts a run of any length, also of one that no list of steps could hold", () => {
  const steps = 1e15;
  for (const contiguous of [true, false]) {
    const plan = planOnce(solver, home([0, 0, 0], { loads: [{ id: "w", powerW: 500, steps, contiguous }] }));
    expect(given(plan)).toEqual([["loads.w.steps", steps - 3, "steps"]]);
  }
});

it("gives up a window before the charge wished for, and the charge before the fuse", () => {
  // 1 kW to spare in hours 0 and 1, none in 2, half in 3: the car takes no less than 1 kW, so the run must go to hour 3.
  const car = { ...battery, id: "car", initialSoc: 0.4, minChargeW: 1000, maxDischargeW: 0, finalMinSoc: 1 };
  const loads = [{ id: "w", powerW: 500, steps: 1, latestStep: 2 }];
  const tight = home([1000, 1000, 2000, 1500], { loads, grid: { maxImportW: 2000 }, batteries: [car] });
  expect(given(planOnce(solver, tight))).toEqual([
    ["loads.w.latestStep", 2, "steps"],
    ["batteries.car.finalMinSoc", 0.1, "soc"],
  ]);
});

it("exceeds the fuse only by what the home itself needs, at its peak as little as a battery allows", () => {
  const alone = planOnce(solver, home([1000, 3000], { grid: { maxImportW: 2000 } }));
  expect(given(alone)).toEqual([["grid.maxImportW", 1000, "W"]]);
  const helped = planOnce(
    solver,
    home([1000, 3600], { grid: { maxImportW: 2000 }, batteries: [{ ...battery, finalMinSoc: 0.5 }] }),
  );
  expect(given(helped)).toEqual([["grid.maxImportW", 600, "W"]]);
});

it("exceeds an export limit only where the sun cannot be held back", () => {
  const sunny = { pvW: [3000, 0] };
  const grid = { maxExportW: 500 };
  expect(given(planOnce(solver, home([1000, 1000], { grid }, sunny)))).toEqual([["grid.maxExportW", 1500, "W"]]);
  expect(given(planOnce(solver, home([1000, 1000], { grid, pv: { curtailable: true } }, sunny)))).toEqual([]);
});

it("cuts sun that no inverter can pass rather than none at all", () => {
  const plan = planOnce(solver, home([1000], { inverter: { maxAcW: 2500 } }, { pvW: [3000] }));
  expect(given(plan)).toEqual([["pv.curtailable", 500, "W"]]);
});

it("lets a battery below its minimum be there and fill up", () => {
  const plan = planOnce(
    solver,
    home([500, 500], { batteries: [{ ...battery, initialSoc: 0.05, minSoc: 0.2, finalMinSoc: 0.2 }] }),
  );
  expect([plan.status, given(plan)]).toEqual(["optimal", []]);
});

it("finds a plan without the solver, and says how far it may be from the best", () => {
  const problem = home(
    [500, 500, 500],
    { batteries: [battery], loads: [{ id: "w", powerW: 800, steps: 2 }] },
    { importPricePerKwh: [0.1, 0.4, 0.2] },
  );
  const [quick, best] = [planOnce(undefined, problem), planOnce(solver, problem)];
  expect(quick.status).toBe("feasible");
  expect(quick.gap).toBeGreaterThan(0);
  const bound = quick.objective - quick.gap * Math.abs(quick.objective);
  expect(best.objective).toBeGreaterThanOrEqual(bound - 1e-6);
  expect(best.objective).toBeLessThanOrEqual(quick.objective + 1e-6);
});

it("plans the same twice", () => {
  const problem = home([500, 900, 200], { batteries: [battery], loads: [{ id: "w", powerW: 800, steps: 1 }] });
  const plans = [planOnce(solver, problem), planOnce(solver, problem)].map((plan) => ({ ...plan, solveMs: 0 }));
  expect(plans[0]).toEqual(plans[1]);
});

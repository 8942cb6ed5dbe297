import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { type LinearSolver, loadHighsSolver } from "./highs-solver.ts";
import { planOnce } from "./plan-once.ts";
import type { RichProblem } from "./rich-problem.ts";
import { verifyPlan } from "./verify-plan.ts";

let solver: LinearSolver;
beforeAll(async () => {
  solver = await loadHighsSolver();
});

function home(transferSwitch: RichProblem["transferSwitch"], series: RichProblem["series"]): RichProblem {
  return {
    kind: "hypervolt/plan-problem/v1",
    id: "behind a switch",
    timezone: "UTC",
    currency: "EUR",
    start: "2026-05-01T00:00:00Z",
    stepMinutes: 60,
    series,
    pv: { curtailable: true },
    batteries: [
      {
        id: "b",
        capacityWh: 4_000,
        initialSoc: 0.5,
        maxChargeW: 1_000,
        maxDischargeW: 1_000,
        chargeEfficiency: 1,
        dischargeEfficiency: 1,
      },
    ],
    ...(transferSwitch && { transferSwitch }),
  };
}

const sources = (problem: RichProblem, by?: LinearSolver) =>
  planOnce(by, problem, { explain: false }).steps.map((step) => step.source);

it("plans a home behind a transfer switch without the solver: sun, then battery when the grid is dear, then grid", () => {
  const series = {
    loadW: [1_000, 1_000, 1_000, 1_000, 1_000],
    pvW: [0, 0, 1_500, 0, 0],
    importPricePerKwh: [0.1, 0.1, 0.3, 0.4, 0.3],
  };
  const problem = home({ minDwellSteps: 1, initialSource: "grid" }, series);
  expect(sources(problem)).toEqual(["grid", "grid", "solar", "battery", "battery"]);
  const slow = home({ minDwellSteps: 2, initialSource: "grid", initialDwellSteps: 2 }, series);
  expect(sources(slow)).toEqual(["grid", "grid", "battery", "battery", "grid"]);
});

it("keeps every rule of the switch without the solver, and is never cheaper than the best plan", () => {
  const watts = (most: number) => fc.array(fc.integer({ min: 0, max: most }), { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(
      watts(1_500),
      watts(3_000),
      fc.array(fc.integer({ min: 5, max: 50 }), { minLength: 8, maxLength: 8 }),
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom<"grid" | undefined>("grid", undefined),
      (loadW, pvW, cents, minDwellSteps, initialSource) => {
        const rule = { minDwellSteps, ...(initialSource && { initialSource, initialDwellSteps: 1 }) };
        const problem = home(rule, { loadW, pvW, importPricePerKwh: cents.map((cent) => cent / 100) });
        const quick = planOnce(undefined, problem, { explain: false });
        expect(verifyPlan(problem, quick)).toEqual([]);
        const best = planOnce(solver, problem, { explain: false });
        expect([best.status, verifyPlan(problem, best)]).toEqual(["optimal", []]);
        expect(quick.objective).toBeGreaterThanOrEqual(best.objective - 1e-4);
      },
    ),
    { numRuns: 25, seed: 4 },
  );
});

it("switches a source that cannot carry the home before its time, with and without the solver, and says so", () => {
  const series = { loadW: [1_000, 1_000, 1_000], pvW: [0, 0, 0], importPricePerKwh: [0.2, 0.2, 0.2] };
  const problem = home(
    { sources: ["grid", "solar"], minDwellSteps: 2, initialSource: "solar", initialDwellSteps: 0 },
    series,
  );
  for (const by of [solver, undefined]) {
    const plan = planOnce(by, problem, { explain: false });
    expect([plan.status, plan.steps.map((step) => step.source)]).toEqual(["relaxed", ["grid", "grid", "grid"]]);
    expect(plan.relaxed).toMatchObject([{ what: "transferSwitch.minDwellSteps", unit: "steps" }]);
  }
});

it("refuses a plan on a source the switch does not have", () => {
  const series = { loadW: [1_000], importPricePerKwh: [0.2] };
  const plan = planOnce(undefined, home({ minDwellSteps: 1 }, series), { explain: false });
  const narrower = home({ sources: ["grid", "solar"], minDwellSteps: 1 }, series);
  const onBattery = { ...plan, steps: plan.steps.map((step) => ({ ...step, source: "battery" as const })) };
  expect(verifyPlan(narrower, onBattery).map(({ what }) => what)).toContain("there is no source battery");
});

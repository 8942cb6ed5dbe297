import { beforeAll, expect, it } from "vitest";
import { type LinearSolver, loadHighsSolver } from "./highs-solver.ts";
import { LinearModel } from "./linear-model.ts";
import { planOnce } from "./plan-once.ts";
import type { RichProblem } from "./rich-problem.ts";
import { ruleOut } from "./rule-out.ts";

let solver: LinearSolver;
beforeAll(async () => {
  solver = await loadHighsSolver();
});

const prices = Array.from({ length: 48 }, (_, t) => 0.2 + 0.15 * Math.sin(t / 4) + 0.01 * Math.sin(31 * t));

const problem: RichProblem = {
  kind: "hypervolt/plan-problem/v1",
  id: "a day",
  timezone: "Europe/Paris",
  currency: "EUR",
  start: "2026-05-01T00:00:00Z",
  stepMinutes: 30,
  series: {
    loadW: prices.map((_, t) => 400 + 300 * Math.sin(17 * t) ** 2),
    pvW: prices.map((_, t) => Math.max(0, 3_500 * Math.sin((Math.PI * (t - 12)) / 24))),
    importPricePerKwh: prices,
    exportPricePerKwh: prices.map((price) => 0.4 * price),
  },
  pv: { curtailable: true },
  batteries: [
    {
      id: "home",
      capacityWh: 5_000,
      initialSoc: 0.4,
      maxChargeW: 2_500,
      maxDischargeW: 2_500,
      chargeEfficiency: 0.95,
      dischargeEfficiency: 0.95,
      mayExport: false,
      finalValuePerKwh: 0.15,
    },
  ],
  loads: [
    { id: "run", profileW: [1_900, 300, 1_200], earliestStep: 4, latestStep: 40 },
    { id: "pump", powerW: 1_100, steps: 7, earliestStep: 0, latestStep: 44 },
  ],
};

/** Counts the searches: solves with whole-number conditions. */
function counting(): { solver: LinearSolver; searches: () => number } {
  let searches = 0;
  const solve: LinearSolver["solve"] = (model, limits) => {
    if (limits.relax !== true) searches++;
    return solver.solve(model, limits);
  };
  return { solver: { solve, open: (...args) => solver.open(...args) }, searches: () => searches };
}

it("accepts the plan in force without a search where the bound shows that none is much better", () => {
  const gap = 0.02;
  const previous = planOnce(solver, problem, { gap: 1e-5, explain: false });
  const { solver: counted, searches } = counting();
  const wobbled = problem.series.loadW.map((w, t) => w * (1 + 0.03 * Math.sin(13 * t)));
  const next = { ...problem, series: { ...problem.series, loadW: wobbled } };
  const again = planOnce(counted, next, { gap, previous, explain: false });
  expect([again.status, searches()]).toEqual(["optimal", 0]);
  const best = planOnce(solver, next, { gap: 1e-6, explain: false });
  expect(again.objective - best.objective).toBeLessThanOrEqual(gap * Math.abs(again.objective));
});

it("leaves a plan in force that has become poor", () => {
  const previous = planOnce(solver, problem, { gap: 1e-5, explain: false });
  const turned = prices.map((price) => 0.5 - price);
  const series = { ...problem.series, importPricePerKwh: turned, pvW: prices.map(() => 0) };
  const cold = planOnce(solver, { ...problem, series }, { gap: 1e-6, explain: false });
  const warm = planOnce(solver, { ...problem, series }, { gap: 1e-6, previous, explain: false });
  expect(warm.status).toBe("optimal");
  expect(warm.objective).toBeCloseTo(cold.objective, 4);
  expect(warm.steps.map(({ loads }) => loads)).not.toEqual(previous.steps.map(({ loads }) => loads));
});

it("rules out the whole numbers that no better plan can have, and no others", () => {
  const model = new LinearModel();
  const choices = [1, 2, 5].map((cost) => model.binary(cost));
  model.row(
    1,
    1,
    choices.flatMap((column) => [column, 1]),
  );
  const limits = { timeLimitMs: 1_000, relativeGap: 0, absoluteGap: 0, relax: true };
  const relaxed = solver.solve(model.toSparse(), limits);
  const uppers = (): number[] => choices.map((column) => model.toSparse().upper[column] ?? Number.NaN);
  expect(ruleOut(model, relaxed, 10)).toBe(false);
  expect(uppers()).toEqual([1, 1, 1]);
  expect(ruleOut(model, relaxed, 3)).toBe(true);
  expect(uppers()).toEqual([1, 1, 0]);
});

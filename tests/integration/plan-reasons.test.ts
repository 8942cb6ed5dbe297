import { expect, it } from "vitest";
import type { PlanProblem } from "../../src/domain/plan-problem.ts";
import { loadHighsSolver } from "../../src/planning/highs-solver.ts";
import { planOnce } from "../../src/planning/plan-once.ts";
import { randomHome, SMALL_HOME } from "../harness/random-home.ts";

const PRICES = ["tariff", "exchange", "flat", "net metering"] as const;
const SEEDS = [1, 2, 3];
/** Whole numbers that keep opposite flows apart are let go in a comparison: it may be off by this much money. */
const TOLERANCE = 2e-3;

type Load = NonNullable<PlanProblem["loads"]>[number];
const profileOf = (load: Load): readonly number[] =>
  load.profileW ?? Array.from({ length: load.steps }, () => load.powerW);

/** The problem with every load made part of the fixed consumption. */
function withoutLoads(problem: PlanProblem, powersW: readonly (readonly number[])[]): PlanProblem {
  const loadW = problem.series.loadW.map((w, t) => powersW.reduce((sum, powerW) => sum + (powerW[t] ?? 0), w));
  return { ...problem, series: { ...problem.series, loadW }, loads: [] };
}

it("says of each run what its best other time would cost, as planning again with it there shows", async () => {
  const solver = await loadHighsSolver();
  const compared: { what: string; told: number; shown: number }[] = [];
  for (const prices of PRICES)
    for (const seed of SEEDS) {
      const problem = randomHome(seed, SMALL_HOME, prices);
      const plan = planOnce(solver, problem, { gap: 1e-6 });
      if (plan.status !== "optimal") continue;
      for (const load of problem.loads ?? []) {
        const reason = plan.reasons.find(({ what }) => what === `${load.id} starts`);
        const other = reason?.alternative;
        if (!other || (load.contiguous !== true && !load.profileW)) continue;
        const profileW = profileOf(load);
        const moved = problem.series.loadW.map((_, t) => profileW[t - other.step] ?? 0);
        const kept = (problem.loads ?? [])
          .filter((it) => it !== load)
          .map((it) => plan.steps.map((step) => step.loads[it.id] ?? 0));
        const again = planOnce(solver, withoutLoads(problem, [moved, ...kept]), { gap: 1e-6, explain: false });
        const told = other.extraCost + (problem.objective?.carbonPricePerKg ?? 0) * other.extraCarbonKg;
        compared.push({ what: `${problem.id}: ${load.id}`, told, shown: again.objective - plan.objective });
      }
    }
  expect(compared.length).toBeGreaterThan(6);
  expect(compared.filter(({ told, shown }) => !(Math.abs(told - shown) <= TOLERANCE))).toEqual([]);
});

import { expect, it } from "vitest";
import { loadHighsSolver } from "./highs-solver.ts";
import { planFront } from "./pareto.ts";
import { planOnce } from "./plan-once.ts";
import type { Planner, RichProblem } from "./planner.ts";

const hours = Array.from({ length: 12 }, (_, t) => t);
/** Cheap hours are dirty ones, but for a wobble; a battery and two loads have to choose. */
const homeOf = (wobble: number): RichProblem => ({
  kind: "hypervolt/plan-problem/v1",
  id: "front",
  timezone: "UTC",
  currency: "EUR",
  start: "2026-06-01T00:00:00Z",
  stepMinutes: 60,
  series: {
    loadW: hours.map(() => 600),
    importPricePerKwh: hours.map((t) => 0.1 + 0.03 * t),
    carbonGPerKwh: hours.map((t) => 500 - 30 * t + 90 * Math.sin(wobble * t) ** 2),
  },
  batteries: [
    {
      id: "b",
      capacityWh: 3_000,
      initialSoc: 0.5,
      maxChargeW: 1_000,
      maxDischargeW: 1_000,
      chargeEfficiency: 0.95,
      dischargeEfficiency: 0.95,
      finalMinSoc: 0.5,
    },
  ],
  loads: [
    { id: "run", powerW: 1_500, steps: 2, contiguous: true },
    { id: "steps", powerW: 900, steps: 3 },
  ],
});

it("goes from the cheapest plan to the cleanest, each dearer and cleaner than the one before", async () => {
  const solver = await loadHighsSolver();
  const planner: Planner = {
    plan: (problem, options) => Promise.resolve(planOnce(solver, problem, options)),
    close: () => Promise.resolve(),
  };
  for (const wobble of [1, 2, 3]) {
    const problem = homeOf(wobble);
    const front = await planFront(planner, problem, 6, {});
    expect(front).toHaveLength(6);
    for (const [i, here] of front.entries()) {
      const before = front[i - 1] ?? here;
      expect(here.cost).toBeGreaterThanOrEqual(before.cost - 1e-6);
      expect(here.carbonKg).toBeLessThanOrEqual(before.carbonKg + 1e-6);
    }
    const onlyCarbon = hours.map((t) => (problem.series.carbonGPerKwh?.[t] ?? 0) / 1_000);
    const cleanest = planOnce(solver, { ...problem, series: { ...problem.series, importPricePerKwh: onlyCarbon } });
    expect(front[0]?.cost).toBeCloseTo(planOnce(solver, problem).cost, 3);
    expect(front.at(-1)?.carbonKg).toBeCloseTo(cleanest.cost, 3);
    expect(new Set(front.map((it) => it.cost.toFixed(4))).size).toBeGreaterThan(3);
  }
});

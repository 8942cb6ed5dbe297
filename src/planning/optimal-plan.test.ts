import { beforeAll, expect, it } from "vitest";
import type { Battery, PlanProblem } from "../domain/plan-problem.ts";
import { type LinearSolver, loadHighsSolver } from "./highs-solver.ts";
import { planOnce } from "./plan-once.ts";
import { verifyPlan } from "./verify-plan.ts";

let solver: LinearSolver;
beforeAll(async () => {
  solver = await loadHighsSolver();
});

/** Mulberry32: the same seed, the same problem. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
}

/** Prices of either sign, export above import now and then, steps of different lengths. */
function randomProblem(
  seed: number,
  stepCount: number,
  more: (random: () => number) => Partial<PlanProblem>,
): PlanProblem {
  const random = randomOf(seed);
  const each = (low: number, high: number): number[] =>
    Array.from({ length: stepCount }, () => low + (high - low) * random());
  return {
    kind: "hypervolt/plan-problem/v1",
    id: `random-${seed}`,
    timezone: "Europe/Paris",
    currency: "EUR",
    start: "2026-03-28T23:00:00Z",
    stepMinutes: each(10, 60).map(Math.round),
    series: {
      loadW: each(0, 1500),
      pvW: each(-2000, 4000).map((w) => Math.max(0, w)),
      importPricePerKwh: each(-0.2, 0.5),
      exportPricePerKwh: each(-0.1, 0.4),
      carbonGPerKwh: each(0, 500),
    },
    objective: { carbonPricePerKg: 0.2 },
    pv: { curtailable: random() < 0.5 },
    ...more(random),
  };
}

/** Objective of a step at the meter, the sun used as is best. */
function stepCost(problem: PlanProblem, t: number, demandW: number): number {
  const { series } = problem;
  const minutes = typeof problem.stepMinutes === "number" ? problem.stepMinutes : (problem.stepMinutes[t] ?? 0);
  const pvW = series.pvW?.[t] ?? 0;
  const importPrice = (series.importPricePerKwh[t] ?? 0) + (0.2 * (series.carbonGPerKwh?.[t] ?? 0)) / 1000;
  const cost = (usedW: number): number => {
    const netW = demandW - usedW;
    return (minutes / 60_000) * netW * (netW > 0 ? importPrice : (series.exportPricePerKwh?.[t] ?? 0));
  };
  if (problem.pv?.curtailable !== true) return cost(pvW);
  return Math.min(cost(0), cost(pvW), cost(Math.min(pvW, Math.max(0, demandW))));
}

const total = (problem: PlanProblem, extraW: readonly number[]): number =>
  problem.series.loadW.reduce((sum, w, t) => sum + stepCost(problem, t, w + (extraW[t] ?? 0)), 0);

it("places loads as well as trying every placement does", () => {
  for (let seed = 1; seed <= 12; seed++) {
    const problem = randomProblem(seed, 6, (random) => ({
      loads: [
        { id: "run", profileW: [800 + 1000 * random(), 300] },
        { id: "steps", powerW: 600 + 1000 * random(), steps: 2, earliestStep: 1 },
      ],
    }));
    const [run, steps] = problem.loads ?? [];
    let best = Infinity;
    for (let start = 0; start <= 4; start++)
      for (let a = 1; a < 6; a++)
        for (let b = a + 1; b < 6; b++) {
          const extraW = Array.from(
            { length: 6 },
            (_, t) => (run?.profileW?.[t - start] ?? 0) + (t === a || t === b ? (steps?.powerW ?? 0) : 0),
          );
          best = Math.min(best, total(problem, extraW));
        }
    const plan = planOnce(solver, problem);
    expect(plan.status, problem.id).toBe("optimal");
    expect(Math.abs(plan.objective - best), problem.id).toBeLessThan(2e-5);
    expect(verifyPlan(problem, plan)).toEqual([]);
  }
});

it("uses a battery at least as well as any choice of coarse powers does", () => {
  for (let seed = 1; seed <= 12; seed++) {
    const problem = randomProblem(seed, 5, (random) => ({
      batteries: [
        {
          id: "b",
          capacityWh: 3000,
          initialSoc: 0.1 + 0.8 * random(),
          minSoc: 0.2,
          maxSoc: 0.9,
          maxChargeW: 2000,
          maxDischargeW: 2000,
          minChargeW: random() < 0.5 ? 900 : 0,
          chargeEfficiency: 0.9,
          dischargeEfficiency: 0.95,
          wearPerKwh: 0.02,
          mayExport: random() < 0.5,
          mayChargeFromGrid: random() < 0.5,
          finalValuePerKwh: 0.15,
        },
      ],
    }));
    const plan = planOnce(solver, problem);
    expect(plan.status, problem.id).toBe("optimal");
    expect(plan.objective, problem.id).toBeLessThan(bestCoarse(problem) + 2e-5);
    expect(verifyPlan(problem, plan)).toEqual([]);
  }
});

/** The best of all sequences of powers from a coarse set that keep the rules; no power at all among them. */
function bestCoarse(problem: PlanProblem): number {
  const battery = problem.batteries?.[0] as Battery;
  const low = Math.min(battery.minSoc ?? 0, battery.initialSoc);
  const high = Math.max(battery.maxSoc ?? 1, battery.initialSoc);
  const explore = (t: number, soc: number): number => {
    if (t === problem.series.loadW.length) return (-(battery.finalValuePerKwh ?? 0) * soc * battery.capacityWh) / 1000;
    const minutes = (problem.stepMinutes as readonly number[])[t] ?? 0;
    const loadW = problem.series.loadW[t] ?? 0;
    const netW = loadW - (problem.series.pvW?.[t] ?? 0);
    let best = Infinity;
    for (const powerW of [-2000, -1000, -netW, 0, 900, 2000]) {
      if (Math.abs(powerW) > 2000 || (powerW > 0 && powerW < (battery.minChargeW ?? 0))) continue;
      const gain = powerW > 0 ? powerW * battery.chargeEfficiency : powerW / battery.dischargeEfficiency;
      const next = soc + (gain * minutes) / 60 / battery.capacityWh;
      if (next < low - 1e-9 || next > high + 1e-9) continue;
      // Without curtailing here: the meter then tells whether a rule of the battery is broken.
      const meterW = netW + powerW;
      if (powerW < 0 && meterW < -1e-6 && battery.mayExport === false) continue;
      if (powerW > 0 && meterW > 1e-6 && battery.mayChargeFromGrid === false) continue;
      const uncurtailed = { ...problem, pv: { curtailable: false } };
      const wear = (Math.max(0, -powerW) * minutes * (battery.wearPerKwh ?? 0)) / 60_000;
      best = Math.min(best, stepCost(uncurtailed, t, loadW + powerW) + wear + explore(t + 1, next));
    }
    return best;
  };
  return explore(0, battery.initialSoc);
}

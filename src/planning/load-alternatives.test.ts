import { beforeAll, expect, it } from "vitest";
import { type LinearSolver, loadHighsSolver } from "./highs-solver.ts";
import { planOnce } from "./plan-once.ts";
import type { RichProblem } from "./rich-problem.ts";

let solver: LinearSolver;
beforeAll(async () => {
  solver = await loadHighsSolver();
});

function day(importPricePerKwh: readonly number[], more: Partial<RichProblem>): RichProblem {
  return {
    kind: "hypervolt/plan-problem/v1",
    id: "day",
    timezone: "UTC",
    currency: "EUR",
    start: "2026-06-01T00:00:00Z",
    stepMinutes: 60,
    series: { loadW: importPricePerKwh.map(() => 0), importPricePerKwh },
    ...more,
  };
}

/** Per load, the steps it runs in and its other time. */
function told(problem: RichProblem) {
  const plan = planOnce(solver, problem);
  expect(plan.status).toBe("optimal");
  return Object.fromEntries(
    (problem.loads ?? []).map(({ id }) => [
      id,
      {
        on: [...plan.steps.keys()].filter((t) => (plan.steps[t]?.loads[id] ?? 0) > 0),
        other: plan.reasons.find(({ what }) => what.startsWith(`${id} `))?.alternative,
      },
    ]),
  );
}

it("names for an interruptible load the cheapest steps that are none of the planned ones", () => {
  const loads = [{ id: "pump", powerW: 1_000, steps: 2 }];
  // Planned in hours 0 and 4 for 0.30; the next best are hours 1 and 3 for 0.70.
  expect(told(day([0.1, 0.3, 0.9, 0.4, 0.2], { loads }))).toEqual({
    pump: { on: [0, 4], other: { step: 1, extraCost: 0.4, extraCarbonKg: 0 } },
  });
});

it("keeps the steps of an interruptible load within its window, and says nothing where there are too few others", () => {
  const prices = [0.1, 0.3, 0.9, 0.4, 0.2];
  const within = (latestStep: number) =>
    told(day(prices, { loads: [{ id: "pump", powerW: 1_000, steps: 2, earliestStep: 1, latestStep }] }));
  expect(within(4)).toEqual({ pump: { on: [1, 3], other: undefined } });
  expect(within(5)).toEqual({ pump: { on: [1, 4], other: { step: 2, extraCost: 0.8, extraCarbonKg: 0 } } });
});

it("does not send a load where another leaves no room under the fuse, however cheap it is there", () => {
  const loads = [
    { id: "oven", powerW: 1_000, steps: 1, contiguous: true, latestStep: 1 },
    { id: "pump", powerW: 1_000, steps: 2 },
  ];
  // The oven must run in hour 0, where the fuse then leaves 0.5 kW; hours 1 and 2 cost 0.50, 3 and 4 cost 0.90.
  expect(told(day([0.1, 0.2, 0.3, 0.4, 0.5], { loads, grid: { maxImportW: 1_500 } }))).toEqual({
    oven: { on: [0], other: undefined },
    pump: { on: [1, 2], other: { step: 3, extraCost: 0.4, extraCarbonKg: 0 } },
  });
});

it("lets the battery follow the load to its other time", () => {
  const battery = {
    id: "home",
    capacityWh: 1_000,
    initialSoc: 1,
    maxChargeW: 1_000,
    maxDischargeW: 1_000,
    chargeEfficiency: 1,
    dischargeEfficiency: 1,
    mayChargeFromGrid: false,
    mayExport: false,
  };
  const loads = [{ id: "pump", powerW: 1_000, steps: 1 }];
  // The battery carries the pump for nothing whenever it runs; its other hour is as good.
  const { pump } = told(day([0.3, 0.5, 0.4], { loads, batteries: [battery] }));
  expect(pump?.other?.extraCost).toBe(0);
});

it("tells money from carbon in what another time would cost", () => {
  const problem = day([0.1, 0.2, 0.9], { loads: [{ id: "pump", powerW: 1_000, steps: 1 }] });
  const series = { ...problem.series, carbonGPerKwh: [500, 300, 300] };
  expect(told({ ...problem, series, objective: { carbonPricePerKg: 0.1 } })).toEqual({
    pump: { on: [0], other: { step: 1, extraCost: 0.1, extraCarbonKg: -0.2 } },
  });
});

it("names the best other start of a run at least an hour away, as trying every start does", () => {
  for (let seed = 1; seed <= 8; seed++) {
    const prices = Array.from({ length: 9 }, (_, t) => Math.round(100 * Math.sin(seed + 2.1 * t) ** 2) / 100);
    const profileW = [1_000, 500, 2_000];
    const costs = prices
      .slice(0, 7)
      .map((_, s) => profileW.reduce((sum, w, j) => sum + (w * (prices[s + j] ?? 0)) / 1_000, 0));
    const best = Math.min(...costs);
    const others = costs.filter((_, s) => s !== costs.indexOf(best));
    const { run } = told(day(prices, { loads: [{ id: "run", profileW }] }));
    expect(run?.on[0]).toBe(costs.indexOf(best));
    expect(run?.other?.extraCost).toBeCloseTo(Math.min(...others) - best, 4);
  }
});

it("costs an interruptible load's other steps as planning again with each choice of others does", () => {
  const steps = 8;
  const battery = {
    id: "home",
    capacityWh: 2_000,
    initialSoc: 0.3,
    maxChargeW: 1_200,
    maxDischargeW: 1_200,
    chargeEfficiency: 0.9,
    dischargeEfficiency: 0.95,
    mayExport: false,
  };
  for (let seed = 1; seed <= 4; seed++) {
    const each = (value: (t: number) => number): number[] => Array.from({ length: steps }, (_, t) => value(t));
    const noise = (t: number, k: number): number => Math.sin(12.9898 * (t + 1) + 78.233 * (k + seed)) ** 2;
    const importPricePerKwh = each((t) => 0.1 + 0.4 * noise(t, 1));
    const series = {
      loadW: each((t) => 200 + 900 * noise(t, 2)),
      pvW: each((t) => 2_500 * noise(t, 3) * Math.sin((Math.PI * t) / steps)),
      importPricePerKwh,
      exportPricePerKwh: importPricePerKwh.map((price) => 0.3 * price),
    };
    const pump = { id: "pump", powerW: 1_500, steps: 2 };
    const problem = { ...day(importPricePerKwh, { batteries: [battery], loads: [pump] }), series };
    const planned = told(problem)["pump"];
    const best = planOnce(solver, problem, { explain: false }).objective;
    let least = Infinity;
    for (let a = 0; a < steps; a++)
      for (let b = a + 1; b < steps; b++) {
        if (planned?.on.includes(a) || planned?.on.includes(b)) continue;
        const loadW = series.loadW.map((w, t) => w + (t === a || t === b ? pump.powerW : 0));
        const moved = planOnce(solver, { ...problem, loads: [], series: { ...series, loadW } }, { explain: false });
        least = Math.min(least, moved.objective - best);
      }
    expect(planned?.other?.extraCost, `seed ${seed}`).toBeCloseTo(least, 2);
    expect(planned?.other?.extraCost, `seed ${seed}`).toBeGreaterThan(least - 2e-4);
  }
});

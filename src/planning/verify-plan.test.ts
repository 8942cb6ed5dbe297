import { expect, it } from "vitest";
import type { RichPlan, RichProblem } from "./rich-problem.ts";
import { verifyPlan } from "./verify-plan.ts";

/** Two hours: the battery gives 450 W of the first hour's 500, the sun 300 W of the second's; the pump runs then. */
const problem: RichProblem = {
  kind: "hypervolt/plan-problem/v1",
  id: "small",
  timezone: "UTC",
  currency: "EUR",
  start: "2026-01-01T00:00:00Z",
  stepMinutes: 60,
  series: {
    loadW: [500, 100],
    pvW: [0, 300],
    importPricePerKwh: [0.4, 0.2],
    exportPricePerKwh: [0.1, 0.1],
    carbonGPerKwh: [300, 200],
  },
  objective: { carbonPricePerKg: 0.1 },
  grid: { maxImportW: 1000, maxExportW: 1000 },
  inverter: { maxAcW: 2000 },
  batteries: [
    {
      id: "b",
      capacityWh: 1000,
      initialSoc: 0.6,
      minSoc: 0.1,
      maxChargeW: 800,
      maxDischargeW: 800,
      chargeEfficiency: 0.9,
      dischargeEfficiency: 0.9,
      wearPerKwh: 0.02,
      mayExport: false,
      mayChargeFromGrid: false,
      finalMinSoc: 0.1,
    },
  ],
  loads: [{ id: "pump", powerW: 400, steps: 1, earliestStep: 1 }],
};
const plan: RichPlan = {
  kind: "hypervolt/plan/v1",
  problem: "small",
  status: "optimal",
  // 0.05 kWh at 0.4 and 0.2 kWh at 0.2; 15 g and 40 g at 0.1 per kg; 0.45 kWh of wear
  objective: 0.06 + 0.0055 + 0.009,
  cost: 0.06,
  carbonKg: 0.055,
  gap: 0,
  solveMs: 0,
  steps: [
    {
      start: "2026-01-01T00:00:00Z",
      importW: 50,
      exportW: 0,
      pvW: 0,
      batteries: { b: { powerW: -450, soc: 0.1 } },
      loads: { pump: 0 },
    },
    {
      start: "2026-01-01T01:00:00Z",
      importW: 200,
      exportW: 0,
      pvW: 300,
      batteries: { b: { powerW: 0, soc: 0.1 } },
      loads: { pump: 400 },
    },
  ],
  relaxed: [],
  reasons: [],
};
const withStep = (t: number, change: Partial<RichPlan["steps"][number]>): RichPlan => ({
  ...plan,
  steps: plan.steps.map((step, i) => (i === t ? { ...step, ...change } : step)),
});
const broken = (changed: RichPlan, of: RichProblem = problem): string[] => [
  ...new Set(verifyPlan(of, changed).map(({ what }) => what)),
];

it("passes a plan that keeps every rule", () => {
  expect(verifyPlan(problem, plan)).toEqual([]);
});

it.each<[string, RichPlan, string]>([
  ["misses its energy balance", withStep(0, { importW: 60 }), "energy balance"],
  ["imports and exports at once", withStep(0, { importW: 150, exportW: 100 }), "import and export at once"],
  ["uses more sun than there is", withStep(1, { pvW: 400, importW: 100 }), "pvW above what is available"],
  ["throws sun away that may not be", withStep(1, { pvW: 200, importW: 300 }), "pvW curtailed"],
  ["draws more than the fuse", withStep(1, { importW: 1200 }), "grid.maxImportW"],
  [
    "discharges beyond its power",
    withStep(0, { batteries: { b: { powerW: -900, soc: -0.4 } } }),
    "batteries.b.maxDischargeW",
  ],
  [
    "empties the battery below its floor",
    withStep(1, { batteries: { b: { powerW: -90, soc: 0 } } }),
    "batteries.b.minSoc",
  ],
  ["misstates the charge", withStep(1, { batteries: { b: { powerW: 0, soc: 0.2 } } }), "batteries.b.soc misstated"],
  [
    "charges from the grid where it may not",
    withStep(1, { importW: 300, batteries: { b: { powerW: 100, soc: 0.19 } } }),
    "batteries.b.mayChargeFromGrid",
  ],
  [
    "feeds the battery to the grid where it may not",
    withStep(0, { importW: 0, exportW: 100, batteries: { b: { powerW: -600, soc: -0.06 } } }),
    "batteries.b.mayExport",
  ],
  ["runs a load too early", withStep(0, { importW: 450, loads: { pump: 400 } }), "loads.pump is on outside its window"],
  ["runs a load at another power", withStep(1, { importW: 100, loads: { pump: 300 } }), "loads.pump.powerW"],
  ["does not run a load", withStep(1, { importW: 0, exportW: 200, loads: { pump: 0 } }), "loads.pump.steps"],
  ["misstates its cost", { ...plan, cost: 0.05 }, "cost misstated"],
  ["misstates its objective", { ...plan, objective: 0.06 }, "objective misstated"],
  ["has a step too few", { ...plan, steps: plan.steps.slice(1) }, "steps"],
])("finds a plan that %s", (_, changed, what) => {
  expect(broken(changed)).toContain(what);
});

it("finds what passes the inverter's limit", () => {
  expect(broken(plan, { ...problem, inverter: { maxAcW: 400 } })).toEqual(["inverter.maxAcW"]);
});

it("lets a wish give way by what the plan says, not by more", () => {
  const wished: RichProblem = {
    ...problem,
    batteries: problem.batteries?.map((it) => ({ ...it, finalMinSoc: 0.3 })) ?? [],
  };
  const given = (by: number): RichPlan => ({
    ...plan,
    relaxed: [{ what: "batteries.b.finalMinSoc", by, unit: "soc", why: "" }],
  });
  expect(broken(plan, wished)).toEqual(["batteries.b.finalMinSoc"]);
  expect(broken(given(0.1), wished)).toEqual(["batteries.b.finalMinSoc"]);
  expect(broken(given(0.2), wished)).toEqual([]);
});

it("finds an interrupted run", () => {
  const long: RichProblem = { ...problem, loads: [{ id: "pump", profileW: [0, 400] }] };
  expect(broken(plan, long)).toEqual([]);
  const interrupted: RichProblem = { ...problem, loads: [{ id: "pump", profileW: [400, 400] }] };
  expect(broken(plan, interrupted)).toEqual(["loads.pump does not run its profile once within its window"]);
});

import type { Battery, DeferrableLoad, PlanProblem } from "../../src/domain/plan-problem.ts";
import { type Draw, drawing, seededRandom } from "./seeded-random.ts";

/** What makes a problem special; each changes an ordinary random one. */
const SHAPES = {
  ordinary: (problem) => problem,
  "prices below zero": (problem) =>
    withSeries(problem, "importPricePerKwh", (price, t) => (t % 5 < 2 ? -price : price)),
  "everything below zero": (problem) =>
    withSeries(
      withSeries(problem, "importPricePerKwh", (price) => -price),
      "exportPricePerKwh",
      (price) => -price,
    ),
  "export paid better than import": (problem) =>
    withSeries(problem, "exportPricePerKwh", (price, t) => (t % 3 === 0 ? price + 0.4 : price)),
  "steps of different lengths": (problem, { whole }) => ({
    ...problem,
    stepMinutes: problem.series.loadW.map(() => 15 * whole(1, 4)),
  }),
  "hybrid inverter": (problem, { between }) => ({ ...problem, inverter: { maxAcW: between(1_500, 4_000) } }),
  "minimum charge power": (problem, { between }) =>
    withBatteries(problem, (battery) => ({ ...battery, minChargeW: battery.maxChargeW * between(0.3, 1) })),
  "charge below the minimum": (problem) => withBatteries(problem, (it) => ({ ...it, minSoc: 0.3, initialSoc: 0.1 })),
  "charge above the maximum": (problem) => withBatteries(problem, (it) => ({ ...it, maxSoc: 0.7, initialSoc: 0.95 })),
  "final charge out of reach": (problem) =>
    withBatteries(problem, (it) => ({ ...it, initialSoc: 0, maxChargeW: 100, finalMinSoc: 0.9 })),
  "rules of the batteries": (problem) =>
    withBatteries(problem, (it, b) => ({ ...it, mayExport: b > 0, mayChargeFromGrid: b === 0 })),
  "windows too short": (problem) => ({
    ...problem,
    loads: (problem.loads ?? []).map((load) => ({ ...load, earliestStep: 2, latestStep: 3 })),
  }),
  "fuse too small": (problem) => ({ ...problem, grid: { maxImportW: 700, maxExportW: null } }),
  "export limit and a sun that cannot be curtailed": (problem) => ({
    ...problem,
    pv: { curtailable: false },
    grid: { maxImportW: null, maxExportW: 500 },
  }),
  "one step": (problem) => ({ ...firstSteps(problem, 1), loads: [] }),
  "no sun": (problem) => ({ ...problem, series: withoutSun(problem.series) }),
  "nothing to decide": (problem) => ({ ...problem, batteries: [], loads: [] }),
} satisfies Record<string, (problem: PlanProblem, draw: Draw) => PlanProblem>;

export const problemShapes = Object.keys(SHAPES) as (keyof typeof SHAPES)[];

/** A problem of a shape: 12 to 40 steps, one or two batteries, up to three loads. The same seed, the same problem. */
export function randomProblem(shape: keyof typeof SHAPES, seed: number): PlanProblem {
  const draw = drawing(seededRandom(seed));
  const problem = ordinaryProblem(`${shape} ${seed}`, draw);
  return (SHAPES[shape] as (problem: PlanProblem, draw: Draw) => PlanProblem)(problem, draw);
}

function ordinaryProblem(id: string, draw: Draw): PlanProblem {
  const { between, whole, maybe } = draw;
  const steps = whole(12, 40);
  const series = (value: (t: number) => number): number[] => Array.from({ length: steps }, (_, t) => value(t));
  const sunW = between(0, 6_000);
  const dear = between(0.05, 0.4);
  const importPricePerKwh = series(
    (t) => Math.round(1e4 * (0.15 + dear * Math.sin(t / 4) ** 2 + between(0, 0.05))) / 1e4,
  );
  return {
    kind: "hypervolt/plan-problem/v1",
    id,
    timezone: "Europe/Paris",
    currency: "EUR",
    start: "2026-03-28T23:00:00Z",
    stepMinutes: maybe(0.5) ? 30 : 60,
    series: {
      loadW: series(() => Math.round(between(100, 1_800))),
      pvW: series((t) => Math.round(Math.max(0, sunW * Math.sin((Math.PI * (t - 4)) / 14)) * between(0.4, 1))),
      importPricePerKwh,
      exportPricePerKwh: importPricePerKwh.map((price) => Math.round(1e4 * price * between(0.2, 0.6)) / 1e4),
      carbonGPerKwh: series(() => Math.round(between(30, 500))),
    },
    objective: { carbonPricePerKg: maybe(0.5) ? between(0, 0.5) : 0 },
    grid: { maxImportW: maybe(0.5) ? 9_000 : null, maxExportW: null },
    pv: { curtailable: maybe(0.7) },
    batteries: Array.from({ length: whole(1, 2) }, (_, b) => randomBattery(`battery ${b}`, draw)),
    loads: Array.from({ length: whole(1, 3) }, (_, l) => randomLoad(`load ${l}`, steps, draw)),
  };
}

function randomBattery(id: string, { between, maybe }: Draw): Battery {
  return {
    id,
    capacityWh: between(2_000, 12_000),
    initialSoc: between(0.2, 0.8),
    minSoc: 0.1,
    maxChargeW: between(800, 5_000),
    maxDischargeW: between(800, 5_000),
    chargeEfficiency: between(0.85, 1),
    dischargeEfficiency: between(0.85, 1),
    ...(maybe(0.5) ? { wearPerKwh: between(0, 0.04) } : {}),
    ...(maybe(0.3) ? { mayExport: false } : {}),
    ...(maybe(0.3) ? { mayChargeFromGrid: false } : {}),
    ...(maybe(0.3) ? { finalMinSoc: 0.2 } : {}),
    ...(maybe(0.6) ? { finalValuePerKwh: between(0.05, 0.25) } : {}),
  };
}

function randomLoad(id: string, steps: number, { between, whole, maybe }: Draw): DeferrableLoad {
  const length = whole(2, 4);
  const earliestStep = whole(0, steps - 8);
  const window = { earliestStep, latestStep: whole(earliestStep + length, steps) };
  if (maybe(0.3)) return { id, profileW: Array.from({ length }, () => Math.round(between(100, 2_500))), ...window };
  return { id, powerW: Math.round(between(300, 2_500)), steps: length, contiguous: maybe(0.5), ...window };
}

function withSeries(
  problem: PlanProblem,
  name: "importPricePerKwh" | "exportPricePerKwh",
  change: (value: number, t: number) => number,
): PlanProblem {
  return { ...problem, series: { ...problem.series, [name]: (problem.series[name] ?? []).map(change) } };
}

function withBatteries(problem: PlanProblem, change: (battery: Battery, b: number) => Battery): PlanProblem {
  return { ...problem, batteries: (problem.batteries ?? []).map(change) };
}

function withoutSun(series: PlanProblem["series"]): PlanProblem["series"] {
  return Object.fromEntries(Object.entries(series).filter(([name]) => name !== "pvW")) as typeof series;
}

function firstSteps(problem: PlanProblem, count: number): PlanProblem {
  const { loadW, importPricePerKwh, exportPricePerKwh = [], pvW = [] } = problem.series;
  const first = (values: readonly number[]): number[] => values.slice(0, count);
  return {
    ...problem,
    series: {
      loadW: first(loadW),
      pvW: first(pvW),
      importPricePerKwh: first(importPricePerKwh),
      exportPricePerKwh: first(exportPricePerKwh),
    },
  };
}

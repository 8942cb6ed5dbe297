import type { LinearSolver } from "./highs-solver.ts";
import { planOnce } from "./plan-once.ts";
import type { RichProblem } from "./rich-problem.ts";

/**
 * Solves a small made-up problem, so that the first real one does not wait for WebAssembly to be compiled: a battery,
 * a run and an interruptible load over a day with a price below zero touch what a real problem touches.
 */
export function warmUp(solver: LinearSolver): void {
  planOnce(solver, sampleProblem(), { timeLimitMs: 600 });
}

const STEPS = 48;

function sampleProblem(): RichProblem {
  const wave = (period: number, shift: number): number[] =>
    Array.from({ length: STEPS }, (_, t) => Math.sin((t + shift) / period));
  return {
    kind: "hypervolt/plan-problem/v1",
    id: "warm-up",
    timezone: "UTC",
    currency: "EUR",
    start: "2026-01-01T00:00:00Z",
    stepMinutes: 30,
    series: {
      loadW: wave(5, 0).map((x) => 500 + 400 * x),
      pvW: wave(8, 40).map((x) => Math.max(0, 4000 * x)),
      importPricePerKwh: wave(4, 7).map((x, t) => 0.15 + 0.2 * x + 0.01 * (t % 3)),
      exportPricePerKwh: wave(4, 7).map((x) => 0.04 + 0.08 * x),
    },
    grid: { maxImportW: 9000, maxExportW: 5000 },
    pv: { curtailable: true },
    batteries: [
      {
        id: "battery",
        capacityWh: 8000,
        initialSoc: 0.3,
        minSoc: 0.1,
        maxChargeW: 3000,
        maxDischargeW: 3000,
        chargeEfficiency: 0.95,
        dischargeEfficiency: 0.95,
        mayExport: false,
        mayChargeFromGrid: true,
        finalValuePerKwh: 0.12,
      },
    ],
    loads: [
      { id: "run", profileW: [2000, 300, 1500, 200] },
      { id: "steps", powerW: 1100, steps: 5 },
    ],
  };
}

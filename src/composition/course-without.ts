import type { ControllableDevice } from "../domain/entity.ts";
import type { Battery } from "../domain/plan-problem.ts";
import type { BatteryCommand } from "../domain/plan.ts";
import { settleStep } from "../domain/storage-rule.ts";
import { G_PER_KG, MS_PER_HOUR, MS_PER_MINUTE, W_PER_KW } from "../domain/units.ts";
import type { RichProblem } from "../planning/rich-problem.ts";

/** One way through the horizon: mean powers per step and what they cost. */
export type Course = Readonly<{
  importW: readonly number[];
  exportW: readonly number[];
  cost: number;
  carbonKg: number;
}>;

/** The same hours without HyperVolt: batteries follow the net load, each run starts as soon as its window is open. */
export function courseWithout(
  problem: RichProblem,
  batteries: readonly Battery[],
  runs: readonly Readonly<{ device: ControllableDevice; startMs: number }>[],
  startMs: number,
  stepMs: number,
): Course {
  const { loadW, pvW = [], importPricePerKwh, exportPricePerKwh = [], carbonGPerKwh = [] } = problem.series;
  const hours = stepMs / MS_PER_HOUR;
  let socs = batteries.map(({ initialSoc }) => initialSoc);
  const follow = batteries.map(({ maxChargeW, maxDischargeW }): BatteryCommand => ({
    kind: "follow",
    maxChargeW,
    maxDischargeW,
  }));
  const [importW, exportW]: [number[], number[]] = [[], []];
  let [cost, carbonKg] = [0, 0];
  for (const [i, forecastW] of loadW.entries()) {
    const baseW =
      forecastW + (problem.lights ?? []).reduce((sum, { maxW, wanted }) => sum + maxW * (wanted[i] ?? 0), 0);
    const atMs = startMs + i * stepMs;
    const runningW = runs.reduce((sum, { device, startMs: beganMs }) => {
      const endMs = beganMs + (device.shift?.runMinutes ?? 0) * MS_PER_MINUTE;
      return sum + (device.maxW * Math.max(0, Math.min(endMs, atMs + stepMs) - Math.max(beganMs, atMs))) / stepMs;
    }, 0);
    const prices = { importPerKwh: importPricePerKwh[i] ?? 0, exportPerKwh: exportPricePerKwh[i] ?? 0 };
    const flows = settleStep({ batteries }, follow, socs, baseW + runningW, pvW[i] ?? 0, hours, prices);
    socs = [...flows.socs];
    importW.push(flows.importW);
    exportW.push(flows.exportW);
    cost += (hours * (flows.importW * prices.importPerKwh - flows.exportW * prices.exportPerKwh)) / W_PER_KW;
    carbonKg += (hours * flows.importW * (carbonGPerKwh[i] ?? 0)) / W_PER_KW / G_PER_KG;
  }
  return { importW, exportW, cost, carbonKg };
}

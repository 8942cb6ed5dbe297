import type { PlanInstance } from "./plan-instance.ts";
import { type FlowCaps, KW_PER_W } from "./model-build.ts";

/**
 * The most that can flow in each step in a plan that keeps every rule, kW. With `elastic` the grid's limits do not
 * count, and loads may run outside their windows.
 */
export function flowCaps(instance: PlanInstance, elastic: boolean): FlowCaps {
  const { stepCount, batteries, curtailable } = instance;
  const demandKw = mostDemandKw(instance, elastic);
  const chargeKw = batteries.map((battery) =>
    Float64Array.from({ length: stepCount }, (_, t) =>
      battery.connected?.[t] === false ? 0 : battery.maxChargeW * KW_PER_W,
    ),
  );
  const dischargeKw = batteries.map((battery) =>
    Float64Array.from({ length: stepCount }, (_, t) =>
      battery.connected?.[t] === false ? 0 : battery.maxDischargeW * KW_PER_W,
    ),
  );
  const importKw = new Float64Array(stepCount);
  const exportKw = new Float64Array(stepCount);
  for (let t = 0; t < stepCount; t++) {
    const pvKw = (instance.pvW[t] ?? 0) * KW_PER_W;
    const loadKw = (instance.loadW[t] ?? 0) * KW_PER_W;
    const fixedPvKw = curtailable || elastic ? 0 : pvKw;
    const raw = { charge: chargeKw.map((cap) => cap[t] ?? 0), discharge: dischargeKw.map((cap) => cap[t] ?? 0) };
    // A battery that may not export never fills one that may not draw from the grid (docs/decisions/0011).
    const feeding = sum(raw.discharge, (b) => batteries[b]?.mayExport ?? true);
    const fed = sum(raw.charge, (b) => batteries[b]?.mayChargeFromGrid ?? true);
    for (const [b, { mayExport, mayChargeFromGrid }] of batteries.entries()) {
      const charge = chargeKw[b];
      const discharge = dischargeKw[b];
      if (!charge || !discharge) continue;
      if (!mayChargeFromGrid)
        charge[t] = Math.min(
          charge[t] ?? 0,
          Math.max(0, pvKw + feeding - (mayExport ? (raw.discharge[b] ?? 0) : 0) - loadKw),
        );
      if (!mayExport)
        discharge[t] = Math.min(
          discharge[t] ?? 0,
          Math.max(0, (demandKw[t] ?? 0) + fed - (mayChargeFromGrid ? (raw.charge[b] ?? 0) : 0) - fixedPvKw),
        );
    }
    const mostImportKw = (demandKw[t] ?? 0) + fed - fixedPvKw;
    const mostExportKw = pvKw + feeding - loadKw;
    importKw[t] = Math.max(0, Math.min(mostImportKw, elastic ? Infinity : instance.maxImportW * KW_PER_W));
    exportKw[t] = Math.max(0, Math.min(mostExportKw, elastic ? Infinity : instance.maxExportW * KW_PER_W));
  }
  return { importKw, exportKw, chargeKw, dischargeKw, demandKw };
}

function sum(powers: readonly number[], counts: (b: number) => boolean): number {
  return powers.reduce((total, power, b) => total + (counts(b) ? power : 0), 0);
}

/** Fixed load plus everything that could be on in a step, kW. */
function mostDemandKw(instance: PlanInstance, elastic: boolean): Float64Array {
  const mostKw = Float64Array.from(instance.loadW, (w) => w * KW_PER_W);
  for (const { profileW, earliest, latest } of instance.loads) {
    const peakKw = Math.max(0, ...profileW) * KW_PER_W;
    const [from, to] = elastic ? [0, instance.stepCount] : [earliest, latest];
    for (let t = from; t < to; t++) mostKw[t] = (mostKw[t] ?? 0) + peakKw;
  }
  for (const { maxW, wanted } of instance.lights)
    for (const [t, level] of wanted.entries()) mostKw[t] = (mostKw[t] ?? 0) + level * maxW * KW_PER_W;
  for (const { heaterW } of instance.tanks)
    for (let t = 0; t < instance.stepCount; t++) mostKw[t] = (mostKw[t] ?? 0) + heaterW * KW_PER_W;
  return mostKw;
}

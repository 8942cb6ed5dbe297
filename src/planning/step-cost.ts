import type { PlanFlows } from "./plan-flows.ts";
import type { PlanInstance } from "./plan-instance.ts";

/** What exceeding a grid limit counts for in a search, per kWh: far above any price, import worse than export. */
const OVER_IMPORT_PER_KWH = 1e4;
const OVER_EXPORT_PER_KWH = 1e3;

/** The best use of the sun in a step and what the step then costs. */
export type StepChoice = { cost: number; pvW: number; netW: number };

/**
 * Cost of a step, per whole step, given everything but the sun, whose use is chosen.
 * @param demandW   all consumption except batteries
 * @param batteryW  + charges, all batteries
 * @param mayExport, mayImport  forbidden directions make the cost infinite
 */
export function stepCost(
  instance: PlanInstance,
  t: number,
  demandW: number,
  batteryW: number,
  mayExport: boolean,
  mayImport: boolean,
): StepChoice {
  const availableW = instance.pvW[t] ?? 0;
  const best: StepChoice = { cost: Infinity, pvW: availableW, netW: 0 };
  // One battery that may not export would fill another that may not draw from the grid (docs/decisions/0011).
  if (!mayExport && !mayImport) return best;
  const consider = (pvW: number): void => {
    const usedW = Math.min(Math.max(pvW, 0), availableW);
    const netW = demandW + batteryW - usedW;
    if ((!mayExport && netW < -0.01) || (!mayImport && netW > 0.01)) return;
    if (Math.abs(usedW - batteryW) > instance.maxAcW + 1e-6) return;
    const cost = meterCost(instance, t, netW);
    if (cost < best.cost) Object.assign(best, { cost, pvW: usedW, netW });
  };
  consider(availableW);
  if (instance.curtailable && availableW > 0) {
    consider(demandW + batteryW);
    consider(demandW + batteryW + instance.maxExportW);
    consider(instance.maxAcW + batteryW);
    consider(0);
  } else if (best.cost === Infinity && instance.maxAcW < Infinity) consider(instance.maxAcW + batteryW);
  return best;
}

function meterCost(instance: PlanInstance, t: number, netW: number): number {
  const kwhPerW = (instance.hours[t] ?? 0) / 1000;
  if (netW > 0)
    return (
      kwhPerW *
      (netW * (instance.importValuePerKwh[t] ?? 0) + OVER_IMPORT_PER_KWH * Math.max(0, netW - instance.maxImportW))
    );
  return (
    kwhPerW *
    (netW * (instance.exportPricePerKwh[t] ?? 0) + OVER_EXPORT_PER_KWH * Math.max(0, -netW - instance.maxExportW))
  );
}

/** + charges, all batteries but one. */
export function batteryW(flows: PlanFlows, t: number, except = -1): number {
  let total = 0;
  for (const [b, chargeW] of flows.chargeW.entries())
    if (b !== except) total += (chargeW[t] ?? 0) - (flows.dischargeW[b]?.[t] ?? 0);
  return total;
}

/** May the home export in a step, given which batteries discharge in it? */
export function mayExport(instance: PlanInstance, flows: PlanFlows, t: number, except = -1): boolean {
  return instance.batteries.every((it, b) => b === except || it.mayExport || (flows.dischargeW[b]?.[t] ?? 0) <= 0.01);
}

/** May the home import in a step, given which batteries charge in it? */
export function mayImport(instance: PlanInstance, flows: PlanFlows, t: number, except = -1): boolean {
  return instance.batteries.every(
    (it, b) => b === except || it.mayChargeFromGrid || (flows.chargeW[b]?.[t] ?? 0) <= 0.01,
  );
}

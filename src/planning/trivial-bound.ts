import type { PlanInstance } from "./plan-instance.ts";

/**
 * A lower bound of the objective that needs no solver: each step at its best on its own, as if batteries gave and
 * took for nothing and loads ran for nothing. Weak, but true.
 */
export function trivialBound(instance: PlanInstance): number {
  let bound = 0;
  const mostChargeW = instance.batteries.reduce((sum, it) => sum + it.maxChargeW, 0);
  const mostDischargeW = instance.batteries.reduce((sum, it) => sum + it.maxDischargeW, 0);
  for (const [t, h] of instance.hours.entries()) {
    const pvW = instance.pvW[t] ?? 0;
    const loadW = instance.loadW[t] ?? 0;
    let mostW = loadW + mostChargeW - (instance.curtailable ? 0 : pvW);
    for (const load of instance.loads) mostW += load.profileW.reduce((most, w) => Math.max(most, w), 0);
    for (const { heaterW } of instance.tanks) mostW += heaterW;
    for (const { maxW, wanted } of instance.lights) mostW += maxW * (wanted[t] ?? 0);
    const leastW = loadW - mostDischargeW - pvW;
    const cost = (netW: number): number =>
      netW * ((netW > 0 ? instance.importValuePerKwh[t] : instance.exportPricePerKwh[t]) ?? 0);
    const within = leastW <= 0 && mostW >= 0 ? [0, leastW, mostW] : [leastW, mostW];
    bound += (h / 1000) * Math.min(...within.map(cost));
  }
  for (const { finalValuePerKwh, highSoc, lowSoc, capacityWh } of instance.batteries)
    bound -= (finalValuePerKwh * (finalValuePerKwh > 0 ? highSoc : lowSoc) * capacityWh) / 1000;
  for (const { valuePerRun } of instance.loads) bound -= Math.max(0, valuePerRun ?? 0);
  return bound;
}

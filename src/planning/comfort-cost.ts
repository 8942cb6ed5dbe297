import { DEFAULT_SHORTAGE_PER_KWH, DIMMING_BANDS } from "./model-comforts.ts";
import { type PlanFlows, settle } from "./plan-flows.ts";
import type { PlanInstance } from "./plan-instance.ts";

const ON_W = 0.5;

/** All that is minimised: the contract's objective and what a RichProblem adds to it. Currency. */
export function fullObjective(instance: PlanInstance, flows: PlanFlows): number {
  const outcome = settle(instance, flows);
  const peakW = outcome.importW.reduce((most, w) => Math.max(most, w), instance.capacityCharge?.peakSoFarW ?? 0);
  const capacity = ((instance.capacityCharge?.pricePerKw ?? 0) * peakW) / 1000;
  return (
    outcome.objective +
    capacity +
    dimmingCost(instance, flows) +
    shortageCost(instance, outcome.tanksWh) +
    runsCost(instance, flows)
  );
}

function dimmingCost(instance: PlanInstance, flows: PlanFlows): number {
  let cost = 0;
  for (const [i, light] of instance.lights.entries())
    for (const [t, wanted] of light.wanted.entries()) {
      if (wanted <= 0 || light.maxW <= 0) continue;
      let dimmed = 1 - (flows.lightsW[i]?.[t] ?? 0) / (wanted * light.maxW);
      for (const { width, costShare } of DIMMING_BANDS) {
        const used = Math.min(Math.max(dimmed, 0), width);
        cost += light.comfortCostPerHour * (instance.hours[t] ?? 0) * wanted * costShare * (used / width);
        dimmed -= used;
      }
    }
  return cost;
}

function shortageCost(instance: PlanInstance, tanksWh: readonly Float64Array[]): number {
  let cost = 0;
  for (const [i, tank] of instance.tanks.entries())
    for (const [t, storedWh] of tanksWh[i]?.entries() ?? [])
      cost +=
        ((tank.shortagePerKwh ?? DEFAULT_SHORTAGE_PER_KWH) *
          (instance.hours[t] ?? 0) *
          Math.max(0, tank.minWh - storedWh)) /
        1000;
  return cost;
}

/** What changing announced runs costs, less what optional runs are worth. */
function runsCost(instance: PlanInstance, flows: PlanFlows): number {
  let cost = 0;
  for (const [i, load] of instance.loads.entries()) {
    const on = [...(flows.loadsW[i]?.entries() ?? [])].filter(([, w]) => w > ON_W).map(([t]) => t);
    if (on.length === 0) continue;
    cost -= load.valuePerRun ?? 0;
    if (!load.announced) continue;
    const announced = new Set(load.announced.onSteps);
    const moved = on.filter((t) => !announced.has(t)).length;
    if (load.contiguous) cost += moved > 0 ? load.announced.changeCost : 0;
    else cost += (load.announced.changeCost * moved) / load.profileW.length;
  }
  return cost;
}

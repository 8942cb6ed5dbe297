import { DEFAULT_LEVELS, followBattery } from "./quick-battery.ts";
import { quickLoad } from "./quick-load.ts";
import type { PlanFlows } from "./plan-flows.ts";
import type { PlanInstance } from "./plan-instance.ts";
import { quickTransfer } from "./quick-transfer.ts";
import { batteryW, mayExport, mayImport, stepCost } from "./step-cost.ts";

/**
 * A good plan in milliseconds, without the solver: loads one by one where they are cheapest, then each battery by a
 * dynamic programme over its charge, twice around. It keeps all physics and every wish it can, but proves nothing.
 */
export function quickFlows(instance: PlanInstance): PlanFlows {
  const { stepCount } = instance;
  const lightsW = instance.lights.map(({ maxW, wanted }) => Float64Array.from(wanted, (level) => level * maxW));
  const tanksW = instance.tanks.map((tank) => thermostat(instance, tank));
  const flows: PlanFlows = {
    pvW: instance.pvW.slice(),
    chargeW: instance.batteries.map(() => new Float64Array(stepCount)),
    dischargeW: instance.batteries.map(() => new Float64Array(stepCount)),
    loadsW: instance.loads.map(() => new Float64Array(stepCount)),
    lightsW,
    tanksW,
    source: undefined,
  };
  const demandW = (t: number): number => {
    let total = instance.loadW[t] ?? 0;
    for (const powers of [flows.loadsW, lightsW, tanksW]) for (const powerW of powers) total += powerW[t] ?? 0;
    return total;
  };
  const order = instance.loads
    .map((load, i) => ({ i, energy: load.started ? Infinity : load.profileW.reduce((sum, w) => sum + w, 0) }))
    .sort((a, b) => b.energy - a.energy);
  if (instance.transferSwitch) {
    for (const { i } of order) quickLoad(instance, flows, i, demandW);
    return quickTransfer(instance, instance.transferSwitch, flows, demandW);
  }
  for (let round = 0; round < 2; round++) {
    for (const { i } of order) quickLoad(instance, flows, i, demandW);
    for (const [b] of instance.batteries.entries()) followBattery(instance, flows, b, demandW, DEFAULT_LEVELS);
  }
  for (let t = 0; t < stepCount; t++)
    flows.pvW[t] = stepCost(
      instance,
      t,
      demandW(t),
      batteryW(flows, t),
      mayExport(instance, flows, t),
      mayImport(instance, flows, t),
    ).pvW;
  return flows;
}

/** Heats whenever the next draw would take the tank below its floor. */
function thermostat(instance: PlanInstance, tank: PlanInstance["tanks"][number]): Float64Array {
  let storedWh = tank.initialWh;
  return Float64Array.from(instance.hours, (h, t) => {
    const kept = storedWh * Math.pow(1 - tank.lossPerHour, h) - (tank.drawWh[t] ?? 0);
    const full = h * tank.heaterW * tank.efficiency;
    const heats = kept < tank.minWh && Math.max(0, kept) + full <= tank.capacityWh;
    storedWh = Math.max(0, kept + (heats ? full : 0));
    return heats ? tank.heaterW : 0;
  });
}

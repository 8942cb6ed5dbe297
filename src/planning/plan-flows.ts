import type { PowerSource } from "./rich-problem.ts";
import type { PlanInstance } from "./plan-instance.ts";

/** What a plan decides, W per step; import and export follow from it. */
export type PlanFlows = Readonly<{
  pvW: Float64Array;
  chargeW: readonly Float64Array[];
  dischargeW: readonly Float64Array[];
  loadsW: readonly Float64Array[];
  lightsW: readonly Float64Array[];
  tanksW: readonly Float64Array[];
  source: readonly PowerSource[] | undefined;
}>;

/** What follows from the flows: the meter, the charge of each battery (end of step) and what it all costs. */
export type PlanOutcome = Readonly<{
  importW: Float64Array;
  exportW: Float64Array;
  socs: readonly Float64Array[];
  /** Heat in each tank at the end of each step, Wh. */
  tanksWh: readonly Float64Array[];
  objective: number;
  cost: number;
  carbonKg: number;
}>;

/** Net demand at the meter in a step, W: + is import. */
export function netW(instance: PlanInstance, flows: PlanFlows, t: number): number {
  let net = (instance.loadW[t] ?? 0) - (flows.pvW[t] ?? 0);
  for (const powers of [flows.loadsW, flows.lightsW, flows.tanksW, flows.chargeW])
    for (const powerW of powers) net += powerW[t] ?? 0;
  for (const powerW of flows.dischargeW) net -= powerW[t] ?? 0;
  return net;
}

/** Recomputes meter, charge, cost and carbon from the flows (contract plan.md, and comfort terms of RichProblem). */
export function settle(instance: PlanInstance, flows: PlanFlows): PlanOutcome {
  const { stepCount, hours, batteries } = instance;
  const importW = new Float64Array(stepCount);
  const exportW = new Float64Array(stepCount);
  let cost = 0;
  let carbonKg = 0;
  for (let t = 0; t < stepCount; t++) {
    const net = netW(instance, flows, t);
    const h = hours[t] ?? 0;
    importW[t] = Math.max(0, net);
    exportW[t] = Math.max(0, -net);
    cost +=
      ((importW[t] ?? 0) * (instance.importPricePerKwh[t] ?? 0) -
        (exportW[t] ?? 0) * (instance.exportPricePerKwh[t] ?? 0)) *
      (h / 1000);
    carbonKg += (importW[t] ?? 0) * (instance.carbonGPerKwh[t] ?? 0) * (h / 1e6);
  }
  let objective = cost + instance.carbonPricePerKg * carbonKg;
  const socs = batteries.map((battery, b) => {
    const soc = new Float64Array(stepCount);
    let now = battery.initialSoc;
    for (let t = 0; t < stepCount; t++) {
      const h = hours[t] ?? 0;
      const chargeW = flows.chargeW[b]?.[t] ?? 0;
      const dischargeW = flows.dischargeW[b]?.[t] ?? 0;
      now += (h * (chargeW * battery.chargeEfficiency - dischargeW / battery.dischargeEfficiency)) / battery.capacityWh;
      soc[t] = now;
      objective += (battery.wearPerKwh * h * dischargeW) / 1000;
    }
    objective -= (battery.finalValuePerKwh * now * battery.capacityWh) / 1000;
    return soc;
  });
  return { importW, exportW, socs, tanksWh: tankLevels(instance, flows), objective, cost, carbonKg };
}

function tankLevels(instance: PlanInstance, flows: PlanFlows): Float64Array[] {
  return instance.tanks.map((tank, i) => {
    let now = tank.initialWh;
    return Float64Array.from(instance.hours, (h, t) => {
      const gained = h * (flows.tanksW[i]?.[t] ?? 0) * tank.efficiency;
      now = Math.max(0, now * Math.pow(1 - tank.lossPerHour, h) + gained - (tank.drawWh[t] ?? 0));
      return now;
    });
  });
}

import type { PlanFlows } from "./plan-flows.ts";
import type { InstanceLoad, PlanInstance } from "./plan-instance.ts";
import { batteryW, mayExport, mayImport, stepCost } from "./step-cost.ts";

/** Places one load where it costs least given everything else; writes its powers into `flows`. */
export function quickLoad(
  instance: PlanInstance,
  flows: PlanFlows,
  index: number,
  demandW: (t: number) => number,
): void {
  const load = instance.loads[index];
  const powerW = flows.loadsW[index];
  if (!load || !powerW) return;
  powerW.fill(0);
  const needed = load.profileW.length;
  const extra = (t: number, w: number): number => {
    if (w === 0) return 0;
    const battery = batteryW(flows, t);
    const [out, into] = [mayExport(instance, flows, t), mayImport(instance, flows, t)];
    const without = stepCost(instance, t, demandW(t), battery, out, into).cost;
    const cost = stepCost(instance, t, demandW(t) + w, battery, out, into).cost;
    const blocked = isExcluded(instance, flows, load, t) ? 1e6 : 0;
    return (cost === Infinity ? 1e5 : cost - (without === Infinity ? 0 : without)) + blocked;
  };
  if (load.contiguous || load.minOnSteps > 1) {
    let best = { start: load.earliest, cost: Infinity };
    for (let start = load.earliest; start + needed <= load.latest; start++) {
      let cost = 0;
      for (const [j, w] of load.profileW.entries()) cost += extra(start + j, w);
      if (cost < best.cost) best = { start, cost };
    }
    if (load.valuePerRun !== undefined && best.cost >= load.valuePerRun) return;
    for (const [j, w] of load.profileW.entries()) powerW[best.start + j] = w;
    return;
  }
  const w = load.profileW[0] ?? 0;
  const steps = Array.from({ length: load.latest - load.earliest }, (_, i) => ({
    t: load.earliest + i,
    cost: extra(load.earliest + i, w),
  }));
  steps.sort((a, b) => a.cost - b.cost || a.t - b.t);
  const chosen = steps.slice(0, needed);
  if (load.valuePerRun !== undefined && chosen.reduce((sum, it) => sum + it.cost, 0) >= load.valuePerRun) return;
  for (const { t } of chosen) powerW[t] = w;
}

function isExcluded(instance: PlanInstance, flows: PlanFlows, load: InstanceLoad, t: number): boolean {
  return instance.exclusive.some(
    (group) =>
      group.includes(load.id) &&
      instance.loads.some((other, i) => other !== load && group.includes(other.id) && (flows.loadsW[i]?.[t] ?? 0) > 0),
  );
}

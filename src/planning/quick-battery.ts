import type { PlanFlows } from "./plan-flows.ts";
import type { InstanceBattery, PlanInstance } from "./plan-instance.ts";
import { batteryW, mayExport, mayImport, stepCost } from "./step-cost.ts";

export const DEFAULT_LEVELS = 41;
/** What missing a wished final charge counts for, per kWh: above any price, below a grid limit. */
const SHORT_PER_KWH = 100;

/**
 * Plans one battery given everything else: a dynamic programme backwards over `levels` levels of charge, with the
 * powers that matter as actions (none, what balances the meter, full and least charge, full discharge, what just
 * fills or empties it); then forwards from the true charge. Writes into `flows`.
 */
export function followBattery(
  instance: PlanInstance,
  flows: PlanFlows,
  index: number,
  demandW: (t: number) => number,
  levels: number,
): void {
  const battery = instance.batteries[index];
  const chargeW = flows.chargeW[index];
  const dischargeW = flows.dischargeW[index];
  if (!battery || !chargeW || !dischargeW) return;
  const { stepCount } = instance;
  const lowWh = battery.lowSoc * battery.capacityWh;
  const highWh = battery.highSoc * battery.capacityWh;
  const levelWh = (highWh - lowWh) / (levels - 1);
  const values = Array.from({ length: stepCount + 1 }, () => new Float64Array(levels));
  for (let i = 0; i < levels; i++) values[stepCount]![i] = finalCost(battery, lowWh + i * levelWh);
  const valueAt = (t: number, storedWh: number): number => {
    const row = values[t]!;
    if (levelWh <= 0) return row[0]!;
    const place = Math.min(Math.max((storedWh - lowWh) / levelWh, 0), levels - 1);
    const i = Math.min(Math.floor(place), levels - 2);
    return row[i]! + (place - i) * (row[i + 1]! - row[i]!);
  };
  const bestAt = (t: number, storedWh: number): { powerW: number; cost: number } => {
    const h = instance.hours[t] ?? 0;
    const demand = demandW(t);
    const others = batteryW(flows, t, index);
    const [out, into] = [mayExport(instance, flows, t, index), mayImport(instance, flows, t, index)];
    const roomW = (highWh - storedWh) / (h * battery.chargeEfficiency);
    const leftW = ((storedWh - lowWh) * battery.dischargeEfficiency) / h;
    const ready = battery.readyBy?.step === t ? shortCost(battery.readyBy.soc, battery, storedWh) : 0;
    let best = { powerW: 0, cost: Infinity };
    const consider = (wishedW: number): void => {
      let powerW = Math.min(
        Math.max(wishedW, -Math.min(battery.maxDischargeW, leftW)),
        Math.min(battery.maxChargeW, roomW),
      );
      if (battery.connected?.[t] === false || Math.abs(powerW) < 0.01) powerW = 0;
      if (powerW > 0 && powerW < battery.minChargeW) return;
      const step = stepCost(
        instance,
        t,
        demand,
        others + powerW,
        out && (battery.mayExport || powerW >= 0),
        into && (battery.mayChargeFromGrid || powerW <= 0),
      );
      const gainedWh = h * (powerW > 0 ? powerW * battery.chargeEfficiency : powerW / battery.dischargeEfficiency);
      const wear = powerW < 0 ? (-powerW * h * battery.wearPerKwh) / 1000 : 0;
      const cost = step.cost + wear + ready + valueAt(t + 1, storedWh + gainedWh);
      if (cost < best.cost) best = { powerW, cost };
    };
    const netW = demand + others - (instance.pvW[t] ?? 0);
    for (const powerW of [0, -netW, battery.maxChargeW, -battery.maxDischargeW, battery.minChargeW]) consider(powerW);
    consider(battery.maxChargeW / 2);
    if (instance.maxImportW < Infinity) consider(instance.maxImportW - netW);
    if (instance.maxExportW < Infinity) consider(-netW - instance.maxExportW);
    if (best.cost === Infinity) return { powerW: 0, cost: 1e6 + valueAt(t + 1, storedWh) };
    return best;
  };
  for (let t = stepCount - 1; t >= 0; t--)
    for (let i = 0; i < levels; i++) values[t]![i] = bestAt(t, lowWh + i * levelWh).cost;
  chargeW.fill(0);
  dischargeW.fill(0);
  let storedWh = battery.initialSoc * battery.capacityWh;
  for (let t = 0; t < stepCount; t++) {
    const { powerW } = bestAt(t, storedWh);
    const h = instance.hours[t] ?? 0;
    chargeW[t] = Math.max(0, powerW);
    dischargeW[t] = Math.max(0, -powerW);
    storedWh += h * (powerW > 0 ? powerW * battery.chargeEfficiency : powerW / battery.dischargeEfficiency);
  }
}

function finalCost(battery: InstanceBattery, storedWh: number): number {
  const worth = (battery.finalValuePerKwh * storedWh) / 1000;
  const short = battery.finalMinSoc === undefined ? 0 : shortCost(battery.finalMinSoc, battery, storedWh);
  return short - worth;
}

const shortCost = (soc: number, battery: InstanceBattery, storedWh: number): number =>
  (SHORT_PER_KWH * Math.max(0, soc * battery.capacityWh - storedWh)) / 1000;

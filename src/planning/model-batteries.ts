import type { Terms } from "./linear-model.ts";
import { type BatteryColumns, KW_PER_W, type ModelBuild } from "./model-build.ts";
import type { InstanceBattery } from "./plan-instance.ts";

/**
 * Adds a battery: charge and discharge at the AC side, what is stored, its bounds, wear and final value.
 * @param shortages terms of the wishes for charge that may stay unmet (elastic models only), kWh
 */
export function addBattery(
  build: ModelBuild,
  index: number,
  battery: InstanceBattery,
  shortages: Terms,
): BatteryColumns {
  const { model, instance, caps } = build;
  const { stepCount, hours } = instance;
  const capacityKwh = battery.capacityWh * KW_PER_W;
  const charge = new Int32Array(stepCount);
  const discharge = new Int32Array(stepCount);
  const stored = new Int32Array(stepCount);
  const charging = new Int32Array(stepCount).fill(-1);
  for (let t = 0; t < stepCount; t++) {
    const h = hours[t] ?? 0;
    const chargeCapKw = caps.chargeKw[index]?.[t] ?? 0;
    const dischargeCapKw = caps.dischargeKw[index]?.[t] ?? 0;
    const c = (charge[t] = model.column(0, chargeCapKw));
    const x = (discharge[t] = model.column(0, dischargeCapKw, h * battery.wearPerKwh));
    const q = (stored[t] = model.column(battery.lowSoc * capacityKwh, battery.highSoc * capacityKwh));
    const change = [q, 1, c, -h * battery.chargeEfficiency, x, h / battery.dischargeEfficiency];
    const before = t > 0 ? stored[t - 1] : undefined;
    const startKwh = before === undefined ? battery.initialSoc * capacityKwh : 0;
    model.row(startKwh, startKwh, before === undefined ? change : [...change, before, -1]);
    build.balance[t]?.push(c, -1, x, 1);
  }
  const final = stored[stepCount - 1] ?? -1;
  model.addCost(final, -battery.finalValuePerKwh);
  const wish = (column: number, atLeastKwh: number): void => {
    if (!build.elastic) return void model.row(atLeastKwh, Infinity, [column, 1]);
    const short = model.column(0, Infinity);
    model.row(atLeastKwh, Infinity, [column, 1, short, 1]);
    shortages.push(short, 1);
  };
  if (battery.finalMinSoc !== undefined) wish(final, battery.finalMinSoc * capacityKwh);
  const ready = battery.readyBy;
  const readyColumn = ready && stored[Math.min(ready.step, stepCount) - 1];
  if (ready && readyColumn !== undefined) wish(readyColumn, ready.soc * capacityKwh);
  return { charge, discharge, stored, charging };
}

import type { PlanFlows } from "./plan-flows.ts";
import type { PlanInstance } from "./plan-instance.ts";
import type { PowerSource, TransferSwitch } from "./rich-problem.ts";

/** What the batteries and the sun do in a step on a source; undefined where the source cannot carry the home. */
type StepFlows = Readonly<{ pvW: number; chargeW: readonly number[]; dischargeW: readonly number[] }>;

const ALL_SOURCES: readonly PowerSource[] = ["grid", "solar", "battery"];

/**
 * A plan for a home behind a transfer switch, without the solver: the sun wherever it carries the home for as long as
 * a source must stay, the batteries where the grid is dearer than usual and they last, the grid otherwise. The sun
 * fills the batteries whatever the source. Writes into `flows`, whose loads are placed.
 */
export function quickTransfer(
  instance: PlanInstance,
  rule: TransferSwitch,
  flows: PlanFlows,
  demandW: (t: number) => number,
): PlanFlows {
  const { stepCount } = instance;
  const storedWh = instance.batteries.map(({ initialSoc, capacityWh }) => initialSoc * capacityWh);
  const usual = median(instance.importValuePerKwh);
  const source: PowerSource[] = [];
  let now = rule.initialSource;
  let dwelt = now ? (rule.initialDwellSteps ?? rule.minDwellSteps) : rule.minDwellSteps;
  for (let t = 0; t < stepCount; t++) {
    const length = Math.min(rule.minDwellSteps, stepCount - t);
    const lasts = (candidate: PowerSource): boolean => {
      const trial = storedWh.slice();
      for (let k = t; k < t + length; k++) {
        const step = flowsOn(instance, candidate, k, demandW(k), trial);
        if (!step) return false;
        store(instance, k, step, trial);
      }
      return candidate !== "battery" || instance.batteries.every((it, b) => keepsFinal(it, trial[b] ?? 0));
    };
    if (dwelt >= rule.minDwellSteps || !now) {
      const isDear = (instance.importValuePerKwh[t] ?? 0) >= usual;
      const order: PowerSource[] = isDear ? ["solar", "battery", "grid"] : ["solar", "grid"];
      const carries = (it: PowerSource): boolean =>
        it === now ? flowsOn(instance, it, t, demandW(t), storedWh) !== undefined : it === "grid" || lasts(it);
      const next = order.find((it) => (rule.sources ?? ALL_SOURCES).includes(it) && carries(it)) ?? "grid";
      if (next !== now) dwelt = 0;
      now = next;
    }
    // Where a source fails before its time, the home must be fed all the same.
    const step = flowsOn(instance, now, t, demandW(t), storedWh);
    if (!step) [now, dwelt] = ["grid", 0];
    const done = step ?? flowsOn(instance, "grid", t, demandW(t), storedWh);
    if (done) {
      store(instance, t, done, storedWh);
      flows.pvW[t] = done.pvW;
      for (const b of instance.batteries.keys()) {
        flows.chargeW[b]![t] = done.chargeW[b] ?? 0;
        flows.dischargeW[b]![t] = done.dischargeW[b] ?? 0;
      }
    }
    source.push(now);
    dwelt++;
  }
  return { ...flows, source };
}

function flowsOn(
  instance: PlanInstance,
  source: PowerSource,
  t: number,
  demandW: number,
  storedWh: readonly number[],
): StepFlows | undefined {
  const h = instance.hours[t] ?? 0;
  const none = instance.batteries.map(() => 0);
  const sunW = instance.pvW[t] ?? 0;
  if (source === "battery") {
    let needW = Math.max(0, demandW);
    const dischargeW = instance.batteries.map((it, b) => {
      const heldW = (Math.max(0, (storedWh[b] ?? 0) - it.lowSoc * it.capacityWh) * it.dischargeEfficiency) / h;
      const givesW = it.connected?.[t] === false ? 0 : Math.min(it.maxDischargeW, heldW, needW);
      needW -= givesW;
      return givesW;
    });
    return needW > 1e-6 || demandW - needW > instance.maxAcW ? undefined : { pvW: 0, chargeW: none, dischargeW };
  }
  let spareW = source === "solar" ? sunW - Math.max(0, demandW) : sunW;
  if (spareW < 0) return undefined;
  const chargeW = instance.batteries.map((it, b) => {
    if (it.connected?.[t] === false || (source === "grid" && !it.mayChargeFromGrid && demandW > 0)) return 0;
    const roomW = Math.max(0, it.highSoc * it.capacityWh - (storedWh[b] ?? 0)) / (h * it.chargeEfficiency);
    const takesW = Math.min(it.maxChargeW, roomW, spareW);
    if (takesW < it.minChargeW || takesW < 1) return 0;
    spareW -= takesW;
    return takesW;
  });
  const storedNowW = chargeW.reduce((sum, w) => sum + w, 0);
  if (source === "grid") return { pvW: storedNowW, chargeW, dischargeW: none };
  const soldW = (instance.exportPricePerKwh[t] ?? 0) >= 0 || !instance.curtailable ? spareW : 0;
  const exportW = Math.min(soldW, instance.curtailable ? instance.maxExportW : Infinity, instance.maxAcW - demandW);
  return exportW < 0 ? undefined : { pvW: Math.max(0, demandW) + storedNowW + exportW, chargeW, dischargeW: none };
}

/** Writes what is stored after a step. */
function store({ batteries, hours }: PlanInstance, t: number, step: StepFlows, storedWh: number[]): void {
  for (const [b, it] of batteries.entries()) {
    const gainedW = (step.chargeW[b] ?? 0) * it.chargeEfficiency - (step.dischargeW[b] ?? 0) / it.dischargeEfficiency;
    storedWh[b] = (storedWh[b] ?? 0) + (hours[t] ?? 0) * gainedW;
  }
}

const keepsFinal = ({ finalMinSoc, capacityWh }: PlanInstance["batteries"][number], storedWh: number): boolean =>
  finalMinSoc === undefined || storedWh >= finalMinSoc * capacityWh;

function median(values: Float64Array): number {
  return values.toSorted()[values.length >> 1] ?? 0;
}

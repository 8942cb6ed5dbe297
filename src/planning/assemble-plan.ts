import { isoUtc } from "../domain/civil-time.ts";
import type { PlanReason, Relaxation } from "../domain/plan.ts";
import { type PlanFlows, settle } from "./plan-flows.ts";
import type { PlanInstance } from "./plan-instance.ts";
import type { RichPlan, RichPlanStep } from "./rich-problem.ts";

/** How a plan was found, beside what it does. */
export type PlanVerdict = Readonly<{
  status: RichPlan["status"];
  gap: number;
  solveMs: number;
  relaxed: readonly Relaxation[];
  reasons: readonly PlanReason[];
}>;

/** Powers are written to the milliwatt, charges and sums to a millionth. */
const toMilli = (value: number): number => Math.round(value * 1e3) / 1e3 + 0;
const toMicro = (value: number): number => Math.round(value * 1e6) / 1e6 + 0;

/** The decisions as they will be written. */
export function roundFlows(flows: PlanFlows): PlanFlows {
  const each = (series: readonly Float64Array[]): Float64Array[] => series.map((powerW) => powerW.map(toMilli));
  return {
    pvW: flows.pvW.map(toMilli),
    chargeW: each(flows.chargeW),
    dischargeW: each(flows.dischargeW),
    loadsW: each(flows.loadsW),
    lightsW: each(flows.lightsW),
    tanksW: each(flows.tanksW),
    source: flows.source,
  };
}

/** Writes decisions as a plan (contract plan.md); meter, charge and sums follow from the rounded decisions. */
export function assemblePlan(instance: PlanInstance, decided: PlanFlows, verdict: PlanVerdict): RichPlan {
  const flows = roundFlows(decided);
  const outcome = settle(instance, flows);
  const powersOf = (series: readonly Float64Array[], items: readonly { id: string }[], t: number): [string, number][] =>
    items.map(({ id }, i) => [id, toMilli(series[i]?.[t] ?? 0)]);
  const steps = instance.startsMs.map((startMs, t): RichPlanStep => {
    const step: RichPlanStep = {
      start: isoUtc(Math.round(startMs)),
      importW: toMilli(outcome.importW[t] ?? 0),
      exportW: toMilli(outcome.exportW[t] ?? 0),
      pvW: toMilli(flows.pvW[t] ?? 0),
      batteries: Object.fromEntries(
        instance.batteries.map(({ id }, b) => [
          id,
          {
            powerW: toMilli((flows.chargeW[b]?.[t] ?? 0) - (flows.dischargeW[b]?.[t] ?? 0)),
            soc: toMicro(outcome.socs[b]?.[t] ?? 0),
          },
        ]),
      ),
      loads: Object.fromEntries([
        ...powersOf(flows.loadsW, instance.loads, t),
        ...powersOf(flows.lightsW, instance.lights, t),
        ...powersOf(flows.tanksW, instance.tanks, t),
      ]),
    };
    const tanks = instance.tanks.map(({ id }, i) => [id, { storedWh: toMilli(outcome.tanksWh[i]?.[t] ?? 0) }] as const);
    const source = flows.source?.[t];
    return {
      ...step,
      ...(tanks.length > 0 ? { tanks: Object.fromEntries(tanks) } : {}),
      ...(source ? { source } : {}),
    };
  });
  return {
    kind: "hypervolt/plan/v1",
    problem: instance.problem.id,
    status: verdict.status,
    objective: toMicro(outcome.objective),
    cost: toMicro(outcome.cost),
    carbonKg: toMicro(outcome.carbonKg),
    gap: toMicro(verdict.gap),
    solveMs: toMilli(verdict.solveMs),
    steps,
    relaxed: verdict.relaxed,
    reasons: verdict.reasons,
  };
}

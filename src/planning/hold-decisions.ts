import type { PlanModel } from "./build-model.ts";
import type { Fixing } from "./highs-solver.ts";
import type { ModelLayout } from "./model-build.ts";
import { netW, type PlanFlows } from "./plan-flows.ts";
import { fixLoads, type Placement } from "./plan-in-force.ts";
import type { PlanInstance } from "./plan-instance.ts";

const onSteps = (powerW: Float64Array): ReadonlySet<number> =>
  new Set([...powerW.keys()].filter((t) => (powerW[t] ?? 0) > 0));

/** Where flows have the loads. */
export const placementIn = (flows: PlanFlows): Placement => flows.loadsW.map(onSteps);

/** Holds the loads of a model where they are placed. @returns false when one of them does not fit */
export function holdLoads(instance: PlanInstance, { model, layout }: PlanModel, placement: Placement): boolean {
  const fixing = fixLoads(instance, layout.loads, placement);
  if (!fixing) return false;
  for (const [i, column] of fixing.columns.entries()) {
    const value = fixing.values[i] ?? 0;
    model.bound(column, value, value);
  }
  return true;
}

/**
 * The whole numbers that say which way the meter and the batteries flow, wherever a model keeps two apart, as they are
 * in `flows`.
 * @param values the columns of a solution: only the directions it leaves undecided
 */
export function directionsIn(
  instance: PlanInstance,
  layout: ModelLayout,
  flows: PlanFlows,
  values?: Float64Array,
): Fixing {
  const columns: number[] = [];
  const ones: number[] = [];
  const add = (column: number | undefined, one: boolean): void => {
    if (column === undefined || column < 0) return;
    const value = values?.[column] ?? 0.5;
    if (Math.abs(value - Math.round(value)) <= 1e-6) return;
    columns.push(column);
    ones.push(one ? 1 : 0);
  };
  for (let t = 0; t < instance.stepCount; t++) {
    add(layout.importing[t], imports(instance, flows, t));
    for (const [b, { charging }] of layout.batteries.entries()) {
      const chargeW = flows.chargeW[b]?.[t] ?? 0;
      const leastW = (instance.batteries[b]?.minChargeW ?? 0) / 2;
      add(charging[t], chargeW > (flows.dischargeW[b]?.[t] ?? 0) && chargeW >= leastW);
    }
  }
  return { columns: Int32Array.from(columns), values: Float64Array.from(ones) };
}

/** Holds the directions of a model as they are in `flows`; with `values`, those that solution leaves undecided. */
export function holdDirections(
  instance: PlanInstance,
  { model, layout }: PlanModel,
  flows: PlanFlows,
  values?: Float64Array,
): void {
  const held = directionsIn(instance, layout, flows, values);
  for (const [i, column] of held.columns.entries()) model.bound(column, held.values[i] ?? 0, held.values[i] ?? 0);
}

const IDLE_W = 0.02;

/** At a meter of zero, what the batteries do says which side of it is meant. */
function imports(instance: PlanInstance, flows: PlanFlows, t: number): boolean {
  const net = netW(instance, flows, t);
  if (Math.abs(net) > IDLE_W) return net > 0;
  return !instance.batteries.some((it, b) => !it.mayChargeFromGrid && (flows.chargeW[b]?.[t] ?? 0) > IDLE_W);
}

/**
 * Where a linear programme would put the loads: each run at its likeliest start, each interruptible load in its
 * likeliest steps.
 */
export function likelyPlacement(instance: PlanInstance, layout: ModelLayout, values: Float64Array): Placement {
  return instance.loads.map((load, i) => {
    const { kind, first, columns } = layout.loads[i] ?? { kind: "on", first: 0, columns: new Int32Array() };
    const likely = Array.from(columns, (column, k) => ({ k, value: values[column] ?? 0 }))
      .sort((a, b) => b.value - a.value || a.k - b.k)
      .slice(0, kind === "on" ? load.profileW.length : 1);
    if (kind === "on") return new Set(likely.map(({ k }) => first + k));
    const start = first + (likely[0]?.k ?? 0);
    return new Set(load.profileW.flatMap((w, j) => (w > 0 ? [start + j] : [])));
  });
}

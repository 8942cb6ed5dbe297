import type { Fixing } from "./highs-solver.ts";
import type { LoadColumns } from "./model-build.ts";
import type { PlanInstance } from "./plan-instance.ts";
import type { RichPlan } from "./rich-problem.ts";

/** Per load, the steps in which it is on. */
export type Placement = readonly ReadonlySet<number>[];

/** The steps in which a plan has each load on, by the clock of another problem; undefined without any. */
export function placementOf(instance: PlanInstance, plan: RichPlan | undefined): Placement | undefined {
  if (!plan || instance.loads.length === 0) return undefined;
  const stepOf = new Map(instance.startsMs.map((startMs, t) => [Math.round(startMs), t]));
  return instance.loads.map(({ id }) => {
    const on = plan.steps.filter((step) => (step.loads[id] ?? 0) > 0);
    return new Set(on.flatMap((step) => stepOf.get(Date.parse(step.start)) ?? []));
  });
}

/** The whole-number columns of the loads so placed; undefined when one of them does not fit. */
export function fixLoads(
  instance: PlanInstance,
  loads: readonly LoadColumns[],
  placement: Placement,
): Fixing | undefined {
  const columns: number[] = [];
  const values: number[] = [];
  for (const [i, load] of loads.entries()) {
    const on = placement[i] ?? new Set();
    const { profileW = [], valuePerRun } = instance.loads[i] ?? {};
    const leftOut = on.size === 0 && valuePerRun !== undefined;
    const lead = Math.max(
      0,
      profileW.findIndex((w) => w > 0),
    );
    const run = leftOut ? [] : [Math.min(...on) - lead - load.first];
    const chosen = load.kind === "on" ? [...on].map((t) => t - load.first) : run;
    const fits = chosen.every((k) => k >= 0 && k < load.columns.length);
    if (!fits || (load.kind === "on" && !leftOut && on.size !== profileW.length)) return undefined;
    for (const [k, column] of load.columns.entries()) {
      columns.push(column);
      values.push(chosen.includes(k) ? 1 : 0);
    }
  }
  return { columns: Int32Array.from(columns), values: Float64Array.from(values) };
}

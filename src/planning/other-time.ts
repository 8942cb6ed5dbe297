import { MS_PER_HOUR } from "../domain/units.ts";
import type { PlanModel } from "./build-model.ts";
import type { Fixing, OpenProgramme } from "./highs-solver.ts";
import type { LoadColumns } from "./model-build.ts";
import type { PlanFlows } from "./plan-flows.ts";
import type { PlanInstance } from "./plan-instance.ts";

/** Another time for a load: which of its columns are 1 then, of those that might be. */
export type OtherTime = Readonly<{ chosen: ReadonlySet<number>; free: readonly number[] }>;

/** Another time is one at least this far away, where the window has one, h. */
const ANOTHER_TIME_HOURS = 1;
/** Shares of a load smaller than this are the solver's tolerance. */
const SHARE = 1e-6;

/**
 * The best time for a load that is not the planned one: a run at least an hour away, or none of the steps planned. The
 * programme says, the load free to be anywhere else and the other loads held; where it is torn between times, or would
 * rather not run at all, the shadow prices of the plan decide. Leaves the load's columns bounded anew.
 * @param rowDuals shadow prices of the plan's programme
 * @returns undefined where there is no other time
 */
export function otherTime(
  programme: OpenProgramme,
  instance: PlanInstance,
  built: PlanModel,
  rowDuals: Float64Array,
  index: number,
  planned: ReadonlySet<number>,
): OtherTime | undefined {
  const load = instance.loads[index];
  const columns = built.layout.loads[index];
  if (!load || !columns || load.started) return undefined;
  if (columns.kind === "on" && (load.minOnSteps > 1 || load.minOffSteps > 1)) return undefined;
  const needed = columns.kind === "on" ? load.profileW.length : 1;
  const free = otherColumns(instance, columns, planned);
  if (free.length < needed) return undefined;
  for (const column of columns.columns) programme.bound(column, 0, 0);
  for (const k of free) programme.bound(columns.columns[k] ?? -1, 0, 1);
  const values = programme.solve()?.values;
  if (!values) return undefined;
  const priceOf = (t: number): number => rowDuals[built.layout.balanceRows[t] ?? 0] ?? 0;
  const costOf = (k: number): number => {
    const profileW = columns.kind === "on" ? load.profileW.slice(0, 1) : load.profileW;
    return profileW.reduce((sum, w, j) => sum + w * priceOf(columns.first + k + j), 0);
  };
  const shareOf = (k: number): number => Math.round((values[columns.columns[k] ?? -1] ?? 0) / SHARE) * SHARE;
  const ranked = free
    .map((k) => ({ k, share: shareOf(k), cost: costOf(k) }))
    .sort((a, b) => b.share - a.share || a.cost - b.cost || a.k - b.k);
  const chosen = ranked.slice(0, needed).map(({ k }) => k);
  return { chosen: new Set(chosen), free };
}

/** Indices of a load's columns that are another time than the planned one. */
function otherColumns(
  { startsMs }: PlanInstance,
  { kind, first, columns }: LoadColumns,
  planned: ReadonlySet<number>,
): number[] {
  const others = [...columns.keys()].filter((k) => !planned.has(k));
  const [now] = planned;
  if (kind === "on" || now === undefined) return others;
  const startMs = (k: number): number => startsMs[first + k] ?? 0;
  const far = others.filter((k) => Math.abs(startMs(k) - startMs(now)) >= ANOTHER_TIME_HOURS * MS_PER_HOUR);
  return far.length > 0 ? far : others;
}

/** Indices of the load's columns that are 1 in the plan. */
export function chosenColumns(
  instance: PlanInstance,
  flows: PlanFlows,
  i: number,
  load: LoadColumns | undefined,
): Set<number> {
  const powerW = flows.loadsW[i];
  const chosen = new Set<number>();
  if (!powerW || !load) return chosen;
  if (load.kind === "on") {
    for (const [t, w] of powerW.entries()) if (w > 0) chosen.add(t - load.first);
    return chosen;
  }
  const lead = instance.loads[i]?.profileW.findIndex((w) => w > 0) ?? 0;
  const first = powerW.findIndex((w) => w > 0);
  if (first >= 0) chosen.add(first - Math.max(0, lead) - load.first);
  return chosen;
}

/** Holds columns at values. */
export function hold(programme: OpenProgramme, { columns, values }: Fixing): void {
  for (const [i, column] of columns.entries()) programme.bound(column, values[i] ?? 0, values[i] ?? 0);
}

/** The columns of a load, those that are chosen at 1. */
export function fixing(load: LoadColumns | undefined, chosen: ReadonlySet<number> | undefined): Fixing {
  const columns = load?.columns ?? new Int32Array();
  return { columns, values: Float64Array.from(columns, (_, i) => (chosen?.has(i) ? 1 : 0)) };
}

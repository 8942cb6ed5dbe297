import { copyOf, type PlanModel } from "./build-model.ts";
import type { Fixing } from "./highs-solver.ts";
import { holdDirections, holdLoads, placementIn } from "./hold-decisions.ts";
import type { PlanFlows } from "./plan-flows.ts";
import type { PlanInstance } from "./plan-instance.ts";

const WHOLE = 1e-6;

/** Does a solution of the linear programme meet the whole-number conditions as it is? */
export function isWhole({ sparse }: PlanModel, values: Float64Array): boolean {
  const { integer } = sparse();
  return values.every((value, i) => integer[i] !== 1 || Math.abs(value - Math.round(value)) <= WHOLE);
}

/** The whole numbers of a plan, as a start of the search; undefined where the model no longer has it. */
export function startOf(
  instance: PlanInstance,
  { model }: PlanModel,
  asItIs: PlanModel,
  flows: PlanFlows,
): Fixing | undefined {
  const held = copyOf(asItIs);
  if (!holdLoads(instance, held, placementIn(flows))) return undefined;
  holdDirections(instance, held, flows);
  const { integer, lower, upper } = held.sparse();
  const narrowed = model.toSparse();
  const columns = [...integer.keys()].filter((i) => integer[i] === 1 && lower[i] === upper[i]);
  const isThere = (i: number): boolean =>
    (lower[i] ?? 0) >= (narrowed.lower[i] ?? 0) && (upper[i] ?? 0) <= (narrowed.upper[i] ?? 0);
  if (columns.length === 0 || !columns.every(isThere)) return undefined;
  return { columns: Int32Array.from(columns), values: Float64Array.from(columns, (i) => lower[i] ?? 0) };
}

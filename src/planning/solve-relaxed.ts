import { ABSOLUTE_GAP, aimedAllowance } from "./accuracy.ts";
import { buildModel } from "./build-model.ts";
import { allExclusions, separateFlows } from "./exclusions.ts";
import { extractFlows } from "./extract-flows.ts";
import type { LinearSolver } from "./highs-solver.ts";
import type { SlackColumns } from "./model-build.ts";
import { fullObjective } from "./comfort-cost.ts";
import type { PlanInstance } from "./plan-instance.ts";
import type { SolvedFlows, SolveOptions } from "./solve-plan.ts";

/**
 * What must not give way if it can be helped, first things first: the contract's order backwards. Of a grid limit the
 * peak counts before the energy. The sun is cut only where an inverter cannot pass it.
 */
const KEPT_FIRST: readonly (keyof SlackColumns)[] = [
  "pvClipKwh",
  "importPeakKw",
  "importKwh",
  "exportPeakKw",
  "exportKwh",
  "socKwh",
  "windowSteps",
];

/** Each step of the order may use this share of the time that is left. */
const SHARE_OF_TIME = 0.3;

/**
 * Solves a problem that no plan satisfies: one wish after the other is given up by as little as possible, then the
 * cheapest of what is left.
 */
export function solveRelaxed(
  solver: LinearSolver,
  instance: PlanInstance,
  options: SolveOptions,
): SolvedFlows | undefined {
  const exclusions = allExclusions(instance);
  const { layout, model } = buildModel(instance, exclusions, true);
  const { slack } = layout;
  if (!slack) return undefined;
  const costs = model.costs();
  let start: Float64Array | undefined;
  const solve = (timeLimitMs: number, relativeGap: number, absoluteGap: number) =>
    solver.solve(model.toSparse(), {
      timeLimitMs,
      relativeGap,
      absoluteGap,
      ...(start ? { start: { columns: Int32Array.from(start.keys()), values: start } } : {}),
    });
  for (const wish of KEPT_FIRST) {
    const column = slack[wish];
    model.clearCosts();
    model.addCost(column, 1);
    const reached = start?.[column];
    if (reached !== undefined && reached < 1e-7) {
      model.bound(column, 0, 1e-6);
      continue;
    }
    const result = solve(options.remainingMs() * SHARE_OF_TIME, 1e-6, 1e-6);
    if (!result.values) return undefined;
    start = result.values;
    const least = Math.max(0, result.values[column] ?? 0);
    model.bound(column, 0, least < 1e-6 ? 1e-6 : least * (1 + 1e-7) + 1e-6);
  }
  model.clearCosts();
  for (const [column, cost] of costs.entries()) if (cost !== 0) model.addCost(column, cost);
  const size = Math.abs(costs.reduce((sum, cost, column) => sum + cost * (start?.[column] ?? 0), 0));
  const relativeGap = size > 0 ? Math.min(options.gap, aimedAllowance(options.gap, size) / size) : options.gap;
  const result = solve(options.remainingMs(), relativeGap, ABSOLUTE_GAP);
  const values = result.values ?? start;
  if (!values) return undefined;
  const { flows } = separateFlows(instance, extractFlows(instance, layout, values), exclusions);
  const objective = fullObjective(instance, flows);
  return { flows, objective, bound: result.bound, optimal: result.status === "optimal", exclusions };
}

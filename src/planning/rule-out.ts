import type { SolverResult } from "./highs-solver.ts";
import type { LinearModel } from "./linear-model.ts";

/** Reduced costs are right to about this much money. */
const PRECISION = 1e-6;

/**
 * Holds every whole-number column that no plan better than `target` can have otherwise: moving it costs at least its
 * reduced cost on top of the linear programme's optimum.
 * @param relaxed the linear programme of this very model, solved
 * @returns whether any was held; the model then has every plan better than `target`, but not every other
 */
export function ruleOut(model: LinearModel, relaxed: SolverResult, target: number): boolean {
  const { values, reducedCosts } = relaxed;
  if (relaxed.status !== "optimal" || !values || !reducedCosts) return false;
  const room = target - relaxed.objective + PRECISION;
  if (room < 0) return false;
  const { integer, lower, upper } = model.toSparse();
  let held = false;
  for (const [i, cost] of reducedCosts.entries()) {
    if (integer[i] !== 1 || Math.abs(cost) <= room || lower[i] === upper[i]) continue;
    const value = cost > 0 ? (lower[i] ?? 0) : (upper[i] ?? 1);
    if (Math.abs((values[i] ?? 0) - value) > PRECISION) continue;
    model.bound(i, value, value);
    held = true;
  }
  return held;
}

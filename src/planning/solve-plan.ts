import { buildModel, type PlanModel } from "./build-model.ts";
import { obviousExclusions, separateFlows, widenExclusions } from "./exclusions.ts";
import { extractFlows } from "./extract-flows.ts";
import type { LinearSolver } from "./highs-solver.ts";
import type { Exclusions } from "./model-build.ts";
import { type PlanFlows, settle } from "./plan-flows.ts";
import type { PlanInstance } from "./plan-instance.ts";

export type SolveOptions = Readonly<{
  /** Time left, ms; asked again before each solve. */
  remainingMs: () => number;
  /** Relative gap that counts as proven. */
  gap: number;
}>;

/** The best decisions found and a proven lower bound of the objective of any. */
export type SolvedFlows = Readonly<{ flows: PlanFlows; objective: number; bound: number; optimal: boolean }>;

/** Linear programmes are cheap: they show where opposite flows must be kept apart before the real solve. */
const PRELIMINARY_ROUNDS = 6;
const ROUNDS = 8;
/** Closer than this in money is the same. */
export const ABSOLUTE_GAP = 1e-6;

/**
 * Solves a problem whose wishes can all be met.
 * @returns undefined when they cannot, or when nothing was found in time
 */
export function solveWithin(
  solver: LinearSolver,
  instance: PlanInstance,
  options: SolveOptions,
): SolvedFlows | "infeasible" | undefined {
  let exclusions = obviousExclusions(instance);
  let bound = -Infinity;
  for (let round = 0; round < PRELIMINARY_ROUNDS; round++) {
    const built = buildModel(instance, exclusions);
    const relaxed = solver.solve(built.sparse(), {
      timeLimitMs: options.remainingMs(),
      relativeGap: 0,
      absoluteGap: 0,
      relax: true,
    });
    if (relaxed.status === "infeasible") return "infeasible";
    if (relaxed.status !== "optimal" || !relaxed.values) break;
    bound = Math.max(bound, relaxed.bound);
    const separated = separateFlows(instance, extractFlows(instance, built.layout, relaxed.values), exclusions);
    if (!separated.grown) break;
    exclusions =
      round === 0 ? separated.exclusions : widenExclusions(instance, exclusions, separated.exclusions, false);
  }
  let best: SolvedFlows | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    if (best && options.remainingMs() <= 0) break;
    const built = buildModel(instance, exclusions);
    const outcome = solveRound(solver, instance, built, exclusions, options);
    if (outcome === "infeasible") return "infeasible";
    if (!outcome) break;
    bound = Math.max(bound, outcome.bound);
    if (!outcome.grown) {
      best = { flows: outcome.flows, objective: outcome.objective, bound, optimal: outcome.optimal };
      break;
    }
    exclusions = widenExclusions(instance, exclusions, outcome.exclusions, true);
  }
  return best;
}

type Round = Readonly<{
  flows: PlanFlows;
  objective: number;
  bound: number;
  optimal: boolean;
  exclusions: Exclusions;
  grown: boolean;
}>;

function solveRound(
  solver: LinearSolver,
  instance: PlanInstance,
  built: PlanModel,
  exclusions: Exclusions,
  options: SolveOptions,
): Round | "infeasible" | undefined {
  const result = solver.solve(built.sparse(), {
    timeLimitMs: options.remainingMs(),
    relativeGap: options.gap,
    absoluteGap: ABSOLUTE_GAP,
  });
  if (result.status === "infeasible") return "infeasible";
  if (!result.values) return undefined;
  const separated = separateFlows(instance, extractFlows(instance, built.layout, result.values), exclusions);
  return {
    ...separated,
    objective: settle(instance, separated.flows).objective,
    bound: result.bound,
    optimal: result.status === "optimal",
  };
}

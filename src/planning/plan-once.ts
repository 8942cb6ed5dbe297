import { HyperVoltError } from "../domain/errors.ts";
import { assemblePlan } from "./assemble-plan.ts";
import type { LinearSolver } from "./highs-solver.ts";
import { toInstance } from "./plan-instance.ts";
import type { RichPlan, RichProblem } from "./rich-problem.ts";
import { solveWithin } from "./solve-plan.ts";
import { verifyPlan } from "./verify-plan.ts";

/** Limits of one planning run. */
export type PlanOptions = Readonly<{
  /** Wall time after which the best plan found so far is returned, ms. Default 10,000. */
  timeLimitMs?: number;
  /** Relative gap at which a plan counts as optimal. Default 1e-4. */
  gap?: number;
  /** The plan in force: a start for the search; never changes what is best. */
  previous?: RichPlan;
  /** Explain the plan (default true). */
  explain?: boolean;
}>;

export const DEFAULT_TIME_LIMIT_MS = 10_000;
export const DEFAULT_GAP = 1e-4;

/** Plans in the calling thread. @throws HyperVoltError SOLVER_FAILED, PLAN_INCORRECT */
export function planOnce(solver: LinearSolver, problem: RichProblem, options: PlanOptions): RichPlan {
  const startedMs = performance.now();
  const timeLimitMs = options.timeLimitMs ?? DEFAULT_TIME_LIMIT_MS;
  const gap = options.gap ?? DEFAULT_GAP;
  const instance = toInstance(problem);
  const remainingMs = (): number => Math.max(1, timeLimitMs - (performance.now() - startedMs));
  const solved = solveWithin(solver, instance, { remainingMs, gap });
  if (solved === undefined || solved === "infeasible")
    throw new HyperVoltError("SOLVER_FAILED", `no plan for ${problem.id}: ${solved ?? "no solution in time"}`);
  const plan = assemblePlan(instance, solved.flows, {
    status: solved.optimal ? "optimal" : "feasible",
    gap: relativeGap(solved.objective, solved.bound),
    solveMs: performance.now() - startedMs,
    relaxed: [],
    reasons: [],
  });
  return checked(problem, plan);
}

/** How far the objective may be from the best, as a share of it. */
export function relativeGap(objective: number, bound: number): number {
  const missing = Math.max(0, objective - bound);
  return missing <= 1e-6 ? 0 : missing / Math.max(Math.abs(objective), 1e-6);
}

/** The plan, if it keeps every rule. @throws HyperVoltError PLAN_INCORRECT naming what it breaks */
export function checked(problem: RichProblem, plan: RichPlan): RichPlan {
  const violations = verifyPlan(problem, plan);
  if (violations.length === 0) return plan;
  const told = violations.slice(0, 5).map(({ what, step, by }) => `${what} in step ${step} by ${by}`);
  throw new HyperVoltError("PLAN_INCORRECT", `${problem.id}: ${violations.length} rules broken, ${told.join("; ")}`);
}

import { HyperVoltError } from "../domain/errors.ts";
import { assemblePlan, roundFlows } from "./assemble-plan.ts";
import type { LinearSolver } from "./highs-solver.ts";
import { trivialBound } from "./trivial-bound.ts";
import { type PlanFlows, settle } from "./plan-flows.ts";
import { type PlanInstance, toInstance } from "./plan-instance.ts";
import { quickFlows } from "./quick-flows.ts";
import { relaxationsOf } from "./relaxations.ts";
import type { RichPlan, RichProblem } from "./rich-problem.ts";
import { type SolvedFlows, solveWithin } from "./solve-plan.ts";
import { solveRelaxed } from "./solve-relaxed.ts";
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
/** With less than this, only the search without the solver is run, ms. */
const LEAST_FOR_SOLVER_MS = 5;
/** Kept for the search without the solver, should the solver find nothing in time, ms. */
const QUICK_MS = 40;

/**
 * Plans in the calling thread; a problem always gets a plan.
 * @throws HyperVoltError PLAN_INCORRECT when the result fails the independent check
 */
export function planOnce(solver: LinearSolver, problem: RichProblem, options: PlanOptions): RichPlan {
  const startedMs = performance.now();
  const timeLimitMs = options.timeLimitMs ?? DEFAULT_TIME_LIMIT_MS;
  const instance = toInstance(problem);
  const solverMs = timeLimitMs - Math.min(QUICK_MS, timeLimitMs / 2);
  const remainingMs = (): number => Math.max(1, solverMs - (performance.now() - startedMs));
  const search = { remainingMs, gap: options.gap ?? DEFAULT_GAP };
  let solved: SolvedFlows | undefined;
  if (timeLimitMs > LEAST_FOR_SOLVER_MS) {
    const within = solveWithin(solver, instance, search);
    solved = within === "infeasible" ? solveRelaxed(solver, instance, search) : within;
  }
  const quick = solved?.optimal === true ? undefined : quickFlows(instance);
  const flows = better(instance, solved?.flows, quick);
  if (!flows) throw new HyperVoltError("SOLVER_FAILED", `nothing found in time for ${problem.id}`);
  const relaxed = relaxationsOf(instance, roundFlows(flows));
  const { objective } = settle(instance, flows);
  const proven = solved?.optimal === true && flows === solved.flows;
  const bound = Math.max(solved?.bound ?? -Infinity, proven ? -Infinity : trivialBound(instance));
  const plan = assemblePlan(instance, flows, {
    status: relaxed.length > (problem.notes?.length ?? 0) ? "relaxed" : proven ? "optimal" : "feasible",
    gap: relativeGap(objective, bound),
    solveMs: performance.now() - startedMs,
    relaxed,
    reasons: [],
  });
  return checked(problem, plan);
}

/** The one that gives up less, else the cheaper. */
function better(
  instance: PlanInstance,
  solved: PlanFlows | undefined,
  quick: PlanFlows | undefined,
): PlanFlows | undefined {
  if (!solved || !quick) return solved ?? quick;
  if (relaxationsOf(instance, quick).length > relaxationsOf(instance, solved).length) return solved;
  return settle(instance, quick).objective < settle(instance, solved).objective - 1e-6 ? quick : solved;
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

import { HyperVoltError } from "../domain/errors.ts";
import { DEFAULT_GAP } from "./accuracy.ts";
import { assemblePlan, roundFlows } from "./assemble-plan.ts";
import { explainPlan } from "./explain-plan.ts";
import type { LinearSolver } from "./highs-solver.ts";
import { fullObjective } from "./comfort-cost.ts";
import type { PlanFlows } from "./plan-flows.ts";
import { type PlanInstance, toInstance } from "./plan-instance.ts";
import { quickFlows } from "./quick-flows.ts";
import type { Relaxation } from "../domain/plan.ts";
import { relaxationsOf } from "./relaxations.ts";
import type { RichPlan, RichProblem } from "./rich-problem.ts";
import { placementOf } from "./plan-in-force.ts";
import { type SolvedFlows, solveWithin } from "./solve-plan.ts";
import { solveRelaxed } from "./solve-relaxed.ts";
import { trivialBound } from "./trivial-bound.ts";
import { verifyPlan, type Violation } from "./verify-plan.ts";

/** Limits of one planning run. */
export type PlanOptions = Readonly<{
  /** Wall time after which the best plan found so far is returned, ms. Default 10,000. */
  timeLimitMs?: number;
  /** Relative gap at which a plan counts as optimal. Default 1e-4. */
  gap?: number;
  /** The plan in force: where the search starts; never changes what is best. */
  previous?: RichPlan;
  /** Say why (default true). */
  explain?: boolean;
}>;

export const DEFAULT_TIME_LIMIT_MS = 10_000;
/** Kept for the search without the solver, should the solver find nothing in time, ms, or as a share of the limit. */
const QUICK_MS = 40;
const QUICK_SHARE = 0.03;
/** With less than this for the solver, only the search without it is run, ms. */
const LEAST_FOR_SOLVER_MS = 3;

/**
 * Plans in the calling thread; every problem gets a plan.
 * @param solver  undefined: only the search without it
 * @throws HyperVoltError PLAN_INCORRECT when nothing that was found passes the independent check
 */
export function planOnce(solver: LinearSolver | undefined, problem: RichProblem, options: PlanOptions = {}): RichPlan {
  const startedMs = performance.now();
  const elapsedMs = (): number => performance.now() - startedMs;
  const timeLimitMs = options.timeLimitMs ?? DEFAULT_TIME_LIMIT_MS;
  const solverMs = timeLimitMs - Math.min(Math.max(QUICK_MS, QUICK_SHARE * timeLimitMs), timeLimitMs / 2);
  const instance = toInstance(problem);
  let solved: SolvedFlows | undefined;
  let bound = -Infinity;
  if (solver && solverMs > LEAST_FOR_SOLVER_MS) {
    const search = {
      remainingMs: () => Math.max(1, solverMs - elapsedMs()),
      gap: options.gap ?? DEFAULT_GAP,
      inForce: placementOf(instance, options.previous),
    };
    const outcome = solveWithin(solver, instance, search);
    if (outcome.kind === "unfinished") ({ bound } = outcome);
    else solved = outcome.kind === "solved" ? outcome.solved : solveRelaxed(solver, instance, search);
  }
  const quick = solved?.optimal === true ? undefined : quickFlows(instance);
  const candidates = ranked(instance, solved?.flows, quick);
  let violations: readonly Violation[] = [];
  for (const flows of candidates) {
    const proven = solved?.optimal === true && flows === solved.flows;
    bound = Math.max(bound, solved?.bound ?? -Infinity);
    if (!proven) bound = Math.max(bound, trivialBound(instance));
    const relaxed = relaxationsOf(instance, roundFlows(flows));
    const objective = fullObjective(instance, flows);
    const reasons =
      options.explain === false
        ? []
        : explainPlan(proven ? solver : undefined, instance, flows, solved?.exclusions, {
            remainingMs: () => timeLimitMs - elapsedMs(),
            planMs: elapsedMs(),
          });
    const plan = assemblePlan(instance, flows, {
      status: relaxed.some(({ what }) => !isAssumption(what)) ? "relaxed" : proven ? "optimal" : "feasible",
      gap: relativeGap(objective, bound),
      solveMs: elapsedMs(),
      relaxed,
      reasons,
    });
    violations = verifyPlan(problem, plan);
    if (violations.length === 0) return plan;
  }
  const simpler = withoutHouseRules(problem);
  if (simpler)
    return planOnce(solver, simpler, { ...options, timeLimitMs: Math.max(1_000, timeLimitMs - elapsedMs()) });
  const told = violations.slice(0, 5).map(({ what, step, by }) => `${what} in step ${step} by ${by}`);
  throw new HyperVoltError("PLAN_INCORRECT", `${problem.id}: ${told.join("; ") || "nothing found in time"}`);
}

/** A note on what had to be assumed about a series: nothing gave way. */
const isAssumption = (what: string): boolean => what.startsWith("series.");

/** What was found, the best first: the one that gives up less, else the cheaper. */
function ranked(instance: PlanInstance, solved: PlanFlows | undefined, quick: PlanFlows | undefined): PlanFlows[] {
  if (!solved || !quick) return [solved, quick].filter((flows) => flows !== undefined);
  const givenUp = (flows: PlanFlows): number => relaxationsOf(instance, flows).reduce((sum, { by }) => sum + by, 0);
  const [more, less] = [givenUp(quick), givenUp(solved)];
  const quickFirst =
    more < less - 1e-6 ||
    (more < less + 1e-6 && fullObjective(instance, quick) < fullObjective(instance, solved) - 1e-6);
  return quickFirst ? [quick, solved] : [solved, quick];
}

/** How far the objective may be from the best, as a share of it; a millionth of the currency is nothing. */
export function relativeGap(objective: number, bound: number): number {
  const missing = Math.max(0, objective - bound);
  return missing <= 1e-6 ? 0 : missing / Math.max(Math.abs(objective), 1e-6);
}

/** The problem without the rules between and within loads and sources that no plan can keep, saying so; undefined without any. */
function withoutHouseRules(problem: RichProblem): RichProblem | undefined {
  const { exclusive, notes, transferSwitch, ...rest } = problem;
  const loads = problem.loads ?? [];
  const dwells = loads.some((load) => load.minOnSteps !== undefined || load.minOffSteps !== undefined);
  const stays = (transferSwitch?.minDwellSteps ?? 1) > 1;
  if (!exclusive?.length && !dwells && !stays) return undefined;
  const asked: Relaxation[] = [
    ...(exclusive?.length || dwells
      ? [
          {
            what: "loads",
            by: 1,
            unit: "rules",
            why: "no plan keeps the loads apart, and on and off, for as long as asked",
          },
        ]
      : []),
    ...(stays
      ? [
          {
            what: "transferSwitch.minDwellSteps",
            by: (transferSwitch?.minDwellSteps ?? 1) - 1,
            unit: "steps",
            why: "no source can carry the home for as long as it should stay: it is switched when it has to be",
          },
        ]
      : []),
  ];
  return {
    ...rest,
    ...(transferSwitch && { transferSwitch: { ...transferSwitch, minDwellSteps: 1, initialDwellSteps: 1 } }),
    loads: loads.map(
      (load) =>
        Object.fromEntries(
          Object.entries(load).filter(([key]) => key !== "minOnSteps" && key !== "minOffSteps"),
        ) as typeof load,
    ),
    notes: [...(notes ?? []), ...asked],
  };
}

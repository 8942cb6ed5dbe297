import { fullObjective } from "./comfort-cost.ts";
import { buildModel, type PlanModel } from "./build-model.ts";
import { obviousExclusions, separateFlows, widenExclusions } from "./exclusions.ts";
import { extractFlows } from "./extract-flows.ts";
import type { Fixing, LinearSolver } from "./highs-solver.ts";
import type { Exclusions, LoadColumns } from "./model-build.ts";
import type { PlanFlows } from "./plan-flows.ts";
import type { PlanInstance } from "./plan-instance.ts";
import type { RichPlan } from "./rich-problem.ts";

export type SolveOptions = Readonly<{
  /** Time left, ms; asked again before each solve. */
  remainingMs: () => number;
  /** Relative gap that counts as proven. */
  gap: number;
  /** Per load, the steps in which it was to be on in the plan in force. */
  announced?: readonly ReadonlySet<number>[] | undefined;
}>;

/** The best decisions found and a proven lower bound of the objective of any. */
export type SolvedFlows = Readonly<{ flows: PlanFlows; objective: number; bound: number; optimal: boolean }>;

export type SolveOutcome =
  | Readonly<{ kind: "solved"; solved: SolvedFlows }>
  /** Nothing found in time; `bound` is a proven lower bound all the same. */
  | Readonly<{ kind: "unfinished"; bound: number }>
  | Readonly<{ kind: "infeasible" }>;

/** Linear programmes are cheap: they show where opposite flows must be kept apart before the real solve. */
const PRELIMINARY_ROUNDS = 5;
const ROUNDS = 6;
/** Closer than this in money is the same. */
export const ABSOLUTE_GAP = 1e-6;

/**
 * Solves a problem whose wishes can all be met. Opposite flows are kept apart by whole numbers only where prices or a
 * first solution show the need (docs/decisions/0011); the result has none anywhere.
 */
export function solveWithin(solver: LinearSolver, instance: PlanInstance, options: SolveOptions): SolveOutcome {
  let exclusions = obviousExclusions(instance);
  let bound = -Infinity;
  for (let round = 0; round < PRELIMINARY_ROUNDS; round++) {
    const built = buildModel(instance, exclusions);
    const result = solver.solve(built.sparse(), {
      timeLimitMs: options.remainingMs(),
      relativeGap: 0,
      absoluteGap: 0,
      relax: true,
    });
    if (result.status === "infeasible") return { kind: "infeasible" };
    if (result.status !== "optimal" || !result.values) break;
    bound = Math.max(bound, result.bound);
    const separated = separateFlows(instance, extractFlows(instance, built.layout, result.values), exclusions);
    if (!separated.grown) break;
    exclusions =
      round === 0 ? separated.exclusions : widenExclusions(instance, exclusions, separated.exclusions, false);
  }
  let start = options.announced;
  let best: SolvedFlows | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    const outcome = solveRound(solver, instance, buildModel(instance, exclusions), exclusions, start, options);
    if (outcome === "infeasible") return { kind: "infeasible" };
    if (!outcome) break;
    bound = Math.max(bound, outcome.bound);
    if (!outcome.grown) {
      best = cheaper(best, outcome);
      return { kind: "solved", solved: { ...best, bound, optimal: outcome.optimal } };
    }
    start = outcome.flows.loadsW.map(onSteps);
    const everywhere = widenExclusions(instance, exclusions, outcome.exclusions, true);
    const repaired = repair(solver, instance, everywhere, start, options);
    if (repaired) best = cheaper(best, repaired);
    exclusions = round === 0 ? widenExclusions(instance, exclusions, outcome.exclusions, false) : everywhere;
    if (best && best.objective - bound <= Math.max(ABSOLUTE_GAP, options.gap * Math.abs(best.objective)))
      return { kind: "solved", solved: { ...best, bound, optimal: true } };
  }
  return best ? { kind: "solved", solved: { ...best, bound, optimal: false } } : { kind: "unfinished", bound };
}

const cheaper = (a: SolvedFlows | undefined, b: SolvedFlows): SolvedFlows => (a && a.objective <= b.objective ? a : b);

/** The best plan with the loads as they were just placed: quick, and often as good as solving anew. */
function repair(
  solver: LinearSolver,
  instance: PlanInstance,
  exclusions: Exclusions,
  placed: readonly ReadonlySet<number>[],
  options: SolveOptions,
): Round | undefined {
  const built = buildModel(instance, exclusions);
  const held = loadStart(instance, built.layout.loads, placed);
  if (!held) return undefined;
  for (const [i, column] of held.columns.entries()) built.model.bound(column, held.values[i] ?? 0, held.values[i] ?? 0);
  const outcome = solveRound(solver, instance, built, exclusions, undefined, options);
  return outcome === "infeasible" || outcome?.grown === true ? undefined : outcome;
}

type Round = SolvedFlows & Readonly<{ exclusions: Exclusions; grown: boolean }>;

function solveRound(
  solver: LinearSolver,
  instance: PlanInstance,
  built: PlanModel,
  exclusions: Exclusions,
  announced: SolveOptions["announced"],
  options: SolveOptions,
): Round | "infeasible" | undefined {
  const start = announced && loadStart(instance, built.layout.loads, announced);
  const result = solver.solve(built.sparse(), {
    timeLimitMs: options.remainingMs(),
    relativeGap: options.gap,
    absoluteGap: ABSOLUTE_GAP,
    ...(start ? { start } : {}),
  });
  if (result.status === "infeasible") return "infeasible";
  if (!result.values) return undefined;
  const separated = separateFlows(instance, extractFlows(instance, built.layout, result.values), exclusions);
  const objective = fullObjective(instance, separated.flows);
  return { ...separated, objective, bound: result.bound, optimal: result.status === "optimal" };
}

const onSteps = (powerW: Float64Array): ReadonlySet<number> =>
  new Set([...powerW.keys()].filter((t) => (powerW[t] ?? 0) > 0));

/** The steps in which the plan in force has each load on, by the clock; undefined without one. */
export function announcedSteps(instance: PlanInstance, previous: RichPlan | undefined): SolveOptions["announced"] {
  if (!previous || instance.loads.length === 0) return undefined;
  const stepOf = new Map(instance.startsMs.map((startMs, t) => [Math.round(startMs), t]));
  return instance.loads.map(({ id }) => {
    const on = previous.steps.filter((step) => (step.loads[id] ?? 0) > 0);
    return new Set(on.flatMap((step) => stepOf.get(Date.parse(step.start)) ?? []));
  });
}

/** The whole-number columns of the loads as they were to run; undefined when one of them no longer fits. */
function loadStart(
  instance: PlanInstance,
  loads: readonly LoadColumns[],
  announced: readonly ReadonlySet<number>[],
): Fixing | undefined {
  const columns: number[] = [];
  const values: number[] = [];
  for (const [i, load] of loads.entries()) {
    const on = announced[i] ?? new Set();
    const profileW = instance.loads[i]?.profileW ?? [];
    const lead = Math.max(
      0,
      profileW.findIndex((w) => w > 0),
    );
    const chosen = load.kind === "on" ? [...on].map((t) => t - load.first) : [Math.min(...on) - lead - load.first];
    const fits = chosen.every((k) => k >= 0 && k < load.columns.length);
    if (!fits || (load.kind === "on" && on.size !== profileW.length)) return undefined;
    for (const [k, column] of load.columns.entries()) {
      columns.push(column);
      values.push(chosen.includes(k) ? 1 : 0);
    }
  }
  return columns.length > 0 ? { columns: Int32Array.from(columns), values: Float64Array.from(values) } : undefined;
}

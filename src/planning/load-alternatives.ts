import { branchIn } from "./branch-and-bound.ts";
import { buildModel, type PlanModel } from "./build-model.ts";
import { fullObjective } from "./comfort-cost.ts";
import { separateFlows } from "./exclusions.ts";
import { extractFlows } from "./extract-flows.ts";
import type { Fixing, LinearSolution, LinearSolver, OpenProgramme } from "./highs-solver.ts";
import { directionsIn } from "./hold-decisions.ts";
import type { SparseModel } from "./linear-model.ts";
import type { Exclusions, LoadColumns } from "./model-build.ts";
import { type PlanFlows, settle } from "./plan-flows.ts";
import type { PlanInstance } from "./plan-instance.ts";
import { solveWithin } from "./solve-plan.ts";
import { chosenColumns, fixing, hold, type OtherTime, otherTime } from "./other-time.ts";
import { isWhole } from "./whole-numbers.ts";

/** The best other time for a load: money (wear and stored energy included, carbon not) and carbon it would add. */
export type LoadAlternative = Readonly<{ step: number; extraCost: number; extraCarbonKg: number }>;

/** What another time would cost is told to about this much money. */
const CLOSE = 2e-3;
/** What is not found as quickly as that is planned again in full, for at most this long. */
const AGAIN_MS = 400;
/** What one linear programme does not settle takes, all together, no longer than the plan took, or this long, ms. */
const LEAST_MS = 500;
/** Linear programmes to settle one of them. */
const MOST_SOLVES = 30;
const MENDING_ROUNDS = 3;
/** Loads that are compared with another time; more would take longer than the plan. */
const MOST_COMPARED = 10;

/**
 * For each load, its best other time, everything else free to adapt except the other loads. Each takes a linear
 * programme or two, from the last one's basis, wherever that is whole or can be made so at next to no cost; else the
 * rest is planned again in full.
 * @param exclusions where the plan has opposite flows kept apart
 * @param planMs     what finding the plan took
 */
export function alternativesOf(
  solver: LinearSolver,
  instance: PlanInstance,
  flows: PlanFlows,
  exclusions: Exclusions,
  limits: Readonly<{ remainingMs: () => number; planMs: number }>,
): (LoadAlternative | undefined)[] {
  const found: (LoadAlternative | undefined)[] = instance.loads.map(() => undefined);
  if (instance.loads.every((load) => load.started || load.latest - load.earliest <= load.profileW.length)) return found;
  const built = buildModel(instance, exclusions);
  const { layout } = built;
  const asPlanned = instance.loads.map((_, i) => chosenColumns(instance, flows, i, layout.loads[i]));
  const endMs = limits.remainingMs() - Math.max(LEAST_MS, limits.planMs);
  const remainingMs = (): number => Math.min(limits.remainingMs(), limits.remainingMs() - endMs);
  const programme = solver.open(built.sparse());
  try {
    for (const [i, chosen] of asPlanned.entries()) hold(programme, fixing(layout.loads[i], chosen));
    const plan = programme.solve();
    if (!plan) return found;
    for (const i of [...asPlanned.keys()].slice(0, MOST_COMPARED)) {
      if (limits.remainingMs() <= 0) break;
      const columns = layout.loads[i];
      const planned = asPlanned[i] ?? new Set();
      const other = otherTime(programme, instance, built, plan.rowDuals, i, planned);
      if (other) {
        hold(programme, fixing(columns, other.chosen));
        const moved = cheapest(programme, instance, built, exclusions, flows);
        const held = asPlanned.flatMap((chosen, k) => (k === i ? [] : [fixing(layout.loads[k], chosen)]));
        const better = best(programme, instance, built, exclusions, { i, free: other.free, held, moved, remainingMs });
        const again = better ?? moved ?? plannedAgain(solver, instance, flows, i, other, columns, remainingMs);
        if (again) found[i] = alternativeOf(instance, flows, i, again);
      }
      hold(programme, fixing(columns, planned));
    }
  } finally {
    programme.close();
  }
  return found;
}

/**
 * Branches on where one load may be and on every direction, to find what is better than `moved` by more than matters.
 * @param free  indices of the load's columns it may take
 * @param held  the other loads
 */
function best(
  programme: OpenProgramme,
  instance: PlanInstance,
  built: PlanModel,
  exclusions: Exclusions,
  search: Readonly<{
    i: number;
    free: readonly number[];
    held: readonly Fixing[];
    moved: PlanFlows | undefined;
    remainingMs: () => number;
  }>,
): PlanFlows | undefined {
  const load = built.layout.loads[search.i];
  if (!load || search.remainingMs() <= 0) return undefined;
  const model = built.sparse();
  const confine = (column: number, low: number, high: number): void => {
    model.lower[column] = low;
    model.upper[column] = high;
  };
  for (const { columns, values } of search.held)
    for (const [k, column] of columns.entries()) confine(column, values[k] ?? 0, values[k] ?? 0);
  const may = new Set(search.free);
  for (const [k, column] of load.columns.entries()) confine(column, 0, may.has(k) ? 1 : 0);
  for (const column of load.columns) programme.bound(column, 0, model.upper[column] ?? 0);
  const { found } = branchIn(programme, model, {
    basis: undefined,
    groups: load.kind === "starts" ? [load.columns] : [],
    cutoff: search.moved ? fullObjective(instance, search.moved) - CLOSE : Infinity,
    allowanceOf: () => CLOSE,
    remainingMs: search.remainingMs,
    mostSolves: MOST_SOLVES,
  });
  for (const column of whole(model)) programme.bound(column, model.lower[column] ?? 0, model.upper[column] ?? 1);
  if (!found) return undefined;
  const separated = separateFlows(instance, extractFlows(instance, built.layout, found.values), exclusions);
  return separated.grown ? undefined : separated.flows;
}

const whole = ({ integer }: SparseModel): number[] => [...integer.keys()].filter((column) => integer[column] === 1);

/**
 * The best flows of a programme whose loads are held, all directions free; undefined where that is not to be had from
 * a few linear programmes: with the directions that the first leaves undecided held as it shows them, and as the plan
 * has them.
 */
function cheapest(
  programme: OpenProgramme,
  instance: PlanInstance,
  built: PlanModel,
  exclusions: Exclusions,
  plan: PlanFlows,
): PlanFlows | undefined {
  const free = programme.solve();
  if (!free) return undefined;
  const flowsIn = ({ values }: LinearSolution) =>
    separateFlows(instance, extractFlows(instance, built.layout, values), exclusions);
  const isDone = (solution: LinearSolution): boolean => isWhole(built, solution.values) && !flowsIn(solution).grown;
  if (isDone(free)) return flowsIn(free).flows;
  const { lower, upper } = built.sparse();
  let best: LinearSolution | undefined;
  const mend = (first: Fixing): void => {
    const held = [first];
    hold(programme, first);
    for (let round = 0; round < MENDING_ROUNDS; round++) {
      const solution = programme.solve(best?.objective);
      if (!solution) break;
      if (isDone(solution)) {
        best = solution;
        break;
      }
      const next = directionsIn(instance, built.layout, flowsIn(solution).flows, solution.values);
      if (next.columns.length === 0) break;
      held.push(next);
      hold(programme, next);
    }
    for (const { columns } of held)
      for (const column of columns) programme.bound(column, lower[column] ?? 0, upper[column] ?? 1);
  };
  mend(directionsIn(instance, built.layout, flowsIn(free).flows, free.values));
  mend(directionsIn(instance, built.layout, plan));
  return best && best.objective - free.objective <= CLOSE ? flowsIn(best).flows : undefined;
}

/** The plan with one load moved and all loads where they are, the rest planned anew; undefined when not done in time. */
function plannedAgain(
  solver: LinearSolver,
  instance: PlanInstance,
  flows: PlanFlows,
  index: number,
  other: OtherTime,
  columns: LoadColumns | undefined,
  remainingMs: () => number,
): PlanFlows | undefined {
  const movedW = new Float64Array(instance.stepCount);
  const profileW = instance.loads[index]?.profileW ?? [];
  for (const k of other.chosen)
    for (const [j, w] of (columns?.kind === "on" ? profileW.slice(0, 1) : profileW).entries())
      movedW[(columns?.first ?? 0) + k + j] = w;
  const loadsW = flows.loadsW.map((powerW, i) => (i === index ? movedW : powerW));
  const loadW = instance.loadW.map((w, t) => loadsW.reduce((sum, powerW) => sum + (powerW[t] ?? 0), w));
  if (remainingMs() <= 0) return undefined;
  const endMs = remainingMs() - Math.min(AGAIN_MS, remainingMs());
  const gap = CLOSE / Math.max(1, Math.abs(fullObjective(instance, flows)));
  const limits = { remainingMs: () => Math.max(1, remainingMs() - endMs), gap };
  const outcome = solveWithin(solver, { ...instance, loadW, loads: [], exclusive: [] }, limits);
  if (outcome.kind !== "solved" || !outcome.solved.optimal) return undefined;
  return { ...outcome.solved.flows, loadsW };
}

function alternativeOf(instance: PlanInstance, plan: PlanFlows, load: number, moved: PlanFlows): LoadAlternative {
  const extraCarbonKg = settle(instance, moved).carbonKg - settle(instance, plan).carbonKg;
  const extra = fullObjective(instance, moved) - fullObjective(instance, plan);
  const extraCost = extra - instance.carbonPricePerKg * extraCarbonKg;
  const step = moved.loadsW[load]?.findIndex((w) => w > 0) ?? 0;
  return { step, extraCost: rounded(extraCost), extraCarbonKg: rounded(extraCarbonKg) };
}

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4 + 0;

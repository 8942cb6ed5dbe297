import { buildModel } from "./build-model.ts";
import { fullObjective } from "./comfort-cost.ts";
import { obviousExclusions, separateFlows } from "./exclusions.ts";
import { extractFlows } from "./extract-flows.ts";
import type { Compared, Fixing, LinearSolver } from "./highs-solver.ts";
import type { LoadColumns, ModelLayout } from "./model-build.ts";
import { type PlanFlows, settle } from "./plan-flows.ts";
import type { PlanInstance } from "./plan-instance.ts";
import { isWhole, solveWithin } from "./solve-plan.ts";

/** The best other time for a load: money (wear and stored energy included, carbon not) and carbon it would add. */
export type LoadAlternative = Readonly<{ step: number; extraCost: number; extraCarbonKg: number }>;

/** Another time for a load: the columns that are 1 then, and the first step. */
type OtherTime = Readonly<{ step: number; chosen: ReadonlySet<number> }>;

/** Letting whole numbers go changes what the plan costs by more than this: planned again in full, for at most this long. */
const LOOSE = 2e-4;
const AGAIN_MS = 400;
/** Loads that are compared with another time; more would take longer than the plan. */
const MOST_COMPARED = 10;
/** Another time is one at least this far away, where the window has one, h. */
const ANOTHER_TIME_HOURS = 1;

/**
 * For each load, its best other time, everything else free to adapt except the other loads. The whole numbers that
 * keep opposite flows apart are let go, in the plan and its alternatives alike, so that each takes a millisecond; where
 * the plan shows that this changes what it costs, each is planned again in full.
 */
export function alternativesOf(
  solver: LinearSolver,
  instance: PlanInstance,
  flows: PlanFlows,
  remainingMs: () => number,
): (LoadAlternative | undefined)[] {
  const found: (LoadAlternative | undefined)[] = instance.loads.map(() => undefined);
  if (instance.loads.every((load) => load.started || load.latest - load.earliest <= load.profileW.length)) return found;
  const built = buildModel(instance, obviousExclusions(instance));
  const { layout } = built;
  const asPlanned = instance.loads.map((_, i) => chosenColumns(instance, flows, i, layout.loads[i]));
  let plan: Compared | undefined;
  let isLoose = false;
  let asked: { load: number; other: OtherTime } | undefined;
  const again = (i: number, other: OtherTime): LoadAlternative | undefined =>
    plannedAgain(solver, instance, flows, i, other, layout.loads[i], remainingMs);
  const fixings = function* (): Generator<Fixing> {
    const loads = [...layout.loads.keys()];
    yield joined(loads.map((i) => fixing(layout.loads[i], asPlanned[i])));
    for (const i of loads.slice(0, MOST_COMPARED)) {
      if (!plan || remainingMs() <= 0) return;
      const other = otherTime(instance, layout, plan, i, asPlanned[i] ?? new Set());
      if (!other) continue;
      if (isLoose) {
        found[i] = again(i, other);
        continue;
      }
      asked = { load: i, other };
      yield fixing(layout.loads[i], other.chosen);
      // Undo before the next load is moved; the solution in between is not looked at.
      asked = undefined;
      yield fixing(layout.loads[i], asPlanned[i]);
    }
  };
  for (const solution of solver.compare(built.sparse(), fixings())) {
    if (!plan && solution) isLoose = fullObjective(instance, flows) - solution.objective > LOOSE;
    plan ??= solution;
    if (!plan) break;
    if (!asked || !solution) continue;
    if (!isWhole(built, solution.values) || showsOpposites(instance, layout, solution)) {
      found[asked.load] = again(asked.load, asked.other);
      continue;
    }
    const extraCarbonKg = carbonKgOf(instance, layout, solution) - carbonKgOf(instance, layout, plan);
    const extraCost = solution.objective - plan.objective - instance.carbonPricePerKg * extraCarbonKg;
    found[asked.load] = {
      step: asked.other.step,
      extraCost: rounded(extraCost),
      extraCarbonKg: rounded(extraCarbonKg),
    };
  }
  return found;
}

function showsOpposites(instance: PlanInstance, layout: ModelLayout, { values }: Compared): boolean {
  return separateFlows(instance, extractFlows(instance, layout, values), obviousExclusions(instance)).grown;
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
): LoadAlternative | undefined {
  const movedW = new Float64Array(instance.stepCount);
  const profileW = instance.loads[index]?.profileW ?? [];
  for (const k of other.chosen)
    for (const [j, w] of (columns?.kind === "on" ? profileW.slice(0, 1) : profileW).entries())
      movedW[(columns?.first ?? 0) + k + j] = w;
  const loadsW = flows.loadsW.map((powerW, i) => (i === index ? movedW : powerW));
  const loadW = instance.loadW.map((w, t) => loadsW.reduce((sum, powerW) => sum + (powerW[t] ?? 0), w));
  const endMs = remainingMs() - Math.min(AGAIN_MS, remainingMs());
  const limits = { remainingMs: () => Math.max(1, remainingMs() - endMs), gap: 1e-5 };
  const outcome = solveWithin(solver, { ...instance, loadW, loads: [], exclusive: [] }, limits);
  if (outcome.kind !== "solved" || !outcome.solved.optimal) return undefined;
  const again: PlanFlows = { ...outcome.solved.flows, loadsW };
  const extraCarbonKg = settle(instance, again).carbonKg - settle(instance, flows).carbonKg;
  const extra = fullObjective(instance, again) - fullObjective(instance, flows);
  const extraCost = extra - instance.carbonPricePerKg * extraCarbonKg;
  return { step: other.step, extraCost: rounded(extraCost), extraCarbonKg: rounded(extraCarbonKg) };
}

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4 + 0;

/** Indices of the load's columns that are 1 in the plan. */
function chosenColumns(
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

function fixing(load: LoadColumns | undefined, chosen: ReadonlySet<number> | undefined): Fixing {
  const columns = load?.columns ?? new Int32Array();
  return { columns, values: Float64Array.from(columns, (_, i) => (chosen?.has(i) ? 1 : 0)) };
}

function joined(parts: readonly Fixing[]): Fixing {
  return {
    columns: Int32Array.from(parts.flatMap((part) => [...part.columns])),
    values: Float64Array.from(parts.flatMap((part) => [...part.values])),
  };
}

/** The time away from the planned one at which the shadow prices make the load cheapest. */
function otherTime(
  instance: PlanInstance,
  { loads, balanceRows }: ModelLayout,
  plan: Compared,
  index: number,
  planned: ReadonlySet<number>,
): OtherTime | undefined {
  const load = instance.loads[index];
  const columns = loads[index];
  if (!load || !columns || load.started) return undefined;
  const priceOf = (t: number): number => plan.rowDuals[balanceRows[t] ?? 0] ?? 0;
  const costs = Array.from(columns.columns, (_, i) => ({
    i,
    cost:
      columns.kind === "on"
        ? priceOf(columns.first + i)
        : load.profileW.reduce((sum, w, j) => sum + w * priceOf(columns.first + i + j), 0),
  }));
  const free = costs.filter(({ i }) => !planned.has(i)).sort((a, b) => a.cost - b.cost || a.i - b.i);
  if (columns.kind === "on") {
    if (free.length < load.profileW.length || load.minOnSteps > 1 || load.minOffSteps > 1) return undefined;
    const chosen = free.slice(0, load.profileW.length).map(({ i }) => i);
    return { step: columns.first + Math.min(...chosen), chosen: new Set(chosen) };
  }
  const [now] = planned;
  const startMs = (i: number): number => instance.startsMs[columns.first + i] ?? 0;
  const isFar = (i: number): boolean =>
    now === undefined || Math.abs(startMs(i) - startMs(now)) >= ANOTHER_TIME_HOURS * 3_600_000;
  const best = free.find(({ i }) => isFar(i)) ?? free[0];
  return best && { step: columns.first + best.i, chosen: new Set([best.i]) };
}

function carbonKgOf(instance: PlanInstance, layout: ModelLayout, { values }: Compared): number {
  let kg = 0;
  for (const [t, column] of layout.import.entries())
    if (column >= 0) kg += ((values[column] ?? 0) * (instance.hours[t] ?? 0) * (instance.carbonGPerKwh[t] ?? 0)) / 1000;
  return kg;
}

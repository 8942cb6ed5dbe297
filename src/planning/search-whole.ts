import type { PlanModel } from "./build-model.ts";
import type { Fixing, LinearSolver, SolverResult } from "./highs-solver.ts";
import { improveByWindows } from "./improve-windows.ts";
import type { PlanInstance } from "./plan-instance.ts";

export type WholeLimits = Readonly<{
  /** Time left, ms; asked again before each solve. */
  remainingMs: () => number;
  relativeGap: number;
  absoluteGap: number;
  start: Fixing | undefined;
}>;

/** Most problems are solved within this share of the time, and within this time, ms. */
const FIRST_SHARE = 0.1;
const FIRST_MS = 1_000;
/** What bettering a plan window by window may take of the time then left. */
const WINDOWS_SHARE = 0.5;
/** Kept of the time left for bettering the last plan once more. */
const LAST_SHARE = 0.1;

/**
 * Searches for the best whole plan. One that is not found soon is looked for in windows of time, which hard problems
 * yield to where branching over all of them does not; what is found that way starts the search over the whole again.
 */
export function searchWhole(
  solver: LinearSolver,
  instance: PlanInstance,
  built: PlanModel,
  { remainingMs, relativeGap, absoluteGap, start }: WholeLimits,
): SolverResult {
  const sparse = built.sparse();
  const search = (timeLimitMs: number, from: Fixing | undefined): SolverResult =>
    solver.solve(sparse, { timeLimitMs, relativeGap, absoluteGap, ...(from && { start: from }) });
  const until = (ms: number): (() => number) => {
    const endMs = remainingMs() - ms;
    return () => remainingMs() - endMs;
  };
  const bettered = (found: SolverResult, forMs: number): SolverResult => {
    const known = wholeNumbers(sparse.integer, found.values);
    if (!known) return found;
    const leastGain = Math.max(absoluteGap, (relativeGap * Math.abs(found.objective)) / 10);
    const limits = { remainingMs: until(forMs), leastGain };
    const better = improveByWindows(solver, instance, built, known, found.objective, limits);
    return better ? { ...found, ...better } : found;
  };
  const isOver = ({ status, objective, bound }: SolverResult): boolean =>
    status === "optimal" ||
    status === "infeasible" ||
    objective - bound <= Math.max(absoluteGap, relativeGap * Math.abs(objective));

  const first = search(Math.min(remainingMs(), Math.max(FIRST_MS, FIRST_SHARE * remainingMs())), start);
  if (isOver(first) || remainingMs() < FIRST_MS / 10) return proven(first, isOver(first));
  const second = bettered(first, WINDOWS_SHARE * remainingMs());
  if (isOver(second)) return proven(second, true);
  const from = wholeNumbers(sparse.integer, second.values) ?? start;
  const third = search((1 - LAST_SHARE) * remainingMs(), from);
  if (third.status === "infeasible") return third;
  const better = third.objective < second.objective ? third : second;
  const joined = { ...better, bound: Math.max(first.bound, third.bound) };
  if (third.status === "optimal" || isOver(joined)) return proven(joined, true);
  const last = third.objective < second.objective ? bettered(joined, remainingMs()) : joined;
  return proven(last, isOver(last));
}

const proven = (result: SolverResult, isProven: boolean): SolverResult =>
  isProven && result.values ? { ...result, status: "optimal" } : result;

function wholeNumbers(integer: Int32Array, values: Float64Array | undefined): Fixing | undefined {
  if (!values) return undefined;
  const columns = Int32Array.from([...integer.keys()].filter((i) => integer[i] === 1));
  return { columns, values: Float64Array.from(columns, (i) => Math.round(values[i] ?? 0)) };
}

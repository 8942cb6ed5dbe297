import type { PlanModel } from "./build-model.ts";
import type { Fixing, LinearSolver, SolverResult } from "./highs-solver.ts";
import { beginByWindows, improveByWindows } from "./improve-windows.ts";
import type { PlanInstance } from "./plan-instance.ts";

export type WholeLimits = Readonly<{
  /** Time left, ms; asked again before each solve. */
  remainingMs: () => number;
  /** Looked for at first… */
  relativeGap: number;
  /** …and what does where that takes long. */
  enoughGap: number;
  absoluteGap: number;
  start: Fixing | undefined;
  /** Another whole plan to better, asked for only where the search takes long. */
  otherStart: () => Start | undefined;
}>;

/** All whole numbers of a plan, and what it comes to. */
export type Start = Readonly<{ fixing: Fixing; objective: number }>;

/** Most problems are solved within this share of the time, and within this time, ms. */
const FIRST_SHARE = 0.35;
const FIRST_MS = 3_000;
/** One that is still this far off after this share of the time has no good plan to begin with: windows find one sooner. */
const POOR_GAP = 2e-2;
const POOR_SHARE = 0.08;
const POOR_MS = 500;
/** What bettering a plan window by window may take of the time then left. */
const WINDOWS_SHARE = 0.5;
/** What the search from a bettered plan may take of it; the rest is kept for bettering once more what it finds. */
const LAST_SHARE = 0.9;
/** With less left than this nothing more is begun, ms. */
const LEAST_MS = 30;
/** With less than this share of its time left a search was cut short. */
const CUT_SHARE = 0.1;

/**
 * Searches for the best whole plan. One that is not found soon is looked for in windows of time, which hard problems
 * yield to where branching over all of them does not; what is found that way starts the search over the whole again.
 */
export function searchWhole(
  solver: LinearSolver,
  instance: PlanInstance,
  built: PlanModel,
  { remainingMs, relativeGap, enoughGap, absoluteGap, start, otherStart }: WholeLimits,
): SolverResult {
  const sparse = built.sparse();
  const search = (timeLimitMs: number, from: Fixing | undefined, thorough: boolean): SolverResult => {
    const leftMs = remainingMs() - timeLimitMs;
    const poorMs = remainingMs() - Math.max(POOR_MS, POOR_SHARE * remainingMs());
    const givesUp = (gap: number): boolean => gap > POOR_GAP && remainingMs() < poorMs;
    const found = solver.solve(sparse, {
      timeLimitMs,
      relativeGap,
      absoluteGap,
      thorough,
      ...(from && { start: from }),
      ...(thorough ? {} : { givesUp }),
    });
    // A search that was cut short proves nothing.
    const isCut = remainingMs() - leftMs < timeLimitMs * CUT_SHARE;
    return found.status === "infeasible" && isCut ? { ...found, status: "unknown", bound: -Infinity } : found;
  };
  const until = (ms: number): (() => number) => {
    const endMs = Math.max(LEAST_MS, remainingMs() - ms);
    return () => remainingMs() - endMs;
  };
  const startIn = ({ values, objective }: SolverResult): Start | undefined =>
    values && { fixing: wholeNumbers(sparse.integer, values), objective };
  const bettered = (given: SolverResult, forMs: number, other: Start | undefined): SolverResult => {
    const remaining = until(forMs);
    const begun = given.values || other ? undefined : beginByWindows(solver, instance, built, remaining);
    const found: SolverResult = begun ? { ...given, ...begun, status: "feasible" } : given;
    const own = startIn(found);
    const from = other && (!own || other.objective < own.objective) ? other : own;
    if (!from) return found;
    const leastGain = Math.max(absoluteGap, (relativeGap * Math.abs(from.objective)) / 10);
    const limits = { remainingMs: remaining, leastGain };
    const better = improveByWindows(solver, instance, built, from.fixing, from.objective, limits);
    return better ? { ...found, ...better, status: "feasible" } : found;
  };
  const isOver = ({ status, values, objective, bound }: SolverResult): boolean =>
    status === "optimal" ||
    status === "infeasible" ||
    (values !== undefined && objective - bound <= Math.max(absoluteGap, enoughGap * Math.abs(objective)));

  let best = search(Math.min(remainingMs(), Math.max(FIRST_MS, FIRST_SHARE * remainingMs())), start, false);
  for (let other: Start | undefined = undefined; !isOver(best) && remainingMs() > LEAST_MS;) {
    other ??= otherStart();
    const better = bettered(best, WINDOWS_SHARE * remainingMs(), other);
    if (isOver(better) || remainingMs() <= LEAST_MS) return proven(better, isOver(better));
    const from = startIn(better)?.fixing ?? start;
    const again = search((from ? LAST_SHARE : WINDOWS_SHARE) * remainingMs(), from, true);
    if (again.status === "infeasible") return better.values ? better : again;
    const bound = Math.max(best.bound, again.bound);
    const improved = again.objective < better.objective;
    best = { ...(improved ? again : better), bound };
    if (again.status === "optimal") break;
    if (!improved && from) return proven(best, isOver(best));
  }
  return proven(best, isOver(best));
}

const proven = (result: SolverResult, isProven: boolean): SolverResult =>
  isProven && result.values ? { ...result, status: "optimal" } : result;

function wholeNumbers(integer: Int32Array, values: Float64Array): Fixing {
  const columns = Int32Array.from([...integer.keys()].filter((i) => integer[i] === 1));
  return { columns, values: Float64Array.from(columns, (i) => Math.round(values[i] ?? 0)) };
}

import type { PlanModel } from "./build-model.ts";
import type { Fixing, LinearSolver } from "./highs-solver.ts";
import type { ModelLayout } from "./model-build.ts";
import type { PlanInstance } from "./plan-instance.ts";

export type WindowLimits = Readonly<{
  /** Time left for all of it, ms. */
  remainingMs: () => number;
  /** Less than this better is not better. */
  leastGain: number;
}>;

export type Bettered = Readonly<{ values: Float64Array; objective: number }>;

/** Lengths of the windows, as shares of the plan but within these steps; each starts half a window after the last. */
const WINDOW_SHARES = [1 / 8, 1 / 4];
const BEGIN_SHARE = 1 / 6;
const [SHORTEST, LONGEST] = [6, 32];
const MOST_ROUNDS = 12;
/** What one window may take of the time left. */
const WINDOW_TIME_SHARE = 0.2;

/**
 * Betters a plan where the search over all of it takes too long: what is decided within a window of time is searched
 * anew, all whole numbers beyond held, window after window until none helps (relax-and-fix; Pochet and Wolsey 2006).
 * @param known  all whole numbers of the plan
 * @returns undefined when no window has a better one
 */
export function improveByWindows(
  solver: LinearSolver,
  instance: PlanInstance,
  built: PlanModel,
  known: Fixing,
  objective: number,
  { remainingMs, leastGain }: WindowLimits,
): Bettered | undefined {
  const sparse = built.sparse();
  const spans = spansOf(instance, built.layout);
  let best: Bettered | undefined;
  let { values: held } = known;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let helped = false;
    for (const [from, to] of windowsOf(instance.stepCount)) {
      if (remainingMs() <= 0) return best;
      const lower = sparse.lower.slice();
      const upper = sparse.upper.slice();
      let free = 0;
      for (const [i, column] of known.columns.entries()) {
        const [first, end] = spans.get(column) ?? [-1, -1];
        if (first >= from && end <= to) free++;
        else lower[column] = upper[column] = held[i] ?? 0;
      }
      if (free === 0) continue;
      const found = solver.solve(
        { ...sparse, lower, upper },
        {
          timeLimitMs: remainingMs() * WINDOW_TIME_SHARE,
          relativeGap: 1e-6,
          absoluteGap: leastGain / 10,
          start: { columns: known.columns, values: held },
        },
      );
      if (!found.values || found.objective >= (best?.objective ?? objective) - leastGain) continue;
      const { values } = found;
      best = { values, objective: found.objective };
      held = Float64Array.from(known.columns, (column) => Math.round(values[column] ?? 0));
      helped = true;
    }
    if (!helped) break;
  }
  return best;
}

/**
 * A first whole plan, window after window from now on: each window is searched with what comes before it held and what
 * comes after it free of whole numbers (relax-and-fix).
 * @returns undefined where a window has none, or in no time
 */
export function beginByWindows(
  solver: LinearSolver,
  instance: PlanInstance,
  built: PlanModel,
  remainingMs: () => number,
): Bettered | undefined {
  const sparse = built.sparse();
  const spans = spansOf(instance, built.layout);
  const lower = sparse.lower.slice();
  const upper = sparse.upper.slice();
  const length = windowLength(instance.stepCount, BEGIN_SHARE);
  let found: Bettered | undefined;
  for (let from = 0; from < instance.stepCount; from += length) {
    const isLast = from + length >= instance.stepCount;
    // What no step can be told of is whole from the start.
    const startsIn = (column: number): boolean => (spans.get(column)?.[0] ?? -1) < from + length;
    const integer = sparse.integer.map((flag, column) => (flag === 1 && (isLast || startsIn(column)) ? 1 : 0));
    const limits = { timeLimitMs: remainingMs() * WINDOW_TIME_SHARE * 2, relativeGap: 1e-3, absoluteGap: 1e-6 };
    const result = solver.solve({ ...sparse, lower, upper, integer }, limits);
    const { values } = result;
    if (!values || remainingMs() <= 0) return undefined;
    for (const [column, [first]] of spans)
      if (sparse.integer[column] === 1 && first < from + length)
        lower[column] = upper[column] = Math.round(values[column] ?? 0);
    found = { values, objective: result.objective };
  }
  return found;
}

function windowsOf(stepCount: number): [from: number, to: number][] {
  return WINDOW_SHARES.flatMap((share) => {
    const length = windowLength(stepCount, share);
    const stride = Math.max(1, Math.floor(length / 2));
    const count = Math.max(1, Math.ceil((stepCount - length) / stride) + 1);
    return Array.from({ length: count }, (_, i): [number, number] => [i * stride, i * stride + length]);
  });
}

const windowLength = (stepCount: number, share: number): number =>
  Math.min(LONGEST, Math.max(SHORTEST, Math.round(stepCount * share)));

/** Per whole-number column, the steps [from, to) it decides on. */
function spansOf(instance: PlanInstance, layout: ModelLayout): Map<number, readonly [number, number]> {
  const spans = new Map<number, readonly [number, number]>();
  const perStep = (columns: Int32Array): void => {
    for (const [t, column] of columns.entries()) if (column >= 0) spans.set(column, [t, t + 1]);
  };
  perStep(layout.importing);
  for (const { charging } of layout.batteries) perStep(charging);
  if (layout.source) for (const columns of Object.values(layout.source)) perStep(columns);
  for (const { heating } of layout.tanks) perStep(heating);
  for (const [i, { kind, first, columns }] of layout.loads.entries())
    for (const [k, column] of columns.entries()) {
      const length = kind === "on" ? 1 : (instance.loads[i]?.profileW.length ?? 1);
      spans.set(column, [first + k, first + k + length]);
    }
  return spans;
}

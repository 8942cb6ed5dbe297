import { applyCommand, type Outcome } from "./storage-policy-program.ts";
import type { StoragePolicy } from "./storage-policy.ts";

/** A run still to be placed; steps count from the policy's first step. */
export type PendingRun = Readonly<{
  id: string;
  /** What is left of the run, mean W per step. */
  profileW: readonly number[];
  contiguous: boolean;
  earliestStep: number;
  latestStep: number;
}>;

export type PlacedRun = Readonly<{ run: PendingRun; steps: readonly number[] }>;

/** More starts than this are first looked at in strides. */
const STARTS_AT_ONCE = 48;
const PASSES = 2;
/** Differences between starts show on fewer paths than the value of storage does. */
const ROLLOUT_PATHS = 24;
const SAME_COST = 1e-9;

/**
 * Places runs where they are expected to cost least over the scenarios, the batteries doing their best around them:
 * each start is tried on every path under the policy's commands. Runs are placed one after the other, the largest
 * first, and looked at again once all are placed.
 * @param placedBefore runs whose power the policy's paths already carry
 */
export function placeRuns(
  policy: StoragePolicy,
  pending: readonly PendingRun[],
  placedBefore: readonly PlacedRun[] = [],
): PlacedRun[] {
  const { length } = policy.whole.program.paths;
  const planned = new Float64Array(length);
  const placed = new Map(placedBefore.map(({ run, steps }) => [run, steps]));
  const energy = (run: PendingRun): number => run.profileW.reduce((sum, powerW) => sum + powerW, 0);
  const order = pending
    .filter((run) => run.earliestStep < length && run.profileW.length > 0)
    .toSorted((a, b) => energy(b) - energy(a));
  for (let pass = 0; pass < (order.length > 1 ? PASSES : 1); pass++)
    for (const run of order) {
      add(planned, run, placed.get(run) ?? [], -1);
      const steps = run.contiguous ? bestBlock(policy, planned, run) : bestSteps(policy, planned, run);
      placed.set(run, steps);
      add(planned, run, steps, 1);
    }
  return order.map((run) => ({ run, steps: placed.get(run) ?? [] }));
}

/** Power of placed runs over the policy's steps, W. */
export function powerOf(placed: readonly PlacedRun[], length: number): Float64Array {
  const planned = new Float64Array(length);
  for (const { run, steps } of placed) add(planned, run, steps, 1);
  return planned;
}

function add(planned: Float64Array, run: PendingRun, steps: readonly number[], sign: 1 | -1): void {
  steps.forEach((step, i) => {
    if (step < planned.length) planned[step] = (planned[step] ?? 0) + sign * (run.profileW[i] ?? 0);
  });
}

function bestBlock(policy: StoragePolicy, planned: Float64Array, run: PendingRun): number[] {
  const { length } = policy.whole.program.paths;
  const size = run.profileW.length;
  const first = Math.max(0, run.earliestStep);
  const last = Math.max(first, Math.min(run.latestStep, length) - size);
  const steps = (start: number): number[] => Array.from({ length: size }, (_, i) => start + i);
  const costs = new Map<number, number>();
  const costOf = (start: number): number => {
    let cost = costs.get(start);
    if (cost === undefined) {
      const withRun = planned.slice();
      add(withRun, run, steps(start), 1);
      cost = rolloutCost(policy, withRun);
      costs.set(start, cost);
    }
    return cost;
  };
  const cheapest = (from: number, to: number, stride: number): number => {
    let best = from;
    for (let start = from; start <= to; start += stride) if (costOf(start) < costOf(best) - SAME_COST) best = start;
    return best;
  };
  const stride = Math.ceil((last - first + 1) / STARTS_AT_ONCE);
  const near = cheapest(first, last, stride);
  return steps(
    stride === 1 ? near : cheapest(Math.max(first, near - stride + 1), Math.min(last, near + stride - 1), 1),
  );
}

/** The steps in which a little of the run costs least; the last one may be partly used. */
function bestSteps(policy: StoragePolicy, planned: Float64Array, run: PendingRun): number[] {
  const first = Math.max(0, run.earliestStep);
  const last = Math.min(run.latestStep, policy.whole.program.paths.length);
  const ranked = Array.from({ length: Math.max(0, last - first) }, (_, i) => {
    const withStep = planned.slice();
    withStep[first + i] = (withStep[first + i] ?? 0) + (run.profileW[0] ?? 0);
    return { step: first + i, cost: rolloutCost(policy, withStep) };
  }).toSorted((a, b) => a.cost - b.cost || a.step - b.step);
  return ranked
    .slice(0, run.profileW.length)
    .map(({ step }) => step)
    .toSorted((a, b) => a - b);
}

/** Expected cost over all paths when the policy's commands meet this additional load, W per step. */
export function rolloutCost(policy: StoragePolicy, extraLoadW: Float64Array): number {
  const { program, costs } = policy.whole;
  const { paths, commands } = program;
  const { levels, wattHoursPerLevel } = costs;
  const outcome: Outcome = { powerW: 0, storedWh: 0, stepCost: 0 };
  const stride = Math.ceil(paths.count / ROLLOUT_PATHS);
  let expected = 0;
  let weight = 0;
  for (let n = 0; n < paths.count; n += stride) {
    const kind = paths.kindOf[n] ?? 0;
    let storedWh = policy.whole.storedWh;
    let cost = 0;
    for (let t = 0; t < paths.length; t++) {
      const level = Math.min(levels - 1, Math.round(storedWh / wattHoursPerLevel));
      const command = commands[costs.best[(t * paths.kinds + kind) * levels + level] ?? 0];
      if (!command) continue;
      applyCommand(program, command, n, t, storedWh, extraLoadW[t] ?? 0, outcome);
      cost += outcome.stepCost;
      storedWh = outcome.storedWh;
    }
    const end = (paths.length * paths.kinds + kind) * levels;
    const place = Math.min(storedWh / wattHoursPerLevel, levels - 1);
    const low = Math.min(levels - 2, Math.floor(place));
    const left =
      (costs.values[end + low] ?? 0) * (low + 1 - place) + (costs.values[end + low + 1] ?? 0) * (place - low);
    expected += (paths.weights[n] ?? 0) * (cost + left);
    weight += paths.weights[n] ?? 0;
  }
  return weight > 0 ? expected / weight : 0;
}

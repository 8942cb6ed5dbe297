import { createStageSums } from "./storage-policy-sums.ts";
import {
  stageCostPerHour,
  storePowerW,
  type StageLimits,
  type Store,
  type StoreCommand,
} from "./storage-policy-stage.ts";

/** Joint futures as flat arrays, path after path: value of path n at step t is at `n * length + t`. */
export type StoragePaths = Readonly<{
  count: number;
  length: number;
  /** Probability of each path; adds up to 1. */
  weights: Float64Array;
  /** Kind of day each path belongs to, 0 .. kinds - 1. */
  kindOf: Int32Array;
  kinds: number;
  /** Hours of each step. */
  hours: Float64Array;
  loadW: Float64Array;
  pvW: Float64Array;
  /** Price of import with its carbon, per kWh. */
  importPerKwh: Float64Array;
  exportPerKwh: Float64Array;
}>;

/**
 * Cost still to come by step, kind of day and stored energy: `values[(t * kinds + kind) * levels + level]` at the start
 * of step t (`length` is the end), as expected by who saw a path of that kind in the step before. `best` holds, laid out
 * alike, the candidate to choose at step t.
 */
export type CostToGo = Readonly<{
  levels: number;
  wattHoursPerLevel: number;
  values: Float64Array;
  best: Uint8Array;
}>;

/** The problem: futures, the store, its surroundings, and the commands to choose from at every step. */
export type StorageProgram = Readonly<{
  paths: StoragePaths;
  store: Store;
  limits: StageLimits;
  commands: readonly StoreCommand[];
}>;

/**
 * Stochastic dynamic programme over one store: the least expected cost from each step and level on, when a command is
 * chosen before the step's outcome is known. Outcomes are the paths', drawn anew each step, but the kind of day lasts
 * from one step to the next with probability `persistence`: a gloomy morning makes a gloomy noon likely.
 * @param persistence one per step: that the kind of the step before it still holds
 * @param endCost     cost (negative: value) of ending with so many Wh stored
 */
export function solveCostToGo(
  program: StorageProgram,
  levels: number,
  persistence: Float64Array,
  endCost: (storedWh: number) => number,
): CostToGo {
  const { paths, store, commands } = program;
  const { count, length, kinds, kindOf } = paths;
  const wattHoursPerLevel = store.usableWh / (levels - 1);
  const values = new Float64Array((length + 1) * kinds * levels);
  const best = new Uint8Array(length * kinds * levels);
  const shareOf = kindShares(paths);
  for (let i = 0; i < kinds * levels; i++)
    values[length * kinds * levels + i] = endCost((i % levels) * wattHoursPerLevel);
  const next = new Float64Array(levels + 1);
  const sums = createStageSums(program, levels, wattHoursPerLevel);
  const mean = new Float64Array(levels);
  for (let t = length - 1; t >= 0; t--) {
    mean.fill(0);
    for (let kind = 0; kind < kinds; kind++) {
      const share = shareOf[kind] ?? 0;
      if (share === 0) continue;
      const after = ((t + 1) * kinds + kind) * levels;
      for (let i = 0; i < levels; i++) next[i] = values[after + i] as number;
      next[levels] = next[levels - 1] as number;
      sums.begin(t, next);
      for (let n = 0; n < count; n++) if (kindOf[n] === kind) sums.add(n, (paths.weights[n] as number) / share);
      const costs = sums.end();
      const here = (t * kinds + kind) * levels;
      for (let i = 0; i < levels; i++) {
        let least = Infinity;
        for (let c = 0; c < commands.length; c++) {
          const cost = costs[c * levels + i] as number;
          if (cost < least) {
            least = cost;
            best[here + i] = c;
          }
        }
        values[here + i] = least;
        mean[i] = (mean[i] as number) + share * least;
      }
    }
    const lasting = persistence[t] ?? 0;
    for (let kind = 0; kind < kinds; kind++) {
      const here = (t * kinds + kind) * levels;
      const known = (shareOf[kind] ?? 0) > 0 ? lasting : 0;
      for (let i = 0; i < levels; i++)
        values[here + i] = known * (values[here + i] as number) + (1 - known) * (mean[i] as number);
    }
  }
  return { levels, wattHoursPerLevel, values, best };
}

function kindShares({ kinds, kindOf, weights }: StoragePaths): Float64Array {
  const shares = new Float64Array(kinds);
  kindOf.forEach((kind, n) => (shares[kind] = (shares[kind] ?? 0) + (weights[n] ?? 0)));
  return shares;
}

/** Cost to go at the start of a step with so many Wh stored, after a step of a kind; between levels by interpolation. */
export function costToGoAt(costs: CostToGo, paths: StoragePaths, step: number, kind: number, storedWh: number): number {
  const { levels, wattHoursPerLevel, values } = costs;
  const place = Math.min(Math.max(storedWh / wattHoursPerLevel, 0), levels - 1);
  const low = Math.min(levels - 2, Math.floor(place));
  const at = (step * paths.kinds + kind) * levels + low;
  return (values[at] ?? 0) * (low + 1 - place) + (values[at + 1] ?? 0) * (place - low);
}

/** What one outcome of a command is. */
export type Outcome = { powerW: number; storedWh: number; stepCost: number };

/** What a command does on one path at a step, written into `outcome`. */
export function applyCommand(
  program: StorageProgram,
  command: StoreCommand,
  path: number,
  step: number,
  storedWh: number,
  extraLoadW: number,
  outcome: Outcome,
): void {
  const { paths, store, limits } = program;
  const at = path * paths.length + step;
  const hours = paths.hours[step] as number;
  const loadW = (paths.loadW[at] as number) + extraLoadW;
  const pvW = paths.pvW[at] as number;
  let powerW = storePowerW(command, store, limits, loadW, pvW);
  if (powerW > 0) {
    powerW = Math.min(powerW, Math.max(0, store.usableWh - storedWh) / (hours * store.chargeEfficiency));
    if (powerW < store.minChargeW) powerW = 0;
  } else powerW = Math.max(powerW, (-storedWh * store.dischargeEfficiency) / hours);
  outcome.powerW = powerW;
  outcome.stepCost =
    hours *
    stageCostPerHour(
      powerW,
      store,
      limits,
      loadW,
      pvW,
      paths.importPerKwh[at] as number,
      paths.exportPerKwh[at] as number,
    );
  outcome.storedWh =
    storedWh + hours * (powerW > 0 ? powerW * store.chargeEfficiency : powerW / store.dischargeEfficiency);
}

/** Expected cost of giving a command at a step and doing the best after it. */
export function expectedCost(
  program: StorageProgram,
  costs: CostToGo,
  command: StoreCommand,
  step: number,
  storedWh: number,
): number {
  const { paths } = program;
  const outcome: Outcome = { powerW: 0, storedWh: 0, stepCost: 0 };
  let sum = 0;
  for (let n = 0; n < paths.count; n++) {
    applyCommand(program, command, n, step, storedWh, 0, outcome);
    sum +=
      (paths.weights[n] ?? 0) *
      (outcome.stepCost + costToGoAt(costs, paths, step + 1, paths.kindOf[n] ?? 0, outcome.storedWh));
  }
  return sum;
}

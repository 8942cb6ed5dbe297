import type { Battery } from "../domain/plan-problem.ts";
import { candidateCommands, finePowerStepW, tunedPowerW, withPower } from "./storage-policy-commands.ts";
import { storeOf } from "./storage-policy-fleet.ts";
import {
  costToGoAt,
  expectedCost,
  solveCostToGo,
  type CostToGo,
  type StoragePaths,
  type StorageProgram,
} from "./storage-policy-program.ts";
import type { StageLimits, StoreCommand } from "./storage-policy-stage.ts";

export type StoreProblem = Readonly<{
  paths: StoragePaths;
  /** Seen as one store; `initialSoc` is the state of charge now. */
  batteries: readonly Battery[];
  limits: StageLimits;
  /** The plan ends with the paths: stored energy is then worth `finalValuePerKwh` and must reach `finalMinSoc`. */
  endsWithPaths: boolean;
  levels: number;
  /** Consider finely graded powers at every step, not only at the one decided. */
  fine: boolean;
}>;

/** A solved programme over one store. */
export type StorePolicy = Readonly<{
  program: StorageProgram;
  /** Considered for the step that is decided; the programme's own commands are fewer. None without a usable battery. */
  fineCandidates: readonly StoreCommand[];
  costs: CostToGo;
  storedWh: number;
  /** What is to be stored when the plan ends with the paths, Wh; undefined otherwise. */
  endTargetWh: number | undefined;
}>;

export type StoreDecision = Readonly<{ command: StoreCommand; expectedCost: number; valueOfStoredPerKwh: number }>;

/** How likely the kind of day (sunny, gloomy) is to be the same an hour later. */
const KIND_LASTS_PER_HOUR = 0.9;
/** Commands whose cost differs by less are the same; the first one stays. */
const SAME_COST = 1e-9;
/** Each narrows the power by a third. */
const TUNING_STEPS = 12;
/** What a kWh left at the horizon is worth, as a share of the median price of import. */
const LEFT_OVER_SHARE = 0.8;
/** Missing a final state of charge costs more per kWh than any energy. */
const MISSED_TARGET_PER_KWH = 20;

/** Solves the programme of one store, or of several batteries seen as one. */
export function solveStore(problem: StoreProblem): StorePolicy {
  const { paths, batteries, limits } = problem;
  const { store, storedWh } = storeOf(batteries);
  const usable = store.usableWh > 0;
  const fineCandidates = usable ? candidateCommands(store, paths, limits, true) : [];
  const coarse = problem.fine ? fineCandidates : candidateCommands(store, paths, limits, false);
  const program: StorageProgram = {
    paths,
    store: usable ? store : { ...store, usableWh: 1, maxChargeW: 0, maxDischargeW: 0 },
    limits,
    commands: usable ? coarse : [{ kind: "hold" }],
  };
  const costs = solveCostToGo(
    program,
    usable ? levelsFor(batteries, store.usableWh, problem.levels) : 2,
    paths.hours.map((hours) => KIND_LASTS_PER_HOUR ** hours),
    endCostOf(batteries, paths, problem.endsWithPaths),
  );
  return {
    program,
    fineCandidates,
    costs,
    storedWh,
    endTargetWh: problem.endsWithPaths ? targetWhOf(batteries) : undefined,
  };
}

/**
 * The command of least expected cost at one of the policy's steps.
 * @param batteries with `initialSoc` as it is at the start of that step
 */
export function decideStore(policy: StorePolicy, batteries: readonly Battery[], step: number): StoreDecision {
  const { program, costs } = policy;
  const { storedWh } = storeOf(batteries);
  // Where nothing is gained by keeping it, stored energy is used.
  let command: StoreCommand = policy.fineCandidates[0] ?? { kind: "hold" };
  let cost = expectedCost(program, costs, command, step, storedWh);
  if (policy.fineCandidates.length > 0)
    for (const candidate of [...policy.fineCandidates, ...commandsTo(policy, step, storedWh)]) {
      const candidateCost = expectedCost(program, costs, candidate, step, storedWh);
      if (candidateCost < cost - SAME_COST) {
        command = candidate;
        cost = candidateCost;
      }
    }
  const tuned = tune(policy, command, cost, step, storedWh);
  return {
    command: tuned.command,
    expectedCost: tuned.cost,
    valueOfStoredPerKwh: valueOfStored(policy, step + 1, storedWh),
  };
}

/** Commands that bring the store exactly to what is wanted at the end. */
function commandsTo({ program, endTargetWh }: StorePolicy, step: number, storedWh: number): StoreCommand[] {
  if (endTargetWh === undefined) return [];
  const { store, paths } = program;
  const hours = paths.hours[step] ?? 1;
  const missingW = (endTargetWh - storedWh) / (hours * store.chargeEfficiency);
  const spareW = ((storedWh - endTargetWh) * store.dischargeEfficiency) / hours;
  if (missingW > 0 && store.mayChargeFromGrid)
    return [{ kind: "charge", powerW: Math.min(missingW, store.maxChargeW), maxW: store.maxChargeW }];
  return spareW > 0 ? [{ kind: "follow", maxChargeW: Infinity, maxDischargeW: spareW }] : [];
}

/** Searches between the fine powers for the one that costs least. */
function tune(
  { program, costs }: StorePolicy,
  command: StoreCommand,
  cost: number,
  step: number,
  storedWh: number,
): { command: StoreCommand; cost: number } {
  const middleW = tunedPowerW(command);
  let best = { command, cost };
  if (middleW === undefined) return best;
  const widthW = finePowerStepW(command, program.store);
  let lowW = Math.max(0, middleW - widthW);
  let highW = middleW + widthW;
  for (let i = 0; i < TUNING_STEPS; i++) {
    const thirdW = (highW - lowW) / 3;
    const [left, right] = [lowW + thirdW, highW - thirdW].map((powerW) => {
      const other = withPower(command, powerW);
      const otherCost = expectedCost(program, costs, other, step, storedWh);
      if (otherCost < best.cost - SAME_COST) best = { command: other, cost: otherCost };
      return otherCost;
    });
    if ((left ?? 0) <= (right ?? 0)) highW -= thirdW;
    else lowW += thirdW;
  }
  return best;
}

/** Levels such that the state of charge wanted at the end is one of them, as nearly as possible. */
function levelsFor(batteries: readonly Battery[], usableWh: number, levels: number): number {
  const targetShare = targetWhOf(batteries) / usableWh;
  const misfit = (count: number): number => Math.abs(targetShare * (count - 1) - Math.round(targetShare * (count - 1)));
  let best = levels;
  for (let count = levels + 1; count < levels * 1.5; count++) if (misfit(count) < misfit(best) - 1e-9) best = count;
  return best;
}

const targetWhOf = (batteries: readonly Battery[]): number =>
  batteries.reduce((sum, b) => sum + Math.max(0, (b.finalMinSoc ?? 0) - (b.minSoc ?? 0)) * b.capacityWh, 0);

function valueOfStored({ program, costs }: StorePolicy, step: number, storedWh: number): number {
  const { paths } = program;
  const around = costs.wattHoursPerLevel;
  const low = Math.max(0, storedWh - around);
  const high = Math.min(storedWh + around, around * (costs.levels - 1));
  if (high <= low) return 0;
  let saved = 0;
  for (let n = 0; n < paths.count; n++) {
    const kind = paths.kindOf[n] ?? 0;
    const difference = costToGoAt(costs, paths, step, kind, low) - costToGoAt(costs, paths, step, kind, high);
    saved += (paths.weights[n] ?? 0) * difference;
  }
  return (saved / (high - low)) * 1_000;
}

function endCostOf(batteries: readonly Battery[], paths: StoragePaths, ends: boolean): (storedWh: number) => number {
  if (!ends) {
    const prices = Float64Array.from(paths.importPerKwh).sort();
    const value = LEFT_OVER_SHARE * Math.max(0, prices[prices.length >> 1] ?? 0);
    return (storedWh) => (-value * storedWh) / 1_000;
  }
  const capacityWh = batteries.reduce((sum, battery) => sum + battery.capacityWh, 0);
  const value =
    capacityWh > 0 ? batteries.reduce((sum, b) => sum + (b.finalValuePerKwh ?? 0) * b.capacityWh, 0) / capacityWh : 0;
  const targetWh = targetWhOf(batteries);
  return (storedWh) => (-value * storedWh + MISSED_TARGET_PER_KWH * Math.max(0, targetWh - storedWh)) / 1_000;
}

import type { Scenarios } from "../domain/forecast.ts";
import type { Battery } from "../domain/plan-problem.ts";
import type { BatteryCommand } from "../domain/plan.ts";
import type { StoragePlant } from "../domain/storage-rule.ts";
import { candidateCommands, finePowerStepW, tunedPowerW, withPower } from "./storage-policy-commands.ts";
import { commandsOf, storeOf } from "./storage-policy-fleet.ts";
import {
  costToGoAt,
  expectedCost,
  solveCostToGo,
  type CostToGo,
  type StoragePaths,
  type StorageProgram,
} from "./storage-policy-program.ts";
import { storagePaths } from "./storage-policy-paths.ts";
import { reasonFor } from "./storage-policy-reason.ts";
import type { StageLimits, StoreCommand } from "./storage-policy-stage.ts";

export type StoragePolicyInput = Readonly<{
  /** Grid, PV, inverter and batteries; `initialSoc` of each battery is its state of charge now. */
  plant: StoragePlant;
  /** Joint futures of load_w, pv_w, import_price, export_price and carbon_g_kwh from now on; the last three per kWh. */
  scenarios: Scenarios;
  carbonPricePerKg: number;
  /** Power of started and planned loads on top of load_w, W per step. */
  plannedLoadW?: Float64Array;
  /** The plan ends with the scenarios: stored energy is then worth `finalValuePerKwh` and must reach `finalMinSoc`. */
  endsWithScenarios?: boolean;
  /** Levels of charge the programme distinguishes; default 33. */
  levels?: number;
  /** Consider finely graded powers at every step, not only at the one decided now. */
  fine?: boolean;
  currency?: string;
}>;

export type StorageDecision = Readonly<{
  /** By battery id, for the first step. */
  commands: Readonly<Record<string, BatteryCommand>>;
  /** Expected objective over the scenarios' length, less the value of what is then stored. */
  expectedCost: number;
  /** What one more kWh in storage after this step is expected to save. */
  valueOfStoredPerKwh: number;
  /** In words a user understands. */
  reason: string;
}>;

/** The solved programme behind a decision, for planning loads around it and for later steps. */
export type StoragePolicy = Readonly<{
  program: StorageProgram;
  /** Considered for the step that is decided; the programme's own commands are fewer. */
  fineCandidates: readonly StoreCommand[];
  costs: CostToGo;
  storedWh: number;
  /** What is to be stored when the plan ends with the scenarios, Wh; undefined otherwise. */
  endTargetWh: number | undefined;
  currency: string;
}>;

const DEFAULT_LEVELS = 33;
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

/**
 * Chooses each battery's command for the first step by stochastic dynamic programming over equally likely futures: a
 * mean forecast hides that an evening may need 1 kWh or 6; over scenarios the value of stored energy says when
 * following the load, keeping, or charging is best (feasibility measurements, section H).
 */
export function chooseCommands(input: StoragePolicyInput): StorageDecision {
  return decideAt(solveStoragePolicy(input), input.plant.batteries, 0);
}

/**
 * The decision a solved policy takes at one of its steps.
 * @param batteries with `initialSoc` as it is at the start of that step
 */
export function decideAt(policy: StoragePolicy, batteries: readonly Battery[], step: number): StorageDecision {
  const { program, costs, currency } = policy;
  const { paths, store } = program;
  const { storedWh } = storeOf(batteries);
  let best: StoreCommand = { kind: "hold" };
  let bestCost = expectedCost(program, costs, best, step, storedWh);
  if (store.usableWh > 0)
    for (const command of [...policy.fineCandidates, ...commandsTo(policy, step, storedWh)]) {
      const cost = expectedCost(program, costs, command, step, storedWh);
      if (cost < bestCost - SAME_COST) {
        best = command;
        bestCost = cost;
      }
    }
  const tuned = tune(policy, best, bestCost, step, storedWh);
  best = tuned.command;
  bestCost = tuned.cost;
  const valueOfStoredPerKwh = valueOfStored(policy, step + 1, storedWh);
  return {
    commands: commandsOf(best, batteries, paths.hours[step] ?? 1),
    expectedCost: bestCost,
    valueOfStoredPerKwh,
    reason:
      policy.fineCandidates.length === 0
        ? "there is no battery to use"
        : reasonFor(best, valueOfStoredPerKwh, paths, step, currency),
  };
}

/** Solves the programme from now to the scenarios' end. */
export function solveStoragePolicy(input: StoragePolicyInput): StoragePolicy {
  const { plant } = input;
  const paths = storagePaths(input.scenarios, input.carbonPricePerKg, input.plannedLoadW);
  const limits: StageLimits = {
    maxImportW: plant.grid?.maxImportW ?? Infinity,
    maxExportW: plant.grid?.maxExportW ?? Infinity,
    maxAcW: plant.inverter?.maxAcW ?? Infinity,
    curtailable: plant.pv?.curtailable ?? false,
  };
  const { store, storedWh } = storeOf(plant.batteries);
  const usable = store.usableWh > 0;
  const fineCandidates = candidateCommands(store, paths, limits, true);
  const coarse = input.fine === true ? fineCandidates : candidateCommands(store, paths, limits, false);
  const program: StorageProgram = {
    paths,
    store: usable ? store : { ...store, usableWh: 1, maxChargeW: 0, maxDischargeW: 0 },
    limits,
    commands: usable ? coarse : [{ kind: "hold" }],
  };
  const costs = solveCostToGo(
    program,
    usable ? levelsFor(plant.batteries, store.usableWh, input.levels ?? DEFAULT_LEVELS) : 2,
    paths.hours.map((hours) => KIND_LASTS_PER_HOUR ** hours),
    endCostOf(plant.batteries, paths, input.endsWithScenarios ?? false),
  );
  return {
    program,
    fineCandidates: usable ? fineCandidates : [],
    costs,
    storedWh,
    endTargetWh: input.endsWithScenarios === true ? targetWhOf(plant.batteries) : undefined,
    currency: input.currency ?? "",
  };
}

/** Commands that bring the store exactly to what is wanted at the end. */
function commandsTo({ program, endTargetWh }: StoragePolicy, step: number, storedWh: number): StoreCommand[] {
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
  { program, costs }: StoragePolicy,
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

function valueOfStored({ program, costs }: StoragePolicy, step: number, storedWh: number): number {
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

import type { Scenarios } from "../domain/forecast.ts";
import type { Battery } from "../domain/plan-problem.ts";
import type { BatteryCommand } from "../domain/plan.ts";
import type { StoragePlant } from "../domain/storage-rule.ts";
import { G_PER_KG, MS_PER_HOUR } from "../domain/units.ts";
import { candidateCommands } from "./storage-policy-commands.ts";
import { commandsOf, storeOf } from "./storage-policy-fleet.ts";
import { costToGoAt, expectedCost, solveCostToGo, type CostToGo, type StoragePaths } from "./storage-policy-program.ts";
import { reasonFor } from "./storage-policy-reason.ts";
import type { StageLimits, Store, StoreCommand } from "./storage-policy-stage.ts";

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

/** The solved problem behind a decision, for planning loads around it. */
export type StoragePolicy = Readonly<{
  paths: StoragePaths;
  store: Store;
  limits: StageLimits;
  fineCandidates: readonly StoreCommand[];
  costs: CostToGo;
  currency: string;
}>;

const DEFAULT_LEVELS = 33;
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
  const { paths, store, limits, costs, currency } = policy;
  const { storedWh } = storeOf(batteries);
  let best: StoreCommand = { kind: "hold" };
  let bestCost = expectedCost(paths, costs, store, limits, best, step, storedWh);
  if (store.usableWh > 0)
    for (const command of policy.fineCandidates) {
      const cost = expectedCost(paths, costs, store, limits, command, step, storedWh);
      if (cost < bestCost - 1e-9) {
        best = command;
        bestCost = cost;
      }
    }
  const valueOfStoredPerKwh = valueOfStored(costs, step + 1, storedWh);
  return {
    commands: commandsOf(best, batteries, paths.hours[step] ?? 1),
    expectedCost: bestCost,
    valueOfStoredPerKwh,
    reason: reasonFor(best, valueOfStoredPerKwh, paths, step, store, currency),
  };
}

/** Solves the programme from now to the scenarios' end. */
export function solveStoragePolicy(input: StoragePolicyInput): StoragePolicy {
  const { plant } = input;
  const paths = pathsOf(input);
  const limits: StageLimits = {
    maxImportW: plant.grid?.maxImportW ?? Infinity,
    maxExportW: plant.grid?.maxExportW ?? Infinity,
    maxAcW: plant.inverter?.maxAcW ?? Infinity,
    curtailable: plant.pv?.curtailable ?? false,
  };
  const { store } = storeOf(plant.batteries);
  const fineCandidates = candidateCommands(store, paths, limits, true);
  const candidates = input.fine === true ? fineCandidates : candidateCommands(store, paths, limits, false);
  const costs = solveCostToGo(
    paths,
    { ...store, usableWh: Math.max(store.usableWh, 1) },
    limits,
    store.usableWh > 0 ? candidates : [{ kind: "hold" }],
    input.levels ?? DEFAULT_LEVELS,
    endCostOf(plant.batteries, paths, input.endsWithScenarios ?? false),
  );
  return { paths, store, limits, fineCandidates, costs, currency: input.currency ?? "" };
}

function valueOfStored(costs: CostToGo, step: number, storedWh: number): number {
  const around = costs.wattHoursPerLevel;
  const low = Math.max(0, storedWh - around);
  const high = Math.min(storedWh + around, around * (costs.levels - 1));
  return high > low ? ((costToGoAt(costs, step, low) - costToGoAt(costs, step, high)) / (high - low)) * 1_000 : 0;
}

function endCostOf(batteries: readonly Battery[], paths: StoragePaths, ends: boolean): (storedWh: number) => number {
  if (!ends) {
    const prices = Float64Array.from(paths.importPerKwh).sort();
    const value = LEFT_OVER_SHARE * Math.max(0, prices[prices.length >> 1] ?? 0);
    return (storedWh) => (-value * storedWh) / 1_000;
  }
  const capacityWh = batteries.reduce((sum, battery) => sum + battery.capacityWh, 0);
  const value = batteries.reduce((sum, b) => sum + (b.finalValuePerKwh ?? 0) * b.capacityWh, 0) / capacityWh;
  const targetWh = batteries.reduce(
    (sum, b) => sum + Math.max(0, (b.finalMinSoc ?? 0) - (b.minSoc ?? 0)) * b.capacityWh,
    0,
  );
  return (storedWh) => (-value * storedWh + MISSED_TARGET_PER_KWH * Math.max(0, targetWh - storedWh)) / 1_000;
}

function pathsOf(input: StoragePolicyInput): StoragePaths {
  const { paths, stepMs } = input.scenarios;
  const signal = (name: string): readonly Float64Array[] => paths[name] ?? [];
  const count = Math.max(1, ...Object.values(paths).map((drawn) => drawn.length));
  const length = signal("load_w")[0]?.length ?? 0;
  const flat = (name: string): Float64Array => {
    const drawn = signal(name);
    const values = new Float64Array(count * length);
    if (drawn.length > 0) for (let n = 0; n < count; n++) values.set(drawn[n % drawn.length] ?? [], n * length);
    return values;
  };
  const loadW = flat("load_w");
  const planned = input.plannedLoadW;
  if (planned) for (let i = 0; i < loadW.length; i++) loadW[i] = (loadW[i] ?? 0) + (planned[i % length] ?? 0);
  const importPerKwh = flat("import_price");
  const carbon = flat("carbon_g_kwh");
  for (let i = 0; i < importPerKwh.length; i++)
    importPerKwh[i] = (importPerKwh[i] ?? 0) + (input.carbonPricePerKg * (carbon[i] ?? 0)) / G_PER_KG;
  return {
    count,
    length,
    hours: new Float64Array(length).fill(stepMs / MS_PER_HOUR),
    loadW,
    pvW: flat("pv_w"),
    importPerKwh,
    exportPerKwh: flat("export_price"),
  };
}

import type { Scenarios } from "../domain/forecast.ts";
import type { Battery } from "../domain/plan-problem.ts";
import type { BatteryCommand } from "../domain/plan.ts";
import { meritOrder, type StoragePlant } from "../domain/storage-rule.ts";
import { commandsOf } from "./storage-policy-fleet.ts";
import { storagePaths } from "./storage-policy-paths.ts";
import { applyCommand, type Outcome, type StoragePaths } from "./storage-policy-program.ts";
import { reasonFor } from "./storage-policy-reason.ts";
import type { StageLimits } from "./storage-policy-stage.ts";
import { decideStore, solveStore, type StorePolicy } from "./storage-policy-store.ts";

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

/** The solved programmes behind a decision, for planning loads around them and for later steps. */
export type StoragePolicy = Readonly<{
  /** All batteries seen as one store. */
  whole: StorePolicy;
  /** One for each battery where there are several, in order of merit: each knows what the others do on each path. */
  each: readonly Readonly<{ id: string; policy: StorePolicy }>[];
  currency: string;
}>;

/** The futures that batteries are decided over, in a home as in a backtest: what is measured is what runs. */
export const STORAGE_FUTURES = {
  hours: 24,
  /** Earlier days, each at three shifts of the clock. */
  paths: 72,
  /** With less history than this a battery follows the net load: one or two days are no futures to choose over. */
  leastHistoryHours: 3 * 24,
} as const;

const DEFAULT_LEVELS = 33;
/** Batteries are solved around each other so often; more where every power is considered. */
const ROUNDS = 1;
const FINE_ROUNDS = 3;

/**
 * Chooses each battery's command for the first step by stochastic dynamic programming over joint futures: a mean
 * forecast hides that an evening may need 1 kWh or 6; over scenarios the value of stored energy says when following
 * the load, keeping, or charging is best (feasibility measurements, section H).
 */
export function chooseCommands(input: StoragePolicyInput): StorageDecision {
  return decideAt(solveStoragePolicy(input), input.plant.batteries, 0);
}

/**
 * The decision a solved policy takes at one of its steps.
 * @param batteries with `initialSoc` as it is at the start of that step
 */
export function decideAt(policy: StoragePolicy, batteries: readonly Battery[], step: number): StorageDecision {
  const { paths } = policy.whole.program;
  const hours = paths.hours[step] ?? 1;
  const whole = decideStore(policy.whole, batteries, step);
  const why = ({ command, valueOfStoredPerKwh }: typeof whole): string =>
    reasonFor(command, valueOfStoredPerKwh, paths, step, policy.currency);
  const decision = { expectedCost: whole.expectedCost, valueOfStoredPerKwh: whole.valueOfStoredPerKwh };
  if (policy.whole.fineCandidates.length === 0)
    return { ...decision, commands: commandsOf(whole.command, batteries, hours), reason: "there is no battery to use" };
  if (policy.each.length === 0)
    return { ...decision, commands: commandsOf(whole.command, batteries, hours), reason: why(whole) };
  const commands: Record<string, BatteryCommand> = {};
  const reasons: string[] = [];
  for (const { id, policy: own } of policy.each) {
    const battery = batteries.filter((other) => other.id === id);
    const decided = decideStore(own, battery, step);
    Object.assign(commands, commandsOf(decided.command, battery, hours));
    reasons.push(`${id}: ${why(decided)}`);
  }
  return { ...decision, commands, reason: reasons.join("; ") };
}

/** Solves from now to the scenarios' end. */
export function solveStoragePolicy(input: StoragePolicyInput): StoragePolicy {
  const { plant } = input;
  const paths = storagePaths(input.scenarios, input.carbonPricePerKg, input.plannedLoadW);
  const surroundings = {
    maxImportW: plant.grid?.maxImportW ?? Infinity,
    maxExportW: plant.grid?.maxExportW ?? Infinity,
    maxAcW: plant.inverter?.maxAcW ?? Infinity,
    curtailable: plant.pv?.curtailable ?? false,
  };
  const { maxImportW, maxExportW, maxAcW, curtailable } = surroundings;
  const limits: StageLimits = {
    ...surroundings,
    bounded: curtailable || [maxImportW, maxExportW, maxAcW].some(Number.isFinite),
  };
  const solve = (batteries: readonly Battery[], own: StoragePaths): StorePolicy =>
    solveStore({
      paths: own,
      batteries,
      limits,
      endsWithPaths: input.endsWithScenarios ?? false,
      levels: input.levels ?? DEFAULT_LEVELS,
      fine: input.fine ?? false,
    });
  return {
    whole: solve(plant.batteries, paths),
    each: plant.batteries.length > 1 ? solveEach(plant.batteries, paths, input.fine ?? false, solve) : [],
    currency: input.currency ?? "",
  };
}

/** Battery after battery, the best first, each meeting the load that the others leave on each path. */
function solveEach(
  batteries: readonly Battery[],
  paths: StoragePaths,
  fine: boolean,
  solve: (batteries: readonly Battery[], paths: StoragePaths) => StorePolicy,
): StoragePolicy["each"] {
  const powersW: Float64Array[] = batteries.map(() => new Float64Array(paths.loadW.length));
  const policies = new Map<number, StorePolicy>();
  const order = meritOrder(batteries);
  for (let round = 0; round < (fine ? FINE_ROUNDS : ROUNDS); round++)
    for (const b of order) {
      const battery = batteries[b];
      if (!battery) continue;
      const loadW = paths.loadW.slice();
      powersW.forEach((powerW, other) => {
        if (other !== b) for (let i = 0; i < loadW.length; i++) loadW[i] = (loadW[i] ?? 0) + (powerW[i] ?? 0);
      });
      const policy = solve([battery], { ...paths, loadW });
      policies.set(b, policy);
      powersW[b] = powersOf(policy);
    }
  return order.flatMap((b) => {
    const policy = policies.get(b);
    const id = batteries[b]?.id;
    return policy && id !== undefined ? [{ id, policy }] : [];
  });
}

/** Power of a store on every path under its policy, W; + charges. */
function powersOf({ program, costs, storedWh }: StorePolicy): Float64Array {
  const { paths, commands } = program;
  const powersW = new Float64Array(paths.loadW.length);
  const outcome: Outcome = { powerW: 0, storedWh: 0, stepCost: 0 };
  for (let n = 0; n < paths.count; n++) {
    let nowWh = storedWh;
    for (let t = 0; t < paths.length; t++) {
      const level = Math.min(costs.levels - 1, Math.round(nowWh / costs.wattHoursPerLevel));
      const command = commands[costs.best[(t * paths.kinds + (paths.kindOf[n] ?? 0)) * costs.levels + level] ?? 0];
      if (!command) continue;
      applyCommand(program, command, n, t, nowWh, 0, outcome);
      powersW[n * paths.length + t] = outcome.powerW;
      nowWh = outcome.storedWh;
    }
  }
  return powersW;
}

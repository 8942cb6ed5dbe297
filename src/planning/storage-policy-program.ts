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
  /** Hours of each step. */
  hours: Float64Array;
  loadW: Float64Array;
  pvW: Float64Array;
  /** Price of import with its carbon, per kWh. */
  importPerKwh: Float64Array;
  exportPerKwh: Float64Array;
}>;

/** Cost still to come at the start of each step, by stored energy: `values[t * levels + level]`; step `length` is the end. */
export type CostToGo = Readonly<{ levels: number; wattHoursPerLevel: number; values: Float64Array }>;

/**
 * Stochastic dynamic programme over one store: the least expected cost from each step and level on, when each step's
 * outcome is one of the paths' and the command is chosen before it is known.
 * @param commands candidates at every step
 * @param endCost  cost (negative: value) of ending with so many Wh stored
 */
export function solveCostToGo(
  paths: StoragePaths,
  store: Store,
  limits: StageLimits,
  commands: readonly StoreCommand[],
  levels: number,
  endCost: (storedWh: number) => number,
): CostToGo {
  const { count, length, hours } = paths;
  const wattHoursPerLevel = store.usableWh / (levels - 1);
  const values = new Float64Array((length + 1) * levels);
  for (let i = 0; i < levels; i++) values[length * levels + i] = endCost(i * wattHoursPerLevel);
  const next = new Float64Array(levels + 1);
  const sum = new Float64Array(levels);
  for (let t = length - 1; t >= 0; t--) {
    const stepHours = hours[t] ?? 1;
    for (let i = 0; i < levels; i++) next[i] = values[(t + 1) * levels + i] ?? 0;
    next[levels] = next[levels - 1] ?? 0;
    const best = values.subarray(t * levels, (t + 1) * levels).fill(Infinity);
    for (const command of commands) {
      sum.fill(0);
      for (let n = 0; n < count; n++) {
        const at = n * length + t;
        addOutcome(
          sum,
          next,
          wattHoursPerLevel,
          command,
          store,
          limits,
          stepHours,
          paths.loadW[at] ?? 0,
          paths.pvW[at] ?? 0,
          paths.importPerKwh[at] ?? 0,
          paths.exportPerKwh[at] ?? 0,
        );
      }
      for (let i = 0; i < levels; i++) {
        const mean = (sum[i] as number) / count;
        if (mean < (best[i] as number)) best[i] = mean;
      }
    }
  }
  return { levels, wattHoursPerLevel, values };
}

/** Adds to each level's sum what one outcome costs under a command: the step, and what follows from where it ends. */
function addOutcome(
  sum: Float64Array,
  next: Float64Array,
  wattHoursPerLevel: number,
  command: StoreCommand,
  store: Store,
  limits: StageLimits,
  hours: number,
  loadW: number,
  pvW: number,
  importPerKwh: number,
  exportPerKwh: number,
): void {
  const levels = sum.length;
  const powerW = storePowerW(command, store, limits, loadW, pvW);
  const stepCost = hours * stageCostPerHour(powerW, store, limits, loadW, pvW, importPerKwh, exportPerKwh);
  if (powerW === 0) {
    for (let i = 0; i < levels; i++) sum[i] = (sum[i] as number) + (next[i] as number) + stepCost;
    return;
  }
  const perWattHour = powerW > 0 ? 1 / (hours * store.chargeEfficiency) : store.dischargeEfficiency / hours;
  const shift = Math.abs(powerW) / perWattHour / wattHoursPerLevel;
  const whole = Math.floor(shift);
  const part = shift - whole;
  const rest = 1 - part;
  if (powerW > 0) {
    const free = Math.max(0, Math.min(levels, Math.floor(levels - 1 - shift + 1e-9) + 1));
    for (let i = 0; i < free; i++)
      sum[i] =
        (sum[i] as number) + (next[i + whole] as number) * rest + (next[i + whole + 1] as number) * part + stepCost;
    for (let i = free; i < levels; i++) {
      const fillingW = (levels - 1 - i) * wattHoursPerLevel * perWattHour;
      const boundW = fillingW < store.minChargeW ? 0 : fillingW;
      const cost = hours * stageCostPerHour(boundW, store, limits, loadW, pvW, importPerKwh, exportPerKwh);
      sum[i] = (sum[i] as number) + (next[boundW > 0 ? levels - 1 : i] as number) + cost;
    }
    return;
  }
  const empty = Math.max(0, Math.min(levels, Math.ceil(shift - 1e-9)));
  for (let i = 0; i < empty; i++) {
    const boundW = -i * wattHoursPerLevel * perWattHour;
    const cost = hours * stageCostPerHour(boundW, store, limits, loadW, pvW, importPerKwh, exportPerKwh);
    sum[i] = (sum[i] as number) + (next[0] as number) + cost;
  }
  for (let i = empty; i < levels; i++) {
    const at = i - whole;
    sum[i] =
      (sum[i] as number) +
      (next[at] as number) * rest +
      (part > 0 ? (next[at > 0 ? at - 1 : 0] as number) * part : 0) +
      stepCost;
  }
}

/** Cost to go at the start of a step with so many Wh stored, between levels by interpolation. */
export function costToGoAt(costs: CostToGo, step: number, storedWh: number): number {
  const { levels, wattHoursPerLevel, values } = costs;
  const place = Math.min(Math.max(storedWh / wattHoursPerLevel, 0), levels - 1);
  const low = Math.min(levels - 2, Math.floor(place));
  const at = step * levels + low;
  return (values[at] ?? 0) * (low + 1 - place) + (values[at + 1] ?? 0) * (place - low);
}

/** Expected cost of giving a command at a step and doing the best after it. */
export function expectedCost(
  paths: StoragePaths,
  costs: CostToGo,
  store: Store,
  limits: StageLimits,
  command: StoreCommand,
  step: number,
  storedWh: number,
): number {
  let sum = 0;
  for (let n = 0; n < paths.count; n++) sum += outcomeOf(paths, costs, store, limits, command, n, step, storedWh).cost;
  return sum / paths.count;
}

/** What a command does on one path at a step: the energy stored after it, and its cost with the cost to go. */
export function outcomeOf(
  paths: StoragePaths,
  costs: CostToGo,
  store: Store,
  limits: StageLimits,
  command: StoreCommand,
  path: number,
  step: number,
  storedWh: number,
): { powerW: number; storedWh: number; stepCost: number; cost: number } {
  const at = path * paths.length + step;
  const hours = paths.hours[step] ?? 1;
  const loadW = paths.loadW[at] ?? 0;
  const pvW = paths.pvW[at] ?? 0;
  let powerW = storePowerW(command, store, limits, loadW, pvW);
  if (powerW > 0) {
    powerW = Math.min(powerW, Math.max(0, store.usableWh - storedWh) / (hours * store.chargeEfficiency));
    if (powerW < store.minChargeW) powerW = 0;
  } else powerW = Math.max(powerW, (-storedWh * store.dischargeEfficiency) / hours);
  const stepCost =
    hours *
    stageCostPerHour(powerW, store, limits, loadW, pvW, paths.importPerKwh[at] ?? 0, paths.exportPerKwh[at] ?? 0);
  const after = storedWh + hours * (powerW > 0 ? powerW * store.chargeEfficiency : powerW / store.dischargeEfficiency);
  return { powerW, storedWh: after, stepCost, cost: stepCost + costToGoAt(costs, step + 1, after) };
}

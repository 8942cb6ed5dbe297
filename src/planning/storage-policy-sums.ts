import type { StorageProgram } from "./storage-policy-program.ts";
import { W_PER_KW } from "../domain/units.ts";
import { stageCostPerHour, storePowerW, type Store, type StoreCommand } from "./storage-policy-stage.ts";

/** Sums over a step's outcomes: `begin` a step, `add` its paths, `end` gives command by command the cost at each level. */
export type StageSums = Readonly<{
  /** @param next cost to go after the step, level by level, the last one twice */
  begin(step: number, next: Float64Array): void;
  add(path: number, weight: number): void;
  /** `[command * levels + level]`; overwritten by the next step. */
  end(): Float64Array;
}>;

/** Figures of a command over the outcomes in which it runs at its own power, or stands still. */
const [OWN_WEIGHT, OWN_COST, OWN_REST, OWN_SLOPE, STILL_WEIGHT, STILL_COST, FIGURES] = [0, 1, 2, 3, 4, 5, 6];

/**
 * Most commands move the same power on most paths: those outcomes are summed up first and laid over the levels once. Only
 * where a path decides the power (following its net load) is a row of levels filled for it.
 */
export function createStageSums(program: StorageProgram, levels: number, wattHoursPerLevel: number): StageSums {
  const { paths, store, limits, commands } = program;
  const ownW = commands.map((command) => ownPowerW(command, store));
  const figures = new Float64Array(commands.length * FIGURES);
  const sums = new Float64Array(commands.length * levels);
  const row = new Float64Array(levels);
  let next: Float64Array = new Float64Array(levels + 1);
  let t = 0;
  let hours = 1;
  // The path at hand.
  let [loadW, pvW, importPerKwh, exportPerKwh, weight, restCost] = [0, 0, 0, 0, 0, 0];

  const bump = (c: number, figure: number, by: number): void => {
    const at = c * FIGURES + figure;
    figures[at] = (figures[at] as number) + by;
  };
  /** Power per level of charge that is moved in the step, W. */
  const wattsPerLevel = (powerW: number): number =>
    powerW > 0
      ? wattHoursPerLevel / (hours * store.chargeEfficiency)
      : (wattHoursPerLevel * store.dischargeEfficiency) / hours;

  /** What the path at hand costs at a power, by its weight. */
  const costOf = (powerW: number): number => {
    if (limits.bounded)
      return weight * hours * stageCostPerHour(powerW, store, limits, loadW, pvW, importPerKwh, exportPerKwh);
    const gridW = loadW - pvW + powerW;
    const costPerKh = gridW * (gridW > 0 ? importPerKwh : exportPerKwh) - (powerW < 0 ? powerW * store.wearPerKwh : 0);
    return (weight * hours * costPerKh) / W_PER_KW;
  };

  const add = (path: number, byWeight: number): void => {
    const at = path * paths.length + t;
    loadW = paths.loadW[at] as number;
    pvW = paths.pvW[at] as number;
    importPerKwh = paths.importPerKwh[at] as number;
    exportPerKwh = paths.exportPerKwh[at] as number;
    weight = byWeight;
    const netW = loadW - pvW;
    restCost = costOf(0);
    let rowW = Number.NaN;
    for (let c = 0; c < commands.length; c++) {
      const powerW = storePowerW(commands[c] as StoreCommand, store, limits, loadW, pvW);
      if (powerW === 0) {
        bump(c, STILL_WEIGHT, weight);
        bump(c, STILL_COST, restCost);
        continue;
      }
      // Between standing still and a power the cost is a straight line unless a limit or the meter's zero lies between.
      const straight = !limits.bounded && netW * (netW + powerW) >= 0;
      const perLevelW = wattsPerLevel(powerW);
      if (powerW === ownW[c]) {
        const cost = costOf(powerW);
        bump(c, OWN_WEIGHT, weight);
        bump(c, OWN_COST, cost);
        bump(c, OWN_REST, restCost);
        if (straight) bump(c, OWN_SLOPE, ((cost - restCost) * perLevelW) / Math.abs(powerW));
        else addBent(c, powerW, perLevelW);
        continue;
      }
      if (powerW !== rowW) {
        fillRow(powerW, perLevelW, straight);
        rowW = powerW;
      }
      const first = c * levels;
      for (let i = 0; i < levels; i++) sums[first + i] = (sums[first + i] as number) + (row[i] as number);
    }
  };

  /** What a cost that is no straight line adds at the levels too full or too empty for the whole power. */
  const addBent = (c: number, powerW: number, perLevelW: number): void => {
    const shift = Math.abs(powerW) / perLevelW;
    const first = c * levels;
    const bound = Math.min(levels, boundLevels(shift));
    for (let k = 0; k < bound; k++) {
      const i = powerW > 0 ? levels - 1 - k : k;
      const boundW = Math.sign(powerW) * k * perLevelW;
      if (k === 0 || (powerW > 0 && boundW < store.minChargeW)) continue;
      sums[first + i] = (sums[first + i] as number) + costOf(boundW) - restCost;
    }
  };

  /** Levels from the end of the store at which so many levels cannot be moved. */
  const boundLevels = (shift: number): number => Math.max(0, Math.ceil(shift - 1e-9));

  /** One outcome at a power of its own, level by level. */
  const fillRow = (powerW: number, perLevelW: number, straight: boolean): void => {
    const stepCost = costOf(powerW);
    const shift = Math.abs(powerW) / perLevelW;
    layShifted(powerW, shift, weight, stepCost, restCost, (stepCost - restCost) / shift);
    if (straight) return;
    const bound = Math.min(levels, boundLevels(shift));
    for (let k = 1; k < bound; k++) {
      const boundW = Math.sign(powerW) * k * perLevelW;
      if (powerW > 0 && boundW < store.minChargeW) continue;
      const i = powerW > 0 ? levels - 1 - k : k;
      row[i] = weight * (next[powerW > 0 ? levels - 1 : 0] as number) + costOf(boundW);
    }
  };

  /** Writes what a shift of the stored energy by so many levels costs, from each level on. */
  const layShifted = (
    powerW: number,
    shift: number,
    byWeight: number,
    stepCost: number,
    stillCost: number,
    costPerLevel: number,
  ): void => {
    const whole = Math.floor(shift);
    const part = byWeight * (shift - whole);
    const rest = byWeight - part;
    const bound = Math.min(levels, boundLevels(shift));
    if (powerW > 0) {
      const free = levels - bound;
      for (let i = 0; i < free; i++)
        row[i] = (next[i + whole] as number) * rest + (next[i + whole + 1] as number) * part + stepCost;
      const full = byWeight * (next[levels - 1] as number) + stillCost;
      const leastLevels = store.minChargeW / wattsPerLevel(powerW);
      for (let i = free; i < levels; i++) {
        const room = levels - 1 - i;
        row[i] =
          room === 0 || room < leastLevels ? byWeight * (next[i] as number) + stillCost : full + room * costPerLevel;
      }
      return;
    }
    const drained = byWeight * (next[0] as number) + stillCost;
    for (let i = 0; i < bound; i++) row[i] = drained + i * costPerLevel;
    for (let i = bound; i < levels; i++) {
      const at = i - whole;
      row[i] = (next[at] as number) * rest + (next[at > 0 ? at - 1 : 0] as number) * part + stepCost;
    }
  };

  return {
    begin(step, after) {
      t = step;
      hours = paths.hours[step] ?? 1;
      next = after;
      figures.fill(0);
      sums.fill(0);
    },
    add,
    end() {
      for (let c = 0; c < commands.length; c++) {
        const of = (figure: number): number => figures[c * FIGURES + figure] as number;
        const first = c * levels;
        const powerW = ownW[c] as number;
        if (of(OWN_WEIGHT) > 0) {
          const shift = Math.abs(powerW) / wattsPerLevel(powerW);
          layShifted(powerW, shift, of(OWN_WEIGHT), of(OWN_COST), of(OWN_REST), of(OWN_SLOPE));
          for (let i = 0; i < levels; i++) sums[first + i] = (sums[first + i] as number) + (row[i] as number);
        }
        const [weight, cost] = [of(STILL_WEIGHT), of(STILL_COST)];
        if (weight > 0)
          for (let i = 0; i < levels; i++)
            sums[first + i] = (sums[first + i] as number) + weight * (next[i] as number) + cost;
      }
      return sums;
    },
  };
}

/** The power a command moves wherever nothing is in its way, W; NaN where the path decides. */
function ownPowerW(command: StoreCommand, store: Store): number {
  switch (command.kind) {
    case "charge":
      return Math.min(command.powerW, command.maxW, store.maxChargeW);
    case "discharge":
      return -Math.min(command.powerW, store.maxDischargeW);
    case "follow":
      return command.maxDischargeW > 0 ? -Math.min(command.maxDischargeW, store.maxDischargeW) : Number.NaN;
    case "hold":
      return Number.NaN;
  }
}

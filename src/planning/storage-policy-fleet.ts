import type { Battery } from "../domain/plan-problem.ts";
import type { BatteryCommand } from "../domain/plan.ts";
import type { Store, StoreCommand } from "./storage-policy-stage.ts";

const sumOf = (batteries: readonly Battery[], of: (battery: Battery) => number): number =>
  batteries.reduce((sum, battery) => sum + of(battery), 0);

const usableWhOf = (b: Battery): number => Math.max(0, (b.maxSoc ?? 1) - (b.minSoc ?? 0)) * b.capacityWh;
const storedWhOf = (b: Battery): number =>
  Math.min(Math.max(0, b.initialSoc - (b.minSoc ?? 0)) * b.capacityWh, usableWhOf(b));

/**
 * Several batteries as one store: capacities and powers add up, efficiencies and wear are means by usable capacity, and
 * what one may not do the store may not.
 */
export function storeOf(batteries: readonly Battery[]): { store: Store; storedWh: number } {
  const usableWh = sumOf(batteries, usableWhOf);
  const mean = (of: (battery: Battery) => number, fallback: number): number =>
    usableWh > 0 ? sumOf(batteries, (b) => of(b) * usableWhOf(b)) / usableWh : fallback;
  return {
    store: {
      usableWh,
      maxChargeW: sumOf(batteries, (b) => b.maxChargeW),
      maxDischargeW: sumOf(batteries, (b) => b.maxDischargeW),
      minChargeW: batteries.length > 0 ? Math.min(...batteries.map((b) => b.minChargeW ?? 0)) : 0,
      chargeEfficiency: mean((b) => b.chargeEfficiency, 1),
      dischargeEfficiency: mean((b) => b.dischargeEfficiency, 1),
      wearPerKwh: mean((b) => b.wearPerKwh ?? 0, 0),
      mayExport: batteries.every((b) => b.mayExport ?? true),
      mayChargeFromGrid: batteries.every((b) => b.mayChargeFromGrid ?? true),
    },
    storedWh: sumOf(batteries, storedWhOf),
  };
}

/** The store's command as one for each battery: powers are split by what each can take or give in the step. */
export function commandsOf(
  command: StoreCommand,
  batteries: readonly Battery[],
  hours: number,
): Record<string, BatteryCommand> {
  const chargeRoomW = (b: Battery): number =>
    Math.min(b.maxChargeW, (usableWhOf(b) - storedWhOf(b)) / (hours * b.chargeEfficiency));
  const dischargeRoomW = (b: Battery): number =>
    Math.min(b.maxDischargeW, (storedWhOf(b) * b.dischargeEfficiency) / hours);
  const commands: Record<string, BatteryCommand> = {};
  for (const battery of batteries) {
    const { maxChargeW, maxDischargeW } = battery;
    const share = (of: (b: Battery) => number): number => {
      const total = sumOf(batteries, of);
      return total > 0 ? of(battery) / total : 1 / batteries.length;
    };
    switch (command.kind) {
      case "hold":
        commands[battery.id] = { kind: "hold" };
        break;
      case "follow":
        commands[battery.id] = {
          kind: "follow",
          maxChargeW: Math.min(maxChargeW, command.maxChargeW),
          maxDischargeW: Number.isFinite(command.maxDischargeW)
            ? Math.min(maxDischargeW, command.maxDischargeW * share(dischargeRoomW))
            : maxDischargeW,
        };
        break;
      case "charge":
        commands[battery.id] = {
          kind: "charge",
          powerW: Math.min(maxChargeW, command.powerW * share(chargeRoomW)),
          minW: 0,
          maxW: maxChargeW,
        };
        break;
      case "discharge":
        commands[battery.id] = {
          kind: "discharge",
          powerW: Math.min(maxDischargeW, command.powerW * share(dischargeRoomW)),
          minW: 0,
          maxW: maxDischargeW,
        };
        break;
    }
  }
  return commands;
}

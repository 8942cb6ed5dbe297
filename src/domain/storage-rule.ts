import type { Battery } from "./plan-problem.ts";
import type { BatteryCommand } from "./plan.ts";
import { W_PER_KW } from "./units.ts";

/** The plant around the batteries as the real-time rules see it; powers in W, null or absent = unlimited. */
export type StoragePlant = Readonly<{
  grid?: Readonly<{ maxImportW?: number | null | undefined; maxExportW?: number | null | undefined }> | undefined;
  pv?: Readonly<{ curtailable?: boolean | undefined }> | undefined;
  inverter?: Readonly<{ maxAcW: number }> | undefined;
  batteries: readonly Battery[];
}>;

/** What flowed in a step, mean W; + charges a battery. `socs` at the end of the step. */
export type StepFlows = Readonly<{
  importW: number;
  exportW: number;
  pvUsedW: number;
  batteryW: readonly number[];
  socs: readonly number[];
}>;

/** What a kWh from and to the grid costs in a step; import with its carbon. Decides when curtailing PV pays. */
export type StepPrices = Readonly<{ importPerKwh: number; exportPerKwh: number }>;

/**
 * The real-time rules: what the inverters do in a step under their commands, given the true mean load and PV
 * (physics of contract plan.md). `charge` and `discharge` run at their power, a `charge` rises within its range to
 * take surplus, both give way within what the fuse, the inverter, the battery's permissions and its stored energy
 * allow; `follow` then covers what net load is left, the battery with the least loss first. A fuse is never asked to carry charging.
 * @param commands one per battery, in the plant's order
 * @param socs     state of charge at the start of the step, 0..1
 * @param loadW    consumption incl. running loads, W
 * @param pvW      solar power available, W
 * @param hours    length of the step
 */
export function settleStep(
  plant: StoragePlant,
  commands: readonly BatteryCommand[],
  socs: readonly number[],
  loadW: number,
  pvW: number,
  hours: number,
  prices: StepPrices,
): StepFlows {
  const maxImportW = plant.grid?.maxImportW ?? Infinity;
  const maxExportW = plant.grid?.maxExportW ?? Infinity;
  const maxAcW = plant.inverter?.maxAcW ?? Infinity;
  const curtailable = plant.pv?.curtailable ?? false;
  const wantedPvW = curtailable && prices.importPerKwh < 0 && prices.exportPerKwh <= 0 ? 0 : pvW;
  const batteryW = plant.batteries.map(() => 0);
  /** Sum of the batteries' powers so far. */
  let totalW = 0;
  const order = meritOrder(plant.batteries);
  const rigidFirst = [
    ...order.filter((b) => commands[b]?.kind !== "follow"),
    ...order.filter((b) => commands[b]?.kind === "follow"),
  ];
  for (const b of rigidFirst) {
    const battery = plant.batteries[b];
    const command = commands[b];
    const soc = socs[b];
    if (!battery || !command || soc === undefined) continue;
    const powerW = batteryPowerW(battery, command, soc, hours, {
      netW: loadW - wantedPvW + totalW,
      maxImportW,
      acRoomToChargeW: maxAcW + wantedPvW - totalW,
      acRoomToDischargeW: maxAcW - wantedPvW + totalW,
      maxExportW,
    });
    batteryW[b] = powerW;
    totalW += powerW;
  }
  let pvUsedW = Math.min(wantedPvW, Math.max(0, maxAcW + totalW));
  let gridW = loadW + totalW - pvUsedW;
  if (curtailable && gridW < 0) {
    const allowedW = prices.exportPerKwh < 0 ? 0 : maxExportW;
    const cutW = Math.min(pvUsedW, Math.max(0, -gridW - allowedW));
    pvUsedW -= cutW;
    gridW += cutW;
  }
  return {
    importW: Math.max(0, gridW),
    exportW: Math.max(0, -gridW),
    pvUsedW,
    batteryW,
    socs: plant.batteries.map((battery, b) => nextSoc(battery, socs[b] ?? 0, batteryW[b] ?? 0, hours)),
  };
}

/** Indexes of batteries, the one that loses least of what it stores first, then the one that wears least. */
export function meritOrder(batteries: readonly Battery[]): number[] {
  const lossOf = (b: number): number =>
    1 - (batteries[b]?.chargeEfficiency ?? 0) * (batteries[b]?.dischargeEfficiency ?? 0);
  const wearOf = (b: number): number => batteries[b]?.wearPerKwh ?? 0;
  return batteries.map((_, b) => b).sort((a, b) => lossOf(a) - lossOf(b) || wearOf(a) - wearOf(b) || a - b);
}

/** State of charge after a step at a power; + charges. Bounds of contract plan.md. */
export function nextSoc(battery: Battery, soc: number, powerW: number, hours: number): number {
  const changeWh =
    powerW > 0 ? powerW * hours * battery.chargeEfficiency : (powerW * hours) / battery.dischargeEfficiency;
  const next = soc + changeWh / battery.capacityWh;
  const low = Math.min(battery.minSoc ?? 0, soc);
  const high = Math.max(battery.maxSoc ?? 1, soc);
  return Math.min(Math.max(next, low), high);
}

type Room = Readonly<{
  /** Load less PV plus what other batteries already take, W. */
  netW: number;
  maxImportW: number;
  maxExportW: number;
  acRoomToChargeW: number;
  acRoomToDischargeW: number;
}>;

/** Power of one battery under its command, W; + charges. */
function batteryPowerW(battery: Battery, command: BatteryCommand, soc: number, hours: number, room: Room): number {
  if (command.kind === "hold") return 0;
  const roomWh = Math.max(0, (battery.maxSoc ?? 1) - soc) * battery.capacityWh;
  const storedWh = Math.max(0, soc - (battery.minSoc ?? 0)) * battery.capacityWh;
  const surplusW = Math.max(0, -room.netW);
  /** A hybrid inverter's PV beyond what it can pass on is there for the battery too. */
  const sparePvW = Math.max(surplusW, -room.acRoomToDischargeW);
  const canChargeW = Math.max(
    0,
    Math.min(
      battery.maxChargeW,
      roomWh / battery.chargeEfficiency / hours,
      room.acRoomToChargeW,
      (battery.mayChargeFromGrid ?? true) ? Math.max(room.maxImportW - room.netW, 0) : surplusW,
    ),
  );
  const canDischargeW = Math.max(
    0,
    Math.min(
      battery.maxDischargeW,
      (storedWh * battery.dischargeEfficiency) / hours,
      room.acRoomToDischargeW,
      (battery.mayExport ?? true) ? room.netW + room.maxExportW : Math.max(room.netW, 0),
    ),
  );
  const chargeW = (wantedW: number): number => {
    const powerW = Math.min(wantedW, canChargeW);
    return powerW < (battery.minChargeW ?? 0) ? 0 : powerW;
  };
  switch (command.kind) {
    case "charge":
      return chargeW(Math.min(Math.max(command.powerW, sparePvW), command.maxW));
    case "discharge":
      return -Math.min(Math.min(Math.max(command.powerW, command.minW), command.maxW), canDischargeW);
    case "follow":
      return sparePvW > 0
        ? chargeW(Math.min(sparePvW, command.maxChargeW))
        : -Math.min(Math.max(room.netW, 0), command.maxDischargeW, canDischargeW);
  }
}

/** Cost, carbon and objective of one step's flows (contract plan.md), without the value of what is left stored. */
export function settlementOf(
  plant: StoragePlant,
  flows: StepFlows,
  hours: number,
  step: Readonly<{ importPrice: number; exportPrice: number; carbonGPerKwh: number }>,
  carbonPricePerKg: number,
): { cost: number; carbonKg: number; objective: number } {
  const kWhPerW = hours / W_PER_KW;
  const cost = (flows.importW * step.importPrice - flows.exportW * step.exportPrice) * kWhPerW;
  const carbonKg = (flows.importW * kWhPerW * step.carbonGPerKwh) / 1_000;
  const wear = plant.batteries.reduce(
    (sum, battery, b) => sum + Math.max(0, -(flows.batteryW[b] ?? 0)) * kWhPerW * (battery.wearPerKwh ?? 0),
    0,
  );
  return { cost, carbonKg, objective: cost + carbonPricePerKg * carbonKg + wear };
}

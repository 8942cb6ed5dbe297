/** Several batteries seen as one; energies in Wh above the lowest allowed, powers in W at the AC side. */
export type Store = Readonly<{
  /** Usable energy between the lowest and the highest allowed state of charge, Wh. */
  usableWh: number;
  maxChargeW: number;
  maxDischargeW: number;
  minChargeW: number;
  chargeEfficiency: number;
  dischargeEfficiency: number;
  wearPerKwh: number;
  mayExport: boolean;
  mayChargeFromGrid: boolean;
}>;

/** What bounds the grid side of a step; Infinity = unlimited. */
export type StageLimits = Readonly<{
  maxImportW: number;
  maxExportW: number;
  maxAcW: number;
  curtailable: boolean;
  /** Some of them is set: cost is then no straight line on either side of the meter's zero. */
  bounded: boolean;
}>;

/** A candidate for a step: what the whole store is told. Powers in W. */
export type StoreCommand = Readonly<
  | { kind: "hold" }
  | { kind: "follow"; maxChargeW: number; maxDischargeW: number }
  | { kind: "charge"; powerW: number; maxW: number }
  | { kind: "discharge"; powerW: number }
>;

/** Charged per kWh beyond a limit nothing can keep: dear enough to be avoided wherever avoidance is possible. */
const BREACH_PER_KWH = 100;

/** Power of the store under a command before stored energy binds, W; + charges. The rules of domain/storage-rule.ts. */
export function storePowerW(
  command: StoreCommand,
  store: Store,
  limits: StageLimits,
  loadW: number,
  pvW: number,
): number {
  if (command.kind === "hold") return 0;
  const netW = loadW - pvW;
  const surplusW = netW < 0 ? -netW : 0;
  const sparePvW = Math.max(surplusW, pvW - limits.maxAcW);
  if (command.kind === "discharge" || (command.kind === "follow" && sparePvW <= 0)) {
    const wantedW = command.kind === "discharge" ? command.powerW : Math.min(netW, command.maxDischargeW);
    const exportRoomW = store.mayExport ? netW + limits.maxExportW : Math.max(netW, 0);
    return -Math.max(0, Math.min(wantedW, store.maxDischargeW, limits.maxAcW - pvW, exportRoomW));
  }
  const wantedW =
    command.kind === "charge"
      ? Math.min(Math.max(command.powerW, sparePvW), command.maxW)
      : Math.min(sparePvW, command.maxChargeW);
  const gridRoomW = store.mayChargeFromGrid ? limits.maxImportW - netW : surplusW;
  const powerW = Math.max(0, Math.min(wantedW, store.maxChargeW, limits.maxAcW + pvW, gridRoomW));
  return powerW < store.minChargeW ? 0 : powerW;
}

/**
 * Cost of a kilowatt-free hour: what the grid, carbon and wear cost per hour at a store's power.
 * @param importPerKwh price of import with its carbon
 * @returns currency per hour
 */
export function stageCostPerHour(
  powerW: number,
  store: Store,
  limits: StageLimits,
  loadW: number,
  pvW: number,
  importPerKwh: number,
  exportPerKwh: number,
): number {
  let usedPvW = limits.curtailable && importPerKwh < 0 && exportPerKwh <= 0 ? 0 : pvW;
  usedPvW = Math.min(usedPvW, Math.max(0, limits.maxAcW + powerW));
  let gridW = loadW + powerW - usedPvW;
  if (limits.curtailable && gridW < 0)
    gridW += Math.min(usedPvW, Math.max(0, -gridW - (exportPerKwh < 0 ? 0 : limits.maxExportW)));
  let costPerKh = gridW > 0 ? gridW * importPerKwh : gridW * exportPerKwh;
  if (gridW > limits.maxImportW) costPerKh += (gridW - limits.maxImportW) * BREACH_PER_KWH;
  if (-gridW > limits.maxExportW) costPerKh += (-gridW - limits.maxExportW) * BREACH_PER_KWH;
  if (powerW < 0) costPerKh -= powerW * store.wearPerKwh;
  return costPerKh / 1_000;
}

import type { Store, StoreCommand, StageLimits } from "./storage-policy-stage.ts";
import type { StoragePaths } from "./storage-policy-program.ts";

const COARSE_SHARES = [0.1, 0.25, 0.5, 1];
const FINE_SHARES = Array.from({ length: 20 }, (_, i) => (i + 1) / 20);

/**
 * The commands worth considering: hold, follow (all of it, or surplus only, or the load only), charge at several
 * powers; capped follow and discharge where exporting or keeping some back can pay.
 * @param fine more powers, for the step that is decided now
 */
export function candidateCommands(
  store: Store,
  paths: StoragePaths,
  limits: StageLimits,
  fine: boolean,
): StoreCommand[] {
  const shares = fine ? FINE_SHARES : COARSE_SHARES;
  const all = Infinity;
  const commands: StoreCommand[] = [{ kind: "follow", maxChargeW: all, maxDischargeW: all }, { kind: "hold" }];
  if (paths.pvW.some((pvW) => pvW > 0)) {
    commands.push({ kind: "follow", maxChargeW: all, maxDischargeW: 0 });
    if (paths.exportPerKwh.some((price) => price > 0))
      commands.push({ kind: "follow", maxChargeW: 0, maxDischargeW: all });
  }
  for (const share of fine ? FINE_SHARES.slice(0, -1) : [0.25])
    commands.push({ kind: "follow", maxChargeW: all, maxDischargeW: share * store.maxDischargeW });
  if (store.mayChargeFromGrid)
    for (const share of shares)
      commands.push({ kind: "charge", powerW: share * store.maxChargeW, maxW: store.maxChargeW });
  if (store.mayExport && limits.maxExportW > 0 && paths.exportPerKwh.some((price) => price > 0))
    for (const share of shares) commands.push({ kind: "discharge", powerW: share * store.maxDischargeW });
  return commands;
}

/** The power a command carries where it can be tuned, W; undefined for hold and for follow without a cap. */
export function tunedPowerW(command: StoreCommand): number | undefined {
  if (command.kind === "charge" || command.kind === "discharge") return command.powerW;
  return command.kind === "follow" && Number.isFinite(command.maxDischargeW) && command.maxDischargeW > 0
    ? command.maxDischargeW
    : undefined;
}

/** The same command at another power. */
export function withPower(command: StoreCommand, powerW: number): StoreCommand {
  if (command.kind === "charge" || command.kind === "discharge") return { ...command, powerW };
  return command.kind === "follow" ? { ...command, maxDischargeW: powerW } : command;
}

/** Width of the grid of fine powers, W. */
export const finePowerStepW = (command: StoreCommand, store: Store): number =>
  (command.kind === "charge" ? store.maxChargeW : store.maxDischargeW) / FINE_SHARES.length;

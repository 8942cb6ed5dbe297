import type { BatteryCommand } from "../domain/plan.ts";
import type { Setting } from "./setting.ts";
import type { Want } from "./want.ts";

/** A battery that is steered by two switches: one charges it from the grid, one holds it; with both off it follows. */
export type SwitchedBattery = Readonly<{
  batteryId: string;
  command: BatteryCommand;
  reason: string;
  chargeDeviceId: string | null;
  holdDeviceId: string | null;
  /** What it charges at with its switch on, W. */
  maxChargeW: number;
  /** What it does now, + charges, W; null where no meter tells. */
  powerW: number | null;
  /** End of the plan's present step, UTC epoch ms. */
  stepEndMs: number;
}>;

/** The switches as the command asks; never both on: the other one must be seen off before one is turned on. */
export function batteryWants(
  {
    command,
    reason,
    chargeDeviceId,
    holdDeviceId,
  }: Pick<SwitchedBattery, "command" | "reason" | "chargeDeviceId" | "holdDeviceId">,
  settingOf: (deviceId: string) => Setting | undefined,
): Want[] {
  const pairs = [
    { deviceId: chargeDeviceId, on: command.kind === "charge", other: holdDeviceId },
    { deviceId: holdDeviceId, on: command.kind === "hold", other: chargeDeviceId },
  ];
  return pairs.flatMap(({ deviceId, on, other }): Want[] => {
    if (deviceId === null) return [];
    if (on && other !== null && settingOf(other)?.on !== false) return [];
    const inputs = { command: command.kind };
    return [{ deviceId, action: { kind: on ? "turn_on" : "turn_off" }, source: "battery", reason, inputs }];
  });
}

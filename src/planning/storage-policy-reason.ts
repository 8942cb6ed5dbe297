import { W_PER_KW } from "../domain/units.ts";
import type { StoragePaths } from "./storage-policy-program.ts";
import type { StoreCommand } from "./storage-policy-stage.ts";

/** Why a command was chosen, from the two numbers that decide: what power costs now and what stored energy is worth. */
export function reasonFor(
  command: StoreCommand,
  valueOfStoredPerKwh: number,
  paths: StoragePaths,
  step: number,
  currency: string,
): string {
  const meanNow = (values: Float64Array): number => {
    let sum = 0;
    for (let n = 0; n < paths.count; n++) sum += values[n * paths.length + step] ?? 0;
    return sum / paths.count;
  };
  const money = (perKwh: number): string => `${perKwh.toFixed(2)}${currency === "" ? "" : ` ${currency}`} per kWh`;
  const now = money(meanNow(paths.importPerKwh));
  const later = money(valueOfStoredPerKwh);
  const kilowatts = (powerW: number): string => `${(powerW / W_PER_KW).toFixed(1)} kW`;
  switch (command.kind) {
    case "hold":
      return `power from the grid costs ${now} now, less than the ${later} that stored energy is expected to save later`;
    case "follow":
      if (command.maxDischargeW === 0)
        return `only surplus is stored: power from the grid costs ${now} now, stored energy is expected to save ${later} later`;
      if (Number.isFinite(command.maxDischargeW))
        return `up to ${kilowatts(command.maxDischargeW)} is used, the rest kept: power costs ${now} now, stored energy is expected to save ${later} later`;
      return `the battery covers the home: power from the grid costs ${now} now, keeping the energy would save ${later} later`;
    case "charge":
      return `charging at ${kilowatts(command.powerW)}: power costs ${now} now and is expected to save ${later} later`;
    case "discharge":
      return `selling ${kilowatts(command.powerW)} at ${money(meanNow(paths.exportPerKwh))}: keeping it would save ${later} later`;
  }
}

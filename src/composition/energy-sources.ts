import type { Options } from "../options/options.ts";
import type { EnergySourceDto } from "../serving/messages.ts";
import type { BatteryNow } from "./home-batteries.ts";
import type { HomeFlows } from "./home-model.ts";

/** Grid, sun and batteries as the page lists them. */
export function energySources(
  options: Options,
  flows: HomeFlows,
  batteries: readonly BatteryNow[],
  hasPv: boolean,
): EnergySourceDto[] {
  const base = { enabled: true, soc: null, max_import_w: null, max_export_w: null, capacity_wh: null };
  return [
    {
      ...base,
      id: "grid",
      kind: "grid",
      name: "Grid",
      power_w: flows.gridW,
      max_import_w: options.grid_max_import_w > 0 ? options.grid_max_import_w : null,
      max_export_w: options.grid_max_export_w >= 0 ? options.grid_max_export_w : null,
    },
    ...(hasPv ? [{ ...base, id: "solar", kind: "solar" as const, name: "Solar", power_w: flows.pvW }] : []),
    ...batteries.map(({ id, name, powerW, soc }) => ({
      ...base,
      id,
      kind: "battery" as const,
      name,
      power_w: powerW,
      soc,
      capacity_wh: options.batteries.find((battery) => battery.id === id)?.capacity_wh ?? null,
    })),
  ];
}

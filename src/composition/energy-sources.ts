import type { Options } from "../options/options.ts";
import type { EnergySourceDto } from "../serving/messages.ts";
import type { BatteryNow } from "./home-batteries.ts";
import type { HomeFlows } from "./home-model.ts";
import type { SourceChange } from "./preferences.ts";

type Changes = Readonly<Record<string, SourceChange>>;

/** What may be drawn and fed in, W; null: no limit. A person's word holds over the options. */
export const gridLimits = (
  options: Options,
  changes: Changes,
): Readonly<{ maxImportW: number | null; maxExportW: number | null }> => {
  const { max_import_w, max_export_w } = changes["grid"] ?? {};
  const { grid_max_import_w, grid_max_export_w } = options;
  return {
    maxImportW: max_import_w === undefined ? (grid_max_import_w > 0 ? grid_max_import_w : null) : max_import_w,
    maxExportW: max_export_w === undefined ? (grid_max_export_w >= 0 ? grid_max_export_w : null) : max_export_w,
  };
};

/** Grid, sun and batteries as the page lists them. */
export function energySources(
  options: Options,
  flows: HomeFlows,
  batteries: readonly BatteryNow[],
  hasPv: boolean,
  changes: Changes,
): EnergySourceDto[] {
  const base = { enabled: true, soc: null, max_import_w: null, max_export_w: null, capacity_wh: null };
  const { maxImportW, maxExportW } = gridLimits(options, changes);
  const sources: EnergySourceDto[] = [
    {
      ...base,
      id: "grid",
      kind: "grid",
      name: "Grid",
      power_w: flows.gridW,
      max_import_w: maxImportW,
      max_export_w: maxExportW,
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
  return sources.map((source) => ({ ...source, ...definedOf(changes[source.id] ?? {}) }));
}

const definedOf = (change: SourceChange): Partial<EnergySourceDto> =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));

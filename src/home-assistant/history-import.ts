import { Zone } from "../domain/civil-time.ts";
import { beginning, type Counted, countedFrom, wattsTogether, withoutArrears } from "../domain/counted-watts.ts";
import type { HistoryColumn, HomeHistory } from "../domain/home-history.ts";
import { withNights } from "../domain/sleeping-source.ts";
import { MS_PER_DAY, MS_PER_HOUR } from "../domain/units.ts";
import type { EnergyPrefs } from "./energy-prefs.ts";
import type { HomeAssistant } from "./home-assistant.ts";
import { perKwhFactor } from "./price-unit.ts";
import { readStatistics, type StatisticRow } from "./statistics.ts";

const MOST_DAYS = 365;

/** Where each column comes from: statistics that are added up, or the mean of one. */
export type ImportPlan = Readonly<{
  import: readonly string[];
  export: readonly string[];
  solar: readonly string[];
  charge: readonly string[];
  discharge: readonly string[];
  /** Counters or powers of loads HyperVolt may shift: not part of `load_w`. */
  controllable: readonly string[];
  importPrice: string | null;
  exportPrice: string | null;
  carbon: string | null;
  temperature: string | null;
}>;

export function importPlanOf(
  prefs: EnergyPrefs,
  others: Partial<Pick<ImportPlan, "controllable" | "carbon" | "temperature">> = {},
): ImportPlan {
  const stats = (values: readonly (string | null)[]): string[] => values.filter((value) => value !== null);
  return {
    import: stats(prefs.grids.map((grid) => grid.import.stat)),
    export: stats(prefs.grids.map((grid) => grid.export.stat)),
    solar: prefs.solars.map(({ stat }) => stat),
    charge: prefs.batteries.map(({ chargeStat }) => chargeStat),
    discharge: prefs.batteries.map(({ dischargeStat }) => dischargeStat),
    controllable: [],
    importPrice: stats(prefs.grids.map((grid) => grid.import.priceEntity))[0] ?? null,
    exportPrice: stats(prefs.grids.map((grid) => grid.export.priceEntity))[0] ?? null,
    carbon: null,
    temperature: null,
    ...others,
  };
}

/**
 * Up to a year of the recorder's hourly statistics as a home's history: `load_w` is what grid, sun and battery gave,
 * less what may be shifted. An hour in which a counter says nothing is missing, not zero; before a counter began there was
 * nothing to count, unless what was fed in says otherwise.
 * @returns null where the recorder has nothing of the grid or the sun
 * @throws HyperVoltError HOME_ASSISTANT_UNAVAILABLE, HOME_ASSISTANT_REFUSED
 */
export async function importHistory(home: HomeAssistant, plan: ImportPlan, nowMs: number): Promise<HomeHistory | null> {
  const untilMs = Math.floor(nowMs / MS_PER_HOUR) * MS_PER_HOUR;
  const fromMs = untilMs - MOST_DAYS * MS_PER_DAY;
  const single = [plan.importPrice, plan.exportPrice, plan.carbon, plan.temperature].filter((id) => id !== null);
  const summed = [plan.import, plan.export, plan.solar, plan.charge, plan.discharge, plan.controllable].flat();
  const rows = await readStatistics(home.ask, [...summed, ...single], fromMs, untilMs);
  const firstMs = Math.min(
    ...[...plan.import, ...plan.solar].map((id) => rows.get(id)?.[0]?.startMs ?? Number.POSITIVE_INFINITY),
  );
  if (!Number.isFinite(firstMs)) return null;
  const startMs = Math.floor(firstMs / MS_PER_HOUR) * MS_PER_HOUR;
  const length = Math.max(0, Math.round((untilMs - startMs) / MS_PER_HOUR));

  const onGrid = (id: string, value: (row: StatisticRow) => number | null): Float64Array => {
    const column = new Float64Array(length).fill(Number.NaN);
    for (const row of rows.get(id) ?? []) {
      const i = Math.round((row.startMs - startMs) / MS_PER_HOUR);
      const number = value(row);
      if (i >= 0 && i < length && number !== null) column[i] = number;
    }
    return column;
  };
  /** Wh in an hour are W; a statistic of a power has a mean instead. */
  const counters = (ids: readonly string[], gaps = (watts: Float64Array) => watts): readonly Counted[] =>
    ids.map((id) => {
      const watts = gaps(onGrid(id, ({ change, mean }) => change ?? mean));
      return countedFrom(
        rows.get(id)?.some(({ change }) => change !== null) ? withoutArrears(watts) : watts,
        MS_PER_HOUR,
      );
    });
  const [charge, discharge] = [counters(plan.charge), counters(plan.discharge)];
  const solar = counters(plan.solar, (watts) => withNights(watts, MS_PER_HOUR));
  const storageBegan = beginning([...charge, ...discharge], length);
  const sunBegan = beginning(solar, length);
  const sourceBegan = Math.min(sunBegan, storageBegan);
  const exportW = wattsTogether(counters(plan.export), length, sourceBegan);
  // what was fed in before there was a counter of the sun came from one that nobody counted
  const sunUncounted = exportW.subarray(0, sourceBegan).some((watt) => watt > 0);
  const solarW = wattsTogether(solar, length, sunUncounted ? 0 : sunBegan);
  const gains = [
    wattsTogether(counters(plan.import), length, 0),
    solarW,
    wattsTogether(discharge, length, storageBegan),
  ];
  const losses = [
    exportW,
    wattsTogether(charge, length, storageBegan),
    ...counters(plan.controllable).map((device) => wattsTogether([device], length, length)),
  ];
  const sum = (columns: readonly Float64Array[], i: number): number =>
    columns.reduce((total, column) => total + (column[i] ?? Number.NaN), 0);
  const loadW = Float64Array.from({ length }, (_, i) => {
    const watt = sum(gains, i) - sum(losses, i);
    // Counters that tick by whole kWh make an hour slightly negative; more than that is a fault of the meters.
    return watt >= 0 ? watt : watt > -100 ? 0 : Number.NaN;
  });
  const priced = (id: string | null): Float64Array | null => {
    if (id === null) return null;
    const unit = home.entity(id)?.attributes["unit_of_measurement"];
    const factor = perKwhFactor(typeof unit === "string" ? unit : undefined) ?? 1;
    return onGrid(id, ({ mean }) => (mean === null ? null : mean * factor));
  };
  const mean = (id: string | null): Float64Array | null => (id === null ? null : onGrid(id, (row) => row.mean));
  const columns: readonly (readonly [HistoryColumn, Float64Array | null])[] = [
    ["load_w", loadW],
    ["pv_w", plan.solar.length > 0 ? solarW.map((watt, i) => (i < sunBegan ? Number.NaN : Math.max(0, watt))) : null],
    ["import_price", priced(plan.importPrice)],
    ["export_price", priced(plan.exportPrice)],
    ["carbon_g_kwh", mean(plan.carbon)],
    ["temperature_c", mean(plan.temperature)],
  ];
  const config = home.config();
  const timezone = config?.timezone ?? "UTC";
  return {
    site: {
      id: "recorder",
      timezone,
      stepMinutes: 60,
      currency: config?.currency ?? "EUR",
      ...(config ? { latitude: config.latitude, longitude: config.longitude } : {}),
    },
    zone: new Zone(timezone),
    startMs,
    stepMs: MS_PER_HOUR,
    length,
    columns: new Map(columns.flatMap(([name, values]) => (values ? [[name, values] as const] : []))),
  };
}

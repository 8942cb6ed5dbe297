import type { Zone } from "./civil-time.ts";
import type { Series } from "./series.ts";

/** What a site file says about a home (contract series.md). */
export type Site = Readonly<{
  id: string;
  timezone: string;
  stepMinutes: number;
  currency: string;
  latitude?: number;
  longitude?: number;
  pvKwp?: number;
  knownPrices?: "tariff" | "day-ahead";
  battery?: Readonly<Record<string, number>>;
  /** What a person said of the home, for forecasts before it has a history. */
  kind?: HomeKind;
}>;

/** What kind of home it is; whatever is absent is not known. */
export type HomeKind = Readonly<{
  dwelling?: "flat" | "house";
  people?: number;
  electricHeating?: boolean;
  electricHotWater?: boolean;
  ev?: boolean;
}>;

/** Columns of a home's history that HyperVolt knows (contract series.md). */
export const HISTORY_COLUMNS = [
  "load_w",
  "pv_w",
  "pv_forecast_w",
  "import_price",
  "export_price",
  "carbon_g_kwh",
  "temperature_c",
] as const;
export type HistoryColumn = (typeof HISTORY_COLUMNS)[number];

/** A home's history on its full regular grid; missing rows and fields are NaN. */
export type HomeHistory = Readonly<{
  site: Site;
  zone: Zone;
  startMs: number;
  stepMs: number;
  length: number;
  /** By column name; unknown columns of the file are kept too. */
  columns: ReadonlyMap<string, Float64Array>;
}>;

/** One column as a series. */
export function columnOf(history: HomeHistory, column: string): Series | undefined {
  const values = history.columns.get(column);
  return values && { startMs: history.startMs, stepMs: history.stepMs, values };
}

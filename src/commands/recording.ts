import { withoutByteOrderMark } from "../domain/byte-order-mark.ts";
import { csvFields } from "../domain/csv-fields.ts";
import { type HistoryWarning, parseHomeHistory } from "../domain/home-history-file.ts";
import { HyperVoltError } from "../domain/errors.ts";

/** One column of a recording as a Pi would announce it. */
export type RecordedColumn = Readonly<{
  column: string;
  name: string;
  component: "sensor" | "binary_sensor";
  deviceClass: string | null;
  unit: string | null;
}>;
/** What was read at one time, by column; missing fields are absent. */
export type RecordedRow = Readonly<{ atMs: number; values: ReadonlyMap<string, number> }>;
export type Recording = Readonly<{
  id: string;
  currency: string;
  columns: readonly RecordedColumn[];
  rows: readonly RecordedRow[];
  /** What was read past. */
  warnings: readonly HistoryWarning[];
}>;

const sensor = (column: string, name: string, deviceClass: string | null, unit: string | null): RecordedColumn => ({
  column,
  name,
  component: "sensor",
  deviceClass,
  unit,
});

/** Columns of a home's history (contract series.md) and of a room's log. */
const COLUMNS: readonly RecordedColumn[] = [
  sensor("load_w", "House consumption", "power", "W"),
  sensor("pv_w", "Solar production", "power", "W"),
  sensor("pv_forecast_w", "Solar forecast", null, "W"),
  sensor("import_price", "Import price", null, "{currency}/kWh"),
  sensor("export_price", "Export price", null, "{currency}/kWh"),
  sensor("carbon_g_kwh", "Grid carbon intensity", null, "gCO2eq/kWh"),
  sensor("temperature_c", "Outdoor temperature", "temperature", "°C"),
  sensor("illuminance_lx", "Illuminance", "illuminance", "lx"),
  sensor("humidity_pct", "Humidity", "humidity", "%"),
  sensor("co2_ppm", "Carbon dioxide", "carbon_dioxide", "ppm"),
  { column: "occupied", name: "Occupancy", component: "binary_sensor", deviceClass: "occupancy", unit: null },
];
const LINE_END = /\r\n|\n|\r/;
const ROOM_COLUMNS = new Set(["illuminance_lx", "humidity_pct", "co2_ppm", "occupied"]);

/**
 * Reads a recording: a home's history with its site file, or a sensor log (a `time` column that ascends, a column for
 * each quantity) that needs no site and no grid.
 * @throws HyperVoltError SERIES_INVALID with file:line
 */
export function readRecording(text: string, csvName: string, site: string | undefined, siteName: string): Recording {
  const csv = withoutByteOrderMark(text);
  const header = csvFields(csv.split(LINE_END, 1)[0] ?? "").map((name) => name.trim());
  const isLog = header.some((name) => ROOM_COLUMNS.has(name));
  if (!isLog && site === undefined)
    throw new HyperVoltError("USAGE", "--site is missing: a home's history is read with its site file");
  const columns = COLUMNS.filter(({ column }) => header.includes(column));
  if (isLog) return { id: idOf(csvName), currency: "EUR", columns, rows: readLog(csv, csvName, header), warnings: [] };
  const { history, warnings } = parseHomeHistory(csv, site ?? "", { csv: csvName, site: siteName });
  const rows = Array.from({ length: history.length }, (_, i) => ({
    atMs: history.startMs + i * history.stepMs,
    values: new Map(
      columns.flatMap(({ column }) => {
        const value = history.columns.get(column)?.[i] ?? Number.NaN;
        return Number.isNaN(value) ? [] : [[column, value] as const];
      }),
    ),
  }));
  return {
    id: idOf(history.site.id),
    currency: history.site.currency,
    columns,
    rows: rows.filter(({ values }) => values.size > 0),
    warnings,
  };
}

function readLog(csv: string, csvName: string, header: readonly string[]): RecordedRow[] {
  const problems: string[] = [];
  const rows: RecordedRow[] = [];
  if (header[0] !== "time") problems.push(`${csvName}:1: the first column must be "time"`);
  for (const [i, line] of csv.split(LINE_END).entries()) {
    if (i === 0 || line.trim() === "") continue;
    const fields = csvFields(line);
    const atMs = (fields[0] ?? "").endsWith("Z") ? Date.parse(fields[0] ?? "") : Number.NaN;
    if (Number.isNaN(atMs)) problems.push(`${csvName}:${i + 1}: time "${fields[0]}" is not UTC ISO-8601 with Z`);
    else if (atMs <= (rows.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY))
      problems.push(`${csvName}:${i + 1}: time ${fields[0]} is not after the row above it`);
    const values = new Map<string, number>();
    for (const [c, name] of header.entries()) {
      const field = (fields[c] ?? "").trim();
      if (c === 0 || field === "") continue;
      if (Number.isFinite(Number(field))) values.set(name, Number(field));
      else problems.push(`${csvName}:${i + 1}: ${name} "${field}" is not a finite number`);
    }
    rows.push({ atMs, values });
    if (problems.length >= 50) break;
  }
  if (problems.length > 0) throw new HyperVoltError("SERIES_INVALID", `\n${problems.join("\n")}`);
  return rows;
}

const idOf = (name: string): string =>
  (name.split("/").at(-1) ?? name)
    .replace(/\.csv$/, "")
    .replace(/[^A-Za-z0-9_-]/g, "_")
    .slice(0, 64) || "home";

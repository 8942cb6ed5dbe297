import { withoutByteOrderMark } from "./byte-order-mark.ts";
import { Zone } from "./civil-time.ts";
import { csvFields } from "./csv-fields.ts";
import { HyperVoltError } from "./errors.ts";
import { GrowingColumn } from "./growing-column.ts";
import { HISTORY_COLUMNS, type HomeHistory, type Site } from "./home-history.ts";
import { textLines } from "./text-lines.ts";
import { MS_PER_DAY, MS_PER_MINUTE } from "./units.ts";

const MOST_PROBLEMS = 50;
/** Between two rows; more is a clock that was not set, and would be laid out as empty intervals. */
const LONGEST_GAP_DAYS = 3660;
const UTC_TIME = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.0+)?)?Z$/;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const NON_NEGATIVE = new Set(["load_w", "pv_w"]);
const KNOWN_COLUMNS: ReadonlySet<string> = new Set(HISTORY_COLUMNS);

/** What was read past, counted and shown to the user. A column with text that nobody knows is left out as a whole. */
export type HistoryWarning = Readonly<{
  kind: "negative" | "duplicate-time" | "not-a-number";
  column: string;
  count: number;
  firstLine: number;
}>;

/**
 * Reads a home's history (contract series.md) from its two files.
 * @param csv   text of `<id>.csv`, or its lines, which are gone through once
 * @param site  text of `<id>.json`
 * @param names how the two are called in messages
 * @throws HyperVoltError SERIES_INVALID, every problem with file:line, one per line
 */
export function parseHomeHistory(
  csv: string | Iterable<string>,
  site: string,
  names: Readonly<{ csv: string; site: string }>,
): { history: HomeHistory; warnings: readonly HistoryWarning[] } {
  const problems: string[] = [];
  const say = (problem: string): void => void problems.push(problem);
  const parsedSite = parseSite(site, names.site, say);
  if (!parsedSite) throw invalid(problems);
  const stepMs = parsedSite.site.stepMinutes * MS_PER_MINUTE;

  let header: string[] = [];
  const textColumns = new Set<string>();
  let firstMs: number | undefined;
  let previousMs: number | undefined;
  const columnValues: GrowingColumn[] = [];
  const warned = new Map<string, { kind: HistoryWarning["kind"]; column: string; count: number; firstLine: number }>();
  const warn = (kind: HistoryWarning["kind"], column: string, line: number): void => {
    const known = warned.get(`${kind} ${column}`);
    if (known) known.count++;
    else warned.set(`${kind} ${column}`, { kind, column, count: 1, firstLine: line });
  };

  let line = 0;
  for (const text of typeof csv === "string" ? textLines([csv]) : csv) {
    line++;
    if (line === 1) {
      header = headerOf(withoutByteOrderMark(text), names.csv, problems);
      for (let c = 1; c < header.length; c++) columnValues.push(new GrowingColumn());
      continue;
    }
    if (problems.length >= MOST_PROBLEMS) break;
    if (text.trim() === "") continue;
    const where = `${names.csv}:${line}`;
    const fields = csvFields(text);
    if (fields.length !== header.length) {
      say(`${where}: ${fields.length} fields, the header has ${header.length}`);
      continue;
    }
    const time = (fields[0] ?? "").trim();
    const atMs = instantOf(time);
    const wrongTime = wrongWithTime(time, atMs, previousMs, parsedSite.site.stepMinutes);
    for (const wrong of wrongTime) say(`${where}: ${wrong}`);
    if (previousMs !== undefined && atMs - previousMs > LONGEST_GAP_DAYS * MS_PER_DAY)
      say(`${where}: time ${time} is more than ten years after the row above it`);
    const again = atMs === previousMs;
    if (wrongTime.length === 0) {
      firstMs ??= atMs;
      previousMs = atMs;
    }
    const place = (atMs - (firstMs ?? atMs)) / stepMs;
    for (let c = 1; c < header.length; c++) {
      const field = (fields[c] ?? "").trim();
      const column = header[c] ?? "";
      const value = DECIMAL.test(field) ? Number(field) : Number.NaN;
      if (field !== "" && !Number.isFinite(value)) {
        if (KNOWN_COLUMNS.has(column)) say(`${where}: ${column} "${field}" is not a finite number`);
        else {
          warn("not-a-number", column, line);
          textColumns.add(column);
        }
      }
      const negative = value < 0 && NON_NEGATIVE.has(column);
      if (negative) warn("negative", column, line);
      // with a problem there will be no history; a place off the grid is none
      if (problems.length === 0) columnValues[c - 1]?.put(place, negative ? Number.NaN : value);
    }
    if (again) warn("duplicate-time", "time", line);
  }
  if (problems.length >= MOST_PROBLEMS) say(`${names.csv}: not read any further after ${problems.length} problems`);
  if (problems.length > 0) throw invalid(problems);

  const startMs = firstMs ?? 0;
  const length = previousMs === undefined ? 0 : (previousMs - startMs) / stepMs + 1;
  const columns = new Map<string, Float64Array>();
  for (const [k, values] of columnValues.entries()) {
    const name = header[k + 1] ?? "";
    if (!textColumns.has(name)) columns.set(name, values.take(length));
  }
  return {
    history: { site: parsedSite.site, zone: parsedSite.zone, startMs, stepMs, length, columns },
    warnings: [...warned.values()],
  };
}

/**
 * The names of the columns; those that occur twice are a problem.
 * @throws HyperVoltError SERIES_INVALID when it is no header row
 */
function headerOf(line: string, file: string, problems: string[]): string[] {
  const header = csvFields(line).map((name) => name.trim());
  if (header[0] !== "time") {
    problems.push(`${file}:1: the first column must be "time", found "${header[0] ?? ""}"${whyNoTime(line)}`);
    throw invalid(problems);
  }
  for (const [c, name] of header.entries())
    if ((KNOWN_COLUMNS.has(name) || name === "time") && header.indexOf(name) < c)
      problems.push(`${file}:1: the column ${name} occurs twice`);
  return header;
}

function parseSite(text: string, name: string, say: (problem: string) => void): { site: Site; zone: Zone } | undefined {
  let raw: unknown;
  try {
    raw = JSON.parse(withoutByteOrderMark(text));
  } catch (error) {
    say(`${name}: not JSON: ${(error as Error).message}`);
    return undefined;
  }
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
    say(`${name}: expected a JSON object`);
    return undefined;
  }
  const site = Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== null)) as Record<string, unknown>;
  const before = { count: 0 };
  const bad = (problem: string): void => {
    before.count++;
    say(`${name}: ${problem}`);
  };
  for (const field of ["id", "timezone"])
    if (typeof site[field] !== "string" || site[field] === "") bad(`${field}: expected text`);
  // a series without prices (grid carbon) has a currency of null
  site["currency"] ??= "";
  if (typeof site["currency"] !== "string") bad("currency: expected text");
  const step = site["stepMinutes"];
  if (typeof step !== "number" || !Number.isInteger(step) || step < 1 || step > 1440)
    bad("stepMinutes: expected a whole number of minutes, 1..1440");
  const range = (field: string, low: number, high: number): void => {
    const value = site[field];
    if (value !== undefined && !(typeof value === "number" && value >= low && value <= high))
      bad(`${field}: expected a number, ${low}..${high}`);
  };
  range("latitude", -90, 90);
  range("longitude", -180, 180);
  range("pvKwp", 0, 1e6);
  const known = site["knownPrices"];
  if (known !== undefined && known !== "tariff" && known !== "day-ahead")
    bad('knownPrices: expected "tariff" or "day-ahead"');
  let zone: Zone | undefined;
  if (typeof site["timezone"] === "string")
    try {
      zone = new Zone(site["timezone"]);
    } catch {
      bad(`timezone: there is no time zone "${site["timezone"]}"`);
    }
  return before.count === 0 && zone ? { site: site as unknown as Site, zone } : undefined;
}

/** What a first line without a column `time` looks like instead. */
function whyNoTime(line: string): string {
  if (/[\0\uFFFD]/.test(line)) return "; the file is not UTF-8 text";
  if (/^"?time"?[;\t]/i.test(line)) return "; fields must be separated by commas";
  return line.trim() === "" ? "; the file must begin with its header row" : "";
}

/** UTC epoch ms; NaN for what is no UTC time of the calendar. */
function instantOf(time: string): number {
  const parts = UTC_TIME.exec(time);
  const atMs = parts ? Date.parse(time) : Number.NaN;
  // 30 February is read as 2 March, 24:00 as the next day
  return parts && Number(parts[3]) === new Date(atMs).getUTCDate() ? atMs : Number.NaN;
}

function wrongWithTime(time: string, atMs: number, previousMs: number | undefined, stepMinutes: number): string[] {
  if (Number.isNaN(atMs)) return [`time "${time}" is not UTC ISO-8601 with Z`];
  const wrong: string[] = [];
  if (atMs % (stepMinutes * MS_PER_MINUTE) !== 0) wrong.push(`time ${time} is off the grid of ${stepMinutes} minutes`);
  if (previousMs !== undefined && atMs < previousMs) wrong.push(`time ${time} is before the row above it`);
  return wrong;
}

/** One problem beside what it is about, several below it. */
const listed = (problems: readonly string[]): string =>
  problems.length === 1 ? (problems[0] ?? "") : `\n${problems.join("\n")}`;

const invalid = (problems: readonly string[]): HyperVoltError => new HyperVoltError("SERIES_INVALID", listed(problems));

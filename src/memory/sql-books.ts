import type { LedgerEntry } from "../domain/ledger.ts";
import type {
  CountedPage,
  GridDataBook,
  GridFilter,
  GridValue,
  LedgerBook,
  LedgerTotals,
  PageRequest,
  TimeRange,
} from "./history.ts";
import { pageOf } from "./sql-records.ts";
import { anywhere, numberOf, type Row, sql, type SqlSession, textOf, where } from "./sql-statement.ts";

/** Columns of `ledger` in order, and the fields they keep. */
const LEDGER = {
  start_ms: "startMs",
  end_ms: "endMs",
  grid_w: "gridW",
  baseline_grid_w: "baselineGridW",
  price_per_kwh: "pricePerKwh",
  export_price_per_kwh: "exportPricePerKwh",
  carbon_g_per_kwh: "carbonGPerKwh",
  cost: "cost",
  baseline_cost: "baselineCost",
  carbon_g: "carbonG",
  baseline_carbon_g: "baselineCarbonG",
  saved_cost: "savedCost",
  saved_carbon_g: "savedCarbonG",
  advisory: "advisory",
  measured_share: "measuredShare",
  previous_hash: "previousHash",
  hash: "hash",
} as const satisfies Record<string, keyof LedgerEntry>;
const COLUMNS = Object.keys(LEDGER) as (keyof typeof LEDGER)[];
const SUMS = ["cost", "baseline_cost", "carbon_g", "baseline_carbon_g", "saved_cost", "saved_carbon_g"] as const;

const INSERT_LEDGER = `INSERT INTO ledger (${COLUMNS.join(", ")}) VALUES (${COLUMNS.map(() => "?").join(", ")})
  ON CONFLICT (start_ms) DO UPDATE SET ${COLUMNS.slice(1)
    .map((column) => `${column} = excluded.${column}`)
    .join(", ")}`;

const inRange = (column: string, { fromMs, toMs }: TimeRange) => ({
  [`${column} >= ?`]: fromMs,
  [`${column} < ?`]: toMs,
});

/** The ledger and the grid's prices, carbon and weather, in tables that SQLite and PostgreSQL share. */
export class SqlBooks implements LedgerBook, GridDataBook {
  readonly #session: SqlSession;

  constructor(session: SqlSession) {
    this.#session = session;
  }

  async appendLedger(entries: readonly LedgerEntry[]): Promise<void> {
    const rows = entries.map((entry) =>
      sql(
        INSERT_LEDGER,
        ...COLUMNS.map((column) => {
          const value = entry[LEDGER[column]];
          return typeof value === "boolean" ? Number(value) : value;
        }),
      ),
    );
    if (rows.length > 0) await this.#session.run(rows);
  }

  async lastLedgerEntry(): Promise<LedgerEntry | null> {
    const [row] = await this.#session.all(sql("SELECT * FROM ledger ORDER BY start_ms DESC LIMIT 1"));
    return row ? readLedger(row) : null;
  }

  ledger(range: TimeRange, page: PageRequest): Promise<CountedPage<LedgerEntry>> {
    return pageOf(this.#session, "ledger", where(inRange("start_ms", range)), ["start_ms"], page, readLedger);
  }

  async ledgerTotals(range: TimeRange & Readonly<{ advisory?: boolean | undefined }>): Promise<LedgerTotals> {
    const { advisory } = range;
    const filter = where({
      ...inRange("start_ms", range),
      "advisory = ?": advisory === undefined ? undefined : Number(advisory),
    });
    const sums = SUMS.map((column) => `sum(${column}) AS ${column}`).join(", ");
    const [row = {}] = await this.#session.all(
      sql(
        `SELECT count(*) AS entries, min(start_ms) AS from_ms, max(end_ms) AS to_ms, ${sums} FROM ledger ${filter.sql}`,
        ...filter.params,
      ),
    );
    const instant = (column: string): number | null => (row[column] == null ? null : numberOf(row, column));
    return {
      entries: numberOf(row, "entries"),
      fromMs: instant("from_ms"),
      toMs: instant("to_ms"),
      cost: numberOf(row, "cost"),
      baselineCost: numberOf(row, "baseline_cost"),
      carbonG: numberOf(row, "carbon_g"),
      baselineCarbonG: numberOf(row, "baseline_carbon_g"),
      savedCost: numberOf(row, "saved_cost"),
      savedCarbonG: numberOf(row, "saved_carbon_g"),
    };
  }

  async putGridValues(values: readonly GridValue[]): Promise<void> {
    const rows = values.map(({ kind, source, atMs, value, unit, fetchedAtMs, sample }) =>
      sql(
        `INSERT INTO grid_value VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, source, at_ms) DO UPDATE SET
         value = excluded.value, unit = excluded.unit, fetched_at_ms = excluded.fetched_at_ms, sample = excluded.sample`,
        kind,
        source,
        atMs,
        value,
        unit,
        fetchedAtMs,
        Number(sample),
      ),
    );
    if (rows.length > 0) await this.#session.run(rows);
  }

  gridValues(filter: GridFilter, page: PageRequest): Promise<CountedPage<GridValue>> {
    const filtered = where({
      "kind = ?": filter.kind,
      "source = ?": filter.source,
      "LOWER(kind || ' ' || source || ' ' || unit) LIKE ? ESCAPE '\\'": anywhere(filter.search),
      ...inRange("at_ms", filter),
    });
    return pageOf(this.#session, "grid_value", filtered, ["at_ms", "kind", "source"], page, readGridValue);
  }

  async latestGridValues(nowMs: number): Promise<readonly GridValue[]> {
    const rows = await this.#session.all(
      sql(
        `SELECT grid_value.* FROM grid_value JOIN (SELECT kind AS newest_kind, max(at_ms) AS newest_ms FROM grid_value
         WHERE at_ms <= ? GROUP BY kind) AS newest ON kind = newest_kind AND at_ms = newest_ms
         ORDER BY kind, fetched_at_ms DESC, source`,
        nowMs,
      ),
    );
    const byKind = new Map<string, GridValue>();
    for (const value of rows.map(readGridValue)) if (!byKind.has(value.kind)) byKind.set(value.kind, value);
    return [...byKind.values()];
  }
}

function readLedger(row: Row): LedgerEntry {
  const entry = COLUMNS.map((column) => {
    const field = LEDGER[column];
    if (field === "advisory") return [field, numberOf(row, column) === 1];
    return [field, field === "hash" || field === "previousHash" ? textOf(row, column) : numberOf(row, column)];
  });
  return Object.fromEntries(entry) as LedgerEntry;
}

const readGridValue = (row: Row): GridValue => ({
  kind: textOf(row, "kind"),
  source: textOf(row, "source"),
  atMs: numberOf(row, "at_ms"),
  value: numberOf(row, "value"),
  unit: textOf(row, "unit"),
  fetchedAtMs: numberOf(row, "fetched_at_ms"),
  sample: numberOf(row, "sample") === 1,
});

import pg from "pg";
import { migrationFiles, migrationText } from "./migrations.ts";
import type { Row, SqlSession, SqlStatement } from "./sql-statement.ts";

const INT8 = 20;
const NUMERIC = 1700;
/** Any number that only HyperVolt uses: one process migrates or maintains at a time. */
const ADVISORY_LOCK = 7_492_839_221;
const CONNECT_WITHIN_MS = 10_000;

export type Arrays = readonly (readonly (number | string)[])[];
type Client = Pick<pg.PoolClient, "query">;

/** PostgreSQL behind the statements it shares with SQLite: `?` becomes `$n`, and 64-bit integers become numbers. */
export class PostgresSession implements SqlSession {
  readonly #pool: pg.Pool;

  constructor(url: string, onLost: (error: Error) => void) {
    const getTypeParser = (oid: number, format?: "text" | "binary"): unknown =>
      oid === INT8 || oid === NUMERIC ? Number : pg.types.getTypeParser(oid, format as "text");
    this.#pool = new pg.Pool({
      connectionString: url,
      max: 4,
      connectionTimeoutMillis: CONNECT_WITHIN_MS,
      application_name: "hypervolt",
      types: { getTypeParser: getTypeParser as typeof pg.types.getTypeParser },
    });
    this.#pool.on("error", onLost);
    // The pool hears of the idle ones only; one that is lost within a transaction would end the process.
    this.#pool.on("connect", (client) => void client.on("error", onLost));
  }

  async all({ sql, params }: SqlStatement): Promise<readonly Row[]> {
    return (await this.#pool.query<Row>(numbered(sql), [...params])).rows;
  }

  member(column: string, key: string): string {
    return `(${column}::json ->> '${key}')`;
  }

  run(statements: readonly SqlStatement[]): Promise<number> {
    return this.transaction(async (client) => {
      let changes = 0;
      for (const { sql, params } of statements)
        changes += (await client.query(numbered(sql), [...params])).rowCount ?? 0;
      return changes;
    });
  }

  /** With parameters that may be arrays, as PostgreSQL's own statements have them. */
  async query(sql: string, ...params: readonly (Arrays[number] | number | string | null)[]): Promise<readonly Row[]> {
    return (await this.#pool.query<Row>(sql, [...params])).rows;
  }

  async transaction<T>(run: (client: Client) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    try {
      await client.query("BEGIN");
      const result = await run(client);
      await client.query("COMMIT");
      client.release();
      return result;
    } catch (error) {
      await client.query("ROLLBACK").then(
        () => client.release(),
        (lost: Error) => client.release(lost),
      );
      throw error;
    }
  }

  /** Runs alone among all processes of HyperVolt, or not at all if another one runs just now and `wait` is false. */
  async alone(wait: boolean, run: (client: Client) => Promise<void>): Promise<void> {
    await this.transaction(async (client) => {
      if (wait) await client.query("SELECT pg_advisory_xact_lock($1)", [ADVISORY_LOCK]);
      else {
        const { rows } = await client.query<{ got: boolean }>("SELECT pg_try_advisory_xact_lock($1) AS got", [
          ADVISORY_LOCK,
        ]);
        if (!rows[0]?.got) return;
      }
      await run(client);
    });
  }

  /** Brings the schema forward; with TimescaleDB installed, readings become a hypertable. Returns its version before. */
  async migrate(): Promise<Readonly<{ from: number; newest: number }>> {
    const files = migrationFiles("postgres");
    let from = 0;
    await this.alone(true, async (client) => {
      await client.query("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)");
      const { rows } = await client.query<{ version: number }>("SELECT max(version) AS version FROM schema_version");
      from = rows[0]?.version ?? 0;
      for (const file of files.slice(from)) await client.query(migrationText(file));
      if (from >= files.length) return;
      if (from === 0) await makeHypertable(client);
      await client.query("INSERT INTO schema_version VALUES ($1)", [files.length]);
    });
    return { from, newest: files.length };
  }

  end(): Promise<void> {
    return this.#pool.end();
  }
}

const NOT_REACHED = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EPIPE",
  "ETIMEDOUT",
]);
/** SQLSTATE: connection lost, no resources, being shut down or started. */
const COMES_BACK = /^(08|53)|^57P0[1235]$/;

/** Whether the server is away for now, rather than refusing for good: a wrong password does not mend by waiting. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (NOT_REACHED.has(code) || COMES_BACK.test(code)) return true;
  if (/timeout exceeded when trying to connect|connection terminated/i.test(error.message)) return true;
  return isAway(error.cause);
}

/** In words; where a name has several addresses, the error of all of them together has a code only. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || ("code" in error ? String(error.code) : error.name);
}

function numbered(sql: string): string {
  let n = 0;
  return sql.replaceAll("?", () => `$${++n}`);
}

async function makeHypertable(client: Client): Promise<void> {
  const { rows } = await client.query("SELECT 1 FROM pg_available_extensions WHERE name = 'timescaledb'");
  if (rows.length === 0) return;
  await client.query("SAVEPOINT timescale");
  try {
    await client.query("CREATE EXTENSION IF NOT EXISTS timescaledb");
    await client.query("SELECT create_hypertable('reading', 'at_ms', chunk_time_interval => 86400000::bigint)");
  } catch {
    await client.query("ROLLBACK TO SAVEPOINT timescale");
  }
}

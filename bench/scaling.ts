/**
 * When a file is not enough: the same readings into SQLite and into PostgreSQL (both on this machine's disk, both keeping
 * their promises), and the same questions. READINGS (default 2,000,000). Needs postgresql for its part. Prints a table
 * and, as the last line, JSON.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { HistoryStore } from "../src/memory/history.ts";
import pg from "pg";
import { openPostgresHistory } from "../src/memory/postgres-history.ts";
import { openSqliteHistory } from "../src/memory/sqlite-history.ts";
import { newDatabase, postgresIsThere, startPostgres } from "../tests/harness/postgres-server.ts";

const READINGS = Number(process.env["READINGS"] ?? 2_000_000);
const SENSORS = 200;
const START_MS = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;
const silent = (): void => undefined;
const log = { debug: silent, info: silent, warning: console.warn, error: console.error };
const clock = { nowMs: () => START_MS, after: () => ({ cancel: silent }) };

const readingAt = (i: number) => ({
  sensorId: `sensor_${i % SENSORS}`,
  atMs: START_MS + Math.floor(i / SENSORS) * 10_000,
  value: Math.round(2_000 + 500 * Math.sin(i / 4_001) + ((i * 7_919) % 83)) / 10,
});
async function ask(url: string, sql: string): Promise<pg.QueryResult<{ bytes: number }>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const answer = await client.query<{ bytes: number }>(sql);
  await client.end();
  return answer;
}
const quantile = (values: readonly number[], share: number): number =>
  Number((values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN).toPrecision(3));

async function timesOf(count: number, run: (n: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < count; n++) {
    const startedMs = performance.now();
    await run(n);
    times.push(performance.now() - startedMs);
  }
  return times;
}

async function measure(store: HistoryStore) {
  const startedMs = performance.now();
  for (let from = 0; from < READINGS; from += 2_000) {
    const done = store.append(Array.from({ length: 2_000 }, (_, n) => readingAt(from + n)));
    if (store.congested()) await store.uncongested();
    if (from + 2_000 >= READINGS) await done;
  }
  const perSecond = Math.round((READINGS * 1_000) / (performance.now() - startedMs));
  const one = await timesOf(500, (n) => store.append([readingAt(READINGS + n)]));
  const day = await timesOf(60, (n) =>
    store.series(`sensor_${n}`, START_MS, START_MS + Math.min(DAY_MS, (READINGS / SENSORS) * 10_000), 300_000),
  );
  const page = await timesOf(10, (n) => store.readings({}, { offset: n * 1_000, limit: 100 }));
  return {
    "readings/s": perSecond,
    "one reading p50 ms": quantile(one, 0.5),
    "one reading p99 ms": quantile(one, 0.99),
    "day of one sensor p50 ms": quantile(day, 0.5),
    "page of all p50 ms": quantile(page, 0.5),
  };
}

const result: Record<string, Awaited<ReturnType<typeof measure>>> = {};
const folder = mkdtempSync(path.join(tmpdir(), "bench-scaling-"));
const sqlite = await openSqliteHistory({ folder, clock, log });
result["SQLite"] = await measure(sqlite);
await sqlite.close();
rmSync(folder, { recursive: true });
if (postgresIsThere()) {
  const server = await startPostgres(true);
  try {
    const url = await newDatabase(server);
    const postgres = await openPostgresHistory({ url, clock, log });
    result["PostgreSQL"] = await measure(postgres);
    const { rows } = await ask(url, "SELECT pg_database_size(current_database())::float8 AS bytes");
    console.error(`PostgreSQL keeps ${((rows[0]?.bytes ?? 0) / READINGS).toFixed(0)} MB per million readings`);
    await postgres.close();
  } finally {
    await server.stop();
  }
}
console.table(result);
console.log(JSON.stringify(result));

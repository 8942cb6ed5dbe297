/**
 * History: speed and bytes of writing, size, and the time to read a day of one sensor, each beside the ways other
 * programs do it, in one run. READINGS (default 5,000,000; the published figures: 50,000,000) sets the size.
 * Prints a table and, as the last line, JSON.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import Sqlite from "better-sqlite3";
import type { HistoryStore } from "../src/memory/history.ts";
import { openSqliteHistory } from "../src/memory/sqlite-history.ts";

const READINGS = Number(process.env["READINGS"] ?? 5_000_000);
const COMPARED = Math.min(READINGS, Number(process.env["COMPARED"] ?? 200_000));
const SENSORS = 200;
const STEP_MS = 10_000;
const START_MS = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;
const FOLDER = mkdtempSync(path.join(process.env["BENCH_FOLDER"] ?? tmpdir(), "bench-history-"));

const clock = { nowMs: () => Date.now(), after: () => ({ cancel: () => undefined }) };
const log = { debug: () => undefined, info: () => undefined, warning: console.warn, error: console.error };

/** A number's own random number in [0, 1). */
function hashed(n: number): number {
  let mixed = Math.imul(n + 1, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}

/** A plausible house: each sensor has a level, a day's wave and noise, printed with one or two decimals. */
function valueOf(sensor: number, tick: number): number {
  const decimals = sensor % 2 === 0 ? 10 : 100;
  const wave = Math.sin((tick + sensor * 400) / 1_375) * (5 + (sensor % 13));
  const noise = (hashed(tick * 211 + sensor) - 0.5) * (sensor % 5);
  return Math.round((20 + sensor + wave + noise) * decimals) / decimals;
}

const readingAt = (i: number) => {
  const tick = Math.floor(i / SENSORS);
  const sensor = i % SENSORS;
  return { sensorId: `sensor_${sensor}`, atMs: START_MS + tick * STEP_MS, value: valueOf(sensor, tick) };
};

const writtenBytes = (): number =>
  Number(/wchar: (\d+)/.exec(readFileSync("/proc/self/io", "utf8"))?.[1] ?? Number.NaN);

function folderBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => statSync(path.join(folder, name)))
    .reduce((total, stat) => total + (stat.isFile() ? stat.size : 0), 0);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
const rounded = (value: number): number => Number(value.toPrecision(3));

type Written = { perSecond: number; bytesPerReading: number; mbPerMillion: number };

/** Runs `write` for readings 0..count-1 and measures it. */
async function measureWriting(count: number, folder: string, write: () => void | Promise<void>): Promise<Written> {
  const bytesBefore = writtenBytes();
  const startedMs = performance.now();
  await write();
  const seconds = (performance.now() - startedMs) / 1_000;
  return {
    perSecond: Math.round(count / seconds),
    bytesPerReading: rounded((writtenBytes() - bytesBefore) / count),
    mbPerMillion: rounded(folderBytes(folder) / count),
  };
}

/** What object-relational mappers make: text ids and times, an index, one transaction a message. */
async function ormTable(journal: "DELETE" | "WAL", count: number): Promise<Written> {
  const folder = mkdtempSync(path.join(FOLDER, "orm-"));
  const db = new Sqlite(path.join(folder, "db.sqlite"));
  db.pragma(`journal_mode = ${journal}`);
  db.exec(`CREATE TABLE reading (id INTEGER PRIMARY KEY AUTOINCREMENT, sensor_id TEXT NOT NULL, sensor_type TEXT NOT NULL,
    value REAL NOT NULL, unit TEXT NOT NULL, location TEXT NOT NULL, timestamp TEXT NOT NULL);
    CREATE INDEX reading_by_sensor ON reading (sensor_id, timestamp)`);
  const insert = db.prepare(
    "INSERT INTO reading (sensor_id, sensor_type, value, unit, location, timestamp) VALUES (?, 'power', ?, 'W', 'kitchen', ?)",
  );
  const written = await measureWriting(count, folder, () => {
    for (let i = 0; i < count; i++) {
      const { sensorId, atMs, value } = readingAt(i);
      insert.run(sensorId, value, new Date(atMs).toISOString());
    }
    db.pragma("wal_checkpoint(TRUNCATE)");
  });
  db.close();
  return written;
}

/** A table in order of sensor and time, a thousand rows a transaction. */
async function keyedTable(count: number): Promise<Written> {
  const folder = mkdtempSync(path.join(FOLDER, "keyed-"));
  const db = new Sqlite(path.join(folder, "db.sqlite"));
  db.pragma("journal_mode = WAL");
  db.exec("CREATE TABLE reading (sensor INTEGER, at INTEGER, value REAL, PRIMARY KEY (sensor, at)) WITHOUT ROWID");
  const insert = db.prepare("INSERT OR REPLACE INTO reading VALUES (?, ?, ?)");
  const thousand = db.transaction((from: number, to: number) => {
    for (let i = from; i < to; i++) {
      const { atMs, value } = readingAt(i);
      insert.run(i % SENSORS, atMs / 1_000, value);
    }
  });
  const written = await measureWriting(count, folder, () => {
    for (let from = 0; from < count; from += 1_000) thousand(from, Math.min(count, from + 1_000));
    db.pragma("wal_checkpoint(TRUNCATE)");
  });
  db.close();
  return written;
}

const ours = path.join(FOLDER, "hypervolt");
const openOurs = (): Promise<HistoryStore> => openSqliteHistory({ folder: ours, clock, log, keepRawDays: 10_000 });

/** As they arrive, as fast as they are taken; then packed. */
async function fill(store: HistoryStore): Promise<void> {
  const batch = 2_000;
  for (let from = 0; from < READINGS; from += batch) {
    const readings = Array.from({ length: Math.min(batch, READINGS - from) }, (_, n) => readingAt(from + n));
    const done = store.append(readings);
    if (store.congested()) await store.uncongested();
    if (from + batch >= READINGS) await done;
  }
  console.error(`appended at ${Math.round(performance.now() / 1_000)} s`);
  const lastMs = readingAt(READINGS - 1).atMs;
  await store.maintain(lastMs + DAY_MS);
  await store.maintain(lastMs + 3 * DAY_MS);
  await store.maintain(lastMs + 3 * DAY_MS);
}

/** 1,000 readings a second, one at a time: from `append` to its acknowledgement, and what is written for each. */
async function paced(store: HistoryStore): Promise<Record<string, number>> {
  const latencies: number[] = [];
  const delays = monitorEventLoopDelay({ resolution: 1 });
  const bytesBefore = writtenBytes();
  delays.enable();
  const startedMs = performance.now();
  let sent = 0;
  while (sent < 5_000) {
    while (sent < performance.now() - startedMs && sent < 5_000) {
      const atMs = performance.now();
      const reading = readingAt(READINGS + sent++);
      void store.append([{ ...reading, committed: () => latencies.push(performance.now() - atMs) }]);
    }
    await new Promise<void>((later) => setTimeout(later, 1));
  }
  while (latencies.length < sent) await new Promise<void>((later) => setTimeout(later, 1));
  delays.disable();
  return {
    p50Ms: rounded(quantile(latencies, 0.5)),
    p99Ms: rounded(quantile(latencies, 0.99)),
    eventLoopP99Ms: rounded(delays.percentile(99) / 1e6),
    journalBytesPerReading: rounded((writtenBytes() - bytesBefore) / sent),
  };
}

const lastDayMs = Math.floor((READINGS / SENSORS) * STEP_MS - DAY_MS);
/** Days start anywhere on a 5-minute grid, as a chart asks for them. */
const dayStartMs = (n: number): number =>
  START_MS + Math.floor(((((n * 37) % 97) / 97) * Math.max(lastDayMs, 0)) / 300_000) * 300_000;

async function timeDay(store: HistoryStore, n: number, stepMs = 300_000, days = 1): Promise<number> {
  const fromMs = dayStartMs(n);
  const startedMs = performance.now();
  await store.series(`sensor_${(n * 31) % SENSORS}`, fromMs, fromMs + days * DAY_MS, stepMs);
  return performance.now() - startedMs;
}

async function timesOf(count: number, time: (n: number) => Promise<number>): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < count; n++) times.push(await time(n));
  return times;
}

/** With nothing of the file in any cache. */
async function coldDays(): Promise<number[]> {
  return timesOf(15, async (n) => {
    const store = await openOurs();
    await store.series("sensor_0", 0, 1, 300_000);
    for (const name of readdirSync(ours).filter((file) => file.startsWith("history.sqlite")))
      execFileSync("dd", [`if=${path.join(ours, name)}`, "iflag=nocache", "count=0", "status=none"]);
    const ms = await timeDay(store, n);
    await store.close();
    return ms;
  });
}

async function main(): Promise<void> {
  console.error(`${READINGS} readings of ${SENSORS} sensors; ${COMPARED} for the others`);
  const orm = await ormTable("DELETE", Math.min(COMPARED, 5_000));
  const ormWal = await ormTable("WAL", COMPARED);
  const keyed = await keyedTable(COMPARED);
  let store = await openOurs();
  const filled = await measureWriting(READINGS, ours, () => fill(store));
  const atPace = await paced(store);
  await timesOf(50, (n) => timeDay(store, n));
  const warm = await timesOf(200, (n) => timeDay(store, n));
  const exact = await timesOf(50, (n) => timeDay(store, n, 420_000));
  const week = await timesOf(50, (n) => timeDay(store, n, 1_800_000, 7));
  const month = await timesOf(50, (n) => timeDay(store, n, 3_600_000, 28));
  const pages = await timesOf(20, async (n) => {
    const startedMs = performance.now();
    await store.readings({}, { offset: n * 10_000, limit: 100 });
    return performance.now() - startedMs;
  });
  await store.close();
  const openedMs = performance.now();
  store = await openOurs();
  const openMs = performance.now() - openedMs;
  await store.close();
  const cold = await coldDays();
  const result = {
    readings: READINGS,
    write: {
      "one transaction a message, rollback journal": orm,
      "one transaction a message, WAL": ormWal,
      "keyed by sensor and time, 1,000 a transaction": keyed,
      hypervolt: filled,
    },
    atOneThousandASecond: atPace,
    dayOfOneSensorMs: {
      warmP50: rounded(quantile(warm, 0.5)),
      warmP99: rounded(quantile(warm, 0.99)),
      coldP50: rounded(quantile(cold, 0.5)),
      coldMax: rounded(Math.max(...cold)),
      fromRawP50: rounded(quantile(exact, 0.5)),
      sevenDaysHalfHourlyP50: rounded(quantile(week, 0.5)),
      fourWeeksHourlyP50: rounded(quantile(month, 0.5)),
    },
    pageOfAllP50Ms: rounded(quantile(pages, 0.5)),
    openMs: rounded(openMs),
    rssMb: Math.round(process.memoryUsage().rss / 1e6),
  };
  console.table(result.write);
  console.table([result.dayOfOneSensorMs]);
  console.table([result.atOneThousandASecond]);
  console.log(JSON.stringify(result));
}

try {
  await main();
} finally {
  rmSync(FOLDER, { recursive: true, force: true });
}

import { cpSync, existsSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from "node:fs";
import { closeSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Sqlite from "better-sqlite3";
import { expect, it, onTestFinished } from "vitest";
import { encodeChunk } from "../../src/memory/chunk-codec.ts";
import type { HistoryStore } from "../../src/memory/history.ts";
import { bucketsOf, encodeRollup } from "../../src/memory/rollup.ts";
import { migrate, migrations } from "../../src/memory/sqlite-database.ts";
import { openSqliteHistory } from "../../src/memory/sqlite-history.ts";
import { mountSmallDisk } from "../harness/small-disk.ts";

const T0 = Date.UTC(2026, 2, 28);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const silent = (): void => undefined;

function handClock(startMs = T0) {
  let nowMs = startMs;
  return { nowMs: () => nowMs, after: () => ({ cancel: silent }), set: (ms: number) => void (nowMs = ms) };
}

function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "durability-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function open(folder: string, more: Partial<Parameters<typeof openSqliteHistory>[0]> = {}): Promise<HistoryStore> {
  const log = { debug: silent, info: silent, warning: silent, error: silent };
  return openSqliteHistory({ folder, clock: handClock(), log, ...more });
}

const at = (sensorId: string, n: number) => ({ sensorId, atMs: T0 + n * 10_000, value: n });
const hours = (sensorId: string, count: number) => Array.from({ length: count * 360 }, (_, n) => at(sensorId, n));
const countOf = async (store: HistoryStore) => (await store.readings({}, { offset: 0, limit: 1 })).count;
/** Everything is packed and the days are rolled up. */
async function pack(store: HistoryStore): Promise<void> {
  await store.maintain(T0);
  await store.maintain(T0 + 2 * DAY_MS);
}

it("keeps what is in the journal over a stop, and forgets it from there once it is packed", async () => {
  const folder = temporaryFolder();
  let store = await open(folder);
  await store.append(hours("a", 3));
  await store.close();
  store = await open(folder);
  expect(store.figures().unpackedReadings).toBe(1_080);
  expect(await countOf(store)).toBe(1_080);
  await pack(store);
  await store.append([at("a", 5_000)]);
  await store.close();
  store = await open(folder);
  expect(store.figures().unpackedReadings).toBe(1);
  expect(await countOf(store)).toBe(1_081);
  expect(await store.latest()).toEqual([at("a", 5_000)]);
  await store.close();
});

it("ends a torn journal where it was torn: what was acknowledged before is there", async () => {
  const folder = temporaryFolder();
  let store = await open(folder);
  await store.append([at("a", 1)]);
  await store.append([at("a", 2)]);
  await store.close();
  const [segment = ""] = readdirSync(path.join(folder, "journal"));
  const file = openSync(path.join(folder, "journal", segment), "a");
  writeSync(file, Buffer.from([40, 0, 0, 0, 1, 2, 3, 4, 5, 6]));
  closeSync(file);
  store = await open(folder);
  expect(await store.range("a", T0, T0 + DAY_MS)).toEqual([at("a", 1), at("a", 2)]);
  await store.append([at("a", 3)]);
  await store.close();
  store = await open(folder);
  expect(await countOf(store)).toBe(3);
  await store.close();
});

it("waits while the disk is full, acknowledges nothing meanwhile, says so, and goes on when there is room", async (test) => {
  const folder = temporaryFolder();
  const disk = path.join(folder, "disk");
  const small = mountSmallDisk(disk, 3);
  if (small === null) return test.skip("skipped: a small disk cannot be mounted here");
  const store = await open(disk);
  await store.append([at("a", 0)]);
  small.fill();
  let acknowledged = 0;
  const readings = hours("a", 5).slice(1);
  const appended = store.append(readings.map((reading) => ({ ...reading, committed: () => void acknowledged++ })));
  await expect
    .poll(() => store.state(), { timeout: 10_000 })
    .toMatchObject({
      state: "down",
      detail: expect.stringMatching(/ENOSPC|FULL/),
      todo: expect.stringContaining("Free space"),
    });
  expect(acknowledged).toBe(0);
  expect(await store.range("a", T0, T0 + DAY_MS)).toEqual([at("a", 0)]);
  small.free();
  await appended;
  expect(acknowledged).toBe(readings.length);
  expect(store.state()).toMatchObject({ state: "ok" });
  expect(await countOf(store)).toBe(5 * 360);
  await store.close();
});

it("goes on acknowledging while another process holds the database, and packs when it lets go", async () => {
  const folder = temporaryFolder();
  const store = await open(folder);
  await store.append([at("a", 0)]);
  const other = new Sqlite(path.join(folder, "history.sqlite"));
  other.exec("BEGIN IMMEDIATE");
  await store.append([at("a", 1), at("b", 1)]);
  const preferred = store.setPreferences({ mode: "auto" });
  expect(await store.range("a", T0, T0 + DAY_MS)).toHaveLength(2);
  other.exec("COMMIT");
  other.close();
  await preferred;
  expect(await store.preference("mode")).toBe("auto");
  await pack(store);
  expect(await store.range("b", T0, T0 + DAY_MS)).toEqual([at("b", 1)]);
  await store.close();
});

const damage: Record<string, (file: string) => void> = {
  "its head overwritten": (file) => overwrite(file, 0, Buffer.alloc(4_096, 7)),
  "pages in its middle overwritten": (file) => {
    const pages = Math.floor(statSync(file).size / 4_096);
    for (let page = Math.floor(pages * 0.6); page < pages - 1; page += 3)
      overwrite(file, page * 4_096, Buffer.alloc(4_096, 255));
  },
  "its end cut off": (file) => truncateSync(file, Math.floor(statSync(file).size / 2)),
};
function overwrite(file: string, offset: number, bytes: Uint8Array): void {
  const opened = openSync(file, "r+");
  writeSync(opened, bytes, 0, bytes.length, offset);
  closeSync(opened);
}
it.each(Object.entries(damage))(
  "sets a database with %s aside, saves what can be saved, and goes on",
  async (_name, spoil) => {
    const folder = temporaryFolder();
    let store = await open(folder);
    for (let n = 0; n < 10; n++) await store.append(hours(`s${n}`, 10));
    await store.setPreferences({ mode: "auto" });
    await pack(store);
    await store.append([at("s0", 9_000)]);
    await store.close();
    spoil(path.join(folder, "history.sqlite"));

    store = await open(folder);
    const total = Array.from({ length: 10 }, (_, n) => store.range(`s${n}`, T0, T0 + DAY_MS));
    await Promise.allSettled(total);
    await store.append([at("new", 1)]);
    await pack(store);
    await store.setPreferences({ mode: "off" });
    expect(readdirSync(folder).filter((name) => /^history\.sqlite\.damaged-\d+$/.test(name))).toHaveLength(1);
    expect(store.state()).toMatchObject({ state: "degraded", detail: expect.stringContaining("damaged") });
    expect(await store.range("s0", T0 + 9_000 * 10_000, T0 + 2 * DAY_MS)).toEqual([at("s0", 9_000)]);
    expect(await store.range("new", T0, T0 + DAY_MS)).toEqual([at("new", 1)]);
    await store.close();
    const db = new Sqlite(path.join(folder, "history.sqlite"), { readonly: true });
    expect(db.pragma("integrity_check", { simple: true })).toBe("ok");
    db.close();
  },
);

it("saves most readings of a file with one damaged page", async () => {
  const folder = temporaryFolder();
  let store = await open(folder);
  for (let n = 0; n < 10; n++) await store.append(hours(`s${n}`, 20));
  await pack(store);
  await store.close();
  const file = path.join(folder, "history.sqlite");
  const db = new Sqlite(file);
  const leaf = db
    .prepare("SELECT pageno FROM dbstat WHERE name = 'raw' AND pagetype = 'leaf' ORDER BY pageno LIMIT 1 OFFSET 5")
    .pluck()
    .get();
  db.close();
  overwrite(file, (Number(leaf) - 1) * 4_096, Buffer.alloc(4_096, 255));
  store = await open(folder);
  const readAll = async () => {
    let total = 0;
    for (let n = 0; n < 10; n++) total += (await store.range(`s${n}`, T0, T0 + DAY_MS)).length;
    return total;
  };
  const saved = await readAll();
  expect(saved).toBeGreaterThan(0.9 * 10 * 20 * 360);
  expect(saved).toBeLessThan(10 * 20 * 360);
  expect(await countOf(store)).toBe(saved);
  expect(store.state()).toMatchObject({ state: "degraded" });
  await store.close();
});

it("does not forget because a clock is wrong, and forgets readings, not rollups, when they have been kept long enough", async () => {
  const folder = temporaryFolder();
  const keepRawDays = 30;
  let store = await open(folder, { keepRawDays });
  await store.append(hours("a", 5));
  await pack(store);
  const rolled = await store.series("a", T0, T0 + 5 * HOUR_MS, HOUR_MS);
  const yearMs = 365 * DAY_MS;
  await store.maintain(T0 + yearMs);
  expect(await countOf(store)).toBe(1_800);
  await store.maintain(T0 - yearMs);
  await store.append([at("a", 100_000)]);
  expect(await countOf(store)).toBe(1_801);
  await store.close();

  for (const wrongMs of [T0 - yearMs + DAY_MS, T0 + 3 * yearMs, T0 - 30 * yearMs, T0 + yearMs, T0]) {
    store = await open(folder, { keepRawDays, clock: handClock(wrongMs) });
    await store.maintain(wrongMs + 60_000);
    expect(await countOf(store)).toBe(1_801);
    await store.close();
  }

  for (let week = 1; week <= 5; week++) {
    store = await open(folder, { keepRawDays, clock: handClock(T0 + week * 7 * DAY_MS) });
    await store.maintain(T0 + week * 7 * DAY_MS + 60_000);
    if (week < 5) await store.close();
  }
  expect(await store.range("a", T0, T0 + 5 * HOUR_MS)).toEqual([]);
  expect(await store.series("a", T0, T0 + 5 * HOUR_MS, HOUR_MS)).toEqual(rolled);
  expect(await store.series("a", T0, T0 + HOUR_MS, 300_000)).toHaveLength(12);
  await store.append([{ sensorId: "a", atMs: T0 + 5, value: -100 }]);
  expect((await store.series("a", T0, T0 + HOUR_MS, HOUR_MS))[0]).toMatchObject({ min: -100, count: 361 });
  await store.close();
});

it("copies complete while it runs: folder by folder between the two calls, and into one file", async () => {
  const folder = temporaryFolder();
  const backup = temporaryFolder();
  const store = await open(folder, { packAtReadings: 2_000 });
  await store.append(hours("a", 5));
  await store.prepareBackup();
  const during = store.append(hours("b", 10));
  for (const name of readdirSync(folder)) cpSync(path.join(folder, name), path.join(backup, name), { recursive: true });
  await during;
  await store.finishBackup();
  const restored = await open(backup);
  expect(await restored.range("a", T0, T0 + DAY_MS)).toHaveLength(1_800);
  await restored.close();

  const one = path.join(backup, "one.sqlite");
  await store.copyTo(one);
  await store.close();
  const db = new Sqlite(one, { readonly: true });
  expect(db.prepare("SELECT sum(count) FROM chunk").pluck().get()).toBe(15 * 360);
  expect(db.pragma("integrity_check", { simple: true })).toBe("ok");
  db.close();
});

/** An hour as schemas before 4 have it: with its readings, or with only the rollup left of them. */
function insertHour(db: Sqlite.Database, key: number, startMs: number, forgotten: boolean): void {
  const times = Float64Array.from({ length: 360 }, (_, n) => startMs + n * 10_000);
  const columns = { times, values: times.map((_, n) => n) };
  const hour = startMs / HOUR_MS;
  const rollup = encodeRollup(bucketsOf(columns, 300_000), startMs, 300_000, 0);
  db.prepare("INSERT INTO chunk VALUES (?, ?, ?, ?, ?, ?, ?)").run(
    (key * 2 ** 22 + hour) * 64,
    hour,
    key,
    times[0],
    times.at(-1),
    360,
    rollup,
  );
  if (!forgotten) db.prepare("INSERT INTO raw VALUES (?, ?)").run((hour * 2 ** 20 + key) * 64, encodeChunk(columns));
}

it.each(migrations().map((_, version) => version))(
  "opens a history of schema %i and brings it forward with what is in it",
  async (version) => {
    const folder = temporaryFolder();
    const db = new Sqlite(path.join(folder, "history.sqlite"));
    const yearAgoMs = T0 - 365 * DAY_MS;
    migrate(db, version);
    if (version >= 1) {
      db.exec("INSERT INTO sensor (sensor_key, sensor_id) VALUES (7, 'old')");
      db.exec(`INSERT INTO meta VALUES ('raw_since_hour', ${T0 / HOUR_MS - 24})`);
      insertHour(db, 7, yearAgoMs, true);
      insertHour(db, 7, T0 - HOUR_MS, false);
    }
    if (version >= 2) db.exec(`INSERT INTO preference VALUES ('mode', '"auto"')`);
    db.close();
    const store = await open(folder, { keepRawDays: 5 });
    await store.append([at("old", 1)]);
    const listed = await store.readings({}, { offset: 0, limit: 1 });
    expect(listed.results[0]?.id).toMatch(version >= 1 ? /^7-/ : /^1-/);
    expect(listed.count).toBe(version >= 1 ? 361 : 1);
    expect(await store.series("old", yearAgoMs, T0, HOUR_MS)).toHaveLength(version >= 1 ? 2 : 0);
    expect(await store.preference("mode")).toBe(version >= 2 ? "auto" : undefined);
    await store.putGridValues([
      { kind: "import_price", source: "x", atMs: T0, value: 1, unit: "EUR/kWh", fetchedAtMs: T0, sample: false },
    ]);
    await store.append([{ sensorId: "old", atMs: yearAgoMs + 5, value: 1_000 }]);
    await pack(store);
    await store.close();

    for (const [days, count] of version >= 1
      ? ([
          [4, 362],
          [8, 0],
        ] as const)
      : []) {
      const later = await open(folder, { keepRawDays: 5, clock: handClock(T0 + (2 + days) * DAY_MS) });
      await later.maintain(T0 + (2 + days) * DAY_MS + 60_000);
      expect(await countOf(later)).toBe(count);
      expect(await later.series("old", yearAgoMs, T0, HOUR_MS)).toMatchObject([
        { startMs: yearAgoMs, count: 361, max: 1_000 },
        { startMs: T0 - HOUR_MS, count: 360 },
      ]);
      await later.close();
    }
  },
);

it("refuses a history that a newer HyperVolt wrote, and leaves it as it is", async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, "history.sqlite");
  const db = new Sqlite(file);
  migrate(db, migrations().length);
  db.pragma(`user_version = ${migrations().length + 1}`);
  db.close();
  await expect(open(folder)).rejects.toMatchObject({
    code: "HISTORY_UNAVAILABLE",
    detail: expect.stringContaining("newer"),
  });
  expect(existsSync(file)).toBe(true);
  expect(readdirSync(folder).some((name) => name.includes("damaged"))).toBe(false);
});

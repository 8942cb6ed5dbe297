import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type ContractStore, historyStoreContract } from "../../src/memory/history.contract.ts";
import type { HistoryStore } from "../../src/memory/history.ts";
import { migrationFiles, migrationText } from "../../src/memory/migrations.ts";
import { openPostgresHistory } from "../../src/memory/postgres-history.ts";
import { newDatabase, postgresIsThere, type PostgresServer, query, startPostgres } from "../harness/postgres-server.ts";

const T0 = Date.UTC(2026, 2, 28);
const DAY_MS = 86_400_000;
const silent = (): void => undefined;
const log = { debug: silent, info: silent, warning: silent, error: silent };
const clock = { nowMs: () => T0, after: () => ({ cancel: silent }) };
const at = (sensorId: string, n: number) => ({ sensorId, atMs: T0 + n * 10_000, value: n });

describe.skipIf(!postgresIsThere())("the history in PostgreSQL", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());

  const open = async (url: string, ingest = "hypervolt"): Promise<HistoryStore> => {
    const store = await openPostgresHistory({ url, clock, log, ingest });
    onTestFinished(() => store.close().catch(silent));
    return store;
  };

  const openContract = async (url: string): Promise<ContractStore> => {
    const store = await openPostgresHistory({ url, clock, log, keepRawDays: 10 });
    return {
      store,
      close: () => store.close(),
      reopen: async (afterDays) => {
        await store.close();
        await passDays(url, afterDays);
        return openContract(url);
      },
    };
  };
  /** As if no process had been there for so long: the age is the server's to tell, and its clock is not set for a test. */
  const passDays = (url: string, days: number): Promise<unknown> =>
    query(url, `UPDATE meta SET value = value - ${days * DAY_MS} WHERE name = 'maintained_ms'`);

  historyStoreContract(
    "PostgreSQL",
    async () => openContract(await newDatabase(server)),
    (store) => store.maintain(T0 + DAY_MS),
  );

  it.each([1, 2, 3])(
    "brings a history of schema %i forward, and keeps what is in it as if it had come now",
    async (version) => {
      const url = await newDatabase(server);
      await query(
        url,
        `CREATE TABLE schema_version (version INTEGER NOT NULL); INSERT INTO schema_version VALUES (${version})`,
      );
      for (const file of migrationFiles("postgres").slice(0, version)) await query(url, migrationText(file));
      await query(url, "INSERT INTO sensor (sensor_id) VALUES ('a')");
      await query(
        url,
        `INSERT INTO reading SELECT 1, ${T0} - n * ${DAY_MS}::bigint, n FROM generate_series(0, 99) AS n`,
      );
      let store = await open(url);
      for (let week = 0; week < 4; week++) {
        await store.maintain(T0);
        expect(await store.range("a", 0, T0 + 1)).toHaveLength(100);
        await store.close();
        await passDays(url, 7);
        store = await open(url);
      }
      await store.close();
      await passDays(url, 7);
      store = await open(url);
      await store.maintain(T0);
      expect(await store.range("a", 0, T0 + 1)).toEqual([]);
      expect(await store.series("a", T0 - 100 * DAY_MS, T0 + DAY_MS, DAY_MS)).toHaveLength(100);
    },
  );

  it("is shared by several processes that name the same new sensors at once", async () => {
    const url = await newDatabase(server);
    const stores = await Promise.all([open(url, "one"), open(url, "two"), open(url, "three")]);
    await Promise.all(
      stores.map((store, s) => store.append(Array.from({ length: 900 }, (_, n) => at(`s${n % 9}`, n * 3 + s)))),
    );
    const [first] = stores;
    expect((await first?.readings({}, { offset: 0, limit: 1 }))?.count).toBe(2_700);
    const [one, two] = stores;
    const delivered = (atMs: number, redelivered: boolean) => ({
      sensorId: "pi",
      atMs,
      value: 1,
      delivery: { packetId: 9, redelivered },
    });
    await one?.append([delivered(T0, false)]);
    await two?.append([delivered(T0 + 1, true)]);
    await one?.append([delivered(T0 + 2, true)]);
    expect((await one?.range("pi", T0, T0 + 10))?.map(({ atMs }) => atMs - T0)).toEqual([0, 1]);
  });

  it("waits while PostgreSQL is away, says so, and writes what waited when it is back", async () => {
    const url = await newDatabase(server);
    const name = url.slice(url.lastIndexOf("/") + 1);
    const store = await open(url);
    await store.append([at("a", 0)]);
    const admin = server.url("postgres");
    await query(admin, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await query(admin, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
    let acknowledged = 0;
    const appended = store.append([{ ...at("a", 1), committed: () => void acknowledged++ }]);
    await expect.poll(() => store.state().state, { timeout: 10_000 }).toBe("down");
    expect(acknowledged).toBe(0);
    await expect(store.latest()).rejects.toMatchObject({ code: "HISTORY_UNAVAILABLE" });
    await query(admin, `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    await appended;
    expect(acknowledged).toBe(1);
    expect(store.state()).toMatchObject({ state: "ok" });
    expect(await store.range("a", T0, T0 + DAY_MS)).toEqual([at("a", 0), at("a", 1)]);
  });

  it("refuses where there is no database, and one of a newer HyperVolt", async () => {
    await expect(open(server.url("nowhere"))).rejects.toMatchObject({ code: "HISTORY_UNAVAILABLE" });
    const url = await newDatabase(server);
    await (await open(url)).close();
    await query(url, "INSERT INTO schema_version VALUES (99)");
    await expect(open(url)).rejects.toMatchObject({ detail: expect.stringContaining("newer") });
  });
});

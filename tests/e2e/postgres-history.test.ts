import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { historyStoreContract } from "../../src/memory/history.contract.ts";
import type { HistoryStore } from "../../src/memory/history.ts";
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

  historyStoreContract(
    "PostgreSQL",
    async () => {
      const store = await openPostgresHistory({ url: await newDatabase(server), clock, log });
      return { store, close: () => store.close() };
    },
    (store) => store.maintain(T0 + DAY_MS),
  );

  it("forgets old readings into rollups that late ones still correct", async () => {
    const store = await open(await newDatabase(server));
    await store.append(Array.from({ length: 720 }, (_, n) => at("a", n)));
    const hours = await store.series("a", T0, T0 + DAY_MS, 3_600_000);
    await store.maintain(T0 + 40 * DAY_MS);
    expect(await store.range("a", T0, T0 + DAY_MS)).toEqual([]);
    expect(await store.series("a", T0, T0 + DAY_MS, 3_600_000)).toEqual(hours);
    expect(await store.latest()).toEqual([at("a", 719)]);
    await store.append([{ sensorId: "a", atMs: T0 + 5, value: -1 }]);
    await store.maintain(T0 + 40 * DAY_MS + 60_000);
    expect((await store.series("a", T0, T0 + DAY_MS, 3_600_000))[0]).toMatchObject({ min: -1, count: 361 });
  });

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

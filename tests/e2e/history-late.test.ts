import path from "node:path";
import Sqlite from "better-sqlite3";
import { connectAsync } from "mqtt";
import { describe, expect, it, onTestFinished } from "vitest";
import { startEmbeddedBroker } from "../../src/demo/aedes-broker.ts";
import type { HealthDto, Page, ReadingDto } from "../../src/serving/messages.ts";
import { EngineProcess, TOKEN } from "../harness/engine-process.ts";
import { until } from "../harness/home-assistant-core.ts";
import { newDatabase, postgresIsThere, query, startPostgres } from "../harness/postgres-server.ts";

const DAY_MS = 86_400_000;
const YEAR_AGO_MS = Math.floor(Date.now() / DAY_MS - 365) * DAY_MS;
const READINGS = 300;
const STEP_MS = 600_000;
const WITHIN_MS = 120_000;

/** How the test looks at what the store itself notes, and makes it believe that nobody was there for a while. */
type Store = Readonly<{
  options: Readonly<Record<string, unknown>>;
  maintainedMs: (engine: EngineProcess) => Promise<number>;
  passDays: (engine: EngineProcess, days: number) => Promise<void>;
}>;

const sqlite: Store = {
  options: {},
  maintainedMs: (engine) =>
    Promise.resolve(onMeta(engine, true, (db) => db.prepare(MAINTAINED).pluck().get()) as number),
  passDays: async (engine, days) => void onMeta(engine, false, (db) => db.exec(`${PASS} - ${days * DAY_MS} ${WHERE}`)),
};
const WHERE = "WHERE name = 'maintained_ms'";
const MAINTAINED = `SELECT value FROM meta ${WHERE}`;
const PASS = "UPDATE meta SET value = value";

function onMeta<T>(engine: EngineProcess, readonly: boolean, run: (db: Sqlite.Database) => T): T {
  const db = new Sqlite(path.join(engine.folder, "data/history/history.sqlite"), { readonly });
  try {
    return run(db);
  } finally {
    db.close();
  }
}

async function postgres(): Promise<Store> {
  const server = await startPostgres();
  onTestFinished(() => server.stop());
  const url = await newDatabase(server);
  return {
    options: { history_url: url },
    // PostgreSQL's own clock: the same machine's.
    maintainedMs: async () => Number((await query(url, MAINTAINED))[0]?.["value"] ?? 0),
    passDays: async (_engine, days) => void (await query(url, `${PASS} - ${days * DAY_MS} ${WHERE}`)),
  };
}

const reading = (n: number, offsetMs = 0) => ({
  sensor_id: "replayed",
  sensor_type: "power",
  location: "lab",
  value: n,
  unit: "W",
  timestamp: new Date(YEAR_AGO_MS + n * STEP_MS + offsetMs).toISOString(),
});

async function staysAsLongAsItWasReceived(store: Store): Promise<void> {
  const broker = await startEmbeddedBroker();
  onTestFinished(() => broker.close());
  const engine = new EngineProcess({ mqtt_url: broker.url, redis_url: "memory", raw_days: 2, ...store.options });
  onTestFinished(async () => {
    await engine.stop("SIGKILL");
    engine.forget();
  });
  const send = async (method: string, route: string, body?: unknown): Promise<void> => {
    const answer = await fetch(`http://127.0.0.1:${engine.port}/api/sensor-readings${route}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    expect(answer.ok, `${method} ${route}: ${answer.status} ${await answer.text()}`).toBe(true);
  };
  const post = (readings: readonly unknown[]): Promise<void> => send("POST", "", readings);
  /** A deletion brings everything to where it rests. */
  const pack = async (): Promise<void> => {
    await post([{ ...reading(0), sensor_id: "spare" }]);
    const [spare] = (await engine.get<Page<ReadingDto>>("/api/sensor-readings?sensor_id=spare")).results;
    await send("DELETE", `/${spare?.id ?? ""}`);
  };
  const of = `sensor_id=replayed&from=${new Date(YEAR_AGO_MS).toISOString()}&to=${new Date().toISOString()}`;
  const listed = async (): Promise<number> => (await engine.get<Page<ReadingDto>>(`/api/sensor-readings?${of}`)).count;
  const exported = async (): Promise<number> => {
    const answer = await fetch(`http://127.0.0.1:${engine.port}/api/sensor-readings/export?format=ndjson&${of}`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    return (await answer.text()).trim().split("\n").filter(Boolean).length;
  };
  const averaged = async (): Promise<number> => {
    const { results } = await engine.get<Page<{ count: number }>>(
      `/api/sensor-readings/series?${of}&step=86400&page_size=1000`,
    );
    return results.reduce((total, { count }) => total + count, 0);
  };
  const maintained = async (): Promise<void> => {
    const sinceMs = Date.now();
    await until(
      "the history was maintained",
      async () => (await store.maintainedMs(engine)) > sinceMs || null,
      WITHIN_MS,
    );
  };

  await engine.start();
  await post(Array.from({ length: READINGS }, (_, n) => reading(n)));
  await until("the engine listens", async () => {
    const { dependencies } = await engine.get<HealthDto>("/health");
    return dependencies.some(({ name, state }) => name === "broker" && state === "ok") || null;
  });
  const pi = await connectAsync(broker.url);
  for (let n = 0; n < READINGS; n++)
    await pi.publishAsync("HyperVolt/sensors/lab/power", JSON.stringify(reading(n, 60_000)), { qos: 1 });
  await pi.endAsync();
  const all = 2 * READINGS;
  await until("what was published is listed", async () => (await listed()) === all || null);
  await pack();
  expect(await engine.stop()).toBe(0);
  await engine.start();
  await maintained();
  expect([await listed(), await exported(), await averaged()]).toEqual([all, all, all]);

  expect(await engine.stop()).toBe(0);
  await store.passDays(engine, 1);
  await engine.start();
  await post([reading(1, 120_000), reading(2, 120_000)]);
  await pack();
  await maintained();
  expect([await listed(), await exported(), await averaged()]).toEqual([all + 2, all + 2, all + 2]);

  expect(await engine.stop()).toBe(0);
  await store.passDays(engine, 1.5);
  await engine.start();
  await maintained();
  const kept = await until("what was received 2.5 days ago is gone", async () =>
    (await listed()) < all ? listed() : null,
  );
  expect(kept).toBeGreaterThanOrEqual(2);
  expect(kept).toBeLessThan(100);
  expect(await exported()).toBe(kept);
  expect(await averaged()).toBe(all + 2);
}

describe("readings of last year, taken in today", () => {
  it("stay in lists and exports as long as those of today, then in the averages: SQLite", () =>
    staysAsLongAsItWasReceived(sqlite));

  it.skipIf(!postgresIsThere())(
    "stay in lists and exports as long as those of today, then in the averages: PostgreSQL",
    async () => staysAsLongAsItWasReceived(await postgres()),
  );
});

import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { handClock, hotWindowContract } from "../../src/memory/hot-window.contract.ts";
import { connectRedis, openRedisHotWindow, readMirroredWindows } from "../../src/memory/redis-hot-window.ts";
import {
  redisCommand,
  redisIsThere,
  type RedisServer,
  startRedis,
  startRedisCluster,
} from "../harness/redis-servers.ts";

const silent = () => undefined;
const log = { debug: silent, info: silent, warning: silent, error: silent };
const T0 = Date.UTC(2026, 2, 28);
const at = (sensorId: string, n: number) => ({ sensorId, atMs: T0 + n * 1000, value: n });
const soon = { timeout: 60_000, interval: 20 };

/** Windows as the process has them, from what the mirror shows. */
const windowsOf = (mirrored: Awaited<ReturnType<typeof readMirroredWindows>>) =>
  mirrored.map(({ sensorId, times, values }) => ({
    sensorId,
    readings: Array.from(times, (atMs, i) => ({ sensorId, atMs, value: values[i] ?? Number.NaN })),
  }));

function connect(url: string) {
  const client = connectRedis(url, silent);
  onTestFinished(() => client.disconnect());
  return vi.waitFor(() => {
    expect(client.status).toBe("ready");
    return client;
  }, soon);
}

describe.skipIf(!redisIsThere())("the window with one Redis", () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  hotWindowContract("mirrored in Redis", async (clock) => openRedisHotWindow({ url: redis.url, clock, log }));

  it("shows other processes the same windows, which expire by themselves", async () => {
    redisCommand(redis.port, "flushall");
    const window = await openRedisHotWindow({ url: redis.url, clock: handClock(), log });
    window.push(Array.from({ length: 100 }, (_, n) => at(`s${n % 10}`, n)));
    await window.mirrored();
    const client = await connect(redis.url);
    const mirrored = windowsOf(await readMirroredWindows(client));
    expect(mirrored.toSorted((a, b) => a.sensorId.localeCompare(b.sensorId))).toEqual(window.windows());
    const leftMs = await client.pttl("hypervolt:window:s0");
    expect(leftMs).toBeGreaterThan(3_500_000);
    expect(leftMs).toBeLessThanOrEqual(3_600_000);
    await window.close();
  });

  it("goes on in the process while Redis is down, says so, and mirrors everything when it is back", async () => {
    const own = await startRedis();
    const window = await openRedisHotWindow({ url: own.url, clock: handClock(), log });
    onTestFinished(() => window.close());
    window.push([at("before", 1)]);
    await window.mirrored();
    expect(window.state()).toMatchObject({ state: "ok" });
    await own.stop();
    await vi.waitFor(() => expect(window.state()).toMatchObject({ state: "degraded" }), soon);
    window.push([at("during", 2)]);
    expect(window.latest("during")).toEqual(at("during", 2));
    const back = await startRedis(own.port);
    onTestFinished(() => back.stop());
    await vi.waitFor(() => expect(window.state()).toMatchObject({ state: "ok", detail: null }), soon);
    await window.mirrored();
    const client = await connect(back.url);
    expect(windowsOf(await readMirroredWindows(client, ["before", "during"]))).toEqual(window.windows());
  });

  it("starts without Redis and finds it later", async () => {
    const own = await startRedis();
    await own.stop();
    const window = await openRedisHotWindow({ url: own.url, clock: handClock(), log });
    onTestFinished(() => window.close());
    expect(window.state()).toMatchObject({ state: "degraded", todo: expect.stringContaining("redis_url") });
    window.push([at("a", 1)]);
    expect(window.window("a")).toHaveLength(1);
    const back = await startRedis(own.port);
    onTestFinished(() => back.stop());
    await vi.waitFor(() => expect(window.state()).toMatchObject({ state: "ok" }), soon);
    await window.mirrored();
    expect(await readMirroredWindows(await connect(back.url), ["a"])).toHaveLength(1);
  });

  it("writes the mirror again after somebody flushed Redis", async () => {
    const clock = handClock();
    let check = silent;
    const after = (_ms: number, task: () => void) => {
      check = task as typeof silent;
      return { cancel: silent };
    };
    const window = await openRedisHotWindow({ url: redis.url, clock: { nowMs: () => clock.nowMs(), after }, log });
    onTestFinished(() => window.close());
    window.push([at("quiet", 1)]);
    await window.mirrored();
    redisCommand(redis.port, "flushall");
    check();
    const client = await connect(redis.url);
    await vi.waitFor(async () => expect(await readMirroredWindows(client)).toHaveLength(1), soon);
  });
});

describe.skipIf(!redisIsThere())("the window with a three-node Redis Cluster", () => {
  let cluster: Awaited<ReturnType<typeof startRedisCluster>>;
  beforeAll(async () => {
    cluster = await startRedisCluster();
  });
  afterAll(() => cluster.stop());

  hotWindowContract("mirrored in the cluster", async (clock) => openRedisHotWindow({ url: cluster.url, clock, log }));

  it("spreads windows over all nodes and reads them back", async () => {
    const window = await openRedisHotWindow({ url: cluster.url, clock: handClock(), log });
    onTestFinished(() => window.close());
    window.push(Array.from({ length: 300 }, (_, n) => at(`spread${n}`, n)));
    await window.mirrored();
    expect(window.state()).toMatchObject({ state: "ok" });
    const sizes = cluster.nodes.map(({ port }) => Number(redisCommand(port, "dbsize")));
    expect(Math.min(...sizes)).toBeGreaterThan(50);
    const client = await connect(cluster.url);
    const ids = window.windows().map(({ sensorId }) => sensorId);
    expect(windowsOf(await readMirroredWindows(client, ids))).toEqual(window.windows());
  });
});

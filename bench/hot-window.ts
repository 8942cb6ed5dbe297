/**
 * The hot window: a thousand sensors' last 60 readings written to and read from Redis, packed as HyperVolt does and as
 * lists as others do, in one run. Needs redis-server. Prints a table and, as the last line, JSON.
 */
import { Redis } from "ioredis";
import { connectRedis, openRedisHotWindow, readMirroredWindows } from "../src/memory/redis-hot-window.ts";
import { startRedis } from "../tests/harness/redis-servers.ts";

const SENSORS = 1_000;
const READINGS = 60;
const ROUNDS = 100;

const silent = (): void => undefined;
const log = { debug: silent, info: silent, warning: console.warn, error: console.error };
const clock = { nowMs: () => Date.now(), after: () => ({ cancel: silent }) };
const ids = Array.from({ length: SENSORS }, (_, n) => `sensor_${n}`);
const START_MS = Date.now() - READINGS * 1_000;

const quantile = (values: readonly number[], share: number): number =>
  Number((values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN).toPrecision(3));

async function timesOf(rounds: number, run: () => Promise<unknown>): Promise<{ p50Ms: number; p99Ms: number }> {
  const times: number[] = [];
  for (let n = 0; n < rounds + 10; n++) {
    const startedMs = performance.now();
    await run();
    if (n >= 10) times.push(performance.now() - startedMs);
  }
  return { p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99) };
}

async function packed(url: string) {
  const window = await openRedisHotWindow({ url, clock, log });
  const startedMs = performance.now();
  for (let n = 0; n < READINGS; n++) {
    window.push(ids.map((sensorId, s) => ({ sensorId, atMs: START_MS + n * 1_000, value: s + n })));
    await window.mirrored();
  }
  const perSecond = Math.round((SENSORS * READINGS * 1_000) / (performance.now() - startedMs));
  const client = connectRedis(url, silent);
  await new Promise<void>((ready) => void client.once("ready", () => ready()));
  const all = await timesOf(ROUNDS, () => readMirroredWindows(client, ids));
  const one = await timesOf(ROUNDS, () => readMirroredWindows(client, ["sensor_7"]));
  const inProcess = await timesOf(ROUNDS, async () => window.windows());
  client.disconnect();
  await window.close();
  return { perSecond, all, one, inProcess };
}

async function lists(redis: Redis) {
  const startedMs = performance.now();
  for (let n = 0; n < READINGS; n++) {
    const pipeline = redis.pipeline();
    for (const [s, sensorId] of ids.entries())
      pipeline
        .rpush(`list:${sensorId}`, JSON.stringify([START_MS + n * 1_000, s + n]))
        .ltrim(`list:${sensorId}`, -READINGS, -1);
    await pipeline.exec();
  }
  const perSecond = Math.round((SENSORS * READINGS * 1_000) / (performance.now() - startedMs));
  const read = async (wanted: readonly string[]): Promise<unknown> => {
    const pipeline = redis.pipeline();
    for (const sensorId of wanted) pipeline.lrange(`list:${sensorId}`, 0, -1);
    const found = (await pipeline.exec()) ?? [];
    return found.map(([, window]) => (window as string[]).map((text) => JSON.parse(text) as unknown));
  };
  return {
    perSecond,
    all: await timesOf(ROUNDS, () => read(ids)),
    one: await timesOf(ROUNDS, () => read(["sensor_7"])),
  };
}

const server = await startRedis();
try {
  const ours = await packed(server.url);
  const redis = new Redis(server.url);
  const others = await lists(redis);
  const bytes = async (key: string): Promise<number> => Number(await redis.call("MEMORY", "USAGE", key));
  const row = ({ perSecond, all, one }: typeof others, bytesPerSensor: number) => ({
    "readings/s": perSecond,
    "1,000 windows p50 ms": all.p50Ms,
    "1,000 windows p99 ms": all.p99Ms,
    "one window p50 ms": one.p50Ms,
    "bytes a sensor": bytesPerSensor,
  });
  const result = {
    "packed strings (HyperVolt)": row(ours, await bytes("hypervolt:window:sensor_7")),
    lists: row(others, await bytes("list:sensor_7")),
    "in the process (HyperVolt)": {
      "1,000 windows p50 ms": ours.inProcess.p50Ms,
      "1,000 windows p99 ms": ours.inProcess.p99Ms,
    },
  };
  redis.disconnect();
  console.table(result);
  console.log(JSON.stringify(result));
} finally {
  await server.stop();
}

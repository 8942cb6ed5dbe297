/**
 * What a night's lesson costs the engine beside it: node bench/night.ts [--days N]
 *
 * Two engines, one after the other, with sixty sensors and a year of half-hours: one that does not learn, one that
 * does. Memory of the whole process (/proc) and how late the main thread's event loop is, from a minute after the
 * start, when the lesson begins, until it is learned; the other one as long. Linux only. Prints a table and, as the
 * last line, JSON.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { connectAsync } from "mqtt";
import { systemClock } from "../src/commands/system-clock.ts";
import { startEmbeddedBroker } from "../src/demo/aedes-broker.ts";
import { MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE } from "../src/domain/units.ts";
import { mulberry32 } from "../src/forecasting/random.ts";
import { openSqliteHistory } from "../src/memory/sqlite-history.ts";
import { EngineProcess } from "../tests/harness/engine-process.ts";

const KINDS = { ldr: "lx", temperature: "°C", humidity: "%", power: "W", current: "A", voltage: "V" } as const;
const ROOMS = 10;
const LOOK_MS = 100;
const MOST_MS = 20 * MS_PER_MINUTE;

type Delay = Readonly<{ looks: number; p50Ms: number; p99Ms: number; maxMs: number; mainThreadCpuMs: number }>;
type Watched = Readonly<{ seconds: number; restMb: number; mostMb: number; delay: Delay }>;

const timeOfDay = (atMs: number): string => new Date(atMs).toISOString().slice(11, 16);

/** A home's half-hours up to now: every third evening it heats, and no two days are the same. */
async function putPast(folder: string, days: number, endMs: number): Promise<void> {
  const log = { debug: () => {}, info: () => {}, warning: console.warn, error: console.error };
  const history = await openSqliteHistory({ folder, clock: systemClock, log, keepRawDays: days + 30 });
  const random = mulberry32(8);
  const startMs = Math.floor(endMs / MS_PER_DAY - days) * MS_PER_DAY;
  const readings = Array.from({ length: Math.floor((endMs - startMs) / (MS_PER_HOUR / 2)) }, (_, i) => {
    const heats = Math.floor(i / 48) % 3 === 0 && i % 48 >= 34 && i % 48 < 42;
    const value = Math.round(250 * ((heats ? 7 : 1) + 0.6 * random()));
    return { sensorId: "imported:load_w", atMs: startMs + i * (MS_PER_HOUR / 2), value };
  });
  for (let i = 0; i < readings.length; i += 2_000) await history.append(readings.slice(i, i + 2_000));
  await history.close();
}

async function publishHome(brokerUrl: string): Promise<AsyncDisposable> {
  const pi = await connectAsync(brokerUrl);
  const publish = (room: string, id: string, sensor_type: string, unit: string, value: number) =>
    pi.publishAsync(
      `HyperVolt/sensors/${room}/${sensor_type}`,
      JSON.stringify({ sensor_id: id, sensor_type, value, unit, location: room }),
      { qos: 1 },
    );
  let seconds = 0;
  const all = async (): Promise<void> => {
    await publish("meter", "grid_power", "power", "W", 700 + (seconds % 60));
    for (let room = 0; room < ROOMS; room++)
      for (const [kind, unit] of Object.entries(KINDS))
        await publish(`room${room}`, `room${room}_${kind}`, kind, unit, 20 + room + (seconds % 7));
    seconds += 10;
  };
  await all();
  const every = setInterval(() => void all().catch(() => undefined), 10_000);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(every);
      await pi.endAsync();
    },
  };
}

const rssMb = (pid: number | undefined): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;

async function watchNight(days: number, learnMinutes: number, forMs: number | undefined): Promise<Watched> {
  await using opened = new AsyncDisposableStack();
  const broker = await startEmbeddedBroker();
  opened.defer(() => broker.close());
  const nowMs = Date.now();
  const probe = path.join(import.meta.dirname, "loop-delay.ts");
  const delayFile = path.join("/tmp", `hypervolt-loop-${process.pid}.json`);
  opened.defer(() => rmSync(delayFile, { force: true }));
  const engine = new EngineProcess(
    {
      mqtt_url: broker.url,
      redis_url: "memory",
      timezone: "UTC",
      quiet_from: timeOfDay(nowMs - MS_PER_HOUR),
      quiet_to: timeOfDay(nowMs + 8 * MS_PER_HOUR),
      learn_minutes: learnMinutes,
      log_format: "json",
    },
    { NODE_OPTIONS: `--import=${probe}`, HYPERVOLT_LOOP_DELAY: delayFile },
  );
  opened.defer(async () => {
    await engine.stop("SIGKILL");
    engine.forget();
  });
  await putPast(path.join(engine.folder, "data/history"), days, nowMs);
  await engine.start();
  opened.use(await publishHome(broker.url));
  await wait(55_000);
  const restMb = rssMb(engine.pid);
  const delays = async (): Promise<Delay> => {
    rmSync(delayFile, { force: true });
    engine.signal("SIGUSR2");
    for (let looks = 0; !existsSync(delayFile) && looks < 600; looks++) await wait(LOOK_MS);
    await wait(LOOK_MS);
    return JSON.parse(readFileSync(delayFile, "utf8")) as Delay;
  };
  await delays();
  const beganMs = performance.now();
  let mostMb = 0;
  const over = (): boolean =>
    performance.now() - beganMs > (forMs ?? MOST_MS) ||
    (forMs === undefined && /Learned from this home|lesson failed/.test(engine.said()));
  while (!over()) {
    mostMb = Math.max(mostMb, rssMb(engine.pid));
    await wait(LOOK_MS);
  }
  const seconds = (performance.now() - beganMs) / 1_000;
  const delay = await delays();
  if (forMs === undefined) console.error(/.*(Learned from this home|lesson failed).*/.exec(engine.said())?.[0]);
  return { seconds, restMb, mostMb, delay };
}

const { values } = parseArgs({ options: { days: { type: "string" } } });
const days = Number(values.days ?? 365);
const learning = await watchNight(days, 10, undefined);
const resting = await watchNight(days, 0, 1_000 * learning.seconds);
console.log(
  "| the engine | seconds | before, MB | most, MB | loop late: p50, ms | p99, ms | most, ms | main thread, ms of CPU |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- |");
for (const [name, { seconds, restMb, mostMb, delay }] of Object.entries({ learning, resting }))
  console.log(
    `| ${name} | ${[seconds, restMb, mostMb, delay.p50Ms, delay.p99Ms, delay.maxMs, delay.mainThreadCpuMs].map((value) => value.toFixed(value < 10 ? 1 : 0)).join(" | ")} |`,
  );
console.log(JSON.stringify({ kind: "hypervolt/bench-night/v1", days, learning, resting }));

/**
 * Ingest: from a real broker into history and hot window, beside (a) the way ORMs take, one transaction and one round
 * trip a message, and (b) a bare client that parses and drops; QoS 0 and 1, in one run. Then announced meters, of whose
 * messages eight sensors take a value each, and the time from publish until a reading is both in the history and in
 * Redis, at 1,000 messages a second. MESSAGES (default 300,000), ORM_MESSAGES (default 3,000) and SECONDS (default 10) set
 * the size. Needs mosquitto and redis-server. Prints a table and, as the last line, JSON.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import Sqlite from "better-sqlite3";
import { Redis } from "ioredis";
import { connectAsync } from "mqtt";
import { generate } from "mqtt-packet";
import { openRedisHotWindow } from "../src/memory/redis-hot-window.ts";
import { openSqliteHistory } from "../src/memory/sqlite-history.ts";
import { connectBroker } from "../src/sensing/mqtt-broker.ts";
import { createSensing } from "../src/sensing/sensing.ts";
import { startMosquitto } from "../tests/harness/mosquitto.ts";
import { startRedis } from "../tests/harness/redis-servers.ts";

const MESSAGES = Number(process.env["MESSAGES"] ?? 300_000);
const ORM_MESSAGES = Number(process.env["ORM_MESSAGES"] ?? 3_000);
const SECONDS = Number(process.env["SECONDS"] ?? 10);
const SENSORS = 1_000;
const START_MS = Date.now() - 3_600_000;
const FILTER = "HyperVolt/sensors/+/+";

type Qos = 0 | 1;
type Result = Readonly<{ perSecond: number; received: number; cpuUsPerMessage: number }>;

/** What an announced meter sends, each of it a sensor with a template of its own. */
const METER_VALUES = ["power", "energy", "voltage", "current", "temperature", "humidity", "illuminance", "battery"];
const METERS = 100;
type Kind = "native" | "meters";

const meterConfig = (meter: number): string =>
  JSON.stringify({
    dev: { ids: `meter_${meter}`, name: `Meter ${meter}` },
    o: { name: "bench" },
    stat_t: `bench/meter_${meter}`,
    cmps: Object.fromEntries(
      METER_VALUES.map((name) => [
        name,
        {
          p: "sensor",
          uniq_id: `meter_${meter}_${name}`,
          stat_cla: "measurement",
          val_tpl: `{{ value_json.${name} }}`,
        },
      ]),
    ),
  });
const meterPayload = (i: number): string =>
  `{"linkquality":91,"state":"ON",${METER_VALUES.map((name, k) => `"${name}":${k + (i % 977) / 10}`).join(",")}}`;

const topicOf = (i: number): string => `HyperVolt/sensors/room_${i % 20}/power`;
/** A clock that all processes of this machine share, ms; readings that are timed carry it as their value. */
const sharedMs = (): number => Number(process.hrtime.bigint() % 10_000_000_000_000n) / 1e6;
function payloadOf(i: number, atMs: number, value: number | string = 100 + (i % 977) / 10): string {
  return `{"sensor_type":"power","sensor_id":"s_${i % SENSORS}","value":${value},"unit":"W","location":"room_${i % 20}","timestamp":"${new Date(atMs).toISOString()}"}`;
}

/** The publisher runs in a process of its own: `publish PORT QOS MESSAGES PER_SECOND KIND`. */
async function publish(port: number, qos: Qos, messages: number, perSecond: number, kind: Kind): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  let acknowledged = 0;
  let greeted = false;
  socket.on("data", (chunk) => {
    // CONNACK is four bytes, each PUBACK four.
    acknowledged += chunk.length / 4 - (greeted ? 0 : 1);
    greeted = true;
  });
  socket.write(
    generate({
      cmd: "connect",
      clientId: `bench-${process.pid}`,
      clean: true,
      protocolId: "MQTT",
      protocolVersion: 4,
      keepalive: 0,
    }),
  );
  while (!greeted) await pause(5);
  const frame = (i: number, atMs: number, value?: string): Buffer =>
    generate({
      cmd: "publish",
      topic: kind === "meters" ? `bench/meter_${i % METERS}` : topicOf(i),
      payload: kind === "meters" ? meterPayload(i) : payloadOf(i, atMs, value),
      qos,
      retain: false,
      dup: false,
      messageId: (i % 65_000) + 1,
    });
  if (perSecond > 0) {
    const begunMs = performance.now();
    for (let i = 0; i < messages;) {
      const due = Math.min(messages, Math.floor(((performance.now() - begunMs) / 1000) * perSecond));
      for (; i < due; i++) socket.write(frame(i, Date.now(), sharedMs().toFixed(3)));
      await pause(1);
    }
  } else {
    for (let i = 0; i < messages;) {
      const batch: Buffer[] = [];
      for (const end = Math.min(messages, i + 500); i < end; i++) batch.push(frame(i, START_MS + i));
      if (!socket.write(Buffer.concat(batch))) await new Promise((resolve) => socket.once("drain", resolve));
      while (qos === 1 && i - acknowledged > 20_000) await pause(1);
    }
  }
  while (qos === 1 && acknowledged < messages) await pause(5);
  await new Promise<void>((resolve) => {
    socket.end(generate({ cmd: "disconnect" }), () => resolve());
  });
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function startPublisher(port: number, qos: Qos, messages: number, perSecond = 0, kind: Kind = "native"): Promise<void> {
  const child = spawn(
    process.execPath,
    [import.meta.filename, "publish", String(port), String(qos), String(messages), String(perSecond), kind],
    { stdio: "inherit" },
  );
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`the publisher ended with ${code}`))));
  });
}

/** Publishes and waits until all has come, or nothing came for five seconds. */
async function measure(
  port: number,
  qos: Qos,
  messages: number,
  received: () => number,
  kind: Kind = "native",
): Promise<Result> {
  const before = process.cpuUsage();
  let firstMs = 0;
  let lastMs = 0;
  let seen = 0;
  const publishing = startPublisher(port, qos, messages, 0, kind);
  const idleSince = (): boolean => lastMs > 0 && performance.now() - lastMs > 5_000;
  while (seen < messages && !idleSince()) {
    await pause(2);
    const now = received();
    if (now > seen) {
      if (firstMs === 0) firstMs = performance.now();
      lastMs = performance.now();
      seen = now;
    }
  }
  await publishing;
  const used = process.cpuUsage(before);
  return {
    perSecond: Math.round(seen / ((lastMs - firstMs) / 1000)),
    received: seen,
    cpuUsPerMessage: Number(((used.user + used.system) / seen).toFixed(1)),
  };
}

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "bench-ingest-"));
  const mosquitto = await startMosquitto();
  const redis = await startRedis();
  const quiet = (): void => undefined;
  const log = { debug: quiet, info: quiet, warning: quiet, error: console.error };
  const clock = {
    nowMs: () => Date.now(),
    after: (delayMs: number, task: () => void) => {
      const timer = setTimeout(task, delayMs);
      return { cancel: () => clearTimeout(timer) };
    },
  };
  const session = { protocolVersion: 5 as const, properties: { receiveMaximum: 65_535 } };

  async function bare(qos: Qos): Promise<Result> {
    const client = await connectAsync(mosquitto.url, session);
    let received = 0;
    client.on("message", (_topic, payload) => {
      if (Number.isFinite((JSON.parse(payload.toString()) as { value: number }).value)) received++;
    });
    await client.subscribeAsync(FILTER, { qos });
    const result = await measure(mosquitto.port, qos, MESSAGES, () => received);
    await client.endAsync();
    return result;
  }

  async function orm(qos: Qos): Promise<Result> {
    const db = new Sqlite(path.join(folder, `orm-${qos}.sqlite`));
    db.exec(
      "CREATE TABLE reading (id INTEGER PRIMARY KEY, sensor_id TEXT, sensor_type TEXT, value REAL, unit TEXT, location TEXT, timestamp TEXT)",
    );
    db.exec("CREATE INDEX reading_at ON reading (sensor_id, timestamp)");
    const insert = db.prepare(
      "INSERT INTO reading (sensor_id, sensor_type, value, unit, location, timestamp) VALUES (?, ?, ?, ?, ?, ?)",
    );
    const cache = new Redis(redis.url);
    const client = await connectAsync(mosquitto.url, session);
    let stored = 0;
    let queue = Promise.resolve();
    client.on("message", (_topic, payload) => {
      queue = queue.then(async () => {
        const r = JSON.parse(payload.toString()) as Record<string, string | number>;
        insert.run(r["sensor_id"], r["sensor_type"], r["value"], r["unit"], r["location"], r["timestamp"]);
        await cache.multi().rpush(`orm:${r["sensor_id"]}`, payload).ltrim(`orm:${r["sensor_id"]}`, -60, -1).exec();
        stored++;
      });
    });
    await client.subscribeAsync(FILTER, { qos });
    const result = await measure(mosquitto.port, qos, ORM_MESSAGES, () => stored);
    await client.endAsync();
    await queue;
    await cache.quit();
    db.close();
    return result;
  }

  /** `delays`: of each reading in both stores, where they are `timed`. */
  async function ours(
    qos: Qos,
    use: (stored: () => number, delays: readonly number[]) => Promise<Result>,
    timed = false,
  ): Promise<Result> {
    const history = await openSqliteHistory({ folder: path.join(folder, `ours-${qos}-${Date.now()}`), clock, log });
    const window = await openRedisHotWindow({ url: redis.url, clock, log });
    const broker = connectBroker({
      url: mosquitto.url,
      clientId: `bench-${Date.now()}`,
      clock,
      log,
      sessionExpiryS: 0,
    });
    let stored = 0;
    const delays: number[] = [];
    const sensing = createSensing({
      broker,
      clock,
      log,
      timezone: "Europe/Berlin",
      onReading: ({ committed, ...reading }) => {
        window.push([reading]);
        let inOne = false;
        const inStore = (): void => {
          if (inOne) delays.push(sharedMs() - reading.value);
          inOne = true;
        };
        if (timed) void window.mirrored().then(inStore);
        const done = (): void => {
          committed?.();
          stored++;
          if (timed) inStore();
        };
        history.append([{ ...reading, committed: done }]).catch(console.error);
        if (history.congested()) {
          broker.pause();
          void history.uncongested().then(() => broker.resume());
        }
      },
    });
    while (broker.state().state !== "ok") await pause(5);
    await pause(100);
    const result = await use(() => stored, delays);
    sensing.close();
    await broker.close();
    await window.close();
    await history.close();
    return result;
  }

  const flood = (qos: Qos): Promise<Result> => ours(qos, (stored) => measure(mosquitto.port, qos, MESSAGES, stored));
  const table: Record<string, Result> = {};
  for (const qos of [0, 1] as const) {
    table[`ORM path, QoS ${qos}`] = await orm(qos);
    table[`parse and drop, QoS ${qos}`] = await bare(qos);
    table[`HyperVolt, QoS ${qos}`] = await flood(qos);
  }
  const announcer = await connectAsync(mosquitto.url);
  for (let meter = 0; meter < METERS; meter++)
    await announcer.publishAsync(`homeassistant/device/meter_${meter}/config`, meterConfig(meter), { retain: true });
  await announcer.endAsync();
  table[`HyperVolt, ${METER_VALUES.length} sensors a message, QoS 1`] = await ours(1, async (stored) => {
    await pause(1_000);
    const messages = Math.round(MESSAGES / METER_VALUES.length);
    return measure(mosquitto.port, 1, messages, () => Math.floor(stored() / METER_VALUES.length), "meters");
  });
  console.table(table);

  const latency: Record<string, { p50Ms: number; p99Ms: number; stored: number }> = {};
  for (const qos of [0, 1] as const) {
    const paced = async (stored: () => number, delays: readonly number[]): Promise<Result> => {
      const messages = 1_000 * SECONDS;
      await startPublisher(mosquitto.port, qos, messages, 1_000);
      for (let tries = 0; delays.length < messages && tries < 500; tries++) await pause(10);
      const sorted = delays.slice(1_000).sort((a, b) => a - b);
      const at = (share: number): number =>
        Number((sorted[Math.floor(sorted.length * share)] ?? Number.NaN).toFixed(2));
      latency[`1,000/s, QoS ${qos}`] = { p50Ms: at(0.5), p99Ms: at(0.99), stored: delays.length };
      return { perSecond: 1_000, received: stored(), cpuUsPerMessage: 0 };
    };
    await ours(qos, paced, true);
  }
  console.table(latency);
  const timesOrm = (qos: Qos): number =>
    Math.round((table[`HyperVolt, QoS ${qos}`]?.perSecond ?? 0) / (table[`ORM path, QoS ${qos}`]?.perSecond ?? 1));
  console.log(
    JSON.stringify({
      kind: "hypervolt/bench-ingest/v1",
      messages: MESSAGES,
      table,
      latency,
      timesOrm: { qos0: timesOrm(0), qos1: timesOrm(1) },
    }),
  );
  await redis.stop();
  await mosquitto.stop();
  rmSync(folder, { recursive: true, force: true });
}

const [command, port, qos, messages, perSecond, kind] = process.argv.slice(2);
if (command === "publish")
  await publish(
    Number(port),
    qos === "1" ? 1 : 0,
    Number(messages),
    Number(perSecond),
    kind === "meters" ? "meters" : "native",
  );
else await main();

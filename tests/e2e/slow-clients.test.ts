import { readFileSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../src/commands/system-clock.ts";
import { startEmbeddedBroker } from "../../src/demo/aedes-broker.ts";
import { openSqliteHistory } from "../../src/memory/sqlite-history.ts";
import { connectBroker } from "../../src/sensing/mqtt-broker.ts";
import type { HealthDto, Page, SensorDto } from "../../src/serving/messages.ts";
import { EngineProcess, TOKEN } from "../harness/engine-process.ts";
import { until } from "../harness/home-assistant-core.ts";

const READINGS = 1_000_000;
const SENSORS = 50;
const EVERY_MS = 10_000;
const STALLED = 12;
const silent = { debug: () => undefined, info: () => undefined, warning: () => undefined, error: () => undefined };

/** A history whose export is some 100 MB. */
async function fill(folder: string): Promise<void> {
  const store = await openSqliteHistory({ folder, clock: systemClock, log: silent });
  const startMs = Date.now() - (READINGS / SENSORS) * EVERY_MS;
  for (let first = 0; first < READINGS; first += 5_000) {
    const readings = Array.from({ length: 5_000 }, (_, n) => ({
      sensorId: `sensor_${(first + n) % SENSORS}`,
      atMs: startMs + Math.floor((first + n) / SENSORS) * EVERY_MS,
      value: ((first + n) * 7_919) % 10_007,
    }));
    const done = store.append(readings);
    if (store.congested() || first + 5_000 >= READINGS) await done;
  }
  await store.close();
}

/** A client that asks and then never takes more than what the machine takes for it. Returns whether it was answered. */
function stalled(port: number, request: string): () => boolean {
  const socket = connect(port, "127.0.0.1");
  let began = false;
  socket.on("error", () => undefined);
  socket.once("data", () => {
    began = true;
    socket.pause();
  });
  socket.write(request);
  onTestFinished(() => void socket.destroy());
  return () => began;
}

const get = (at: string, more: readonly string[] = []): string =>
  [`GET ${at} HTTP/1.1`, "Host: 127.0.0.1", `Authorization: Bearer ${TOKEN}`, ...more, "", ""].join("\r\n");
const upgrade = get("/ws/sensors", [
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
]);
const residentMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1_024;

it("stays as large as it is while clients stop taking exports and live messages, lets go of them, and serves the others", async () => {
  const broker = await startEmbeddedBroker();
  onTestFinished(() => broker.close());
  const engine = new EngineProcess({ mqtt_url: broker.url, redis_url: "memory" });
  onTestFinished(async () => {
    await engine.stop("SIGKILL");
    engine.forget();
  });
  await fill(path.join(engine.folder, "data", "history"));
  await engine.start();
  const pi = connectBroker({ url: broker.url, clientId: "pi", clock: systemClock, log: silent, sessionExpiryS: 0 });
  onTestFinished(() => pi.close());
  await until("the broker is found", async () => {
    const { dependencies } = await engine.get<HealthDto>("/health");
    return dependencies.some(({ name, state }) => name === "broker" && state === "ok") || null;
  });
  let round = 0;
  const publishing = setInterval(() => {
    round++;
    for (let n = 0; n < 200; n++)
      void pi.publish(`HyperVolt/sensors/room/power`, JSON.stringify({ sensor_id: `live_${n}`, value: round }), {
        qos: 0,
      });
  }, 250);
  onTestFinished(() => clearInterval(publishing));
  await until("live values come", async () => {
    const { count } = await engine.get<Page<SensorDto>>("/api/sensors?location=room");
    return count === 200 || null;
  });

  const whole = await fetch(`http://127.0.0.1:${engine.port}/api/sensor-readings/export?sensor_id=sensor_1`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  expect((await whole.text()).split("\r\n")).toHaveLength(READINGS / SENSORS + 2);
  const pid = engine.pid ?? 0;
  const beforeMb = residentMb(pid);
  const clients = Array.from({ length: STALLED }, (_, n) =>
    stalled(engine.port, n % 3 === 0 ? upgrade : get(`/api/sensor-readings/export?format=${n % 2 ? "csv" : "ndjson"}`)),
  );
  await until("all are served", () => clients.every((began) => began()) || null, 120_000);
  let mostMb = 0;
  await until(
    "all are let go",
    async () => {
      mostMb = Math.max(mostMb, residentMb(pid));
      await engine.get("/api/sensor-readings/latest?sensor_id=live_7");
      const metrics = await fetch(`http://127.0.0.1:${engine.port}/metrics`, {
        headers: { authorization: `Bearer ${TOKEN}` },
      });
      const text = await metrics.text();
      const exports = /^hypervolt_http_stalled_total (\d+)$/m.exec(text)?.[1];
      return (exports === "8" && /^hypervolt_websocket_clients 0$/m.test(text)) || null;
    },
    240_000,
  );
  // Held back, they would be some 900 MB.
  expect(mostMb - beforeMb).toBeLessThan(200);
});

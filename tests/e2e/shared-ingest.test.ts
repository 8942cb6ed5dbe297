import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { connectAsync } from "mqtt";
import { describe, expect, it, onTestFinished } from "vitest";
import type { HealthDto, Page, SensorDto } from "../../src/serving/messages.ts";
import { openPostgresHistory } from "../../src/memory/postgres-history.ts";
import { EngineProcess, hypervolt, TOKEN } from "../harness/engine-process.ts";
import { mosquittoIsThere, startMosquitto } from "../harness/mosquitto.ts";
import { newDatabase, postgresIsThere, startPostgres } from "../harness/postgres-server.ts";

const INGEST = path.join(import.meta.dirname, "../harness/shared-ingest.ts");
const T0 = Date.UTC(2026, 2, 28);
const READINGS = 6_000;
const silent = (): void => undefined;

async function startIngest(...args: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [INGEST, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout!, "data");
  return child;
}

describe.skipIf(!mosquittoIsThere() || !postgresIsThere())("three ingest processes that share the load", () => {
  it("store every acknowledged reading once, also when one of them is killed and started again", async () => {
    const broker = await startMosquitto();
    onTestFinished(() => broker.stop());
    const server = await startPostgres();
    onTestFinished(() => server.stop());
    const url = await newDatabase(server);
    const clock = { nowMs: () => T0, after: () => ({ cancel: silent }) };
    const log = { debug: silent, info: silent, warning: silent, error: silent };
    const history = await openPostgresHistory({ url, clock, log });
    const names = ["one", "two", "three"];
    const children = await Promise.all(names.map((name) => startIngest(broker.url, url, name)));
    const shares = children.map((child) => once(child.stdout!, "data"));

    const client = await connectAsync(broker.url);
    onTestFinished(() => client.endAsync(true));
    const publish = (n: number): Promise<unknown> => {
      const reading = { sensor_type: "power", sensor_id: `s${n % 20}`, value: n, location: "lab" };
      const timed = { ...reading, timestamp: new Date(T0 + n).toISOString() };
      return client.publishAsync("HyperVolt/sensors/lab/power", JSON.stringify(timed), { qos: 1 });
    };
    const half = READINGS / 2;
    await Promise.all(Array.from({ length: half }, (_, n) => publish(n)));
    await Promise.all(shares);
    children[1]?.kill("SIGKILL");
    await Promise.all(Array.from({ length: half }, (_, n) => publish(half + n)));
    await startIngest(broker.url, url, "two");

    const count = async () => (await history.readings({}, { offset: 0, limit: 1 })).count;
    await expect.poll(count, { timeout: 60_000, interval: 200 }).toBe(READINGS);
    const values: number[] = [];
    for await (const batch of history.exportReadings({})) values.push(...batch.map(({ value }) => value));
    expect(values).toEqual(Array.from({ length: READINGS }, (_, n) => n));
    await history.close();
  });

  it("share the readings with the running engine, each of them stored once and under one name", async () => {
    const broker = await startMosquitto();
    onTestFinished(() => broker.stop());
    const server = await startPostgres();
    onTestFinished(() => server.stop());
    const url = await newDatabase(server);
    const options = { mqtt_url: broker.url, redis_url: "memory", history_url: url, mqtt_share: "pis" };
    const engine = new EngineProcess(options);
    await engine.start();
    onTestFinished(async () => {
      await engine.stop("SIGKILL");
      engine.forget();
    });
    const file = path.join(engine.folder, "ingest.json");
    writeFileSync(file, JSON.stringify(options));
    const others = ["one", "two"].map((name) => hypervolt(["ingest", "--name", name, "--options", file]));
    onTestFinished(() => void others.map(({ child }) => child.kill("SIGKILL")));
    for (const { said } of others) await expect.poll(said, { timeout: 60_000 }).toContain("connected to the broker");

    const client = await connectAsync(broker.url);
    onTestFinished(() => client.endAsync(true));
    const start = Date.now() - 60_000;
    const publish = (n: number): Promise<unknown> => {
      const reading = { sensor_type: "power", sensor_id: "meter", value: n, location: n % 2 === 0 ? "hall" : "shed" };
      const timed = { ...reading, timestamp: new Date(start + n).toISOString() };
      return client.publishAsync(`HyperVolt/sensors/${reading.location}/power`, JSON.stringify(timed), { qos: 1 });
    };
    await Promise.all(Array.from({ length: 3_000 }, (_, n) => publish(n)));
    const count = async (): Promise<number> =>
      (await engine.get<Page<unknown>>("/api/sensor-readings?page_size=1")).count;
    await expect.poll(count, { timeout: 60_000, interval: 500 }).toBe(3_000);
    const { results } = await engine.get<Page<SensorDto>>("/api/sensors");
    expect(results.map(({ sensor_id: id }) => id).toSorted((a, b) => a.localeCompare(b))).toEqual([
      "hall_meter_power",
      "shed_meter_power",
    ]);
    const answer = await fetch(`http://127.0.0.1:${engine.port}/metrics`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    const own = Number(/^hypervolt_readings_received_total (\d+)$/m.exec(await answer.text())?.[1]);
    expect(own).toBeGreaterThan(300);
    expect(own).toBeLessThan(2_700);
    for (const { child, ended } of others) {
      child.kill("SIGTERM");
      expect(await ended).toBe(0);
    }
    others.length = 0;

    // PostgreSQL goes while the engine runs: that goes on, and stores what came meanwhile.
    await server.halt();
    await Promise.all(Array.from({ length: 250 }, (_, n) => publish(3_000 + n)));
    await server.resume();
    await expect.poll(() => count().catch(() => 0), { timeout: 60_000, interval: 200 }).toBe(3_250);

    // It is away when the engine starts: that waits, says so, and loses nothing of what is published meanwhile.
    await server.halt();
    await engine.stop("SIGKILL");
    await Promise.all(Array.from({ length: 250 }, (_, n) => publish(3_250 + n)));
    await engine.launch();
    const waiting = hypervolt(["ingest", "--name", "one", "--options", file]);
    others.push(waiting);
    const statusOf = (route: string): Promise<number> =>
      fetch(`http://127.0.0.1:${engine.port}${route}`).then(
        ({ status }) => status,
        () => 0,
      );
    await expect.poll(() => statusOf("/live"), { timeout: 60_000 }).toBe(200);
    expect([await statusOf("/ready"), await statusOf("/api/sensors")]).toEqual([503, 401]);
    expect(await engine.get<HealthDto>("/health")).toMatchObject({
      status: "down",
      dependencies: [{ name: "history", state: "down", todo: expect.stringContaining("history_url") }],
    });
    await expect(engine.get("/api/sensors")).rejects.toThrow("NOT_READY");
    await expect.poll(waiting.said, { timeout: 60_000 }).toContain("waits for it");
    waiting.child.kill("SIGTERM");
    expect(await waiting.ended).toBe(0);
    await server.resume();
    await engine.ready();
    await expect.poll(count, { timeout: 60_000, interval: 200 }).toBe(3_500);
    await server.halt();
    expect(await engine.stop("SIGTERM")).toBe(0);
  });
});

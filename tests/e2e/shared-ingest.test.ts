import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { connectAsync } from "mqtt";
import { describe, expect, it, onTestFinished } from "vitest";
import { openPostgresHistory } from "../../src/memory/postgres-history.ts";
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
});

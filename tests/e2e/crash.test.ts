import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Sqlite from "better-sqlite3";
import { connectAsync, type MqttClient } from "mqtt";
import { describe, expect, it, onTestFinished } from "vitest";
import { freePort } from "../harness/local-service.ts";
import { mosquittoIsThere, startMosquitto } from "../harness/mosquitto.ts";

const RUNS = Number(process.env["RUNS"] ?? 100);
const CLI = path.join(import.meta.dirname, "../../src/cli.ts");
const TOKEN = "crash-test-token-crash-test-token";
/** More on a machine that is busy with other things. */
const BACK_WITHIN_MS = Number(process.env["BACK_WITHIN_MS"] ?? 5_000);
const IN_FLIGHT = 100;
const STORED_WITHIN_MS = 600_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Random numbers that are the same on every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Publishes until told to stop. Half the readings carry their time, half leave it to the receiver. */
function publishUnderLoad(client: MqttClient): { acknowledged: Set<number>; stop: () => Promise<void> } {
  const acknowledged = new Set<number>();
  const startMs = Date.now();
  let going = true;
  const publishing = Array.from({ length: IN_FLIGHT }, async (_, lane) => {
    for (let n = lane; going; n += IN_FLIGHT) {
      const timed = n % 2 === 0;
      const reading = {
        sensor_type: "power",
        sensor_id: `${timed ? "timed" : "untimed"}_${n % 10}`,
        value: n,
        unit: "W",
        location: "lab",
        ...(timed && { timestamp: new Date(startMs + n).toISOString() }),
      };
      await client.publishAsync("HyperVolt/sensors/lab/power", JSON.stringify(reading), { qos: 1 });
      acknowledged.add(n);
      await pause(100);
    }
  });
  const stop = async (): Promise<void> => {
    going = false;
    await Promise.all(publishing);
  };
  return { acknowledged, stop };
}

type Engine = Readonly<{ child: ChildProcess; port: number; said: () => string }>;

async function startEngine(data: string, optionsFile: string): Promise<Engine> {
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [CLI, "run", "--options", optionsFile, "--data", data, "--port", String(port)],
    {
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  let said = "";
  child.stderr.on("data", (bytes: Buffer) => (said = (said + bytes.toString()).slice(-4_000)));
  return { child, port, said: () => said };
}

/** Milliseconds until `/live` answers. */
async function untilInService({ child, port, said }: Engine): Promise<number> {
  const startedMs = performance.now();
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/live`).catch(() => null);
    if (answer?.ok) return performance.now() - startedMs;
    if (child.exitCode !== null || performance.now() - startedMs > 60_000) throw new Error(`not in service: ${said()}`);
    await pause(20);
  }
}

async function end({ child }: Engine, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

/** How often each number is stored: every reading of the laboratory through the API. */
async function storedCounts(port: number): Promise<Map<number, number>> {
  const headers = { authorization: `Bearer ${TOKEN}` };
  const url = `http://127.0.0.1:${port}/api/sensor-readings/export?format=ndjson&location=lab`;
  const answer = await fetch(url, { headers });
  if (!answer.ok) throw new Error(`export: ${answer.status} ${await answer.text()}`);
  const counts = new Map<number, number>();
  for (const line of (await answer.text()).split("\n")) {
    if (line === "") continue;
    const { value } = JSON.parse(line) as { value: number };
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

describe.skipIf(!mosquittoIsThere())("the engine, killed", () => {
  it(`${RUNS} times under load, misses no acknowledged reading, stores none twice and is back in ${BACK_WITHIN_MS} ms`, async () => {
    const broker = await startMosquitto();
    onTestFinished(() => broker.stop());
    const folder = mkdtempSync(path.join(tmpdir(), "crash-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const options = path.join(folder, "options.json");
    const data = path.join(folder, "data");
    writeFileSync(options, JSON.stringify({ mqtt_url: broker.url, redis_url: "memory", api_token: TOKEN }));

    let engine = await startEngine(data, options);
    onTestFinished(() => end(engine, "SIGKILL"));
    await untilInService(engine);
    const client = await connectAsync(broker.url, { clientId: "pis" });
    onTestFinished(() => client.endAsync(true));
    await untilSubscribed(client, engine);

    const random = seeded(20_261_121);
    const load = publishUnderLoad(client);
    const backMs: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      if (run % 5 === 4) await pause(random() * 1_000);
      else {
        backMs.push(await untilInService(engine));
        await pause(random() * 400);
      }
      await end(engine, "SIGKILL");
      engine = await startEngine(data, options);
    }
    await untilInService(engine);
    await load.stop();

    let stored = await storedCounts(engine.port);
    const missing = (): number[] => [...load.acknowledged].filter((n) => !stored.has(n));
    for (const untilMs = performance.now() + STORED_WITHIN_MS; missing().length > 0 && performance.now() < untilMs;) {
      await pause(1_000);
      stored = await storedCounts(engine.port);
    }
    expect(missing()).toEqual([]);
    expect([...stored].filter(([, count]) => count > 1)).toEqual([]);
    expect(load.acknowledged.size).toBeGreaterThan(RUNS * 100);
    await end(engine, "SIGTERM");
    expect(engine.child.exitCode).toBe(0);

    const db = new Sqlite(path.join(data, "history", "history.sqlite"), { readonly: true });
    expect(db.pragma("integrity_check", { simple: true })).toBe("ok");
    db.close();
    const slowestMs = Math.max(...backMs);
    process.stderr.write(
      `${load.acknowledged.size} readings, back in service after ${Math.round(slowestMs)} ms at most\n`,
    );
    expect(slowestMs).toBeLessThan(BACK_WITHIN_MS);
  }, 3_600_000);
});

/** The broker keeps for the engine what is published from its first subscription on. */
async function untilSubscribed(client: MqttClient, { port }: Engine): Promise<void> {
  const headers = { authorization: `Bearer ${TOKEN}` };
  const probe = { sensor_type: "power", sensor_id: "probe", value: 1, unit: "W", location: "lobby" };
  for (const untilMs = performance.now() + 30_000; performance.now() < untilMs; await pause(100)) {
    await client.publishAsync("HyperVolt/sensors/lobby/power", JSON.stringify(probe), { qos: 1 });
    const answer = await fetch(`http://127.0.0.1:${port}/api/sensor-readings?location=lobby`, { headers });
    if (answer.ok && ((await answer.json()) as { count: number }).count > 0) return;
  }
  throw new Error("the engine does not take readings");
}

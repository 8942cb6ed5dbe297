import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Worker } from "node:worker_threads";
import { expect, it, onTestFinished } from "vitest";
import type { Sensor } from "../domain/reading.ts";
import type { HistoryStore } from "./history.ts";
import { openSqliteHistory } from "./sqlite-history.ts";

const T0 = Date.UTC(2026, 2, 28);
const at = (sensorId: string, n: number) => ({ sensorId, atMs: T0 + n * 1_000, value: n });
const sensor = (sensorId: string): Sensor => ({
  sensorId,
  uniqueId: null,
  source: "native",
  sensorType: "power",
  name: sensorId,
  device: null,
  location: "hall",
  unit: "W",
});

/** A history whose thread can be killed, and what it told its log. */
async function open(folder: string | null) {
  const threads: Worker[] = [];
  const onWorker = (worker: Worker): void => void threads.push(worker);
  process.on("worker", onWorker);
  const told: string[] = [];
  const tell = (message: string): void => void told.push(message);
  let nowMs = T0;
  const store = await openSqliteHistory({
    folder,
    clock: { nowMs: () => nowMs, after: () => ({ cancel: () => undefined }) },
    log: { debug: tell, info: tell, warning: tell, error: tell },
    packAtReadings: 2_000,
  });
  onTestFinished(async () => {
    process.off("worker", onWorker);
    await store.close();
  });
  const kill = async (): Promise<void> => void (await threads.at(-1)?.terminate());
  return { store, told, threads, kill, pass: (ms: number): void => void (nowMs += ms) };
}

function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "history-thread-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function exported(store: HistoryStore): Promise<string[]> {
  const all: string[] = [];
  for await (const batch of store.exportReadings({}))
    for (const { sensorId, value } of batch) all.push(`${sensorId} ${value}`);
  return all.sort();
}

it("starts a thread that was killed again under load: nothing is lost, nothing stored twice, and it is told", async () => {
  const { store, told, threads, kill, pass } = await open(temporaryFolder());
  const acknowledged: string[] = [];
  const appending: Promise<void>[] = [];
  for (let round = 0; round < 5; round++) {
    for (let batch = 0; batch < 40; batch++) {
      const readings = Array.from({ length: 50 }, (_, i) => {
        const one = at(`s${round}_${i % 5}`, batch * 50 + i);
        return { ...one, committed: () => void acknowledged.push(`${one.sensorId} ${one.value}`) };
      });
      appending.push(store.append(readings));
      await new Promise<void>((next) => setImmediate(next));
    }
    const before = acknowledged.length;
    await kill();
    await expect.poll(() => acknowledged.length).toBeGreaterThan(before);
  }
  await Promise.all(appending);
  expect(threads).toHaveLength(6);
  expect(acknowledged).toHaveLength(5 * 40 * 50);
  expect(new Set(acknowledged).size).toBe(acknowledged.length);
  expect(await exported(store)).toEqual(acknowledged.toSorted());
  expect(told.filter((line) => line.includes("ended unexpectedly"))).toHaveLength(5);
  expect(store.state()).toMatchObject({ state: "degraded", detail: expect.stringContaining("started again") });
  pass(61_000);
  expect(store.state()).toMatchObject({ state: "ok", detail: null });
});

it("notices a death while nothing is asked of it, says so, and comes back by itself", async () => {
  const { store, threads, kill } = await open(temporaryFolder());
  await store.append([at("a", 1)]);
  await kill();
  expect(["down", "degraded"]).toContain(store.state().state);
  await expect.poll(() => store.state().state).toBe("degraded");
  expect(threads).toHaveLength(2);
  expect(await store.range("a", T0, T0 + 9_000)).toEqual([at("a", 1)]);
});

it("goes on in memory, too, with the names it gave, though what was there is gone", async () => {
  const { store, kill } = await open(null);
  await store.upsertSensor(sensor("a"));
  await store.append([at("a", 1), at("b", 1)]);
  await kill();
  await store.append([at("a", 2), at("b", 2)]);
  await store.upsertSensor(sensor("a"));
  expect(await store.latest()).toEqual([at("a", 2), at("b", 2)]);
  expect((await store.sensors()).map((one) => one.sensor.sensorId)).toEqual(["a"]);
});

it("keeps still for a backup that was under way when its thread died", async () => {
  const folder = temporaryFolder();
  const { store, kill } = await open(folder);
  await store.append(Array.from({ length: 1_900 }, (_, n) => at("a", n)));
  await store.prepareBackup();
  await kill();
  await store.append(Array.from({ length: 500 }, (_, n) => at("b", n)));
  await store.maintain(T0);
  expect(store.figures().unpackedReadings).toBe(2_400);
  await store.finishBackup();
  await store.maintain(T0 + 60_000);
  await expect.poll(() => store.figures().unpackedReadings).toBe(0);
  expect(await exported(store)).toHaveLength(2_400);
});

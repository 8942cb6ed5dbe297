import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { startEmbeddedBroker } from "../../src/demo/aedes-broker.ts";
import { openSqliteHistory } from "../../src/memory/sqlite-history.ts";
import type { DependencyDto, HealthDto, Page, ReadingDto } from "../../src/serving/messages.ts";
import { EngineProcess, TOKEN } from "../harness/engine-process.ts";
import { until } from "../harness/home-assistant-core.ts";
import { mountSmallDisk } from "../harness/small-disk.ts";

const WITHIN_MS = 60_000;

it("starts on a disk that is full, says so, shows what it has, and stores what waited as soon as there is room", async (test) => {
  const broker = await startEmbeddedBroker();
  onTestFinished(() => broker.close());
  const engine = new EngineProcess({ mqtt_url: broker.url, redis_url: "memory" });
  onTestFinished(() => engine.forget());
  const disk = mountSmallDisk(path.join(engine.folder, "data"), 64);
  if (disk === null) return test.skip("skipped: a small disk cannot be mounted here");
  onTestFinished(async () => void (await engine.stop("SIGKILL")));
  const post = (value: number): Promise<Response> =>
    fetch(`http://127.0.0.1:${engine.port}/api/sensor-readings`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify({ sensor_id: "meter", sensor_type: "power", location: "hall", value }),
    });
  const values = async (): Promise<(number | null)[]> =>
    (await engine.get<Page<ReadingDto>>("/api/sensor-readings?sensor_id=meter")).results.map(({ value }) => value);
  const history = async (): Promise<DependencyDto | undefined> =>
    (await engine.get<HealthDto>("/health")).dependencies.find(({ name }) => name === "history");

  await engine.start();
  expect((await post(1)).status).toBe(201);
  expect(await engine.stop()).toBe(0);

  disk.fill();
  await engine.start();
  expect(await values()).toEqual([1]);
  const posted = post(2);
  const told = await until(
    "the full disk is told",
    async () => {
      const state = await history();
      return state?.state === "down" ? state : null;
    },
    WITHIN_MS,
  );
  expect(told).toMatchObject({
    detail: expect.stringMatching(/ENOSPC|FULL/),
    todo: expect.stringContaining("Free space"),
  });
  expect(await values()).toEqual([1]);
  disk.free();
  expect((await posted).status).toBe(201);
  expect(await values()).toEqual([2, 1]);
  await until("all is well again", async () => (await history())?.state === "ok" || null, WITHIN_MS);
  expect(await engine.stop()).toBe(0);
});

it("says at once that the database cannot be written while the journal still can, and loses nothing of it", async (test) => {
  const folder = mkdtempSync(path.join(tmpdir(), "history-full-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const disk = mountSmallDisk(folder, 16);
  if (disk === null) return test.skip("skipped: a small disk cannot be mounted here");
  const told: string[] = [];
  const tell = (message: string): void => void told.push(message);
  const log = { debug: tell, info: tell, warning: tell, error: tell };
  const clock = { nowMs: () => 1_790_000_000_000, after: () => ({ cancel: () => undefined }) };
  const open = () => openSqliteHistory({ folder: path.join(folder, "history"), clock, log, packAtReadings: 3_000 });
  let store = await open();
  onTestFinished(() => store.close());
  // An hour of its own for each reading: little in the journal, much in the database.
  const batch = (round: number) =>
    Array.from({ length: 3_000 }, (_, n) => ({
      sensorId: `s${n % 30}`,
      atMs: 1_700_000_000_000 + Math.floor(n / 30) * 3_600_000 + round,
      value: n,
    }));
  await store.append(batch(0));
  await until("they are packed", () => store.figures().unpackedReadings === 0 || null, WITHIN_MS);

  disk.fill(256 * 1_024);
  await store.append(batch(1));
  const shown = await until("it is shown", () => (store.state().state === "down" ? store.state() : null), WITHIN_MS);
  expect(shown).toMatchObject({ detail: expect.stringContaining("FULL"), todo: expect.stringContaining("Free space") });
  expect(told.filter((message) => message.includes("cannot be written"))).toHaveLength(1);
  expect(store.figures()).toMatchObject({ pendingReadings: 0, committedReadings: 6_000, failedCommits: 0 });
  expect((await store.range("s3", 0, 2e12)).length).toBe(200);
  // What is small still fits: the disk is no less full for that.
  for (let i = 0; i < 20; i++) {
    await store.setPreferences({ small: i }).catch(() => undefined);
    expect(store.state().state).toBe("down");
  }
  expect(told.filter((message) => message.includes("is written again"))).toEqual([]);

  await store.close();
  store = await open();
  expect((await store.readings({}, { offset: 0, limit: 1 })).count).toBe(6_000);
  await store.append([{ sensorId: "s3", atMs: 1_700_000_000_009, value: 1 }]);
  disk.free();
  await until("all is well again", () => store.state().state === "ok" || null, WITHIN_MS);
  await store.append(batch(2));
  await until("they are packed too", () => store.figures().unpackedReadings === 0 || null, WITHIN_MS);
  expect((await store.readings({}, { offset: 0, limit: 1 })).count).toBe(9_001);
});

it("shows a disk that is full for what a person changes, while readings are still stored", async (test) => {
  const engine = new EngineProcess({ redis_url: "memory", mqtt_url: "mqtt://127.0.0.1:9" });
  onTestFinished(() => engine.forget());
  const disk = mountSmallDisk(path.join(engine.folder, "data"), 64);
  if (disk === null) return test.skip("skipped: a small disk cannot be mounted here");
  onTestFinished(async () => void (await engine.stop("SIGKILL")));
  const send = (method: string, at: string, body: unknown): Promise<Response> =>
    fetch(`http://127.0.0.1:${engine.port}${at}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const post = (value: number) =>
    send("POST", "/api/sensor-readings", { sensor_id: "meter", sensor_type: "power", location: "hall", value });
  const prefer = (lux: number) => send("PUT", "/api/preferences", { light_target_lx: lux });
  const history = async () =>
    (await engine.get<HealthDto>("/health")).dependencies.find(({ name }) => name === "history");
  await engine.start();
  expect((await post(1)).status).toBe(201);
  disk.fill();
  let lux = 100;
  const wishes: Promise<Response>[] = [];
  // What is small may still fit now and then: what is told then counts.
  const told = await until(
    "the full disk is told",
    async () => {
      const wish = prefer(lux++);
      wish.catch(() => undefined);
      wishes.push(wish);
      const state = await history();
      return state?.state === "down" ? state : null;
    },
    WITHIN_MS,
  );
  expect(told).toMatchObject({
    detail: expect.stringContaining("FULL"),
    todo: expect.stringContaining("Free space"),
  });
  expect((await post(2)).status).toBe(201);
  disk.free();
  await until("all is well again", async () => (await history())?.state === "ok" || null, WITHIN_MS);
  for (const wish of wishes) expect([200, 503]).toContain((await wish).status);
  expect((await prefer(500)).status).toBe(200);
  const { results } = await engine.get<Page<ReadingDto>>("/api/sensor-readings?sensor_id=meter");
  expect(results.map(({ value }) => value)).toEqual([2, 1]);
});

import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { startEmbeddedBroker } from "../../src/demo/aedes-broker.ts";
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

import { connectAsync } from "mqtt";
import { expect, it, onTestFinished } from "vitest";
import { startEmbeddedBroker } from "../../src/demo/aedes-broker.ts";
import type { DependencyDto, HealthDto, Page, ReadingDto } from "../../src/serving/messages.ts";
import { EngineProcess } from "../harness/engine-process.ts";
import { until } from "../harness/home-assistant-core.ts";

const KILLS = 5;
const READINGS = 20_000;
const AT_ONCE = 200;
const WITHIN_MS = 120_000;
const HOOK = new URL("../harness/kill-history-thread.ts", import.meta.url).href;

it("loses nothing that was published while the history's thread is killed under load, and says what happened", async () => {
  const broker = await startEmbeddedBroker();
  onTestFinished(() => broker.close());
  const engine = new EngineProcess({ mqtt_url: broker.url, redis_url: "memory" }, { NODE_OPTIONS: `--import=${HOOK}` });
  onTestFinished(async () => {
    await engine.stop("SIGKILL");
    engine.forget();
  });
  const dependency = async (named: string): Promise<DependencyDto | undefined> =>
    (await engine.get<HealthDto>("/health")).dependencies.find(({ name }) => name === named);
  const stored = async (): Promise<number> =>
    (await engine.get<Page<ReadingDto>>("/api/sensor-readings?sensor_type=power&page_size=1")).count;

  const times = (line: string): number => engine.said().split(line).length - 1;

  await engine.start();
  await until("the engine listens", async () => (await dependency("broker"))?.state === "ok" || null);
  expect(await dependency("history")).toMatchObject({ state: "ok" });

  const pi = await connectAsync(broker.url);
  const startMs = Date.now() - READINGS;
  for (let n = 0, kills = 0; n < READINGS; n += AT_ONCE) {
    await Promise.all(
      Array.from({ length: AT_ONCE }, (_, i) => {
        const reading = {
          sensor_id: `s${i % 10}`,
          value: n + i,
          unit: "W",
          timestamp: new Date(startMs + n + i).toISOString(),
        };
        return pi.publishAsync("HyperVolt/sensors/lab/power", JSON.stringify(reading), { qos: 1 });
      }),
    );
    if (n < ((kills + 1) * READINGS) / (KILLS + 1)) continue;
    kills++;
    engine.signal("SIGUSR2");
    await until(
      "the death is logged",
      () => times("ended unexpectedly; it is started again") === kills || null,
      WITHIN_MS,
    );
    await until("the start is logged", () => times("thread was started again") === kills || null, WITHIN_MS);
    expect(await dependency("history")).toMatchObject({
      state: expect.stringMatching(/^(down|degraded)$/),
      detail: expect.stringContaining("thread ended unexpectedly"),
      todo: expect.stringContaining("nothing acknowledged is lost"),
    });
  }
  await pi.endAsync();
  await until("everything is stored", async () => (await stored()) === READINGS || null, WITHIN_MS);
  expect(await dependency("history")).toMatchObject({
    state: "degraded",
    detail: expect.stringContaining("started again"),
  });
  expect(await engine.stop()).toBe(0);
  await engine.start();
  expect(await stored()).toBe(READINGS);
});

import { existsSync } from "node:fs";
import path from "node:path";
import { connectAsync } from "mqtt";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Clock } from "../../src/domain/clock.ts";
import type { SensorState, SensorType } from "../../src/domain/reading.ts";
import { connectBroker } from "../../src/sensing/mqtt-broker.ts";
import { createSensing } from "../../src/sensing/sensing.ts";
import { differences, forgetScene, playScene, readScenes, settling } from "../harness/discovery-scenes.ts";
import { EngineProcess } from "../harness/engine-process.ts";
import { mosquittoIsThere, startMosquitto } from "../harness/mosquitto.ts";

const DATA = process.env["HYPERVOLT_DATA"] ?? path.resolve(import.meta.dirname, "../../../shared/data");
const SCENES = path.join(DATA, "discovery");
const CLOCK: Clock = {
  nowMs: () => Date.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(() => void task(), delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};
const quiet = (): void => undefined;
const LOG = { debug: quiet, info: quiet, warning: quiet, error: quiet };

type SensorDto = Readonly<{
  sensor_id: string;
  unique_id: string | null;
  sensor_type: SensorType;
  name: string;
  value: number | null;
  unit: string;
  available: boolean;
}>;
const asState = (dto: SensorDto): SensorState => ({
  sensor: {
    sensorId: dto.sensor_id,
    uniqueId: dto.unique_id,
    source: "discovery",
    sensorType: dto.sensor_type,
    name: dto.name,
    device: null,
    location: null,
    unit: dto.unit,
  },
  value: dto.value,
  atMs: null,
  available: dto.available,
});

const missing = !mosquittoIsThere() ? "mosquitto" : !existsSync(SCENES) ? "HYPERVOLT_DATA/discovery" : undefined;
if (missing !== undefined && process.env["CI"] !== "true")
  process.stderr.write(`skipped: scenes of MQTT discovery, as there is no ${missing}\n`);

describe.skipIf(missing !== undefined && process.env["CI"] !== "true")(
  "MQTT discovery beside a real Home Assistant",
  () => {
    it("has every sensor that Home Assistant had, with its value and availability, and no other", async () => {
      const mosquitto = await startMosquitto();
      onTestFinished(() => mosquitto.stop());
      const broker = connectBroker({ url: mosquitto.url, clientId: "hypervolt-scenes", clock: CLOCK, log: LOG });
      const sensing = createSensing({
        broker,
        clock: CLOCK,
        log: LOG,
        timezone: "Europe/Berlin",
        onReading: ({ committed }) => committed?.(),
      });
      const publisher = await connectAsync(mosquitto.url);
      onTestFinished(async () => {
        sensing.close();
        await broker.close();
        await publisher.endAsync();
      });
      await expect.poll(() => broker.state().state).toBe("ok");
      const settled = settling(
        publisher,
        async (id) => sensing.sensors().find(({ sensor }) => sensor.uniqueId === id)?.value,
      );
      const wrong: Record<string, string[]> = {};
      const scenes = readScenes(SCENES);
      for (const scene of scenes) {
        const before = new Set(sensing.sensors().map(({ sensor }) => sensor.sensorId));
        await playScene(scene, publisher, settled);
        const found = sensing.sensors().filter(({ sensor }) => !before.has(sensor.sensorId));
        const differing = differences(scene, found);
        if (differing.length > 0) wrong[`${scene.id}: ${scene.about}`] = differing;
        await forgetScene(scene, publisher);
      }
      expect(scenes.length).toBeGreaterThan(0);
      expect(wrong).toEqual({});
    });

    it("shows the same through the API of the running engine", async () => {
      const mosquitto = await startMosquitto();
      onTestFinished(() => mosquitto.stop());
      const engine = new EngineProcess({ mqtt_url: mosquitto.url, redis_url: "memory", timezone: "Europe/Berlin" });
      await engine.start();
      const publisher = await connectAsync(mosquitto.url);
      onTestFinished(async () => {
        await publisher.endAsync();
        await engine.stop();
        engine.forget();
      });
      const sensors = async () =>
        (await engine.get<{ results: readonly SensorDto[] }>("/api/sensors?page_size=1000")).results;
      const settled = settling(
        publisher,
        async (id) => (await sensors()).find(({ unique_id }) => unique_id === id)?.value,
      );
      const wrong: Record<string, string[]> = {};
      for (const scene of readScenes(SCENES)) {
        await playScene(scene, publisher, settled);
        const compared = async (): Promise<string[]> => differences(scene, (await sensors()).map(asState));
        await expect
          .poll(compared, { timeout: 20_000, interval: 500 })
          .toEqual([])
          .catch(async () => void (wrong[`${scene.id}: ${scene.about}`] = await compared()));
        await forgetScene(scene, publisher);
        await expect.poll(async () => (await engine.get<{ count: number }>("/api/sensors")).count).toBe(0);
      }
      expect(wrong).toEqual({});
    });
  },
);

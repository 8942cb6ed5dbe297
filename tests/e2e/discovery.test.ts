import { existsSync } from "node:fs";
import path from "node:path";
import { connectAsync } from "mqtt";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Clock } from "../../src/domain/clock.ts";
import { connectBroker } from "../../src/sensing/mqtt-broker.ts";
import { createSensing } from "../../src/sensing/sensing.ts";
import { differences, forgetScene, playScene, readScenes } from "../harness/discovery-scenes.ts";
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
      let activity = 0;
      const sensing = createSensing({
        broker,
        clock: CLOCK,
        log: LOG,
        timezone: "Europe/Berlin",
        onReading: ({ committed }) => {
          activity++;
          committed?.();
        },
        onSensorChange: () => activity++,
        onSensorRemoved: () => activity++,
      });
      const publisher = await connectAsync(mosquitto.url);
      onTestFinished(async () => {
        sensing.close();
        await broker.close();
        await publisher.endAsync();
      });
      await expect.poll(() => broker.state().state).toBe("ok");
      const wrong: Record<string, string[]> = {};
      const scenes = readScenes(SCENES);
      for (const scene of scenes) {
        const before = new Set(sensing.sensors().map(({ sensor }) => sensor.sensorId));
        await playScene(scene, publisher, () => activity);
        const found = sensing.sensors().filter(({ sensor }) => !before.has(sensor.sensorId));
        const differing = differences(scene, found);
        if (differing.length > 0) wrong[`${scene.id}: ${scene.about}`] = differing;
        await forgetScene(scene, publisher);
      }
      expect(scenes.length).toBeGreaterThan(0);
      expect(wrong).toEqual({});
    });
  },
);

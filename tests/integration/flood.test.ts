import { expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../src/commands/system-clock.ts";
import { startEmbeddedBroker } from "../../src/demo/aedes-broker.ts";
import { connectBroker, type MqttBroker } from "../../src/sensing/mqtt-broker.ts";
import { MOST_NATIVE_SENSORS } from "../../src/sensing/native/native-places.ts";
import type { Page, SensorDto } from "../../src/serving/messages.ts";
import { EngineProcess } from "../harness/engine-process.ts";
import { until } from "../harness/home-assistant-core.ts";

const INVENTED = Number(process.env["HYPERVOLT_FLOOD"] ?? 3_000);
const AT_ONCE = 500;
const quiet = (): void => undefined;
const LOG = { debug: quiet, info: quiet, warning: quiet, error: quiet };

it("keeps every reading of a sensor it knows while a stranger invents thousands, and answers", async () => {
  const embedded = await startEmbeddedBroker();
  onTestFinished(() => embedded.close());
  const engine = new EngineProcess({ mqtt_url: embedded.url, redis_url: "memory" });
  onTestFinished(async () => {
    await engine.stop("SIGKILL");
    engine.forget();
  });
  await engine.start();
  const connect = async (clientId: string): Promise<MqttBroker> => {
    const broker = connectBroker({ url: embedded.url, clientId, clock: systemClock, log: LOG, sessionExpiryS: 0 });
    onTestFinished(() => broker.close());
    await new Promise<void>((resolve) => broker.onConnect(resolve));
    return broker;
  };
  const [pi, stranger] = await Promise.all([connect("pi"), connect("stranger")]);
  const report = (by: MqttBroker, sensorId: string, value: number): Promise<void> =>
    by.publish("HyperVolt/sensors/hall/power", JSON.stringify({ sensor_id: sensorId, value, unit: "W" }), { qos: 1 });
  const countOf = async (route: string): Promise<number> => (await engine.get<Page<unknown>>(route)).count;
  const stored = (): Promise<number> => countOf("/api/sensor-readings?sensor_id=known&page_size=1");

  await report(pi, "known", 0);
  await until("it is known", async () => (await stored()) === 1 || null);
  let reported = 1;
  for (let from = 0; from < INVENTED; from += AT_ONCE) {
    const flood = Array.from({ length: AT_ONCE }, (_, i) => report(stranger, `invented_${from + i}`, i));
    await Promise.all([...flood, report(pi, "known", reported++)]);
  }
  await until("every reading is stored", async () => (await stored()) === reported || null);
  expect(await countOf("/api/sensors?page_size=1")).toBe(MOST_NATIVE_SENSORS);
  expect(engine.said().match(/too_many/g)).toHaveLength(1);
  const { results } = await engine.get<Page<SensorDto>>("/api/sensors?search=known");
  expect(results[0]).toMatchObject({ sensor_id: "known", value: reported - 1, available: true });
});

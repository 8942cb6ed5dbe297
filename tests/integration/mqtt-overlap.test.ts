import { connectAsync } from "mqtt";
import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../src/commands/system-clock.ts";
import { startEmbeddedBroker } from "../../src/demo/aedes-broker.ts";
import type { BrokerMessage } from "../../src/domain/broker.ts";
import { connectBroker, type MqttBroker } from "../../src/sensing/mqtt-broker.ts";
import { mosquittoIsThere, startMosquitto } from "../harness/mosquitto.ts";
import { speakOldMqtt } from "../harness/old-broker.ts";

const MESSAGES = 2_000;
const AT_ONCE = 100;
const PATIENT = { timeout: 60_000 };
const quiet = (): void => undefined;

async function connect(url: string): Promise<{ broker: MqttBroker; losses: () => number }> {
  const log = { debug: quiet, info: quiet, warning: quiet, error: quiet };
  const broker = connectBroker({ url, clientId: "hypervolt", clock: systemClock, log, sessionExpiryS: 60 });
  onTestFinished(() => broker.close());
  let losses = 0;
  broker.onDisconnect(() => losses++);
  await expect.poll(() => broker.state().state, PATIENT).toBe("ok");
  return { broker, losses: () => losses };
}

/** A listener who acknowledges a moment later, as the history does. */
function listen(broker: MqttBroker, filter: string, qos: 0 | 1 = 1) {
  const seen: string[] = [];
  const retained: string[] = [];
  const subscription = broker.subscribe(filter, qos, (message: BrokerMessage) => {
    (message.retain ? retained : seen).push(Buffer.from(message.payload).toString());
    setImmediate(message.acknowledge);
  });
  return { seen, retained, unsubscribe: () => subscription.unsubscribe() };
}

const BROKERS: readonly (readonly [string, () => Promise<string>])[] = [
  [
    "aedes over MQTT 3.1.1",
    async () => {
      const embedded = await startEmbeddedBroker();
      onTestFinished(() => embedded.close());
      return embedded.url;
    },
  ],
  [
    "mosquitto over MQTT 5",
    async () => {
      const mosquitto = await startMosquitto();
      onTestFinished(() => mosquitto.stop());
      return mosquitto.url;
    },
  ],
  [
    "mosquitto over MQTT 3.1.1",
    async () => {
      const mosquitto = await startMosquitto();
      const old = await speakOldMqtt(mosquitto.port);
      onTestFinished(async () => {
        await old.close();
        await mosquitto.stop();
      });
      return old.url;
    },
  ],
];

describe.each(BROKERS)("with %s", (name, start) => {
  const isThere = name.startsWith("aedes") || mosquittoIsThere();

  it.skipIf(!isThere)("loses nothing and gets nothing twice where its own filters overlap, under load", async () => {
    const { broker, losses } = await connect(await start());
    const publisher = await connectAsync(broker.state().detail?.replace("connected to ", "mqtt://") ?? "");
    onTestFinished(() => publisher.endAsync());
    const all = listen(broker, "HyperVolt/sensors/+/+");
    const one = listen(broker, "HyperVolt/sensors/hall/power");
    const same = listen(broker, "HyperVolt/sensors/hall/power", 0);
    const wide = listen(broker, "HyperVolt/#", 0);
    const other = listen(broker, "meter/power");
    await expect
      .poll(async () => {
        for (const topic of ["HyperVolt/sensors/hall/power", "meter/power"])
          await publisher.publishAsync(topic, "ready", { qos: 1 });
        return [all, one, same, wide, other].every(({ seen }) => seen.length > 0);
      }, PATIENT)
      .toBe(true);
    for (const { seen } of [all, one, same, wide, other]) seen.length = 0;

    const expected: string[] = [];
    for (let from = 0; from < MESSAGES; from += AT_ONCE) {
      const passing = listen(broker, `HyperVolt/sensors/room_${from % 300}/power`);
      const numbers = Array.from({ length: AT_ONCE }, (_, i) => String(from + i));
      expected.push(...numbers);
      await Promise.all(
        numbers.flatMap((number, i) => [
          publisher.publishAsync(`HyperVolt/sensors/${i % 4 === 0 ? "hall" : `room_${i}`}/power`, number, { qos: 1 }),
          publisher.publishAsync("meter/power", number, { qos: 1 }),
        ]),
      );
      passing.unsubscribe();
    }
    const inOrder = (seen: readonly string[]): string[] => seen.toSorted((a, b) => Number(a) - Number(b));
    await expect.poll(() => all.seen.length >= MESSAGES && other.seen.length >= MESSAGES, PATIENT).toBe(true);
    for (const { seen } of [all, wide, other])
      expect(inOrder(seen.filter((text) => text !== "ready"))).toEqual(expected);
    const ofHall = expected.filter((number) => (Number(number) % AT_ONCE) % 4 === 0);
    for (const { seen } of [one, same]) expect(inOrder(seen.filter((text) => text !== "ready"))).toEqual(ofHall);
    expect(losses()).toBe(0);
  });

  it.skipIf(!isThere)("brings each newcomer what is retained, once, whichever filter it is asked under", async () => {
    const { broker, losses } = await connect(await start());
    const value = (topic: string, payload: string): Promise<void> =>
      broker.publish(topic, payload, { qos: 1, retain: true });
    await value("HyperVolt/sensors/hall/power", "42");
    await value("meter/power", "7");
    const exact = listen(broker, "HyperVolt/sensors/hall/power");
    await expect.poll(() => exact.retained, PATIENT).toEqual(["42"]);
    // The one that covers it comes later, and what it covers is given up with it.
    const wide = listen(broker, "HyperVolt/sensors/+/+");
    await expect.poll(() => wide.retained, PATIENT).toEqual(["42"]);
    const late = listen(broker, "HyperVolt/sensors/hall/power");
    const later = listen(broker, "HyperVolt/sensors/+/power", 0);
    await expect.poll(() => [late.retained, later.retained], PATIENT).toEqual([["42"], ["42"]]);
    const alone = listen(broker, "meter/power");
    await expect.poll(() => alone.retained, PATIENT).toEqual(["7"]);
    wide.unsubscribe();
    later.unsubscribe();
    await expect
      .poll(async () => {
        await broker.publish("HyperVolt/sensors/hall/power", "43", { qos: 1 });
        return [exact, late].every(({ seen }) => seen.includes("43"));
      }, PATIENT)
      .toBe(true);
    // While one filter takes over from another aedes may end the connection once; what is retained then comes again.
    for (const { retained } of [exact, wide, late, later]) expect(retained.length).toBeLessThanOrEqual(1 + losses());
  });
});

it.skipIf(!mosquittoIsThere())("leaves nothing to itself that it gave up just before it ended", async () => {
  const mosquitto = await startMosquitto();
  onTestFinished(() => mosquitto.stop());
  const { broker } = await connect(mosquitto.url);
  const share = "$share/pis/HyperVolt/sensors/+/+";
  const given = listen(broker, share);
  const publisher = await connectAsync(mosquitto.url);
  onTestFinished(() => publisher.endAsync());
  const publish = (text: string): Promise<unknown> =>
    publisher.publishAsync("HyperVolt/sensors/hall/power", text, { qos: 1 });
  await expect
    .poll(async () => {
      await publish("ready");
      return given.seen.length;
    }, PATIENT)
    .toBeGreaterThan(0);
  const seen: string[] = [];
  publisher.on("message", (_topic, payload) => seen.push(payload.toString()));
  given.unsubscribe();
  await broker.close();
  await publisher.subscribeAsync(share, { qos: 1 });
  const sent = Array.from({ length: 10 }, (_, i) => String(i));
  for (const text of sent) await publish(text);
  await expect.poll(() => seen, PATIENT).toEqual(sent);
});

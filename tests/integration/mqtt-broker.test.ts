import { connectAsync } from "mqtt";
import { describe, expect, it, onTestFinished } from "vitest";
import { startEmbeddedBroker } from "../../src/demo/aedes-broker.ts";
import type { BrokerMessage } from "../../src/domain/broker.ts";
import type { Clock } from "../../src/domain/clock.ts";
import { connectBroker, type MqttBroker } from "../../src/sensing/mqtt-broker.ts";
import { createSensing } from "../../src/sensing/sensing.ts";
import { freePort } from "../harness/local-service.ts";
import { mosquittoIsThere, startMosquitto } from "../harness/mosquitto.ts";

const CLOCK: Clock = {
  nowMs: () => Date.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(() => void task(), delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};
const quiet = (): void => undefined;
const LOG = { debug: quiet, info: quiet, warning: quiet, error: quiet };
const WILL = { topic: "hypervolt/availability", payload: "offline" };

function connect(url: string, clientId: string): MqttBroker {
  const broker = connectBroker({ url, clientId, clock: CLOCK, log: LOG, will: WILL });
  onTestFinished(() => broker.close());
  return broker;
}
const connected = (broker: MqttBroker): Promise<void> => expect.poll(() => broker.state().state).toBe("ok");
const text = ({ payload }: BrokerMessage): string => Buffer.from(payload).toString();

it("keeps what one asked for at QoS 1 when another asks for the same at QoS 0", async () => {
  const embedded = await startEmbeddedBroker();
  onTestFinished(() => embedded.close());
  const broker = connect(embedded.url, "hypervolt-q");
  await connected(broker);
  const seen: BrokerMessage[] = [];
  broker.subscribe("a/+", 1, (message) => {
    seen.push(message);
    message.acknowledge();
  });
  broker.subscribe("a/+", 0, ({ acknowledge }) => acknowledge());
  const publisher = await connectAsync(embedded.url);
  onTestFinished(() => publisher.endAsync());
  await expect
    .poll(async () => {
      await publisher.publishAsync("a/1", "counts", { qos: 1 });
      return seen.length;
    })
    .toBeGreaterThan(0);
  expect(seen.map(({ qos }) => qos)).not.toContain(0);
});

describe.skipIf(!mosquittoIsThere())("the conversation with a real broker", () => {
  it("gets a message again that was not acknowledged, and not one that was", async () => {
    const mosquitto = await startMosquitto();
    onTestFinished(() => mosquitto.stop());
    const first = connect(mosquitto.url, "hypervolt-a");
    await connected(first);
    const seen: BrokerMessage[] = [];
    first.subscribe("a/+", 1, (message) => seen.push({ ...message, payload: Uint8Array.from(message.payload) }));
    const publisher = await connectAsync(mosquitto.url);
    onTestFinished(() => publisher.endAsync());
    await expect
      .poll(async () => {
        await publisher.publishAsync("a/ready", "ready", { qos: 0 });
        return seen.length;
      })
      .toBeGreaterThan(0);
    await publisher.publishAsync("a/1", "stored", { qos: 1 });
    await publisher.publishAsync("a/2", "not stored", { qos: 1 });
    await expect.poll(() => seen.filter(({ qos }) => qos === 1).length).toBe(2);
    seen.find((message) => message.topic === "a/1")?.acknowledge();
    // The acknowledgement is on the wire before the next message of ours is answered.
    await first.publish("b", "after", { qos: 1 });

    // The same client id takes the session over, as a new process does after a crash.
    const again: BrokerMessage[] = [];
    const second = connect(mosquitto.url, "hypervolt-a");
    await connected(second);
    second.subscribe("a/+", 1, (message) => {
      again.push({ ...message, payload: Uint8Array.from(message.payload) });
      message.acknowledge();
    });
    await expect.poll(() => again.map(text)).toContain("not stored");
    expect(again.map(text)).not.toContain("stored");
    expect(again.find((message) => text(message) === "not stored")?.delivery?.redelivered).toBe(true);
    await first.close();
  });

  it("starts without a broker, and after its restart has its subscriptions and will again", async () => {
    const port = await freePort();
    const broker = connect(`mqtt://127.0.0.1:${port}`, "hypervolt-b");
    const seen: string[] = [];
    let connections = 0;
    broker.onConnect(() => connections++);
    broker.subscribe("room/#", 1, (message) => {
      seen.push(text(message));
      message.acknowledge();
    });
    await expect(broker.publish("x", "y")).rejects.toMatchObject({ code: "BROKER_UNAVAILABLE" });
    for (const said of ["first", "second"]) {
      const mosquitto = await startMosquitto(port);
      await connected(broker);
      const other = await connectAsync(mosquitto.url);
      await expect
        .poll(async () => {
          await other.publishAsync("room/lamp", said, { qos: 1 });
          return seen;
        })
        .toContain(said);
      await other.endAsync();
      if (said === "first") {
        await mosquitto.stop();
        await expect.poll(() => broker.state().state).toBe("down");
        continue;
      }
      const watcher = await connectAsync(mosquitto.url);
      const will: string[] = [];
      watcher.on("message", (_topic, payload) => will.push(payload.toString()));
      await watcher.subscribeAsync(WILL.topic);
      await broker.close();
      await expect.poll(() => will).toEqual(["offline"]);
      await watcher.endAsync();
      await mosquitto.stop();
    }
    expect(connections).toBe(2);
  });

  it("says that another HyperVolt uses its name, and gives way more and more slowly", async () => {
    const mosquitto = await startMosquitto();
    onTestFinished(() => mosquitto.stop());
    const first = connect(mosquitto.url, "hypervolt-same");
    await connected(first);
    let connections = 0;
    first.onConnect(() => connections++);
    const second = connect(mosquitto.url, "hypervolt-same");
    await expect.poll(() => first.state().todo).toContain("A second HyperVolt");
    await second.close();
    await connected(first);
    expect(connections).toBeLessThan(10);
  });

  it("hands a retained message to each that subscribes, once", async () => {
    const mosquitto = await startMosquitto();
    onTestFinished(() => mosquitto.stop());
    const broker = connect(mosquitto.url, "hypervolt-c");
    await connected(broker);
    await broker.publish("meter", "42", { qos: 1, retain: true });
    const seen: string[] = [];
    broker.subscribe("meter", 1, (message) => seen.push(`exact ${text(message)}`));
    await expect.poll(() => seen).toEqual(["exact 42"]);
    broker.subscribe("meter", 1, (message) => seen.push(`late ${text(message)}`));
    broker.subscribe("+", 1, (message) => seen.push(`wild ${text(message)}`));
    await expect.poll(() => seen.toSorted((a, b) => a.localeCompare(b))).toEqual(["exact 42", "late 42", "wild 42"]);
    await broker.publish("meter", "43", { qos: 1 });
    await expect.poll(() => seen.filter((one) => one.endsWith("43")).length).toBe(3);
  });

  it("leaves discovered sensors unavailable while it is away, and brings them back with what they showed", async () => {
    const port = await freePort();
    let mosquitto = await startMosquitto(port);
    onTestFinished(() => mosquitto.stop());
    const broker = connect(mosquitto.url, "hypervolt-d");
    await connected(broker);
    const sensing = createSensing({
      broker,
      clock: CLOCK,
      log: LOG,
      timezone: "Europe/Berlin",
      onReading: ({ committed }) => committed?.(),
    });
    onTestFinished(() => sensing.close());
    const shown = () => sensing.sensors().map(({ value, available }) => ({ value, available }));
    const config = { name: "Meter", unique_id: "meter", state_topic: "meter/w", unit_of_measurement: "W" };
    await broker.publish("homeassistant/sensor/meter/config", JSON.stringify(config), { qos: 1, retain: true });
    await broker.publish("meter/w", "12.5", { qos: 1, retain: true });
    await expect.poll(shown).toEqual([{ value: 12.5, available: true }]);
    await mosquitto.stop();
    await expect.poll(shown).toEqual([{ value: null, available: false }]);
    mosquitto = await startMosquitto(port);
    await expect.poll(shown).toEqual([{ value: 12.5, available: true }]);
  });
});

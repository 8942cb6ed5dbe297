import { beforeEach, expect, it } from "vitest";
import { TestClock } from "../../tests/harness/acting-house.ts";
import type { Broker, BrokerMessage } from "../domain/broker.ts";
import { announceNative } from "./native-out.ts";

const silent = { debug: () => undefined, info: () => undefined, warning: () => undefined, error: () => undefined };
const TOPIC = "homeassistant/device/hypervolt_cellar/config";
type Announced = { components: Record<string, Record<string, unknown>> };

/** What a broker keeps, and everything that was published on it. */
let retained: Map<string, string>;
let published: { topic: string; payload: string }[];
let clock: TestClock;
let state: "ok" | "down";
let filters: string[];

beforeEach(() => {
  [retained, published, clock, state, filters] = [new Map(), [], new TestClock(), "ok", []];
});

/** One run of HyperVolt at this broker. */
function start() {
  const message = (topic: string, payload: string): BrokerMessage => ({
    topic,
    payload: Buffer.from(payload),
    qos: 1,
    retain: true,
    acknowledge: () => undefined,
  });
  const connects: (() => void)[] = [];
  const broker: Broker = {
    publish: async (topic, payload) => {
      published.push({ topic, payload: String(payload) });
      if (String(payload) === "") retained.delete(topic);
      else retained.set(topic, String(payload));
    },
    subscribe: (filter, _qos, run) => {
      filters.push(filter);
      if (filter.endsWith("/config")) for (const [topic, payload] of retained) run(message(topic, payload));
      return { unsubscribe: () => undefined };
    },
    onConnect: (run) => {
      connects.push(run);
      run();
    },
    onDisconnect: () => undefined,
    state: () => ({ name: "broker", state, sinceMs: 0, detail: null, todo: null }),
    close: async () => undefined,
  };
  const native = announceNative({
    broker,
    clock,
    log: silent,
    discoveryPrefix: "homeassistant",
    version: "1.0.0",
    areaName: () => undefined,
  });
  return { native, reconnect: () => connects.forEach((run) => run()) };
}
const relay = (device: string) =>
  ({ location: "cellar", device, kind: "relay", name: device, stateTopic: `pi/${device}` }) as const;
const announced = (): string[] =>
  Object.keys((JSON.parse(retained.get(TOPIC) ?? '{"components":{}}') as Announced).components);

it("removes what a Pi withdrew while HyperVolt was away, and nothing that is still there", async () => {
  const before = start().native;
  for (const device of ["pump", "fan"]) before.device(relay(device));
  before.sensor({ location: "cellar", sensorId: "meter", sensorType: "power", unit: "W" });
  await clock.advance(1_000);
  expect(announced()).toEqual(["r_pump", "r_fan", "s_meter"]);
  before.close();

  published = [];
  const { native } = start();
  native.device(relay("pump"));
  await clock.advance(1_000);
  expect(announced()).toContain("r_fan"); // not known yet whether it comes
  await clock.advance(60_000);
  expect(announced()).toEqual(["r_pump"]);
  const removals = published.filter(({ payload }) => payload.includes('"r_fan":{"platform":"switch"}'));
  expect(removals).toHaveLength(1);
  native.close();
});

it("withdraws a location of which nothing is left, and leaves alone what somebody else announced so", async () => {
  const before = start().native;
  before.device(relay("pump"));
  await clock.advance(1_000);
  before.close();
  const foreign = "homeassistant/device/hypervolt_garage/config";
  retained.set(foreign, JSON.stringify({ origin: { name: "Other" }, components: { l_lamp: { platform: "light" } } }));
  retained.set("homeassistant/device/hypervolt_attic/config", "no JSON");
  const { native } = start();
  await clock.advance(60_000);
  expect(retained.has(TOPIC)).toBe(false);
  expect([...retained.keys()]).toEqual([foreign, "homeassistant/device/hypervolt_attic/config"]);
  native.close();
});

it("concludes nothing while the broker is away", async () => {
  const before = start().native;
  before.device(relay("pump"));
  await clock.advance(1_000);
  before.close();
  const { native, reconnect } = start();
  state = "down";
  await clock.advance(60_000);
  expect(announced()).toEqual(["r_pump"]);
  state = "ok";
  native.device(relay("pump"));
  reconnect();
  await clock.advance(60_000);
  expect(announced()).toEqual(["r_pump"]);
  native.close();
});

it("tells a meter's count by the Wh however much it has counted, and six digits of what is small", async () => {
  const { native } = start();
  const shown: string[] = [];
  for (const value of [12_345_678.4, -123_456.78, 21.123456789, 0.000123456789, Number.NaN, null]) {
    native.value("cellar", "meter", value);
    await clock.advance(6_000);
    shown.push(published.at(-1)?.payload ?? "");
  }
  expect(shown).toEqual(["12345678.4", "-123456.8", "21.1235", "0.000123457", "None", "None"]);
  native.close();
});

it("asks for no filter that overlaps with one of discovery's: some brokers lose messages then", () => {
  start();
  expect(filters).toEqual(["homeassistant/status", "homeassistant/+/+/config"]);
});

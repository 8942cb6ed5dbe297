import { expect, it } from "vitest";
import type { AcknowledgedReading, SensorState } from "../domain/reading.ts";
import { createSensing, type SensingInput } from "./sensing.ts";
import { fakeBroker, handClock, silentLog } from "./testing.ts";

function house(more: Partial<SensingInput> = {}) {
  const broker = fakeBroker();
  const clock = handClock(Date.UTC(2026, 0, 26, 8));
  const { log, lines } = silentLog();
  const readings: AcknowledgedReading[] = [];
  const needs: string[] = [];
  const sensing = createSensing({
    broker,
    clock,
    log,
    timezone: "Europe/Berlin",
    onReading: (reading) => readings.push(reading),
    onNeedsHomeAssistant: ({ sensorId }) => needs.push(sensorId),
    ...more,
  });
  const sensor = (name: string): SensorState | undefined =>
    sensing.sensors().find(({ sensor: one }) => one.uniqueId === name || one.name === name);
  const announce = (config: Record<string, unknown>, component = "sensor"): void =>
    broker.deliver(
      `homeassistant/${component}/x/config`,
      JSON.stringify({ name: "X", uniq_id: "x", stat_t: "x/s", ...config }),
      true,
    );
  return { broker, clock, lines, readings, needs, sensing, sensor, announce };
}

const LDR = { sensor_type: "ldr", sensor_id: "ldr_1", value: 750, unit: "lux", location: "living_room" };
const native = (body: Record<string, unknown>): string => JSON.stringify({ ...LDR, ...body });

it("takes a Pi's reading at its own time, and acknowledges it only when it was stored", () => {
  const { broker, readings, sensor } = house();
  broker.deliver("HyperVolt/sensors/living_room/ldr", native({ timestamp: "2026-01-26T07:59:58Z" }));
  expect(readings).toMatchObject([{ sensorId: "ldr_1", atMs: Date.UTC(2026, 0, 26, 7, 59, 58), value: 750 }]);
  expect(sensor("ldr_1")).toMatchObject({
    value: 750,
    available: true,
    sensor: { unit: "lx", location: "living_room" },
  });
  expect(broker.acknowledged()).toBe(0);
  readings[0]?.committed?.();
  expect(broker.acknowledged()).toBe(1);
});

it.each([
  ["not_json", "HyperVolt/sensors/a/ldr", "nope"],
  ["no_value", "HyperVolt/sensors/a/ldr", native({ location: "a", value: "750" })],
  ["no_value", "HyperVolt/sensors/a/ldr", native({ location: "a", value: null })],
  ["unknown_sensor_type", "HyperVolt/sensors/a/banana", native({ location: "a", sensor_type: "banana" })],
  ["bad_name", "HyperVolt/sensors/a/ldr", native({ location: "living room" })],
  ["bad_name", "HyperVolt/sensors/a/ldr", native({ location: "a", sensor_id: "x".repeat(65) })],
  ["timestamp_ahead", "HyperVolt/sensors/a/ldr", native({ location: "a", timestamp: "2026-01-28T08:00:00Z" })],
  ["too_large", "HyperVolt/sensors/a/ldr", native({ location: "a", note: "x".repeat(65_536) })],
])("refuses and counts as %s, keeps the latest, and logs it once a minute", (reason, topic, payload) => {
  const { broker, clock, lines, readings, sensing } = house();
  for (let i = 0; i < 50; i++) broker.deliver(topic, payload);
  expect(sensing.refused()).toMatchObject([{ reason, count: 50, topic }]);
  expect(lines()).toHaveLength(1);
  clock.advance(60_000);
  broker.deliver(topic, payload);
  expect(lines()).toHaveLength(2);
  broker.deliver("HyperVolt/sensors/living_room/ldr", native({}));
  expect(readings).toHaveLength(1);
});

it("keeps two Pis' sensors of one name apart, also after a restart", () => {
  const first = house();
  const publish = ({ broker }: typeof first): void => {
    broker.deliver("HyperVolt/sensors/hall/ldr", native({ location: "hall" }));
    broker.deliver("HyperVolt/sensors/living_room/ldr", native({}));
  };
  publish(first);
  const known = first.sensing.sensors().map(({ sensor }) => sensor);
  expect(known.map(({ sensorId }) => sensorId)).toEqual(["ldr_1", "living_room_ldr_1"]);
  expect(new Set(known.map(({ sensorId }) => sensorId)).size).toBe(2);
  const second = house({ known: known.toReversed().map((sensor) => ({ sensor, heardMs: null })) });
  second.broker.deliver("HyperVolt/sensors/living_room/ldr", native({}));
  expect(second.readings[0]?.sensorId).toBe(known.find(({ location }) => location === "living_room")?.sensorId);
});

it("makes amperes of an ACS712's volts, and the root mean square of samples", () => {
  const { broker, readings } = house({ calibrations: { mains: { raw: "volts", preset: "ACS712-5" } } });
  const current = (body: Record<string, unknown>): void =>
    broker.deliver("HyperVolt/sensors/a/current", JSON.stringify({ sensor_id: "mains", unit: "V", ...body }));
  current({ value: 2.685 });
  const samples = Array.from({ length: 400 }, (_, i) => 2.5 + 0.185 * 2 * Math.sin((2 * Math.PI * i) / 80));
  current({ samples });
  expect(readings[0]?.value).toBeCloseTo(1, 9);
  expect(readings[1]?.value).toBeCloseTo(Math.SQRT2, 9);
});

it("knows what Pis can switch, with the state they report, until they withdraw it", () => {
  const { broker, sensing } = house();
  broker.deliver(
    "HyperVolt/devices/desk/lamp",
    JSON.stringify({ kind: "light", name: "Desk lamp", max_w: 12, state_topic: "p/lamp" }),
    true,
  );
  broker.deliver("p/lamp", JSON.stringify({ state: "ON", brightness: 40 }), true);
  expect(sensing.devices()).toMatchObject([
    {
      deviceId: "desk_lamp",
      name: "Desk lamp",
      maxW: 12,
      commandTopic: "HyperVolt/commands/desk/lamp",
      state: { on: true, brightness: 40 },
    },
  ]);
  broker.deliver("HyperVolt/devices/desk/lamp", "", true);
  expect(sensing.devices()).toEqual([]);
});

it("keeps a value that is no number out of sight, and stays unavailable with it until the next good one", () => {
  const { broker, sensor, announce } = house();
  announce({ dev_cla: "power", unit_of_meas: "kW", avty_t: "x/a" });
  expect(sensor("x")).toMatchObject({ value: null, available: false });
  broker.deliver("x/a", "online");
  broker.deliver("x/s", "5");
  expect(sensor("x")).toMatchObject({ value: 5_000, available: true, sensor: { sensorType: "power", unit: "W" } });
  broker.deliver("x/s", "junk");
  expect(sensor("x")).toMatchObject({ value: 5_000, available: true });
  broker.deliver("x/a", "offline");
  broker.deliver("x/a", "online");
  expect(sensor("x")).toMatchObject({ value: null, available: false });
  broker.deliver("x/s", "6");
  expect(sensor("x")).toMatchObject({ value: 6_000, available: true });
});

it("lets a reading expire, and a motion fall back after its delay", () => {
  const { broker, clock, sensor, announce } = house();
  announce({ dev_cla: "power", unit_of_meas: "W", exp_aft: 30 });
  broker.deliver("x/s", "5");
  clock.advance(29_000);
  expect(sensor("x")).toMatchObject({ value: 5, available: true });
  clock.advance(1_000);
  expect(sensor("x")).toMatchObject({ value: null, available: false });
  broker.deliver(
    "homeassistant/binary_sensor/m/config",
    JSON.stringify({ name: "M", uniq_id: "m", stat_t: "m/s", dev_cla: "motion", off_dly: 5 }),
  );
  broker.deliver("m/s", "ON");
  expect(sensor("m")?.value).toBe(1);
  clock.advance(5_000);
  expect(sensor("m")?.value).toBe(0);
});

it("forgets a removed sensor and takes no announcement of its own for one", () => {
  const { broker, sensing, announce } = house();
  announce({});
  for (const own of ["hypervolt_plan", "hypervolt/living_room/ldr_1"]) announce({ uniq_id: own }, "binary_sensor");
  expect(sensing.sensors()).toHaveLength(1);
  broker.deliver("homeassistant/sensor/x/config", "", true);
  expect(sensing.sensors()).toEqual([]);
});

it("takes Home Assistant's state where a template needs it", () => {
  const { broker, needs, readings, sensing, sensor, announce } = house();
  announce({ dev_cla: "power", unit_of_meas: "W", val_tpl: "{{ value | float + states('sensor.y') | float }}" });
  broker.deliver("x/s", "1");
  expect(needs).toEqual(["mqtt:sensor:x"]);
  expect(sensor("x")?.value).toBeNull();
  sensing.takeHomeAssistantState("mqtt:sensor:x", "42");
  expect(sensor("x")?.value).toBe(42);
  expect(readings).toMatchObject([{ sensorId: "mqtt:sensor:x", value: 42 }]);
});

it.each([
  [
    "zigbee2mqtt",
    { name: "Power", val_tpl: "{{ value_json.power }}", unit_of_meas: "W", dev_cla: "power" },
    '{"power":37,"update":{"state":"idle"}}',
    37,
    "power",
  ],
  [
    "Tasmota",
    { name: "ENERGY Power", val_tpl: "{{value_json['ENERGY']['Power']}}", unit_of_meas: "W", dev_cla: "power" },
    '{"ENERGY":{"Power":12}}',
    12,
    "power",
  ],
  ["ESPHome", { name: "Living Temperature", unit_of_meas: "°C", dev_cla: "temperature" }, "21.3", 21.3, "temperature"],
  [
    "Shelly",
    { name: "energy", val_tpl: "{{value_json.aenergy.total}}", unit_of_meas: "kWh", dev_cla: "energy" },
    '{"aenergy":{"total":1.5}}',
    1_500,
    "energy",
  ],
  ["mqtt-io", { name: "ldr", exp_aft: 25 }, "0.71", 0.71, "ldr"],
  ["rpi-mqtt-monitor", { name: "CPU temperature", unit_of_meas: "°C" }, "48.2", 48.2, "temperature"],
  ["a thin one without a name", { name: "Sensor 3", unit_of_meas: "mA" }, "250", 0.25, "current"],
])("reads what %s publishes", (_publisher, config, payload, value, sensorType) => {
  const { broker, sensor, announce } = house();
  announce(config);
  broker.deliver("x/s", payload);
  expect(sensor("x")).toMatchObject({ value, sensor: { sensorType } });
});

it("is less sure of a name that the values belie, and takes the user's word", () => {
  const { broker, sensing, sensor, announce } = house();
  announce({ name: "Humidity" });
  const before = sensor("x")?.sensor.confidence ?? 0;
  broker.deliver("x/s", "740");
  expect(sensor("x")?.sensor.confidence).toBeLessThan(before);
  sensing.correct("mqtt:sensor:x", { sensorType: "ldr" });
  expect(sensor("x")?.sensor).toMatchObject({ sensorType: "ldr", unit: "lx", confidence: 1 });
});

it("knows nothing of discovered sensors while the broker is away, and shows them again as they were", () => {
  const { broker, announce, sensor, sensing, readings } = house();
  announce({ unit_of_measurement: "W", avty_t: "x/up" });
  broker.deliver("x/up", "online");
  broker.deliver("x/s", "12.5");
  expect(sensor("x")).toMatchObject({ value: 12.5, available: true });
  broker.connect(false);
  expect(sensor("x")).toMatchObject({ value: null, available: false });
  broker.connect(true);
  expect(sensor("x")).toMatchObject({ value: 12.5, available: true });
  broker.deliver("x/up", "offline");
  broker.connect(false);
  broker.connect(true);
  expect(sensor("x")).toMatchObject({ value: null, available: false });
  expect(readings).toHaveLength(1);
  expect(sensing.refused()).toEqual([]);
});

it("keeps the state lent by Home Assistant over the broker's absence, until it can read one itself", () => {
  const { broker, announce, sensor, sensing } = house();
  announce({
    unit_of_measurement: "W",
    val_tpl: "{{ value_json.p if value_json.p is defined else states('sensor.y') }}",
  });
  broker.deliver("x/s", "{}");
  sensing.takeHomeAssistantState("mqtt:sensor:x", "7");
  broker.connect(false);
  expect(sensor("x")).toMatchObject({ value: null, available: false });
  broker.connect(true);
  expect(sensor("x")).toMatchObject({ value: 7, available: true });
  broker.deliver("x/s", '{"p": 8}');
  expect(sensor("x")).toMatchObject({ value: 8 });
  broker.connect(false);
  broker.connect(true);
  expect(sensor("x")).toMatchObject({ value: 8, available: true });
});

it("says of every reading timed by its arrival under which number it came", () => {
  const { broker, announce, readings } = house();
  announce({ unit_of_measurement: "W" });
  const delivery = { packetId: 0, redelivered: false };
  broker.deliver("x/s", "5", false, delivery);
  broker.deliver("HyperVolt/sensors/living_room/ldr", native({}), false, delivery);
  broker.deliver("HyperVolt/sensors/living_room/ldr", native({ timestamp: "2026-01-26T07:59:58Z" }), false, delivery);
  expect(readings.map((reading) => reading.delivery)).toEqual([delivery, delivery, undefined]);
});

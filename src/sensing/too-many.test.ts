import { expect, it } from "vitest";
import { MS_PER_DAY, MS_PER_HOUR } from "../domain/units.ts";
import type { AcknowledgedReading, Sensor } from "../domain/reading.ts";
import { DiscoveredPlaces, MOST_DISCOVERED_SENSORS } from "./discovery/discovered-places.ts";
import { MOST_DISCOVERED_ACTUATORS } from "./discovery/discovery.ts";
import { NoRoom } from "./discovery/rules.ts";
import { MOST_NATIVE_DEVICES } from "./native/native-devices.ts";
import { MOST_NATIVE_SENSORS, SILENT_MS } from "./native/native-places.ts";
import { createSensing, type Device, type SensingInput } from "./sensing.ts";
import { fakeBroker, handClock, silentLog } from "./testing.ts";

function house(more: Partial<SensingInput> = {}) {
  const broker = fakeBroker();
  const clock = handClock(Date.UTC(2026, 0, 26, 8));
  const { log, lines } = silentLog();
  const readings: AcknowledgedReading[] = [];
  const removed: string[] = [];
  const gone: string[] = [];
  const sensing = createSensing({
    broker,
    clock,
    log,
    timezone: "UTC",
    onReading: (reading) => readings.push(reading),
    onSensorRemoved: ({ sensorId }) => removed.push(sensorId),
    onDeviceGone: (device: Device) => gone.push(device.deviceId),
    ...more,
  });
  const says = (sensorId: string, location = "hall"): void =>
    broker.deliver(`HyperVolt/sensors/${location}/power`, JSON.stringify({ sensor_id: sensorId, value: 1, unit: "W" }));
  const invent = (from: number, to: number): void => {
    for (let i = from; i < to; i++) says(`s_${i}`);
  };
  const ids = (): string[] => sensing.sensors().map(({ sensor }) => sensor.sensorId);
  const announce = (location: string, device: string, kind: "light" | "relay" = "light"): void =>
    broker.deliver(`HyperVolt/devices/${location}/${device}`, JSON.stringify({ kind, state_topic: `p/${device}` }));
  return { broker, clock, lines, readings, removed, gone, sensing, says, invent, ids, announce };
}
const refusedOf = ({ sensing }: ReturnType<typeof house>) =>
  sensing.refused().map(({ reason, count, detail }) => ({ reason, count, detail }));

it("takes no more native sensors than a home can have, says why seldom, and goes on with those it knows", () => {
  const home = house();
  home.says("known");
  home.invent(0, MOST_NATIVE_SENSORS + 500);
  home.says("known");
  expect(home.ids()).toHaveLength(MOST_NATIVE_SENSORS);
  expect(home.readings.filter(({ sensorId }) => sensorId === "known")).toHaveLength(2);
  expect(home.readings).toHaveLength(MOST_NATIVE_SENSORS + 1);
  expect(home.broker.acknowledged()).toBe(501); // the refused ones; the others once they are stored
  expect(refusedOf(home)).toEqual([{ reason: "too_many", count: 501, detail: expect.stringContaining("passwords") }]);
  expect(home.lines()).toHaveLength(1);
});

it("gives the place of the sensor that was silent longest to a new one after a week, never one a person spoke of", () => {
  const home = house();
  home.says("named");
  home.sensing.correct("named", { name: "Cellar" });
  home.says("oldest");
  home.clock.advance(MS_PER_HOUR);
  home.invent(2, MOST_NATIVE_SENSORS);
  home.clock.advance(SILENT_MS - MS_PER_HOUR - 1);
  home.says("new");
  expect(home.removed).toEqual([]);
  home.clock.advance(1);
  home.says("new");
  home.says("newer");
  expect(home.removed).toEqual(["oldest"]);
  expect(home.ids()).toContain("new");
  expect(home.ids()).not.toContain("newer");
  home.clock.advance(MS_PER_HOUR);
  home.says("oldest", "attic");
  expect(home.removed).toEqual(["oldest", "s_2"]);
  // Its past is kept under that id.
  expect(home.ids()).toContain("attic_oldest");
  expect(home.ids()).toContain("named");
});

it("gives sensors of earlier runs an hour to be heard before one of them counts as silent", () => {
  const known = Array.from({ length: MOST_NATIVE_SENSORS }, (_, i) => ({
    sensor: {
      source: "native",
      sensorId: `s_${i}`,
      uniqueId: `s_${i}`,
      location: "hall",
      sensorType: "power",
    } as Sensor,
    heardMs: i,
  }));
  const home = house({ known });
  home.says("new");
  expect(home.removed).toEqual([]);
  home.says("s_0");
  home.clock.advance(MS_PER_HOUR);
  home.says("new");
  expect(home.removed).toEqual(["s_1"]);
});

it("gives no place away where several processes share the readings: each hears only some", () => {
  const home = house({ share: "hypervolt" });
  home.invent(0, MOST_NATIVE_SENSORS);
  home.clock.advance(2 * SILENT_MS);
  home.says("new");
  expect(home.removed).toEqual([]);
  expect(refusedOf(home)).toMatchObject([{ reason: "too_many" }]);
});

it("takes no more native devices than a home can have, and first those it knew", () => {
  const home = house({ knownDevices: [{ deviceId: "hall_lamp", location: "hall", device: "lamp" }] });
  for (let i = 0; i < MOST_NATIVE_DEVICES + 5; i++) home.announce("hall", `d_${i}`);
  home.announce("hall", "lamp");
  expect(home.sensing.devices()).toHaveLength(MOST_NATIVE_DEVICES);
  expect(home.sensing.devices().map(({ deviceId }) => deviceId)).toContain("hall_lamp");
  expect(refusedOf(home)).toMatchObject([{ reason: "too_many", count: 6 }]);
  home.broker.deliver("HyperVolt/devices/hall/d_0", "");
  home.announce("hall", "late");
  expect(home.gone).toEqual(["hall_d_0"]);
  expect(home.sensing.devices().map(({ deviceId }) => deviceId)).toContain("hall_late");
});

it("tells devices apart whose location and name read the same, also after a restart in another order", () => {
  const first = house();
  first.announce("a_b", "c");
  first.announce("a", "b_c", "relay");
  const devices = first.sensing.devices().flatMap((device) => (device.source === "native" ? [device] : []));
  expect(devices.map(({ deviceId, location, kind }) => [deviceId, location, kind])).toEqual([
    ["a_b_c", "a_b", "light"],
    ["a_b_c_2", "a", "relay"],
  ]);
  const second = house({ knownDevices: devices });
  second.announce("a", "b_c");
  second.announce("a_b", "c");
  expect(second.sensing.devices().map(({ deviceId }) => deviceId)).toEqual(["a_b_c_2", "a_b_c"]);
  second.broker.deliver("HyperVolt/devices/a_b/c", "");
  expect(second.gone).toEqual(["a_b_c"]);
  expect(second.sensing.devices()).toMatchObject([{ deviceId: "a_b_c_2", location: "a" }]);
});

it("takes no more discovered sensors than a home can have, at once or by turns, and first those it knew", () => {
  const clock = handClock(0);
  const places = new DiscoveredPlaces(clock, ["known"]);
  for (let i = 1; i < MOST_DISCOVERED_SENSORS; i++) places.take(`x_${i}`);
  expect(() => places.take("new")).toThrow(NoRoom);
  places.take("known");
  places.take("x_1");
  // Who announces and withdraws in turn finds room for so many a day.
  for (let i = 1; i <= 5; i++) places.leave(`x_${i}`);
  places.take("x_1");
  places.take("new");
  expect(() => places.take("newer")).toThrow("retained");
  clock.advance(MS_PER_DAY + 1);
  for (let i = 0; i < 3; i++) places.take(`newer_${i}`);
  expect(() => places.take("newest")).toThrow(NoRoom);
});

it("holds no place for a sensor of an earlier run that is not announced within the hour", () => {
  const clock = handClock(0);
  const places = new DiscoveredPlaces(
    clock,
    Array.from({ length: MOST_DISCOVERED_SENSORS }, (_, i) => `x_${i}`),
  );
  expect(() => places.take("new")).toThrow(NoRoom);
  clock.advance(MS_PER_HOUR + 1);
  places.take("new");
});

it("counts a discovered sensor or lamp that finds no room as one too many, not as a wrong config", () => {
  const home = house();
  const lamp = (i: number): string => JSON.stringify({ unique_id: `l_${i}`, command_topic: `l/${i}/set` });
  for (let i = 0; i < MOST_DISCOVERED_ACTUATORS + 2; i++)
    home.broker.deliver(`homeassistant/light/l_${i}/config`, lamp(i), true);
  expect(home.sensing.devices()).toHaveLength(MOST_DISCOVERED_ACTUATORS);
  home.broker.deliver("homeassistant/light/l_0/config", "", true);
  home.broker.deliver("homeassistant/light/late/config", lamp(-1), true);
  expect(home.sensing.devices()).toHaveLength(MOST_DISCOVERED_ACTUATORS);
  expect(refusedOf(home)).toMatchObject([
    { reason: "too_many", count: 2, detail: expect.stringContaining("retained") },
  ]);
});

import { describe, expect, it } from "vitest";
import type { ControllableDevice } from "../domain/entity.ts";
import type { SensorState, SensorType } from "../domain/reading.ts";
import { dimmableRooms } from "./rooms.ts";

const AREA = { areaId: "study", name: "Study", floorId: null };
const lamp: ControllableDevice = {
  deviceId: "lamp",
  entityId: "light.lamp",
  name: "Lamp",
  kind: "light",
  areaId: "study",
  maxW: 10,
  dimmable: true,
};
const sensor = (sensorId: string, sensorType: SensorType, value: number, atS: number): SensorState => ({
  sensor: {
    sensorId,
    uniqueId: null,
    source: "native",
    sensorType,
    name: sensorId,
    device: null,
    location: "study",
    unit: "",
  },
  value,
  atMs: atS * 1_000,
  available: true,
});
const roomOf = (...sensors: SensorState[]) => dimmableRooms([AREA], [lamp], sensors)[0];

describe("a room with several sensors", () => {
  it("is as light as they say together, whichever spoke last", () => {
    const window = sensor("window", "ldr", 800, 1_000);
    expect(roomOf(window, sensor("corner", "ldr", 100, 1_004))?.lux).toEqual({ value: 450, atMs: 1_000_000 });
    expect(roomOf(sensor("window", "ldr", 800, 1_006), sensor("corner", "ldr", 100, 1_004))?.lux?.value).toBe(450);
    expect(roomOf(window, sensor("corner", "ldr", 100, 1_400))?.lux).toEqual({ value: 100, atMs: 1_400_000 });
  });
  it("is occupied while any of them sees somebody, and nobody knows where there is none", () => {
    const seen = sensor("chair", "occupancy", 1, 100);
    expect(roomOf(seen, sensor("door", "motion", 0, 200))?.occupied).toBe(true);
    expect(roomOf(sensor("door", "motion", 0, 200))?.occupied).toBe(false);
    expect(roomOf(sensor("lux", "ldr", 5, 1))?.occupied).toBeNull();
  });
});

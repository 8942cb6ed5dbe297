import { expect, it } from "vitest";
import { TestClock } from "../../tests/harness/acting-house.ts";
import type { NativeDevice } from "../sensing/sensing.ts";
import { rememberPiDevices } from "./pi-devices.ts";

const silent = (): void => undefined;
const log = { debug: silent, info: silent, warning: silent, error: silent };
const lamp = (location: string, device: string, deviceId = `${location}_${device}`): NativeDevice => ({
  source: "native",
  deviceId,
  location,
  device,
  kind: "light",
  name: device,
  stateTopic: `pi/${deviceId}`,
  commandTopic: `pi/${deviceId}/set`,
  maxW: null,
  state: null,
});
const MINUTE_MS = 60_000;

/** What is stored outlives the runs. */
function storage(kept: Record<string, unknown> = {}) {
  let isFull = false;
  return {
    kept,
    fill: (full: boolean) => void (isFull = full),
    preferences: async () => kept,
    setPreferences: async (values: Readonly<Record<string, unknown>>) => {
      if (isFull) throw new Error("disk full");
      Object.assign(kept, values);
    },
  };
}

it("knows the devices of the last run, and under which ids, once they had settled", async () => {
  const [store, clock] = [storage(), new TestClock()];
  const first = await rememberPiDevices(store, clock, log);
  expect(first.known).toEqual([]);
  const there = [lamp("a_b", "c")];
  first.changed(() => there);
  there.push(lamp("a", "b_c", "a_b_c_2"));
  await clock.advance(2 * MINUTE_MS);
  first.close();
  expect((await rememberPiDevices(store, clock, log)).known).toEqual([
    { deviceId: "a_b_c", location: "a_b", device: "c" },
    { deviceId: "a_b_c_2", location: "a", device: "b_c" },
  ]);
});

it("keeps them at the next change where they could not be stored, and knows none of what is damaged", async () => {
  const [store, clock] = [storage({ piDevices: "nothing of the kind" }), new TestClock()];
  const devices = await rememberPiDevices(store, clock, log);
  expect(devices.known).toEqual([]);
  store.fill(true);
  devices.changed(() => [lamp("hall", "lamp")]);
  await clock.advance(2 * MINUTE_MS);
  store.fill(false);
  devices.changed(() => [lamp("hall", "lamp")]);
  await clock.advance(2 * MINUTE_MS);
  expect((await rememberPiDevices(store, clock, log)).known).toHaveLength(1);
});

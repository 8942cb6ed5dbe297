import { expect, it } from "vitest";
import { TestClock } from "../../tests/harness/acting-house.ts";
import type { Clock } from "../domain/clock.ts";
import type { Ask } from "./home-assistant.ts";
import { RegistryWatch } from "./registry-watch.ts";

const silent = { debug: () => undefined, info: () => undefined, warning: () => undefined, error: () => undefined };
/** A Home Assistant with one area, that may not answer. */
function houseWith(name: string) {
  const house = { asked: 0, answers: true, name };
  const ask: Ask = async ({ type }) => {
    house.asked += 1;
    if (!house.answers) throw new Error("no answer within 30 s");
    return type === "config/area_registry/list" ? [{ area_id: "one", name: house.name }] : [];
  };
  return { house, ask };
}
/** @param spentMs  what answering has taken, ms, beside what the clock was moved on */
const watching = (spentMs = () => 0) => {
  const clock = new TestClock();
  const told: (string | undefined)[] = [];
  const own: Clock = { nowMs: () => clock.nowMs() + spentMs(), after: (ms, task) => clock.after(ms, task) };
  const watch = new RegistryWatch({ clock: own, log: silent, onRead: ({ areas }) => void told.push(areas[0]?.name) });
  return { clock, told, watch };
};

it("reads the registries once for several changes, and tells what they are now", async () => {
  const { clock, told, watch } = watching();
  const { house, ask } = houseWith("Kitchen");
  await watch.read(ask);
  house.name = "Bakery";
  for (let change = 0; change < 5; change++) watch.soon(ask);
  await clock.advance(1_000);
  expect([told, house.asked]).toEqual([["Bakery"], 8]);
  expect(watch.current().areas[0]?.name).toBe("Bakery");
});

it("leaves a slow Home Assistant in peace while changes keep coming, and reads the last of them", async () => {
  let spentMs = 0;
  const { clock, told, watch } = watching(() => spentMs);
  const { house, ask } = houseWith("Kitchen");
  const slowly: Ask = async (message) => {
    spentMs += 100;
    return ask(message);
  };
  await watch.read(slowly);
  for (let change = 0; change < 40; change++) {
    house.name = `Kitchen ${change}`;
    watch.soon(slowly);
    await clock.advance(250);
  }
  // Each reading takes 0.4 s: in the 10 s there is time for two more.
  expect([house.asked, told.length]).toEqual([12, 2]);
  await clock.advance(10_000);
  expect(told.at(-1)).toBe("Kitchen 39");
});

it("keeps what it knows where an answer is no list", async () => {
  const { watch } = watching();
  const { ask } = houseWith("Kitchen");
  await watch.read(ask);
  for (const answer of [null, {}, "restarting"])
    await expect(
      watch.read(async (message) => (message.type.includes("entity") ? answer : ask(message))),
    ).rejects.toMatchObject({ code: "HOME_ASSISTANT_UNAVAILABLE" });
  expect(watch.current().areas).toHaveLength(1);
});

it("leaves out a row it does not understand, and keeps the others", async () => {
  const { watch } = watching();
  const rows: Record<string, unknown[]> = {
    "config/entity_registry/list": [{ entity_id: 5 }, null, { entity_id: "sensor.a", platform: "mqtt", unique_id: 7 }],
  };
  await watch.read(async ({ type }) => rows[type] ?? []);
  expect(watch.current().entities.map(({ entityId, uniqueId }) => [entityId, uniqueId])).toEqual([["sensor.a", "7"]]);
});

it("tries again where the reading failed, until the connection is gone", async () => {
  const { clock, told, watch } = watching();
  const { house, ask } = houseWith("Kitchen");
  house.answers = false;
  watch.soon(ask);
  await clock.advance(1_000);
  house.answers = true;
  await clock.advance(60_000);
  expect(told).toEqual(["Kitchen"]);
  house.answers = false;
  watch.soon(ask);
  await clock.advance(1_000);
  watch.stop();
  house.answers = true;
  await clock.advance(120_000);
  expect(told).toEqual(["Kitchen"]);
});

it("takes no answer of a connection that is gone", async () => {
  const { watch } = watching();
  const { ask } = houseWith("Kitchen");
  const late = watch.read(ask);
  watch.stop();
  await late;
  expect(watch.current().areas).toEqual([]);
});

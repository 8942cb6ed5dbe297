import { expect, it } from "vitest";
import { TestClock } from "../../tests/harness/acting-house.ts";
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
const watching = () => {
  const clock = new TestClock();
  const told: (string | undefined)[] = [];
  const watch = new RegistryWatch({ clock, log: silent, onRead: ({ areas }) => void told.push(areas[0]?.name) });
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

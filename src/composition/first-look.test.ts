import { expect, it } from "vitest";
import { TestClock } from "../../tests/harness/acting-house.ts";
import { HyperVoltError } from "../domain/errors.ts";
import type { HomeAssistant } from "../home-assistant/home-assistant.ts";
import type { Registries } from "../home-assistant/registries.ts";
import type { HistoryStore } from "../memory/history.ts";
import { takeFirstLook } from "./first-look.ts";

const silent = { debug: () => undefined, info: () => undefined, warning: () => undefined, error: () => undefined };

/** A Home Assistant that does not answer until it is let. */
function slowHome() {
  const waiting: ((error: Error) => void)[] = [];
  const connects: (() => Promise<void>)[] = [];
  const changes: ((registries: Registries) => void | Promise<void>)[] = [];
  const stopping = <T>(listeners: T[], run: T) => ({
    stop: () => void listeners.splice(listeners.indexOf(run), 1),
  });
  let asked = 0;
  const home = {
    connected: () => true,
    ask: () => {
      asked += 1;
      return new Promise((_, reject) => waiting.push(reject));
    },
    onConnect: (run: () => Promise<void>) => {
      connects.push(run);
      return stopping(connects, run);
    },
    onRegistryChange: (run: (registries: Registries) => void | Promise<void>) => {
      changes.push(run);
      return stopping(changes, run);
    },
  } as unknown as HomeAssistant;
  return {
    home,
    asked: () => asked,
    connect: (): Promise<unknown> => Promise.all(connects.map((run) => run())),
    change: (): void => changes.forEach((run) => void run(undefined as unknown as Registries)),
    listeners: () => connects.length + changes.length,
    fail: () => waiting.splice(0).forEach((reject) => reject(new HyperVoltError("HOME_ASSISTANT_UNAVAILABLE", "slow"))),
  };
}

it("takes one look at a time, another after what changed meanwhile, and soon again after one that failed", async () => {
  const clock = new TestClock();
  const slow = slowHome();
  const look = takeFirstLook({
    homeAssistant: slow.home,
    history: {} as HistoryStore,
    clock,
    log: silent,
    currency: () => "EUR",
    shiftable: () => [],
    onLook: () => undefined,
  });
  const first = slow.connect();
  void slow.connect();
  slow.change();
  await clock.advance(60_000);
  expect(slow.asked()).toBe(1);
  slow.fail();
  await first;
  const second = clock.advance(10_000);
  expect(slow.asked()).toBe(2);
  slow.fail();
  await second;
  const third = clock.advance(60_000);
  expect(slow.asked()).toBe(3);
  look.close();
  slow.fail();
  await third;
  await slow.connect();
  await clock.advance(3_600_000);
  expect([slow.asked(), slow.listeners()]).toEqual([3, 0]);
});

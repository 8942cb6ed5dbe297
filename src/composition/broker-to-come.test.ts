import { expect, it, vi } from "vitest";
import { TestClock } from "../../tests/harness/acting-house.ts";
import { HyperVoltError } from "../domain/errors.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import { brokerToCome, type FoundBroker } from "./broker-to-come.ts";

/** A broker that keeps what it is asked. */
function fakeBroker(key = "mqtt://core-mosquitto:1883 old password") {
  const filters: string[] = [];
  const close = vi.fn(async () => undefined);
  const [pause, resume] = [vi.fn(), vi.fn()];
  let state: "ok" | "down" = "ok";
  const found: FoundBroker = {
    key,
    connect: () => ({
      publish: async () => undefined,
      subscribe: (filter) => {
        filters.push(filter);
        return { unsubscribe: () => void filters.splice(filters.indexOf(filter), 1) };
      },
      onConnect: (run) => run(),
      onDisconnect: () => undefined,
      state: () => ({ name: "broker", state, sinceMs: 0, detail: key, todo: null }),
      pause,
      resume,
      close,
    }),
  };
  return { found, filters, close, pause, resume, refuse: () => void (state = "down") };
}

it("hands everything over to a broker that the Supervisor comes to know later", async () => {
  const clock = new TestClock();
  const { found, filters, close, pause, resume } = fakeBroker();
  let known = false;
  const coming = await brokerToCome(async () => (known ? found : null), true, clock);
  const connected = vi.fn();
  coming.onConnect(connected);
  coming.subscribe("a/#", 1, () => undefined);
  const dropped = coming.subscribe("b/#", 1, () => undefined);
  dropped.unsubscribe();
  await clock.advance(2 * MS_PER_MINUTE);
  expect(coming.state()).toMatchObject({ state: "down", detail: "no broker is known" });
  await expect(coming.publish("a", "1", { qos: 1 })).rejects.toThrow("no broker is known");
  coming.pause();
  known = true;
  await clock.advance(MS_PER_MINUTE);
  expect([filters, connected.mock.calls.length, coming.state().state]).toEqual([["a/#"], 1, "ok"]);
  expect([pause.mock.calls.length, resume.mock.calls.length]).toEqual([1, 0]);
  coming.resume();
  expect(resume).toHaveBeenCalledTimes(1);
  coming.subscribe("c/#", 0, () => undefined).unsubscribe();
  expect(filters).toEqual(["a/#"]);
  await coming.close();
  expect(close).toHaveBeenCalledTimes(1);
});

it("goes over to a broker that is known under a new password, and asks nobody while the connection stands", async () => {
  const clock = new TestClock();
  const [before, after] = [fakeBroker("old password"), fakeBroker("new password")];
  let offered: FoundBroker | null = before.found;
  const find = vi.fn(async () => offered);
  const coming = await brokerToCome(find, true, clock);
  const connected = vi.fn();
  coming.onConnect(connected);
  coming.subscribe("a/#", 1, () => undefined);
  await clock.advance(5 * MS_PER_MINUTE);
  expect(find).toHaveBeenCalledTimes(1);
  before.refuse();
  offered = null; // the broker's app is being installed anew
  await clock.advance(MS_PER_MINUTE);
  expect(coming.state()).toMatchObject({ state: "down", detail: "old password" });
  offered = after.found;
  await clock.advance(MS_PER_MINUTE);
  expect(coming.state()).toMatchObject({ state: "ok", detail: "new password" });
  expect([after.filters, before.close.mock.calls.length, connected.mock.calls.length]).toEqual([["a/#"], 1, 2]);
  await coming.close();
});

it("says that the Supervisor does not answer, instead of asking for a broker to be installed", async () => {
  const clock = new TestClock();
  const coming = await brokerToCome(
    () => Promise.reject(new HyperVoltError("HOME_ASSISTANT_UNAVAILABLE", "the Supervisor answered 403")),
    true,
    clock,
  );
  expect(coming.state()).toMatchObject({ state: "down", detail: expect.stringContaining("answered 403") });
  expect(coming.state().todo).not.toContain("Install");
  await coming.close();
});

it("asks no more once it was closed, and keeps no connection that was found meanwhile", async () => {
  const clock = new TestClock();
  const { found, filters } = fakeBroker();
  const find = vi.fn(async (): Promise<FoundBroker | null> => null);
  const closedFirst = await brokerToCome(find, true, clock);
  await closedFirst.close();
  await clock.advance(5 * MS_PER_MINUTE);
  expect(find).toHaveBeenCalledTimes(1);

  let answer: (found: FoundBroker | null) => void = () => undefined;
  let asked = 0;
  const slow = await brokerToCome(
    () => (asked++ === 0 ? Promise.resolve(null) : new Promise((resolve) => (answer = resolve))),
    true,
    clock,
  );
  slow.subscribe("a/#", 1, () => undefined);
  const looking = clock.advance(MS_PER_MINUTE);
  await slow.close();
  answer(found);
  await looking;
  expect(filters).toEqual([]);
});

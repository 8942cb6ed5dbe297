import { expect, it, vi } from "vitest";
import { TestClock } from "../../tests/harness/acting-house.ts";
import type { Broker } from "../domain/broker.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import { brokerToCome } from "./broker-to-come.ts";

/** A broker that keeps what it is asked. */
function fakeBroker() {
  const filters: string[] = [];
  const close = vi.fn(async () => undefined);
  const broker: Broker = {
    publish: async () => undefined,
    subscribe: (filter) => {
      filters.push(filter);
      return { unsubscribe: () => void filters.splice(filters.indexOf(filter), 1) };
    },
    onConnect: (run) => run(),
    onDisconnect: () => undefined,
    state: () => ({ name: "MQTT broker", state: "ok", sinceMs: 0, detail: null, todo: null }),
    close,
  };
  return { broker, filters, close };
}

it("hands everything over to a broker that the Supervisor comes to know later", async () => {
  const clock = new TestClock();
  const { broker, filters, close } = fakeBroker();
  let known = false;
  const coming = brokerToCome(async () => (known ? broker : null), true, clock);
  const connected = vi.fn();
  coming.onConnect(connected);
  coming.subscribe("a/#", 1, () => undefined);
  const dropped = coming.subscribe("b/#", 1, () => undefined);
  dropped.unsubscribe();
  await clock.advance(2 * MS_PER_MINUTE);
  expect(coming.state()).toMatchObject({ state: "down", detail: "no broker is known" });
  await expect(coming.publish("a", "1", { qos: 1 })).rejects.toThrow("no broker is known");
  known = true;
  await clock.advance(MS_PER_MINUTE);
  expect([filters, connected.mock.calls.length, coming.state().state]).toEqual([["a/#"], 1, "ok"]);
  coming.subscribe("c/#", 0, () => undefined).unsubscribe();
  expect(filters).toEqual(["a/#"]);
  await coming.close();
  expect(close).toHaveBeenCalledTimes(1);
});

it("asks no more once it was closed, and keeps no connection that was found meanwhile", async () => {
  const clock = new TestClock();
  const { broker, filters, close } = fakeBroker();
  const find = vi.fn(async () => broker);
  const closedFirst = brokerToCome(find, true, clock);
  await closedFirst.close();
  await clock.advance(5 * MS_PER_MINUTE);
  expect(find).not.toHaveBeenCalled();

  let answer: (found: Broker) => void = () => undefined;
  const slow = brokerToCome(() => new Promise((resolve) => (answer = resolve)), true, clock);
  slow.subscribe("a/#", 1, () => undefined);
  const looking = clock.advance(MS_PER_MINUTE);
  await slow.close();
  answer(broker);
  await looking;
  expect([close.mock.calls.length, filters]).toEqual([1, []]);
});

import { expect, it } from "vitest";
import type { Broker } from "../domain/broker.ts";
import { HyperVoltError } from "../domain/errors.ts";
import { readRecording } from "./recording.ts";
import { play } from "./replay.ts";

const SITE = JSON.stringify({ id: "home", timezone: "Europe/Berlin", stepMinutes: 15, currency: "EUR" });
const ROWS = Array.from(
  { length: 40 },
  (_, i) => `2025-02-20T${String(i >> 2).padStart(2, "0")}:${(i % 4) * 15 || "00"}:00Z,${i}`,
);
const RECORDING = readRecording(["time,load_w", ...ROWS].join("\n"), "home.csv", SITE, "home.json");

/** A clock on which waiting takes no time, and a broker that is away between two of its instants. */
function brokerAway(fromMs: number, toMs: number) {
  let nowMs = 0;
  const taken: string[] = [];
  const isAway = (): boolean => nowMs >= fromMs && nowMs < toMs;
  const broker = {
    publish: async (_topic: string, payload: string | Uint8Array) => {
      if (isAway()) throw new HyperVoltError("BROKER_UNAVAILABLE", "restarting");
      taken.push(String(payload));
    },
    state: () => ({ name: "broker", state: isAway() ? "down" : "ok", sinceMs: 0, detail: null, todo: null }),
  } as unknown as Broker;
  const clock = {
    nowMs: () => nowMs,
    after: (delayMs: number, task: () => void) => {
      void Promise.resolve().then(() => {
        nowMs += delayMs;
        task();
      });
      return { cancel: () => {} };
    },
  };
  return { broker, clock, taken };
}
const HOUR_PER_SECOND = 3_600;

it("waits for a broker that restarts, and leaves nothing out and nothing out of order", async () => {
  const { broker, clock, taken } = brokerAway(3_000, 20_000);
  expect(await play(broker, RECORDING, HOUR_PER_SECOND, clock, () => {})).toBe(40);
  expect(taken).toEqual(Array.from({ length: 40 }, (_, i) => String(i)));
});

it("gives up when the broker stays away for a minute", async () => {
  const { broker, clock } = brokerAway(3_000, Infinity);
  await expect(play(broker, RECORDING, HOUR_PER_SECOND, clock, () => {})).rejects.toMatchObject({
    code: "BROKER_UNAVAILABLE",
  });
});

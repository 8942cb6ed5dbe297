import { once } from "node:events";
import http from "node:http";
import { expect, it, onTestFinished, vi } from "vitest";
import { HANGS_MS, serve, TOKEN, type Served } from "../../tests/harness/serving-house.ts";
import type { ServerParts } from "./server.ts";
import type { StoredReading } from "./views.ts";

const batch = (at: number): StoredReading[] =>
  Array.from({ length: 1_000 }, (_, i) => ({
    id: `${at}-${i}`,
    sensorId: "p",
    atMs: at * 1_000 + i,
    value: i,
    sensor: null,
  }));

/** A server whose history never ends: `made` counts the batches it was asked for, `ended` tells that it was let go. */
async function endless(
  fails = false,
  more: Partial<ServerParts> = {},
  firstAfter = Promise.resolve(),
): Promise<{ served: Served; made: () => number; ended: () => boolean }> {
  const served = await serve(undefined, more);
  onTestFinished(() => served.stop());
  let made = 0;
  let ended = false;
  served.house.readings.exportReadings = async function* () {
    await firstAfter;
    try {
      for (;;) {
        if (fails && made === 3) throw new Error("disk gone");
        yield batch(made++);
      }
    } finally {
      ended = true;
    }
  };
  return { served, made: () => made, ended: () => ended };
}

const open = (served: Served): Promise<http.IncomingMessage> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(served.url);
    const headers = { authorization: `Bearer ${TOKEN}` };
    http
      .get({ hostname, port, path: "/api/sensor-readings/export?format=ndjson", headers, agent: false }, resolve)
      .on("error", reject);
  });

it("reads no faster from the history than the client takes, and stops when it leaves", async () => {
  const { served, made, ended } = await endless();
  const answer = await open(served);
  answer.pause();
  // It is at a standstill when a whole second of turns of the event loop has asked for nothing more.
  let before = -1;
  await vi.waitFor(
    () => {
      const now = made();
      const still = now === before;
      before = now;
      expect(still).toBe(true);
    },
    { interval: 300, timeout: HANGS_MS },
  );
  expect(made()).toBeLessThan(200);
  const standstill = made();
  answer.resume();
  await vi.waitFor(() => expect(made()).toBeGreaterThan(standstill + 20), HANGS_MS);
  answer.destroy();
  await vi.waitFor(() => expect(ended()).toBe(true), HANGS_MS);
});

it("cuts an export off when the history fails, so that a part is not taken for the whole", async () => {
  const { served } = await endless(true);
  const answer = await open(served);
  const outcome = new Promise((resolve) => {
    answer.on("end", () => resolve("whole")).on("error", () => resolve("cut off"));
  });
  answer.resume();
  expect(await outcome).toBe("cut off");
  expect(served.log.lines.map(({ message }) => message)).toContain("An export was cut off");
});

it("lets go of a client that takes nothing for long", async () => {
  const { served, ended } = await endless(false, { stalledMs: 500 });
  const answer = await open(served);
  const closed = new Promise((resolve) => answer.on("close", resolve).on("error", resolve));
  answer.pause();
  await vi.waitFor(() => expect(ended()).toBe(true), HANGS_MS);
  expect(await (await served.ask("/metrics")).text()).toMatch(/^hypervolt_http_stalled_total 1$/m);
  expect(served.log.lines).toEqual([]);
  answer.resume();
  await closed;
});

it("does not blame a client for what takes long to be made", async () => {
  const made = Promise.withResolvers<void>();
  const { served } = await endless(false, { stalledMs: 50 }, made.promise);
  const answering = open(served);
  await new Promise((resolve) => setTimeout(resolve, 500));
  made.resolve();
  const answer = await answering;
  const [first] = (await once(answer, "data")) as [Buffer];
  expect(first.toString()).toContain('"sensor_id":"p"');
  answer.destroy();
});

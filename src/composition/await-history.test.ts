import { expect, it } from "vitest";
import { TestClock } from "../../tests/harness/acting-house.ts";
import { HyperVoltError } from "../domain/errors.ts";
import type { DependencyState } from "../domain/log.ts";
import { isAway } from "../memory/postgres-session.ts";
import { awaitHistory } from "./await-history.ts";

const silent = { debug: () => undefined, info: () => undefined, warning: () => undefined, error: () => undefined };
const refused = (code: string, message = ""): HyperVoltError =>
  new HyperVoltError("HISTORY_UNAVAILABLE", message || code, { cause: Object.assign(new Error(message), { code }) });

/** A server that is away until it is said to be there. */
function awaited(stopping?: AbortSignal) {
  const clock = new TestClock();
  const server = { error: refused("ECONNREFUSED") as Error | null, tries: 0 };
  const door = { opened: 0, closed: 0, state: undefined as (() => DependencyState) | undefined };
  const history = awaitHistory({
    open: async () => {
      server.tries++;
      if (server.error) throw server.error;
      return "history";
    },
    isAway,
    whileAway: async (state) => {
      door.opened++;
      door.state = state;
      return { [Symbol.asyncDispose]: async () => void door.closed++ };
    },
    clock,
    log: silent,
    stopping,
  });
  return { clock, server, door, history };
}

it("waits for a server that is away, says so meanwhile, and goes on when it is there", async () => {
  const { clock, server, door, history } = awaited();
  for (let second = 0; second < 60; second++) await clock.advance(1_000);
  expect(server.tries).toBeGreaterThan(5);
  expect(server.tries).toBeLessThan(12);
  expect([door.opened, door.closed]).toEqual([1, 0]);
  expect(door.state?.()).toMatchObject({
    name: "history",
    state: "down",
    todo: expect.stringContaining("history_url"),
  });
  server.error = null;
  await clock.advance(10_000);
  expect(await history).toBe("history");
  expect(door.closed).toBe(1);
});

it("does not wait for what does not mend by itself", async () => {
  for (const error of [refused("28P01", "password authentication failed"), refused("3D000"), new TypeError("a bug")]) {
    const clock = new TestClock();
    const open = (): Promise<string> => Promise.reject(error);
    await expect(awaitHistory({ open, isAway, clock, log: silent })).rejects.toBe(error);
  }
});

it("ends at once when it is told to", async () => {
  const stopping = new AbortController();
  const { clock, door, history } = awaited(stopping.signal);
  await clock.advance(500);
  stopping.abort();
  await expect(history).rejects.toMatchObject({ code: "HISTORY_UNAVAILABLE" });
  expect(door.closed).toBe(1);
});

it.each([
  ["57P03", "the database system is starting up", true],
  ["57P01", "terminating connection due to administrator command", true],
  ["53300", "sorry, too many clients already", true],
  ["", "timeout exceeded when trying to connect", true],
  ["", "Connection terminated unexpectedly", true],
  ["EAI_AGAIN", "", true],
  ["42501", "permission denied", false],
  ["57P04", "the database was dropped", false],
])("takes %s %s for away: %s", (code, message, away) => {
  expect(isAway(refused(code, message))).toBe(away);
});

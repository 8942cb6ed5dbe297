import { expect, it } from "vitest";
import { TestClock } from "../../tests/harness/acting-house.ts";
import { SessionState } from "./session-state.ts";

it("says since when it is as it is, what is wrong, and asks a person only when patience is over", async () => {
  const clock = new TestClock();
  const state = new SessionState(clock);
  const startMs = clock.nowMs();
  await clock.advance(1_000);
  expect(state.down("it does not answer at its address", false, 1)).toBe(true);
  expect(state.down("it does not answer at its address", false, 2)).toBe(false);
  expect(state.now()).toMatchObject({ state: "down", sinceMs: startMs, todo: null });
  state.down("it does not answer at its address", false, 4);
  expect(state.now().todo).toContain("home_assistant_url");
  expect(state.down("Home Assistant refuses the token", true, 5)).toBe(true);
  expect(state.now().todo).toContain("home_assistant_token");
  await clock.advance(1_000);
  state.notWhole("starting");
  expect(state.now()).toMatchObject({ state: "degraded", todo: null });
  state.notWhole("recovery");
  expect(state.now()).toMatchObject({ state: "degraded", todo: expect.stringContaining("configuration") });
  state.ready("2026.11.0", 0);
  expect(state.now()).toMatchObject({ state: "ok", detail: "version 2026.11.0", todo: null, sinceMs: clock.nowMs() });
  state.ready("2026.11.0", 2);
  expect(state.now()).toMatchObject({ state: "degraded", detail: expect.stringContaining("not an administrator") });
  state.off("token");
  expect(state.now()).toMatchObject({ state: "off", detail: "no token is set" });
});

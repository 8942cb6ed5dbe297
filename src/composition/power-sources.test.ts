import { expect, it } from "vitest";
import { TestClock } from "../../tests/harness/acting-house.ts";
import type { ControllableDevice, EntityState } from "../domain/entity.ts";
import { parseOptions } from "../options/options.ts";
import { watchLocks } from "./lock-watch.ts";
import type { PlanInForce } from "./planning-cycle.ts";
import { dwellEndsMs, interlocksOf, transferSwitchOf, wantedSources } from "./power-sources.ts";

const STEP_MS = 15 * 60_000;
const options = parseOptions({
  power_sources: [
    { source: "grid", switch: "switch.grid" },
    { source: "solar", switch: "switch.solar" },
  ],
  source_dwell_minutes: 20,
});
const device = (name: string): ControllableDevice => ({
  deviceId: name,
  entityId: `switch.${name}`,
  name,
  kind: "switch",
  areaId: null,
  maxW: 0,
  dimmable: false,
});
const devices = [device("grid"), device("solar"), device("lamp")];
const home =
  (states: Record<string, string>, sinceMs = 0) =>
  (entityId: string) => {
    const state = states[entityId.replace("switch.", "")];
    return state === undefined
      ? undefined
      : ({
          entityId,
          state,
          attributes: {},
          lastChangedMs: sinceMs,
          lastUpdatedMs: sinceMs,
          contextId: null,
        } as EntityState);
  };
const planWith = (...sources: string[]): PlanInForce =>
  ({ startMs: 0, stepMs: STEP_MS, plan: { steps: sources.map((source) => ({ source })) } }) as unknown as PlanInForce;

it("guards the sources only while every one of their switches is known, and falls back to the grid", () => {
  expect(interlocksOf(options, devices)).toEqual([
    { interlockId: "power_sources", members: ["grid", "solar"], fallback: "grid" },
  ]);
  expect(interlocksOf(options, devices.slice(1))).toEqual([]);
  expect(interlocksOf(parseOptions({}), devices)).toEqual([]);
});

it("tells the plan which source is closed, for how long, and how long it must stay", () => {
  const seen = home({ grid: "on", solar: "off" }, 5 * 60_000);
  expect(transferSwitchOf(options, seen, 36 * 60_000, STEP_MS)).toEqual({
    sources: ["grid", "solar"],
    minDwellSteps: 2,
    initialSource: "grid",
    initialDwellSteps: 2,
  });
  const short = { ...options, source_dwell_minutes: 1 };
  expect(transferSwitchOf(short, seen, 5 * 60_000 + 59_000, STEP_MS)).toMatchObject({ initialDwellSteps: 0 });
  expect(transferSwitchOf(short, seen, 6 * 60_000, STEP_MS)).toMatchObject({ minDwellSteps: 1, initialDwellSteps: 1 });
  for (const states of [{ grid: "on", solar: "on" }, { grid: "on" }, { grid: "on", solar: "unavailable" }])
    expect(transferSwitchOf(options, home(states as Record<string, string>), 0, STEP_MS)).toBeUndefined();
});

it("wants the source of the plan's step, once the one that is closed has had its time", () => {
  const seen = home({ grid: "on", solar: "off" }, 0);
  const plan = planWith("grid", "solar", "battery");
  const wanted = (minutes: number) =>
    wantedSources(options, devices, seen, plan, minutes * 60_000).map(({ deviceId }) => deviceId);
  expect(wanted(5)).toEqual(["grid"]);
  expect(wanted(16)).toEqual([]);
  expect(wanted(25)).toEqual(["solar"]);
  expect(wanted(40)).toEqual([]);
  expect(wanted(400)).toEqual([]);
  expect(wantedSources(options, devices, seen, null, 0)).toEqual([]);
});

it("knows when the source that is closed may be left, and nothing where there is none or it cannot be seen", () => {
  expect(dwellEndsMs(options, home({ grid: "on", solar: "off" }, 5 * 60_000))).toBe(25 * 60_000);
  expect(dwellEndsMs(options, home({ grid: "on" }))).toBeNull();
  expect(dwellEndsMs(parseOptions({}), home({}))).toBeNull();
});

it("is planned for again at the moment the dwell ends, and from then on wants the other source", async () => {
  const clock = new TestClock();
  const closedMs = clock.nowMs() - 7_000;
  const seen = home({ grid: "on", solar: "off" }, closedMs);
  const plan = { ...planWith("solar", "solar", "solar"), startMs: clock.nowMs() };
  const plannedS: number[] = [];
  const wantedAtS: number[] = [];
  const sinceS = (): number => (clock.nowMs() - closedMs) / 1_000;
  const locks = watchLocks({
    clock,
    endsMs: () => [dwellEndsMs(options, seen) ?? 0],
    onEnd: async () => void plannedS.push(sinceS()),
  });
  for (let tick = 0; tick < 3 * 60; tick++) {
    locks.look();
    if (wantedSources(options, devices, seen, plan, clock.nowMs()).length > 0) wantedAtS.push(sinceS());
    await clock.advance(10_000);
  }
  expect(plannedS).toEqual([20 * 60]);
  expect(wantedAtS[0]).toBe(20 * 60 + 7);
});

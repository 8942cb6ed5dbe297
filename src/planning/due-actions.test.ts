import { expect, it } from "vitest";
import type { ControllableDevice } from "../domain/entity.ts";
import { actionsDue, dueActions } from "./due-actions.ts";
import type { RichPlan, RichProblem } from "./rich-problem.ts";

const problem: RichProblem = {
  kind: "hypervolt/plan-problem/v1",
  id: "home",
  timezone: "Europe/Paris",
  currency: "EUR",
  start: "2026-06-01T10:00:00Z",
  stepMinutes: 15,
  series: { loadW: [0, 0, 0, 0], importPricePerKwh: [1, 1, 1, 1] },
};
const device = (deviceId: string, kind: ControllableDevice["kind"]): ControllableDevice => ({
  deviceId,
  entityId: `switch.${deviceId}`,
  name: deviceId,
  kind,
  areaId: null,
  maxW: 100,
  dimmable: false,
});
const planOf = (loads: Record<string, number[]>): RichPlan => ({
  kind: "hypervolt/plan/v1",
  problem: "home",
  status: "optimal",
  objective: 0,
  cost: 0,
  carbonKg: 0,
  gap: 0,
  solveMs: 0,
  steps: [0, 1, 2, 3].map((t) => ({
    start: `2026-06-01T10:${String(t * 15).padStart(2, "0")}:00Z`,
    importW: 0,
    exportW: 0,
    pvW: 0,
    batteries: {},
    loads: Object.fromEntries(Object.entries(loads).map(([id, powersW]) => [id, powersW[t] ?? 0])),
  })),
  relaxed: [],
  reasons: [
    {
      step: 1,
      what: "washer@2026-06-01 starts",
      why: "82 % from your roof",
      alternative: { step: 3, extraCost: 0.31, extraCarbonKg: 0.4 },
    },
  ],
});
const summary = (actions: ReturnType<typeof dueActions>) =>
  actions.map((it) => [it.deviceId, new Date(it.atMs).toISOString().slice(11, 16), it.action.kind]);

it("starts a washing machine with its reason and never switches it off", () => {
  const plan = planOf({ "washer@2026-06-01": [0, 100, 100, 0] });
  const actions = dueActions(problem, plan, [device("washer", "washing_machine")]);
  expect(summary(actions)).toEqual([["washer", "10:15", "turn_on"]]);
  expect(actions[0]).toMatchObject({ reason: "82 % from your roof", alternative: "at 12:45: +0.31 EUR, +0.40 kg CO2" });
});

it("switches a water heater on and off again each time", () => {
  const actions = dueActions(problem, planOf({ heater: [100, 0, 100, 0] }), [device("heater", "water_heater")]);
  expect(summary(actions)).toEqual([
    ["heater", "10:00", "turn_on"],
    ["heater", "10:15", "turn_off"],
    ["heater", "10:30", "turn_on"],
    ["heater", "10:45", "turn_off"],
  ]);
});

it("does not start a run again that is under way", () => {
  const going: RichProblem = { ...problem, loads: [{ id: "ev", powerW: 100, steps: 2, started: true }] };
  expect(summary(dueActions(going, planOf({ ev: [100, 100, 0, 0] }), [device("ev", "ev")]))).toEqual([
    ["ev", "10:30", "turn_off"],
  ]);
});

it("dims a light to its share of full power when that changes", () => {
  const lit: RichProblem = {
    ...problem,
    lights: [{ id: "lamp", maxW: 100, wanted: [1, 1, 1, 0], floor: 0.3, comfortCostPerHour: 0.1 }],
  };
  const actions = dueActions(lit, planOf({ lamp: [100, 50, 50, 0] }), [device("lamp", "light")]);
  expect(actions.map((it) => it.action)).toEqual([
    { kind: "set_brightness", level: 100 },
    { kind: "set_brightness", level: 50 },
    { kind: "turn_off" },
  ]);
});

it("forgets what should have been done too long ago", () => {
  const actions = dueActions(problem, planOf({ heater: [100, 0, 100, 0] }), [device("heater", "water_heater")]);
  const nowMs = Date.parse("2026-06-01T10:31:00Z");
  expect(summary(actionsDue(actions, nowMs, 5 * 60_000))).toEqual([["heater", "10:30", "turn_on"]]);
});

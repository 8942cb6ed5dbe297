import { describe, expect, it } from "vitest";
import { device } from "../../tests/harness/acting-house.ts";
import { Zone } from "../domain/civil-time.ts";
import type { Plan } from "../domain/plan.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import { batteryWants } from "./battery-wants.ts";
import { inQuietHours, LIMITS, overLimit } from "./device-limits.ts";
import { dueLoads, loadWant } from "./load-shifting.ts";
import { powerSource } from "./power-source.ts";
import { actionFor, fulfils, serviceFor } from "./setting.ts";
import { settleWants, type Want } from "./want.ts";

const START = "2026-03-28T23:00:00Z";
const START_MS = Date.parse(START);
const step = (i: number, loads: Record<string, number>): Plan["steps"][number] => ({
  start: new Date(START_MS + i * 15 * MS_PER_MINUTE).toISOString(),
  importW: 0,
  exportW: 0,
  pvW: 0,
  batteries: {},
  loads,
});
const plan = (steps: Plan["steps"], reasons: Plan["reasons"] = []): Plan => ({
  kind: "hypervolt/plan/v1",
  problem: "p",
  status: "optimal",
  objective: 0,
  cost: 0,
  carbonKg: 0,
  gap: 0,
  solveMs: 0,
  steps,
  relaxed: [],
  reasons,
});

describe("what the plan says for now", () => {
  const reasons = [
    {
      step: 1,
      what: "washer starts",
      why: "It is cheapest now.",
      alternative: { step: 0, extraCost: 0.12, extraCarbonKg: 0 },
    },
  ];
  const two = plan([step(0, { washer: 0 }), step(1, { washer: 700 })], reasons);

  it("is the step that holds the instant, with its reason and the next best time", () => {
    expect(dueLoads(two, START_MS)).toMatchObject({
      loadsW: { washer: 0 },
      reasons: {},
      untilMs: START_MS + 15 * MS_PER_MINUTE,
    });
    const now = dueLoads(two, START_MS + 20 * MS_PER_MINUTE);
    expect(now?.loadsW).toEqual({ washer: 700 });
    expect(now?.reasons["washer"]).toEqual({ reason: "It is cheapest now.", alternative: "at 23:00 UTC: 0.12 dearer" });
  });

  it("is nothing before the plan and after its last step", () => {
    expect(dueLoads(two, START_MS - 1)).toBeUndefined();
    expect(dueLoads(two, START_MS + 30 * MS_PER_MINUTE)).toBeUndefined();
    expect(dueLoads(plan([]), START_MS)).toBeUndefined();
  });
});

describe("an appliance", () => {
  const shift = { runMinutes: 60, contiguous: true, window: ["00:00", "23:59"], weekdays: [0] } as const;
  const washer = device("washer", { kind: "washing_machine", maxW: 700, shift });
  const off = { loadsW: { washer: 0 }, reasons: {}, untilMs: 0 };
  const facts = { device: washer, setting: { on: true, level: null }, startedAtMs: null, powerW: null };

  it("that somebody started is not cut off while it draws power", () => {
    expect(loadWant(off, { ...facts, powerW: 400 }, START_MS)).toBeNull();
    expect(loadWant(off, { ...facts, powerW: 2 }, START_MS)?.action).toEqual({ kind: "turn_off" });
  });
  it("that HyperVolt started finishes its run", () => {
    expect(loadWant(off, { ...facts, startedAtMs: START_MS - 59 * MS_PER_MINUTE }, START_MS)).toBeNull();
    expect(loadWant(off, { ...facts, startedAtMs: START_MS - 61 * MS_PER_MINUTE }, START_MS)).not.toBeNull();
  });
  it("that takes longer than was said is not cut off while its meter shows power, within reason", () => {
    const after = (minutes: number, powerW: number | null) =>
      loadWant(off, { ...facts, startedAtMs: START_MS - minutes * MS_PER_MINUTE, powerW }, START_MS);
    expect(after(75, 400)).toBeNull();
    expect(after(75, 2)?.action).toEqual({ kind: "turn_off" });
    expect(after(75, null)?.action).toEqual({ kind: "turn_off" });
    expect(after(91, 400)?.action).toEqual({ kind: "turn_off" });
  });
  it("that the plan does not know is left alone", () => {
    expect(loadWant({ ...off, loadsW: {} }, facts, START_MS)).toBeNull();
  });
});

describe("a battery behind two switches", () => {
  const battery = { batteryId: "home", reason: "r", chargeDeviceId: "charge", holdDeviceId: "hold" };
  const wants = (kind: "charge" | "hold" | "follow", on: readonly string[]): string[] => {
    const commands = {
      charge: { kind: "charge", powerW: 1, minW: 0, maxW: 1 },
      hold: { kind: "hold" },
      follow: { kind: "follow", maxChargeW: 1, maxDischargeW: 1 },
    } as const;
    const settings = (id: string) => ({ on: on.includes(id), level: null });
    return batteryWants({ ...battery, command: commands[kind] }, settings).map(
      ({ deviceId, action }) => `${deviceId} ${action.kind}`,
    );
  };
  it("is charged, held or left to itself, and never has both switches on", () => {
    expect(wants("charge", [])).toEqual(["charge turn_on", "hold turn_off"]);
    expect(wants("hold", ["charge"])).toEqual(["charge turn_off"]);
    expect(wants("hold", [])).toEqual(["charge turn_off", "hold turn_on"]);
    expect(wants("follow", ["hold"])).toEqual(["charge turn_off", "hold turn_off"]);
  });
});

describe("what the home runs on", () => {
  it.each([
    ["grid", { loadW: 500, pvW: 0, gridW: 500, batteryW: 0 }],
    ["solar", { loadW: 500, pvW: 3_000, gridW: -1_500, batteryW: 1_000 }],
    ["battery", { loadW: 500, pvW: 0, gridW: 20, batteryW: -480 }],
    ["mixed", { loadW: 1_000, pvW: 500, gridW: 500, batteryW: 0 }],
  ] as const)("is %s", (source, flows) => expect(powerSource(flows, null)).toBe(source));

  it("does not change to and fro at the edge", () => {
    const near = { loadW: 1_000, pvW: 700, gridW: 300, batteryW: 0 };
    expect([powerSource(near, "solar"), powerSource(near, null)]).toEqual(["solar", "mixed"]);
  });
});

describe("limits", () => {
  it("name the reason and when it ends", () => {
    const check = {
      limits: LIMITS.heat_pump,
      setting: { on: false, level: null },
      switchedAtMs: START_MS,
      ownSwitchesMs: [],
    };
    expect(overLimit(check, { kind: "turn_on" }, START_MS + MS_PER_MINUTE)).toEqual({
      why: "it stays off for at least 15 minutes",
      untilMs: START_MS + 15 * MS_PER_MINUTE,
    });
    expect(overLimit(check, { kind: "turn_off" }, START_MS)).toBeNull();
  });
  it("have quiet hours on the wall clock, over midnight too", () => {
    const berlin = new Zone("Europe/Berlin");
    const at = (time: string) => inQuietHours({ from: "22:00", to: "06:30" }, berlin, Date.parse(time));
    expect([at("2026-01-15T21:30:00Z"), at("2026-01-15T05:00:00Z"), at("2026-01-15T05:30:00Z")]).toEqual([
      true,
      true,
      false,
    ]);
    expect(at("2026-07-15T20:30:00Z")).toBe(true); // 22:30 in summer
  });
});

describe("settings and wants", () => {
  it("are called as Home Assistant knows them", () => {
    expect(serviceFor("light.a", { kind: "set_brightness", level: 40 })).toEqual({
      domain: "light",
      service: "turn_on",
      data: { brightness_pct: 40 },
    });
    expect(serviceFor("switch.a", { kind: "turn_off" })).toEqual({ domain: "switch", service: "turn_off", data: {} });
    expect(serviceFor("light.a", { kind: "set_brightness", level: 0 })?.service).toBe("turn_off");
    expect(serviceFor("lock.a", { kind: "turn_on" })).toBeUndefined();
  });
  it("lead back to where they came from", () => {
    for (const setting of [
      { on: false, level: null },
      { on: true, level: null },
      { on: true, level: 42 },
    ])
      expect(fulfils(setting, actionFor(setting))).toBe(true);
  });
  it("are one per device: the fuse before the plan, what turns off before what turns on", () => {
    const want = (deviceId: string, source: Want["source"], kind: "turn_on" | "turn_off"): Want => ({
      deviceId,
      source,
      action: { kind },
      reason: "",
    });
    const settled = settleWants([
      want("a", "plan", "turn_on"),
      want("b", "plan", "turn_on"),
      want("b", "fuse", "turn_off"),
    ]);
    expect(settled.map(({ deviceId, source }) => `${deviceId} ${source}`)).toEqual(["b fuse", "a plan"]);
  });
});

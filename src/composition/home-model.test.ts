import { describe, expect, it } from "vitest";
import { Zone } from "../domain/civil-time.ts";
import type { SensorRole, SensorState, SensorType } from "../domain/reading.ts";
import { MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import { IMPORTED } from "./first-look.ts";
import { createHomeModel, HISTORY_STEP_MS } from "./home-model.ts";

const NOW = Date.parse("2026-06-10T12:07:00Z");
const zone = new Zone("Europe/Berlin");
const sensor = (
  role: SensorRole,
  value: number | null,
  more: { sensorType?: SensorType; atMs?: number; sensorId?: string; listed?: boolean } = {},
): SensorState => ({
  sensor: {
    sensorId: more.sensorId ?? role,
    uniqueId: null,
    source: "discovery",
    sensorType: more.sensorType ?? "power",
    name: role,
    device: null,
    location: null,
    unit: "W",
    role,
    confidence: 1,
  },
  value,
  atMs: more.atMs ?? NOW - MS_PER_MINUTE,
  available: value !== null,
  ...(more.listed === true && { listed: true }),
});
type Points = Record<string, { startMs: number; mean: number }[]>;
const model = (sensors: SensorState[], points: Points = {}, signs: Record<string, 1 | -1> = {}) =>
  createHomeModel({
    sensors: () => sensors,
    signOf: ({ sensorId }) => signs[sensorId] ?? 1,
    store: {
      series: async (sensorId, fromMs, toMs) =>
        (points[sensorId] ?? []).filter(({ startMs }) => startMs >= fromMs && startMs < toMs),
    },
    zone,
    site: { id: "home", timezone: zone.name, stepMinutes: 15, currency: "EUR" },
  });

describe("flows", () => {
  it("balance: what is not measured follows from the rest", () => {
    const { loadW, gridW } = model([sensor("grid", 500), sensor("pv", 1_500), sensor("battery_power", -200)]).flows(
      NOW,
    );
    expect(loadW).toBe(2_200);
    expect(gridW).toBe(500);
    expect(model([sensor("load", 900), sensor("pv", 400)]).flows(NOW).gridW).toBe(500);
  });

  it("bring a meter that counts the other way round to our sign", () => {
    expect(model([sensor("battery_power", 300)], {}, { battery_power: -1 }).flows(NOW).batteryW).toBe(-300);
  });

  it("are the sum of all that the energy dashboard lists, and of two that it does not list the surest alone", () => {
    const east = sensor("pv", 1_200, { sensorId: "east", listed: true });
    const west = sensor("pv", 300, { sensorId: "west", listed: true });
    const phase = sensor("pv", 400, { sensorId: "a phase of both" });
    expect(model([phase, east, west]).flows(NOW).pvW).toBe(1_500);
    expect(model([phase, east]).flows(NOW).pvW).toBe(400);
    // one of them sleeps already
    expect(model([east, sensor("pv", null, { sensorId: "west", listed: true })]).flows(NOW).pvW).toBe(1_200);
    const stored = [-700, 200].map((watt, i) =>
      sensor("battery_power", watt, { sensorId: `battery ${i}`, listed: true }),
    );
    expect(model(stored, {}, { "battery 1": -1 }).flows(NOW).batteryW).toBe(-900);
  });

  it("know nothing from what is old, away, or an energy counter in the role of a power", () => {
    expect(model([sensor("grid", 500, { atMs: NOW - MS_PER_HOUR })]).flows(NOW).gridW).toBeNull();
    expect(model([sensor("grid", null)]).flows(NOW).gridW).toBeNull();
    expect(model([sensor("grid_import", 123_456, { sensorType: "energy" })]).flows(NOW).gridW).toBeNull();
  });
});

describe("history", () => {
  const startMs = Math.floor(NOW / HISTORY_STEP_MS) * HISTORY_STEP_MS - MS_PER_DAY;
  const every = (stepMs: number, value: number, from = startMs) =>
    Array.from({ length: MS_PER_DAY / stepMs }, (_, i) => ({ startMs: from + i * stepMs, mean: value }));
  const none = async () => new Map<string, Float64Array>();

  it("takes what HyperVolt shifts out of the load", async () => {
    const history = await model([sensor("load", 0)], {
      load: every(HISTORY_STEP_MS, 1_000),
      "device:washer": every(HISTORY_STEP_MS, 300),
    }).history(NOW, ["device:washer"], none);
    expect(history.length).toBe(96);
    expect(new Set(history.columns.get("load_w"))).toEqual(new Set([700]));
  });

  it("lets an hourly value of the recorder hold for its hour, and no longer", async () => {
    const imported = [{ startMs, mean: 800 }];
    const history = await model([sensor("load", 0)], {
      [IMPORTED.load_w]: imported,
      load: [{ startMs: startMs + 3 * MS_PER_HOUR, mean: 500 }],
    }).history(NOW, [], none);
    expect([...(history.columns.get("load_w") ?? [])].slice(0, 6)).toEqual([
      800,
      800,
      800,
      800,
      Number.NaN,
      Number.NaN,
    ]);
  });

  it("knows the load of nights in which the inverter is offline", async () => {
    const sun = every(HISTORY_STEP_MS, 2_000)
      .map((point, i) => ({ ...point, mean: i < 40 || i >= 56 ? 50 : point.mean }))
      .filter((_, i) => i >= 32 && i < 64);
    const history = await model([sensor("grid", 500), sensor("pv", null)], {
      grid: every(HISTORY_STEP_MS, 500),
      pv: sun,
    }).history(NOW, [], none);
    const [loadW, pvW] = [history.columns.get("load_w"), history.columns.get("pv_w")];

    expect([loadW?.at(-1), pvW?.at(-1)]).toEqual([500, 0]);

    // before the first sun that was ever seen
    expect(loadW?.filter((watt) => !Number.isNaN(watt)).length).toBe(64);
  });

  it("takes two inverters for one sun: the second from the day it was there, unknown while one of them is", async () => {
    const later = startMs + MS_PER_DAY / 2;
    const west = every(HISTORY_STEP_MS, 300, later).filter(
      ({ startMs: atMs }) => atMs < later + MS_PER_HOUR || atMs >= later + 3 * MS_PER_HOUR,
    );
    const inverters = ["east", "west"].map((sensorId) => sensor("pv", 100, { sensorId, listed: true }));
    const history = await model([sensor("grid", 0), ...inverters], {
      grid: every(HISTORY_STEP_MS, 0),
      east: every(HISTORY_STEP_MS, 1_000),
      west,
    }).history(NOW, [], none);
    const pvW = [...(history.columns.get("pv_w") ?? [])];
    // a value holds for an hour
    expect(pvW.slice(46, 60)).toEqual([
      1_000,
      1_000,
      ...Array.from({ length: 7 }, () => 1_300),
      ...Array.from({ length: 5 }, () => Number.NaN),
    ]);
    expect(pvW.slice(60)).toEqual(Array.from({ length: 36 }, () => 1_300));
    expect([...(history.columns.get("load_w") ?? [])]).toEqual(pvW);
  });

  it("takes a battery that says nothing new beside another for one at rest", async () => {
    const batteries = ["cellar", "garage"].map((sensorId) => sensor("battery_power", 0, { sensorId, listed: true }));
    const history = await model([sensor("grid", 0), ...batteries], {
      grid: every(HISTORY_STEP_MS, 100),
      cellar: every(HISTORY_STEP_MS, -2_000),
      garage: [every(HISTORY_STEP_MS, -500)[0]!, every(HISTORY_STEP_MS, -500)[95]!],
    }).history(NOW, [], none);
    const loadW = history.columns.get("load_w");
    expect([loadW?.[0], loadW?.[50], loadW?.[95]]).toEqual([2_600, 2_100, 2_600]);
  });

  it("knows no load while something feeds in that no sensor tells of", async () => {
    const grid = every(HISTORY_STEP_MS, 500).map((point, i) => ({ ...point, mean: [500, -30, -800][i % 3] ?? 0 }));
    const history = await model([sensor("grid", 500)], { grid }).history(NOW, [], none);
    expect([...(history.columns.get("load_w") ?? [])].slice(0, 3)).toEqual([500, 0, Number.NaN]);
  });
});

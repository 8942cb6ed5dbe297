import { expect, it } from "vitest";
import type { Hass, StateObj } from "../types/ha.ts";
import { energySetup, fromPrefs, guessed, powerNow } from "./energy-setup.ts";
import { decisionOf, historyOf, newestOfEach } from "./hass-history.ts";
import { homeFromHass } from "./hass-home.ts";
import { publishedIds } from "./hypervolt-entities.ts";
import { appSlug } from "./ingress.ts";
import { planFromAttributes } from "./plan-attributes.ts";

const state = (entity_id: string, value: string, attributes: Record<string, unknown> = {}): StateObj => ({
  entity_id,
  state: value,
  attributes: { friendly_name: entity_id, ...attributes },
  last_changed: "2026-06-18T12:00:00Z",
});
function hass(states: readonly StateObj[], more: Partial<Hass> = {}): Hass {
  return {
    states: Object.fromEntries(states.map((one) => [one.entity_id, one])),
    entities: Object.fromEntries(states.map(({ entity_id }) => [entity_id, { entity_id }])),
    devices: {},
    areas: {},
    floors: {},
    config: { location_name: "Home", time_zone: "Europe/Berlin", currency: "EUR" },
    callService: () => Promise.resolve(),
    callWS: () => Promise.reject(new Error("not set up")),
    ...more,
  };
}
const power = (entityId: string, watts: number, unit = "W"): StateObj =>
  state(entityId, String(watts), { device_class: "power", unit_of_measurement: unit });

it("reads grid, sun and batteries from the energy dashboard, with charging positive", () => {
  const setup = fromPrefs({
    energy_sources: [
      { type: "grid", stat_rate: "sensor.grid" },
      { type: "solar", stat_rate: "sensor.pv_a" },
      { type: "solar", stat_rate: "sensor.pv_b" },
      {
        type: "battery",
        power_config: { stat_rate_from: "sensor.out", stat_rate_to: "sensor.in" },
        stat_soc: "sensor.soc",
      },
    ],
  });
  const world = hass([
    power("sensor.grid", 250),
    power("sensor.pv_a", 1.5, "kW"),
    power("sensor.pv_b", 300),
    power("sensor.out", 0),
    power("sensor.in", 700),
  ]);
  expect(powerNow(setup.grid, world.states)).toBe(250);
  expect(powerNow(setup.pv, world.states)).toBe(1_800);
  expect(powerNow(setup.batteries[0]?.power ?? [], world.states)).toBe(700);
});

it("does not count a power twice that the dashboard names as a rate and as its configuration", () => {
  const setup = fromPrefs({
    energy_sources: [{ type: "grid", stat_rate: "sensor.grid", power_config: { stat_rate: "sensor.grid" } }],
  });
  expect(setup.grid).toHaveLength(1);
});

it("guesses from device classes and names where there is no energy dashboard", async () => {
  const states = [
    power("sensor.netz_leistung", 100),
    power("sensor.pv_leistung", 900),
    power("sensor.speicher_leistung", -200),
    power("sensor.hypervolt_load_forecast", 5),
  ];
  expect(await energySetup(hass(states))).toEqual(guessed(states));
  expect(guessed(states)).toMatchObject({
    grid: [{ entityId: "sensor.netz_leistung" }],
    pv: [{ entityId: "sensor.pv_leistung" }],
    batteries: [{ power: [{ entityId: "sensor.speicher_leistung" }] }],
  });
});

it("does not know a power while one of its meters is unavailable", () => {
  expect(powerNow([{ entityId: "sensor.a", sign: 1 }], hass([state("sensor.a", "unavailable")]).states)).toBeNull();
});

it("gives entities the area of the entity, its device, or its device's parent", () => {
  const states = ["light.own", "light.device", "light.child"].map((id) =>
    state(id, "on", { brightness: 128, supported_color_modes: ["brightness"] }),
  );
  const world = hass(states, {
    entities: {
      "light.own": { entity_id: "light.own", device_id: "d", area_id: "kitchen" },
      "light.device": { entity_id: "light.device", device_id: "d" },
      "light.child": { entity_id: "light.child", device_id: "c" },
    },
    devices: { d: { id: "d", area_id: "hall" }, c: { id: "c", parent_device_id: "d" } },
    areas: { kitchen: { area_id: "kitchen", name: "Kitchen" }, hall: { area_id: "hall", name: "Hall" } },
  });
  const home = homeFromHass({ hass: world, setup: { grid: [], pv: [], batteries: [], hasPv: false }, ids: {} }, 0);
  expect(home.devices.map(({ id, area_id, brightness }) => [id, area_id, brightness])).toEqual([
    ["light.own", "kitchen", 50],
    ["light.device", "hall", 50],
    ["light.child", "hall", 50],
  ]);
});

it("leaves out groups, hidden entities and diagnostics", () => {
  const states = [
    state("light.group", "on", { entity_id: ["light.a"] }),
    state("light.hidden", "on"),
    state("switch.led", "on"),
  ];
  const world = hass(states, {
    entities: {
      "light.group": { entity_id: "light.group" },
      "light.hidden": { entity_id: "light.hidden", hidden: true },
      "switch.led": { entity_id: "switch.led", entity_category: "config" },
    },
  });
  expect(homeFromHass({ hass: world, setup: guessed([]), ids: {} }, 0).devices).toEqual([]);
});

it("finds renamed entities of HyperVolt by their unique ids", async () => {
  const world = hass([state("select.energy_mode", "auto")], {
    entities: { "select.energy_mode": { entity_id: "select.energy_mode", device_id: "hv" } },
    devices: { hv: { id: "hv", identifiers: [["mqtt", "hypervolt"]] } },
    callWS: <T>() => Promise.resolve({ "select.energy_mode": { unique_id: "hypervolt_mode" } } as T),
  });
  expect(await publishedIds(world)).toEqual({ mode: "select.energy_mode" });
});

it("reads a plan from the columns of the plan sensor, and nothing from anything else", () => {
  const attributes = {
    start: "2026-06-18T12:00:00Z",
    step_minutes: 30,
    import_w: [100, 0],
    export_w: [0, 50],
    load_w: [100, 20],
    pv_w: [0, 70],
    price: [0.3, 0.2],
    carbon_g_kwh: [300, null],
    main_w: [0, 0],
    main_soc: [0.5, 0.5],
    dishwasher_on: [0, 1],
    friendly_name: "Plan",
  };
  const plan = planFromAttributes(attributes, "2026-06-18T11:59:00Z", "EUR", (id) => id.toUpperCase());
  expect(plan).toMatchObject({
    import_w: [100, 0],
    export_w: [0, 50],
    batteries: [{ id: "main", soc: [0.5, 0.5] }],
    devices: [{ id: "dishwasher", name: "DISHWASHER", on: [0, 1] }],
  });
  expect(plan?.cost).toBeCloseTo(0.1 * 0.5 * 0.3, 9);
  for (const broken of [
    {},
    { start: "soon", step_minutes: 30, import_w: [1] },
    { ...attributes, step_minutes: 0 },
    { ...attributes, import_w: ["1"] },
  ])
    expect(planFromAttributes(broken, "", "EUR", String)).toBeUndefined();
});

it("tells what people seem to be doing as HyperVolt does, and nothing while it does not know", () => {
  const home = (value: string, attributes: Record<string, unknown> = {}) => {
    const world = hass([state("sensor.hypervolt_regime", value, attributes)]);
    return homeFromHass({ hass: world, setup: guessed([]), ids: { regime: "sensor.hypervolt_regime" } }, 0).regime;
  };
  expect(home("asleep", { certainty_pct: 87 })).toEqual({ kind: "asleep", certainty: 0.87 });
  expect(home("unknown")).toBeUndefined();
  expect(home("unavailable", { certainty_pct: 87 })).toBeUndefined();
});

it("derives the past load from the recorder's means, and leaves gaps as gaps", () => {
  const setup = {
    grid: [{ entityId: "sensor.grid", sign: 1 as const }],
    pv: [{ entityId: "sensor.pv", sign: 1 as const }],
    batteries: [],
    hasPv: true,
  };
  const row = (i: number, mean: number) => ({ start: i * 300_000, end: (i + 1) * 300_000, mean });
  const history = historyOf(
    { "sensor.grid": [row(0, 100), row(1, 300), row(6, 50)], "sensor.pv": [row(0, 400), row(1, 400)] },
    () => 1,
    setup,
    {},
    0,
  );
  expect(history.load_w.slice(0, 3)).toEqual([600, null, null]);
  expect(history.grid_w.slice(0, 3)).toEqual([200, 50, null]);
});

it("keeps the newest status of a decision", () => {
  const event = {
    decision_id: "d1",
    device: "light.a",
    action: "set_brightness",
    value: 40,
    reason: "bright outside",
    status: "sent",
  };
  const [sent, confirmed] = [decisionOf(event, 1_000), decisionOf({ ...event, status: "confirmed" }, 2_000)];
  expect(newestOfEach([...confirmed, ...sent])).toEqual([expect.objectContaining({ status: "confirmed", value: 40 })]);
  expect(decisionOf({ event_type: "decision" }, 0)).toEqual([]);
});

it("finds the app by configuration, by its device, by the side bar, and not at all without", () => {
  const device = {
    id: "hv",
    identifiers: [["mqtt", "hypervolt"]],
    configuration_url: "homeassistant://hassio/ingress/abc_hypervolt",
  };
  expect(appSlug({ devices: {} }, "mine")).toBe("mine");
  expect(appSlug({ devices: { hv: device } }, undefined)).toBe("abc_hypervolt");
  expect(appSlug({ devices: {}, panels: { x: { url_path: "abc_hypervolt", config: null } } }, undefined)).toBe(
    "abc_hypervolt",
  );
  expect(appSlug({ devices: { hv: device } }, false)).toBeUndefined();
  expect(appSlug({ devices: {}, panels: {} }, undefined)).toBeUndefined();
});

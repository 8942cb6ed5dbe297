import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { announceHyperVolt, type EntitiesOut, type OutCommand } from "../../../src/home-assistant/entities-out.ts";
import { announceNative, areaNameFor, type NativeOut } from "../../../src/home-assistant/native-out.ts";
import { homeAssistantIsThere, until } from "../../harness/home-assistant-core.ts";
import { Pi } from "../../harness/pi.ts";
import { clock, log, openRealHome, type RealHome } from "./real-home.ts";

const START_MS = Date.UTC(2026, 10, 21, 10);
const PAGE = "homeassistant://app/local_hypervolt";
const column = (value: (i: number) => number): number[] => Array.from({ length: 192 }, (_, i) => value(i));

describe.runIf(homeAssistantIsThere())("HyperVolt as a device of a real Home Assistant", () => {
  let real: RealHome;
  let out: EntitiesOut;
  let native: NativeOut;
  const commands: OutCommand[] = [];

  beforeAll(async () => {
    real = await openRealHome("e2e-entities");
    const shared = { broker: real.broker, clock, log, discoveryPrefix: "homeassistant" };
    out = announceHyperVolt({
      ...shared,
      facts: { version: "0.1.0", currency: "EUR", language: "en", configurationUrl: PAGE },
      onCommand: (command) => void commands.push(command),
    });
    native = announceNative({ ...shared, version: "0.1.0", areaName: (at) => areaNameFor(real.home.registries(), at) });
    out.show({
      mode: "advise",
      carbonWeight: 0.1,
      lightTargetLx: 300,
      lightFloorPct: 10,
      lightComfortPerHour: 0.05,
      gridIntensityGPerKwh: 321.4,
      loadForecastW: 512.3,
      loadForecastSkill: { model: "weighted-median", issuedAtMs: START_MS, errorW: 90, likeYesterdayErrorW: 120 },
      nextActionMs: START_MS,
      plan: {
        startMs: START_MS,
        stepMinutes: 15,
        importW: column((i) => 3_000 + i),
        exportW: column(() => 0),
        loadW: column((i) => 500 + i),
        pvW: column((i) => i * 7),
        price: column((i) => 0.2 + i / 7_919),
        carbonGPerKwh: column((i) => 300 + i),
        batteries: [
          { id: "home", powerW: column((i) => -i * 13), soc: column((i) => i / 192) },
          { id: "garage", powerW: column((i) => i * 11), soc: column(() => 0.5) },
        ],
        devices: [{ id: "dishwasher", on: column((i) => i % 2) }],
      },
      savedToday: { carbonKg: 0.5, money: 1.234, sinceMs: START_MS - 36_000_000 },
      savedTotal: { carbonKg: 5, money: 10 },
      powerSource: "grid",
      regime: { kind: "asleep", certainty: 0.874 },
      problems: [],
    });
    await until("the plan sensor", () => real.home.entity("sensor.hypervolt_plan")?.attributes["import_w"]);
  });
  afterAll(async () => {
    out?.close();
    native?.close();
    await real?.close();
  });

  const shown = (entityId: string) => real.home.entity(entityId);

  it("has every entity of the contract, under its id, with its class, unit and state", async () => {
    const facts = (entityId: string, ...names: string[]): unknown[] => [
      shown(entityId)?.state,
      ...names.map((name) => shown(entityId)?.attributes[name]),
    ];
    const unit = "unit_of_measurement";
    // Home Assistant asks for the entities' states one after the other.
    await until("every state", () => {
      const states = real.home
        .entities()
        .filter(({ entityId }) => /^(sensor|select|number|binary_sensor)\.hypervolt_/.test(entityId));
      return states.length >= 15 && states.every(({ state }) => state !== "unknown");
    });
    expect(facts("select.hypervolt_mode", "options")).toEqual(["advise", ["auto", "advise", "off"]]);
    expect(facts("number.hypervolt_carbon_weight", unit)).toEqual(["0.1", "EUR/kg CO2e"]);
    expect(facts("number.hypervolt_light_target", unit, "device_class")).toEqual(["300", "lx", "illuminance"]);
    expect(facts("number.hypervolt_light_floor", unit)).toEqual(["10", "%"]);
    expect(facts("number.hypervolt_light_comfort", unit)).toEqual(["0.05", "EUR/h"]);
    expect(shown("button.hypervolt_replan")).toBeDefined();
    expect(facts("sensor.hypervolt_grid_intensity", unit, "state_class")).toEqual(["321", "gCO2eq/kWh", "measurement"]);
    expect(facts("sensor.hypervolt_load_forecast", unit, "device_class")).toEqual(["512", "W", "power"]);
    expect(facts("sensor.hypervolt_load_forecast", "model", "mean_error_w").slice(1)).toEqual(["weighted-median", 90]);
    expect(facts("sensor.hypervolt_plan", "device_class")).toEqual(["2026-11-21T10:00:00+00:00", "timestamp"]);
    expect(facts("event.hypervolt_decision", "event_types")[1]).toEqual(["decision"]);
    expect(facts("sensor.hypervolt_carbon_saved_today", unit, "state_class")).toEqual(["0.5", "kg CO2e", "total"]);
    expect(facts("sensor.hypervolt_carbon_saved_total", unit)).toEqual(["5", "kg CO2e"]);
    expect(facts("sensor.hypervolt_money_saved_today", unit, "device_class")).toEqual(["1.234", "EUR", "monetary"]);
    expect(shown("sensor.hypervolt_money_saved_today")?.attributes["last_reset"]).toBe("2026-11-21T00:00:00+00:00");
    expect(facts("sensor.hypervolt_money_saved_total", unit, "state_class")).toEqual(["10", "EUR", "total"]);
    expect(facts("sensor.hypervolt_power_source", "device_class")).toEqual(["grid", "enum"]);
    expect(facts("sensor.hypervolt_regime", "device_class", "certainty_pct")).toEqual(["asleep", "enum", 87]);
    expect(facts("binary_sensor.hypervolt_problem", "device_class")).toEqual(["off", "problem"]);
    const ours = await until("the registry", () => {
      const found = real.home.registries().entities.filter(({ uniqueId }) => uniqueId.startsWith("hypervolt_"));
      return found.length === 17 && found;
    });
    expect(new Set(ours.map(({ deviceId }) => deviceId)).size).toBe(1);
    expect(await real.home.ask({ type: "config/device_registry/list" })).toContainEqual(
      expect.objectContaining({ id: ours[0]?.deviceId, configuration_url: PAGE }),
    );
  });

  it("shows the plan as columns of one length within 8 KiB", () => {
    const attributes = shown("sensor.hypervolt_plan")?.attributes ?? {};
    expect(Buffer.byteLength(JSON.stringify(attributes))).toBeLessThanOrEqual(8_192);
    const columns = Object.entries(attributes).filter(([, value]) => Array.isArray(value));
    expect(columns.map(([name]) => name).sort()).toEqual(
      [
        "import_w",
        "export_w",
        "load_w",
        "pv_w",
        "price",
        "carbon_g_kwh",
        "home_w",
        "home_soc",
        "garage_w",
        "garage_soc",
        "dishwasher_on",
      ].sort(),
    );
    const lengths = new Set(columns.map(([, values]) => (values as unknown[]).length));
    expect(lengths.size).toBe(1);
    const [steps = 0] = lengths;
    expect(steps * Number(attributes["step_minutes"])).toBeGreaterThanOrEqual(24 * 60);
    expect(attributes["start"]).toBe("2026-11-21T10:00:00Z");
  });

  it("takes what a person sets at its entities, and refuses what is out of bounds", async () => {
    await real.home.callService("select", "select_option", { option: "auto" }, { entity_id: "select.hypervolt_mode" });
    await real.home.callService(
      "number",
      "set_value",
      { value: 0.25 },
      { entity_id: "number.hypervolt_carbon_weight" },
    );
    await real.home.callService("button", "press", {}, { entity_id: "button.hypervolt_replan" });
    await until("three commands", () => commands.length === 3);
    expect(commands).toEqual([
      { kind: "mode", mode: "auto" },
      { kind: "carbon_weight", value: 0.25 },
      { kind: "replan" },
    ]);
    await real.broker.publish("hypervolt/light_floor/set", "400", { qos: 1 });
    await real.home.callService("number", "set_value", { value: 20 }, { entity_id: "number.hypervolt_light_floor" });
    await until("the good command", () => commands.length > 3);
    expect(commands.slice(3)).toEqual([{ kind: "light_floor", value: 20 }]);
    const comfort = { entity_id: "number.hypervolt_light_comfort" };
    await real.home.callService("number", "set_value", { value: 0.085 }, comfort);
    await until("the worth of light", () => commands.length > 4);
    expect(commands.slice(4)).toEqual([{ kind: "light_comfort", value: 0.085 }]);
  });

  it("fires an event for each decision", async () => {
    out.decide({
      decisionId: "d1",
      atMs: START_MS,
      deviceId: "desk",
      entityId: "light.desk",
      action: { kind: "set_brightness", level: 40 },
      reason: "Bright enough.",
      alternative: null,
      inputs: {},
      status: "sent",
      statusDetail: null,
      contextId: null,
    });
    const event = await until("the event", () => {
      const state = shown("event.hypervolt_decision");
      return state?.attributes["decision_id"] === "d1" && state;
    });
    expect(event.attributes).toMatchObject({
      event_type: "decision",
      device: "desk",
      action: "set_brightness",
      value: 40,
      reason: "Bright enough.",
    });
  });

  it("gives native things their entity ids, in the area of their location", async () => {
    const pi = new Pi(real.broker, "living_room");
    await pi.set("desk", 0);
    await pi.set("fan", 0);
    native.sensor({ location: "living_room", sensorId: "ldr_1", sensorType: "ldr", unit: "lx" });
    native.value("living_room", "ldr_1", 750);
    native.device({
      location: "living_room",
      device: "desk",
      kind: "light",
      name: "Desk lamp",
      stateTopic: pi.stateTopic("desk"),
    });
    native.device({
      location: "living_room",
      device: "fan",
      kind: "relay",
      name: "Fan",
      stateTopic: pi.stateTopic("fan"),
    });
    const sensor = await until("the sensor", () => {
      const state = shown("sensor.hypervolt_living_room_ldr_1");
      return state?.state === "750" && state;
    });
    expect(sensor.attributes).toMatchObject({
      device_class: "illuminance",
      unit_of_measurement: "lx",
      state_class: "measurement",
    });
    await until("the light", () => shown("light.hypervolt_living_room_desk")?.state === "off");
    const area = await until(
      "the registry",
      () =>
        real.home.registries().entities.find(({ entityId }) => entityId === "light.hypervolt_living_room_desk")?.areaId,
    );
    expect(area).toBe("living_room");
    expect(real.home.registries().areas.filter(({ areaId }) => areaId.startsWith("living_room"))).toHaveLength(1);

    const light = { entity_id: "light.hypervolt_living_room_desk" };
    await real.home.callService("light", "turn_on", { brightness_pct: 75 }, light);
    await until("the light at 75 %", () => shown(light.entity_id)?.attributes["brightness"] === 191);
    await real.home.callService("light", "turn_off", {}, light);
    await real.home.callService("switch", "turn_on", {}, { entity_id: "switch.hypervolt_living_room_fan" });
    await until("the relay", () => shown("switch.hypervolt_living_room_fan")?.state === "on");
    expect(pi.commands.map(({ device, command, value }) => [device, command, value])).toEqual([
      ["desk", "set_brightness", 75],
      ["desk", "turn_off", undefined],
      ["fan", "turn_on", undefined],
    ]);
    for (const { timestamp } of pi.commands) expect(timestamp).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/);
  });

  it("removes what a Pi withdraws, and leaves the rest", async () => {
    native.removeDevice("living_room", "fan");
    await until("the relay is gone", () => shown("switch.hypervolt_living_room_fan") === undefined);
    expect(shown("light.hypervolt_living_room_desk")?.state).toBe("off");
  });

  it("is there again, with its states, after Home Assistant was restarted", async () => {
    real.core.stop();
    await until("the connection is lost", () => !real.home.connected());
    await real.core.start();
    await until("connected again", () => real.home.connected(), 60_000);
    await until("the entities", () => shown("select.hypervolt_mode")?.state === "advise");
    await until("the native sensor", () => shown("sensor.hypervolt_living_room_ldr_1")?.state === "750");
  });

  it("gives Home Assistant nothing to complain about", async () => {
    const complaints = (await readFile(path.join(real.config, "hass.log"), "utf8"))
      .split("\n")
      .filter((line) => /WARNING|ERROR/.test(line) && /mqtt|hypervolt|recorder/i.test(line));
    expect(complaints).toEqual([]);
  });

  it("is unavailable when it goes without a word", async () => {
    await real.broker.publish("hypervolt/availability", "offline", { qos: 1, retain: true });
    await until("unavailable", () => shown("sensor.hypervolt_plan")?.state === "unavailable");
    await real.broker.publish("homeassistant/status", "online", { qos: 1 });
    await until("announced again at a birth message", () => shown("sensor.hypervolt_plan")?.state !== "unavailable");
  });
});

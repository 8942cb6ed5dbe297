import { describe, expect, it } from "vitest";
import { registered } from "../../tests/harness/registered-entity.ts";
import type { EntityState } from "../domain/entity.ts";
import { parseOptions } from "../options/options.ts";
import { type DeviceBookInput, kindOf, listDevices } from "./device-book.ts";

const state = (entityId: string, attributes: Record<string, unknown>): EntityState => ({
  entityId,
  state: "off",
  attributes,
  lastChangedMs: 0,
  lastUpdatedMs: 0,
  contextId: null,
});
const list = (more: Partial<DeviceBookInput>, states: readonly EntityState[] = []) =>
  listDevices({
    options: parseOptions({}),
    piDevices: () => [],
    registry: () => [],
    entity: (entityId) => states.find((one) => one.entityId === entityId),
    entities: () => states,
    areas: () => [],
    firstCalled: (entityId) => entityId,
    ...more,
  });

describe("the device book", () => {
  it("follows a Pi's light to the entity id the user gave it, and finds its area by the location", () => {
    const [light] = list({
      piDevices: () => [
        {
          deviceId: "living_room_ceiling",
          location: "living_room",
          device: "ceiling",
          kind: "light",
          name: "Ceiling",
          maxW: 30,
        },
      ],
      registry: () => [registered("light.my_lamp", "hypervolt/living_room/ceiling")],
      areas: () => [{ areaId: "lounge", name: "Living Room" }],
    });
    expect(light).toMatchObject({
      deviceId: "living_room_ceiling",
      entityId: "light.my_lamp",
      areaId: "lounge",
      dimmable: true,
      maxW: 30,
    });
  });

  it("switches a Pi's relay, not the sensor that the Pi gave the same id", () => {
    const pump = (entityId: string) => registered(entityId, "hypervolt/cellar/pump");
    const [relay] = list({
      piDevices: () => [
        { deviceId: "cellar_pump", location: "cellar", device: "pump", kind: "relay", name: "Pump", maxW: 300 },
      ],
      registry: () => [pump("sensor.hypervolt_cellar_pump"), pump("switch.filter")],
    });
    expect(relay?.entityId).toBe("switch.filter");
  });

  it("takes lights that can be dimmed, leaves groups and hidden ones alone, and no switch unless it is named", () => {
    const states = [
      state("light.desk", { supported_color_modes: ["brightness"], friendly_name: "Desk" }),
      state("light.relay", { supported_color_modes: ["onoff"] }),
      state("light.all", { supported_color_modes: ["brightness"], entity_id: ["light.desk"] }),
      state("switch.plug", {}),
    ];
    expect(list({}, states).map(({ entityId, dimmable }) => [entityId, dimmable])).toEqual([
      ["light.desk", true],
      ["light.relay", false],
    ]);
    expect(
      list({ options: parseOptions({ allowed_entities: ["switch.plug"] }) }, states).map(({ entityId }) => entityId),
    ).toContain("switch.plug");
  });

  it("describes a load of the options with its window and days, and knows its kind by its name", () => {
    const options = parseOptions({
      loads: [
        {
          entity: "switch.spuelmaschine",
          name: "Geschirrspüler",
          power_w: 1_100,
          minutes: 90,
          from: "22:00",
          to: "06:00",
          days: "sat,sun",
        },
      ],
    });
    expect(list({ options })[0]).toMatchObject({
      kind: "dishwasher",
      maxW: 1_100,
      shift: { runMinutes: 90, contiguous: true, window: ["22:00", "06:00"], weekdays: [5, 6] },
    });
  });

  it("reads kinds from names in several languages", () => {
    expect(["Wallbox", "Warmwasser", "Lave-linge", "vaatwasser", "Lamp"].map(kindOf)).toEqual([
      "ev",
      "water_heater",
      "washing_machine",
      "dishwasher",
      "switch",
    ]);
  });

  it("knows a battery's switches by the options, whatever they are called, and what they draw", () => {
    const options = parseOptions({
      allowed_entities: ["switch.night_boost", "switch.fan"],
      batteries: [
        {
          id: "home",
          capacity_wh: 9_800,
          max_charge_w: 5_000,
          max_discharge_w: 5_000,
          charge_switch: "switch.night_boost",
        },
      ],
    });
    expect(list({ options }).map(({ entityId, kind, maxW }) => [entityId, kind, maxW])).toEqual([
      ["switch.fan", "switch", 0],
      ["switch.night_boost", "battery", 5_000],
    ]);
  });

  it("keeps our name of a device that is renamed", () => {
    const options = parseOptions({ allowed_entities: ["switch.filter"], loads: [{ entity: "switch.dishes" }] });
    const first: Record<string, string> = { "switch.filter": "switch.pump", "switch.dishes": "switch.dishwasher" };
    const firstCalled = (entityId: string): string => first[entityId] ?? entityId;
    expect(list({ options, firstCalled }).map(({ deviceId, entityId }) => [deviceId, entityId])).toEqual([
      ["switch_dishwasher", "switch.dishes"],
      ["switch_pump", "switch.filter"],
    ]);
  });
});

import { expect, it } from "vitest";
import { registered } from "../../../tests/harness/registered-entity.ts";
import type { Clock } from "../../domain/clock.ts";
import type { EntityState } from "../../domain/entity.ts";
import { NO_REGISTRIES, type RegistryEntity } from "../../home-assistant/registries.ts";
import { createDeviceMeters } from "./device-meters.ts";

const ofDevice = (entityId: string, deviceId: string): RegistryEntity => registered(entityId, entityId, { deviceId });

/** A home of plugs; `power` is what their meters show, with the unit. */
function home(power: Record<string, readonly [string, string]>, others: readonly RegistryEntity[] = []) {
  const state = { connected: true, nowMs: 0 };
  const entities = [...Object.keys(power).map((id) => ofDevice(id, id.replace(/^.*\.(\w+?)_.*$/, "$1"))), ...others];
  const entity = (entityId: string): EntityState | undefined => {
    const shown = power[entityId];
    if (!shown) return undefined;
    const attributes = { device_class: "power", unit_of_measurement: shown[1] };
    return { entityId, state: shown[0], attributes, lastChangedMs: 0, lastUpdatedMs: 0, contextId: null };
  };
  const clock: Clock = { nowMs: () => state.nowMs, after: () => ({ cancel: () => {} }) };
  const meters = createDeviceMeters(
    { registries: () => ({ ...NO_REGISTRIES, entities }), entity, connected: () => state.connected },
    clock,
  );
  return { state, entities, meters };
}
const plug = (name: string): RegistryEntity => ofDevice(`switch.${name}`, name);

it("reads what a plug's own meter shows, in watts", () => {
  const { meters } = home({ "sensor.washer_power": ["0.42", "kW"], "sensor.fan_power": ["31", "W"] }, [
    plug("washer"),
    plug("fan"),
    plug("lamp"),
  ]);
  expect(["switch.washer", "switch.fan", "switch.lamp"].map(meters.powerW)).toEqual([420, 31, null]);
});

it("says nothing where the meter says nothing, the unit is strange, or Home Assistant is away", () => {
  const { meters, state } = home(
    {
      "sensor.washer_power": ["unavailable", "W"],
      "sensor.fan_power": ["31", "VA"],
      "sensor.oven_power": ["900", "W"],
    },
    [plug("washer"), plug("fan"), plug("oven")],
  );
  expect(["switch.washer", "switch.fan", "switch.oven"].map(meters.powerW)).toEqual([null, null, 900]);
  state.connected = false;
  expect(meters.powerW("switch.oven")).toBeNull();
});

it("takes no meter for a switch's own where the device has several switches, and finds one that comes later", () => {
  const { meters, state, entities } = home({ "sensor.strip_power": ["80", "W"] }, [
    plug("strip"),
    ofDevice("switch.strip_two", "strip"),
  ]);
  expect(meters.powerW("switch.strip")).toBeNull();
  entities.splice(2, 1);
  state.nowMs = 30_000;
  expect(meters.powerW("switch.strip")).toBeNull();
  state.nowMs = 60_000;
  expect(meters.powerW("switch.strip")).toBe(80);
});

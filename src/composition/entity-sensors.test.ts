import { expect, it } from "vitest";
import { registered } from "../../tests/harness/registered-entity.ts";
import type { EntityState } from "../domain/entity.ts";
import type { Reading } from "../domain/reading.ts";
import type { HomeAssistant } from "../home-assistant/home-assistant.ts";
import { NO_REGISTRIES, type RegistryEntity } from "../home-assistant/registries.ts";
import { followEntities } from "./entity-identities.ts";
import { watchEntitySensors } from "./entity-sensors.ts";
import type { KnownRole } from "./first-look.ts";

/** The meter as the registry has it under a name. */
const meter = (entityId: string): RegistryEntity =>
  registered(entityId, "meter-1", { platform: "shelly", areaId: "cellar" });
const shown = (entityId: string, state: string, atMs: number, unit = "W"): EntityState => ({
  entityId,
  state,
  attributes: { unit_of_measurement: unit, friendly_name: "Meter" },
  lastChangedMs: atMs,
  lastUpdatedMs: atMs,
  contextId: null,
});

/** A Home Assistant with one meter, which a user may rename. */
async function house() {
  let entities = [meter("sensor.meter")];
  let states: EntityState[] = [];
  let roles = new Map<string, KnownRole>([["sensor.meter", { role: "load", confidence: 1, sign: 1 }]]);
  let changed: Parameters<HomeAssistant["onEntityChange"]>[0] = () => undefined;
  const readings: Reading[] = [];
  const homeAssistant = {
    registries: () => registries,
    entities: () => states,
    onEntityChange: (run: typeof changed) => {
      changed = run;
      return { stop: () => undefined };
    },
  } as Partial<HomeAssistant> as HomeAssistant;
  let registries = { ...NO_REGISTRIES, entities };
  const kept: Record<string, unknown> = {};
  const identities = await followEntities("named", () => registries.entities, {
    preferences: async () => kept,
    setPreferences: async (values) => void Object.assign(kept, values),
  });
  const sensors = watchEntitySensors({
    homeAssistant,
    identities,
    roles: () => roles,
    known: () => false,
    onReading: (reading) => void readings.push(reading),
    onSensor: () => undefined,
  });
  return {
    sensors,
    readings,
    show: (state: EntityState) => {
      states = [state];
      changed(state.entityId, state, undefined);
    },
    rename: (entityId: string) => {
      const before = entities[0]?.entityId ?? "";
      entities = [meter(entityId)];
      registries = { ...NO_REGISTRIES, entities };
      roles = new Map([[entityId, { role: "load", confidence: 1, sign: 1, listed: true }]]);
      changed(before, undefined, states[0]);
    },
  };
}

it("keeps a renamed meter the sensor it was, so that its past stays its own", async () => {
  const { sensors, readings, show, rename } = await house();
  show(shown("sensor.meter", "500", 1_000));
  rename("sensor.house");
  expect(sensors.states()).toEqual([]);
  show(shown("sensor.house", "0.6", 2_000, "kW"));
  expect(readings).toEqual([
    { sensorId: "ha:sensor.meter", atMs: 1_000, value: 500 },
    { sensorId: "ha:sensor.meter", atMs: 2_000, value: 600 },
  ]);
  expect(sensors.states()).toMatchObject([{ sensor: { entityId: "sensor.house" }, listed: true }]);
});

it("takes no reading from what is unavailable, unknown, restored, or in a unit of something else", async () => {
  const { sensors, readings, show } = await house();
  show(shown("sensor.meter", "500", 1_000));
  for (const state of ["unavailable", "unknown", "", "None", "NaN", "Infinity"])
    show(shown("sensor.meter", state, 2_000));
  show(shown("sensor.meter", "20", 3_000, "°C"));
  expect(readings).toHaveLength(1);
  expect(sensors.states()[0]).toMatchObject({ value: null, available: false, atMs: 1_000 });
});

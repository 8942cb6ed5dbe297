import type { EntityState } from "../domain/entity.ts";
import {
  type Reading,
  SENSOR_UNITS,
  type Sensor,
  type SensorRole,
  type SensorState,
  type SensorType,
} from "../domain/reading.ts";
import type { HomeAssistant } from "../home-assistant/home-assistant.ts";
import type { RegistryEntity } from "../home-assistant/registries.ts";
import { indexRegistries } from "../home-assistant/registry-index.ts";
import { conversionFor, convert } from "../sensing/unit-conversion.ts";
import type { EntityIdentities } from "./entity-identities.ts";
import type { KnownRole } from "./first-look.ts";
import { OF_ENTITY } from "./setup/wiring.ts";

const TYPES: Partial<Record<SensorRole, SensorType>> = {
  load: "power",
  pv: "power",
  grid: "power",
  battery_power: "power",
  device_power: "power",
  ev_power: "power",
  battery_soc: "battery",
  ev_soc: "battery",
  room_light: "ldr",
  room_temperature: "temperature",
  outdoor_temperature: "temperature",
  water_temperature: "temperature",
  room_humidity: "humidity",
  presence: "occupancy",
};

export type EntitySensors = Readonly<{
  states: () => readonly SensorState[];
  refresh: () => void;
  /** It came over MQTT after all. */
  leave: (entityId: string) => void;
  close: () => void;
}>;

/**
 * Sensors that live in Home Assistant and did not come over MQTT: meters, inverters, room sensors of other
 * integrations. Their states are readings like any other; one that is renamed stays the sensor it was.
 * @param roles   by entity id, what each is
 * @param known   whether what Home Assistant has registered came over MQTT already
 */
export function watchEntitySensors(
  parts: Readonly<{
    homeAssistant: HomeAssistant;
    identities: EntityIdentities;
    roles: () => ReadonlyMap<string, KnownRole>;
    known: (entity: RegistryEntity) => boolean;
    onReading: (reading: Reading) => void;
    onSensor: (state: SensorState) => void;
  }>,
): EntitySensors {
  const { homeAssistant } = parts;
  const sensors = new Map<string, SensorState>();
  const index = indexRegistries(() => homeAssistant.registries());

  const take = (entity: EntityState): void => {
    const { attributes, entityId } = entity;
    const known = parts.roles().get(entityId);
    const sensorType = known && TYPES[known.role];
    const registered = index.entity(entityId);
    if (!known || !sensorType || (registered && parts.known(registered))) return void sensors.delete(entityId);
    parts.identities.nowCalled(entityId); // from now on it is known by another name, too
    const sensor: Sensor = {
      sensorId: OF_ENTITY + parts.identities.firstCalled(entityId),
      uniqueId: registered?.uniqueId ?? null,
      source: "home-assistant",
      sensorType,
      name: typeof attributes["friendly_name"] === "string" ? attributes["friendly_name"] : entityId,
      device: null,
      location: registered?.areaId ?? null,
      unit: SENSOR_UNITS[sensorType],
      entityId,
      role: known.role,
      confidence: known.confidence,
    };
    const value = valueOf(entity, sensorType);
    const before = sensors.get(entityId);
    const state: SensorState = {
      sensor,
      value,
      atMs: value === null ? (before?.atMs ?? null) : entity.lastUpdatedMs,
      available: value !== null,
      ...(known.listed === true && { listed: true }),
    };
    sensors.set(entityId, state);
    parts.onSensor(state);
    if (value !== null && before?.atMs !== entity.lastUpdatedMs)
      parts.onReading({ sensorId: sensor.sensorId, atMs: entity.lastUpdatedMs, value });
  };
  const refresh = (): void => homeAssistant.entities().forEach(take);
  const changes = homeAssistant.onEntityChange((entityId, now) => {
    if (!now) sensors.delete(entityId);
    else if (sensors.has(entityId) || parts.roles().has(entityId)) take(now);
  });
  return {
    states: () => [...sensors.values()],
    refresh,
    leave: (entityId) => void sensors.delete(entityId),
    close: () => changes.stop(),
  };
}

/** In the normalised unit; null while the entity says nothing. */
function valueOf({ state, attributes }: EntityState, sensorType: SensorType): number | null {
  if (sensorType === "occupancy") return state === "on" ? 1 : state === "off" ? 0 : null;
  const raw = state.trim() === "" ? Number.NaN : Number(state);
  if (!Number.isFinite(raw)) return null;
  const unit = attributes["unit_of_measurement"];
  if (typeof unit !== "string" || unit === SENSOR_UNITS[sensorType]) return raw;
  const conversion = conversionFor(sensorType, unit);
  return conversion ? convert(raw, conversion) : null;
}

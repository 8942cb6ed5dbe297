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
import { conversionFor, convert } from "../sensing/unit-conversion.ts";
import type { KnownRole } from "./first-look.ts";

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
 * integrations. Their states are readings like any other.
 * @param roles   by entity id, what each is
 * @param known   entity ids that came over MQTT already
 */
export function watchEntitySensors(
  parts: Readonly<{
    homeAssistant: HomeAssistant;
    roles: () => ReadonlyMap<string, KnownRole>;
    known: (entityId: string) => boolean;
    onReading: (reading: Reading) => void;
    onSensor: (state: SensorState) => void;
  }>,
): EntitySensors {
  const { homeAssistant } = parts;
  const sensors = new Map<string, SensorState>();

  const take = (entity: EntityState): void => {
    const known = parts.roles().get(entity.entityId);
    const sensorType = known && TYPES[known.role];
    if (!known || !sensorType || parts.known(entity.entityId)) return void sensors.delete(entity.entityId);
    const { attributes, entityId } = entity;
    const registered = homeAssistant.registries().entities.find((one) => one.entityId === entityId);
    const sensor: Sensor = {
      sensorId: `ha:${entityId}`,
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

import type { EntityState } from "../../domain/entity.ts";
import type { SensorState } from "../../domain/reading.ts";
import type { ProposedRole } from "../../home-assistant/onboarding-roles.ts";
import type { RegistryEntity } from "../../home-assistant/registries.ts";
import type { Options } from "../../options/options.ts";
import type { SetupRoleDto, SetupSensorDto, SetupWhy, WiringRole } from "../../serving/messages.ts";
import { type SetupAnswers, WIRING_ROLES } from "./setup-answers.ts";
import { OF_ENTITY, type Wiring } from "./wiring.ts";

export type SetupMetersInput = Readonly<{
  answers: SetupAnswers;
  options: Options;
  wiring: Wiring;
  sensors: readonly SensorState[];
  proposed: readonly ProposedRole[];
  entities: readonly EntityState[];
  registry: readonly RegistryEntity[];
  /** Entity id of a sensor that came over MQTT. */
  entityIdOf: (uniqueId: string) => string | undefined;
}>;

const isCharge = (role: WiringRole): boolean => role === "battery_soc" || role === "ev_soc";
const POWER_UNITS = new Set(["mW", "W", "kW", "MW"]);

/** Every meter of power or charge, those HyperVolt does not use yet with them. */
export function setupSensors({ sensors, entities, registry }: SetupMetersInput): SetupSensorDto[] {
  const known = sensors.flatMap(({ sensor, value, available }): SetupSensorDto[] => {
    const measures = sensor.sensorType === "power" ? "power" : sensor.sensorType === "battery" ? "charge" : null;
    if (measures === null) return [];
    const { sensorId, name, device } = sensor;
    const shown = device !== null && !name.startsWith(device) ? `${device} ${name}` : name;
    return [{ sensor_id: sensorId, entity_id: sensor.entityId ?? null, name: shown, measures, value, available }];
  });
  const byEntity = new Map(registry.map((entity) => [entity.entityId, entity]));
  const uniqueIds = new Set(sensors.map(({ sensor }) => sensor.uniqueId).filter((id) => id !== null));
  const listed = new Set(known.map(({ entity_id }) => entity_id));
  const others = entities.flatMap((state): SetupSensorDto[] => {
    const { entityId, attributes } = state;
    const registered = byEntity.get(entityId);
    const unit = typeof attributes["unit_of_measurement"] === "string" ? attributes["unit_of_measurement"] : "";
    const measures =
      attributes["device_class"] === "power" && POWER_UNITS.has(unit)
        ? "power"
        : attributes["device_class"] === "battery" && unit === "%"
          ? "charge"
          : null;
    if (measures === null || !entityId.startsWith("sensor.") || listed.has(entityId)) return [];
    if (registered?.disabled === true || registered?.uniqueId.startsWith("hypervolt") === true) return [];
    if (registered?.platform === "mqtt" && uniqueIds.has(registered.uniqueId)) return [];
    const value = state.state.trim() === "" ? Number.NaN : Number(state.state);
    const watts = measures === "power" ? (WATTS[unit] ?? 1) : 1;
    const name = typeof attributes["friendly_name"] === "string" ? attributes["friendly_name"] : entityId;
    return [
      {
        sensor_id: OF_ENTITY + entityId,
        entity_id: entityId,
        name,
        measures,
        value: Number.isFinite(value) ? value * watts : null,
        available: Number.isFinite(value),
      },
    ];
  });
  return [...known, ...others].sort((a, b) => a.name.localeCompare(b.name));
}
const WATTS: Readonly<Record<string, number>> = { mW: 0.001, W: 1, kW: 1_000, MW: 1_000_000 };

/** What each meter of the wiring is: an answer, else the options' word, else the surest that was found. */
export function setupRoles(input: SetupMetersInput): SetupRoleDto[] {
  const whys = new Map(input.proposed.map((one) => [`${one.entityId} ${one.role}`, one.why]));
  const named = new Set(input.options.sensors.map(({ sensor }) => sensor));
  return WIRING_ROLES.map((role): SetupRoleDto => {
    const said = input.answers.meters?.[role];
    if (said)
      return {
        role,
        sensor_id: said.sensor_id === null ? null : input.wiring.sensorIdOf(said.sensor_id),
        reversed: said.reversed,
        confidence: 1,
        why: "said",
        origin: "page",
      };
    const measuring = isCharge(role) ? "battery" : "power";
    const best = input.sensors
      .filter(({ sensor }) => sensor.role === role && sensor.sensorType === measuring)
      .toSorted((a, b) => (b.sensor.confidence ?? 0) - (a.sensor.confidence ?? 0))[0]?.sensor;
    if (!best) return { role, sensor_id: null, reversed: false, confidence: null, why: null, origin: "default" };
    const byOption = named.has(best.sensorId);
    const entityId = best.entityId ?? (best.uniqueId === null ? undefined : input.entityIdOf(best.uniqueId));
    const why: SetupWhy = byOption ? "said" : (whys.get(`${entityId ?? ""} ${role}`) ?? "name");
    return {
      role,
      sensor_id: best.sensorId,
      reversed: false,
      confidence: best.confidence ?? null,
      why,
      origin: byOption ? "options" : "found",
    };
  });
}

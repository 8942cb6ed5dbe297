import type { Sensor, SensorRole, SensorState } from "../../domain/reading.ts";
import type { EntityIdentities } from "../entity-identities.ts";
import type { KnownRole } from "../first-look.ts";
import type { SetupAnswers } from "./setup-answers.ts";

/** Sensors of Home Assistant are called by their entity, as it was named when HyperVolt saw it first. */
export const OF_ENTITY = "ha:";

/** What a person said of the home's meters, laid over what was found. */
export interface Wiring {
  /**
   * All sensors, with the roles that were said. A rival that was found for a role somebody else has now loses it, but
   * where the energy dashboard lists both: of two inverters a person can name but one.
   */
  readonly said: (states: readonly SensorState[]) => readonly SensorState[];
  /** -1 where a person said that a sensor counts the other way round. */
  readonly turn: (sensor: Sensor) => 1 | -1;
  /** Roles by entity id: those found, and those of entities that only a person named. */
  readonly entityRoles: (found: ReadonlyMap<string, KnownRole>) => ReadonlyMap<string, KnownRole>;
  /** The id of a sensor that may have been named by what its entity is called today, or once was. */
  readonly sensorIdOf: (named: string) => string;
}

export function createWiring(answers: () => SetupAnswers, { nowCalled, firstCalled }: EntityIdentities): Wiring {
  const entityIdOf = (named: string): string => nowCalled(named.slice(OF_ENTITY.length));
  const sensorIdOf = (named: string): string =>
    named.startsWith(OF_ENTITY) ? OF_ENTITY + firstCalled(entityIdOf(named)) : named;
  const meters = () =>
    Object.entries(answers().meters ?? {}).map(([role, meter]) => ({
      role: role as SensorRole,
      named: meter.sensor_id,
      sensorId: meter.sensor_id === null ? null : sensorIdOf(meter.sensor_id),
      reversed: meter.reversed,
    }));
  return {
    sensorIdOf,
    said(states) {
      const all = meters();
      if (all.length === 0) return states;
      const listed = new Map(
        states.flatMap(({ sensor, listed }) => (listed === true ? [[sensor.sensorId, sensor.role]] : [])),
      );
      return states.map((state) => {
        const { role: found, ...sensor } = state.sensor;
        const own = all.find(({ sensorId }) => sensorId === sensor.sensorId);
        if (own) return { ...state, sensor: { ...sensor, role: own.role, confidence: 1 } };
        const rival = all.find(({ role }) => role === found);
        const beside = state.listed === true && listed.get(rival?.sensorId ?? "") === found;
        return !rival || beside ? state : { ...state, sensor };
      });
    },
    turn: (sensor) => (meters().some(({ sensorId, reversed }) => sensorId === sensor.sensorId && reversed) ? -1 : 1),
    entityRoles(found) {
      const named = meters().filter(({ sensorId }) => sensorId?.startsWith(OF_ENTITY));
      if (named.length === 0) return found;
      const roles = new Map(found);
      for (const { named: sensor, role } of named) {
        const entityId = entityIdOf(sensor ?? "");
        const same = found.get(entityId);
        roles.set(entityId, same?.role === role ? { ...same, confidence: 1 } : { role, confidence: 1, sign: 1 });
      }
      return roles;
    },
  };
}

import type { ControllableDevice } from "../domain/entity.ts";
import type { SensorState } from "../domain/reading.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import type { ActingRoom } from "../acting/acting.ts";

/** A light sensor that is so much older than another one in its room is left out. */
const SILENT_MS = 5 * MS_PER_MINUTE;

export type AreaFacts = Readonly<{ areaId: string; name: string; floorId: string | null }>;

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_|_$/g, "");

/** Sensors say where they are by a Pi's location, an area's id or its name: all three mean the area. */
export const isIn = (sensor: SensorState, area: AreaFacts): boolean => {
  const location = sensor.sensor.location;
  return (
    location !== null &&
    (location === area.areaId || slug(location) === slug(area.areaId) || slug(location) === slug(area.name))
  );
};

/** Areas of Home Assistant, and locations of sensors and devices that it has no area for. */
export function areasOf(known: readonly AreaFacts[], sensors: readonly SensorState[]): readonly AreaFacts[] {
  const more = new Map<string, AreaFacts>();
  for (const state of sensors) {
    const { location, source } = state.sensor;
    if (location === null || source !== "native" || known.some((area) => isIn(state, area))) continue;
    const name = location.replaceAll(/[_-]+/g, " ");
    more.set(location, {
      areaId: slug(location),
      name: `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      floorId: null,
    });
  }
  return [...known, ...more.values()];
}

type RoomValue = Readonly<{ value: number; atMs: number }>;

/** The available values of some kinds of sensors in an area, newest first. */
const valuesIn = (area: AreaFacts, sensors: readonly SensorState[], types: readonly string[]): readonly RoomValue[] =>
  sensors
    .flatMap((state) => {
      const { available, value, atMs, sensor } = state;
      const counts = available && value !== null && atMs !== null && types.includes(sensor.sensorType);
      return counts && isIn(state, area) ? [{ value, atMs }] : [];
    })
    .toSorted((a, b) => b.atMs - a.atMs);

/** The newest available value of one kind of sensor in an area. */
export const valueIn = (area: AreaFacts, sensors: readonly SensorState[], types: readonly string[]): RoomValue | null =>
  valuesIn(area, sensors, types)[0] ?? null;

/**
 * How light a room is. Several sensors are taken together: by the window and in the corner they differ, and whichever
 * spoke last would make the light swing. As old as the oldest of them, so that all have seen what was done.
 */
function lightIn(area: AreaFacts, sensors: readonly SensorState[]): RoomValue | null {
  const values = valuesIn(area, sensors, ["ldr"]);
  const newest = values[0];
  if (!newest) return null;
  const fresh = values.filter(({ atMs }) => atMs > newest.atMs - SILENT_MS);
  return {
    value: fresh.reduce((sum, { value }) => sum + value, 0) / fresh.length,
    atMs: Math.min(...fresh.map(({ atMs }) => atMs)),
  };
}

/** Somebody is there where any sensor says so: the one in the corner may not see the armchair. */
function isOccupied(area: AreaFacts, sensors: readonly SensorState[]): boolean | null {
  const values = valuesIn(area, sensors, ["motion", "occupancy"]);
  return values.length === 0 ? null : values.some(({ value }) => value > 0);
}

/** Rooms with lights that can be dimmed and a light sensor of their own. */
export function dimmableRooms(
  areas: readonly AreaFacts[],
  devices: readonly ControllableDevice[],
  sensors: readonly SensorState[],
): readonly ActingRoom[] {
  return areas.flatMap((area): ActingRoom[] => {
    const lights = devices
      .filter(({ kind, dimmable, areaId }) => kind === "light" && dimmable && areaId === area.areaId)
      .map(({ deviceId }) => deviceId);
    if (lights.length === 0) return [];
    return [
      {
        areaId: area.areaId,
        name: area.name,
        lux: lightIn(area, sensors),
        occupied: isOccupied(area, sensors),
        lights,
      },
    ];
  });
}

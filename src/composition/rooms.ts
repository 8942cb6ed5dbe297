import type { ControllableDevice } from "../domain/entity.ts";
import type { SensorState } from "../domain/reading.ts";
import type { ActingRoom } from "../acting/acting.ts";

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

/** The newest available value of one kind of sensor in an area. */
export function valueIn(
  area: AreaFacts,
  sensors: readonly SensorState[],
  types: readonly string[],
): Readonly<{ value: number; atMs: number }> | null {
  const found = sensors
    .filter(
      (state) =>
        state.available &&
        state.value !== null &&
        state.atMs !== null &&
        types.includes(state.sensor.sensorType) &&
        isIn(state, area),
    )
    .toSorted((a, b) => (b.atMs ?? 0) - (a.atMs ?? 0))[0];
  return found ? { value: found.value ?? 0, atMs: found.atMs ?? 0 } : null;
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
    const presence = valueIn(area, sensors, ["motion", "occupancy"]);
    return [
      {
        areaId: area.areaId,
        name: area.name,
        lux: valueIn(area, sensors, ["ldr"]),
        occupied: presence === null ? null : presence.value > 0,
        lights,
      },
    ];
  });
}

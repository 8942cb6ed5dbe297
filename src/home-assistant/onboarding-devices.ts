import type { ControllableDevice, EntityState } from "../domain/entity.ts";
import { W_PER_KW } from "../domain/units.ts";
import { isOurs, nameOf, type ProposedRole, type ProposedWhy } from "./onboarding-roles.ts";
import type { Registries } from "./registries.ts";

/** A device HyperVolt could act on if the user allows it. */
export type ProposedDevice = Readonly<{
  device: ControllableDevice;
  confidence: number;
  why: ProposedWhy;
  /** Measures what it draws, where there is such a sensor. */
  powerEntityId: string | null;
}>;

/** A room with what its light depends on. */
export type ProposedRoom = Readonly<{
  areaId: string;
  name: string;
  luxEntityId: string | null;
  presenceEntityIds: readonly string[];
  /** Dimmable lights, by entity id. */
  lights: readonly string[];
}>;

type Kind = ControllableDevice["kind"];
const ALL_DAYS = [0, 1, 2, 3, 4, 5, 6];
/** By name in the languages of the options; typical power, W, and run, minutes, where nothing is measured. */
const APPLIANCES: readonly (readonly [RegExp, Kind, powerW: number, runMinutes: number, contiguous: boolean])[] = [
  [/dish ?washer|geschirrsp|sp[üu]lmaschine|lave.?vaisselle|lavavajillas|vaatwasser/i, "dishwasher", 1_100, 120, true],
  [/washing ?machine|washer|waschmaschine|lave.?linge|lavadora|wasmachine/i, "washing_machine", 700, 120, true],
  [/dryer|trockner|s[èe]che.?linge|secadora|droger/i, "other", 900, 120, true],
  [
    /water ?heater|hot ?water|boiler|warmwasser|heizstab|chauffe.?eau|cumulus|termo|calentador/i,
    "water_heater",
    2_000,
    120,
    false,
  ],
  [/heat ?pump|w[äa]rmepumpe|pompe [àa] chaleur|bomba de calor|warmtepomp/i, "heat_pump", 2_000, 180, false],
  [/\bev\b|wallbox|car ?charger|ev ?charger|ladestation|borne|laadpaal|cargador/i, "ev", 3_700, 240, false],
  [/pool|pumpe|\bpump\b|pompe|bomba|pomp/i, "other", 500, 240, false],
];

/** Loads behind a switch that could run at another time; nothing is touched before the user allows it. */
export function proposeLoads(
  states: readonly EntityState[],
  registries: Registries,
  roles: readonly ProposedRole[],
): ProposedDevice[] {
  const powers = new Map(roles.filter(({ role }) => role === "device_power").map((one) => [one.entityId, one]));
  const stateOf = new Map(states.map((state) => [state.entityId, state]));
  const deviceNames = new Map(registries.devices.map(({ deviceId, name }) => [deviceId, name]));
  /** By device, the first of its entities that measures power. */
  const powerOf = new Map(
    registries.entities
      .filter(({ entityId, deviceId }) => deviceId && powers.has(entityId))
      .map(({ entityId, deviceId }) => [deviceId, entityId] as const)
      .toReversed(),
  );
  return registries.entities.flatMap((entity): ProposedDevice[] => {
    const state = stateOf.get(entity.entityId);
    if (!entity.entityId.startsWith("switch.") || !state || entity.disabled || entity.hidden || isOurs(entity))
      return [];
    if (entity.entityCategory !== null) return [];
    const name = nameOf(state);
    const words = `${name} ${deviceNames.get(entity.deviceId ?? "") ?? ""} ${entity.entityId.replaceAll("_", " ")}`;
    const powerEntityId = powerOf.get(entity.deviceId) ?? null;
    const appliance = APPLIANCES.find(([pattern]) => pattern.test(words));
    if (!appliance && powerEntityId === null) return [];
    const [, kind, powerW, runMinutes, contiguous] = appliance ?? [/./, "switch", 500, 60, true];
    return [
      {
        confidence: appliance ? (powerEntityId ? 0.8 : 0.6) : 0.3,
        why: appliance ? "name" : "measured_plug",
        powerEntityId,
        device: {
          deviceId: entity.entityId,
          entityId: entity.entityId,
          name,
          kind,
          areaId: entity.areaId,
          maxW: Math.max(powerW, wattsOf(powerEntityId ? stateOf.get(powerEntityId) : undefined)),
          dimmable: false,
          ...(appliance ? { shift: { runMinutes, contiguous, window: ["00:00", "23:59"], weekdays: ALL_DAYS } } : {}),
        },
      },
    ];
  });
}

/** Lights that can be dimmed. */
export function proposeLights(states: readonly EntityState[], registries: Registries): ProposedDevice[] {
  const registered = new Map(registries.entities.map((entity) => [entity.entityId, entity]));
  return states.flatMap((state): ProposedDevice[] => {
    const entity = registered.get(state.entityId);
    if (!state.entityId.startsWith("light.") || entity?.disabled || entity?.hidden) return [];
    const modes = state.attributes["supported_color_modes"];
    const dimmable = Array.isArray(modes) && modes.some((mode) => mode !== "onoff" && mode !== "unknown");
    if (!dimmable) return [];
    // A group is dimmed through its members: two hands on one light would fight.
    if (Array.isArray(state.attributes["entity_id"])) return [];
    const areaId = entity?.areaId ?? null;
    return [
      {
        confidence: areaId === null ? 0.5 : 0.8,
        why: "dimmable",
        powerEntityId: null,
        device: {
          deviceId: state.entityId,
          entityId: state.entityId,
          name: nameOf(state),
          kind: "light",
          areaId,
          maxW: 10,
          dimmable: true,
        },
      },
    ];
  });
}

/** Rooms in which light can be kept at a target: a light sensor and a light. */
export function proposeRooms(
  registries: Registries,
  roles: readonly ProposedRole[],
  lights: readonly ProposedDevice[],
): ProposedRoom[] {
  const areaOf = new Map(registries.entities.map(({ entityId, areaId }) => [entityId, areaId]));
  const inArea = (areaId: string, role: ProposedRole["role"]): string[] =>
    roles
      .filter((one) => one.role === role && areaOf.get(one.entityId) === areaId)
      .sort((a, b) => b.confidence - a.confidence)
      .map(({ entityId }) => entityId);
  return registries.areas.map(({ areaId, name }) => ({
    areaId,
    name,
    luxEntityId: inArea(areaId, "room_light")[0] ?? null,
    presenceEntityIds: inArea(areaId, "presence"),
    lights: lights.filter(({ device }) => device.areaId === areaId).map(({ device }) => device.entityId),
  }));
}

function wattsOf(state: EntityState | undefined): number {
  const value = Number(state?.state);
  if (!Number.isFinite(value)) return 0;
  return state?.attributes["unit_of_measurement"] === "kW" ? value * W_PER_KW : value;
}

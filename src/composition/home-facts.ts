import type { ControllableDevice } from "../domain/entity.ts";
import type { HomeKind } from "../domain/home-history.ts";
import type { SensorState } from "../domain/reading.ts";
import type { Options } from "../options/options.ts";
import type { HomeSurroundings } from "./connect-surroundings.ts";
import { createAllowed } from "./allowed-entities.ts";
import { listDevices, type PiDevice } from "./device-book.ts";
import { homeBatteries } from "./home-batteries.ts";
import { createHomeModel, type HomeModel } from "./home-model.ts";
import type { HomeMemory } from "./open-memory.ts";
import type { StartInput } from "./start-input.ts";
import type { HomeSensors } from "./start-sensing.ts";
import type { HomeSetup } from "./start-setup.ts";
import { MS_PER_SECOND } from "../domain/units.ts";

const DEVICES_HOLD_MS = 2 * MS_PER_SECOND;

/** What the home is: its model, its devices and its batteries. */
export type HomeFacts = Readonly<{
  model: HomeModel;
  devices: () => readonly ControllableDevice[];
  /** Devices whose power the plan decides: shifted loads, and lights HyperVolt may dim. Not part of the forecast load. */
  planned: () => readonly ControllableDevice[];
  /** Entities HyperVolt may act on; a renamed one keeps the permission. */
  allowed: () => readonly string[];
  batteries: ReturnType<typeof homeBatteries>;
  hasPv: () => boolean;
  sensors: () => readonly SensorState[];
}>;

export function homeFacts(
  options: Options,
  { clock }: StartInput,
  { preferences, history }: HomeMemory,
  around: HomeSurroundings,
  sensors: HomeSensors,
  setup: HomeSetup,
): HomeFacts {
  const { homeAssistant, zone, site } = around;
  const { latitude, longitude, currency } = site();
  const model = createHomeModel({
    sensors: sensors.sensors,
    signOf: sensors.signOf,
    store: history,
    zone,
    site: {
      id: "home",
      timezone: zone.name,
      stepMinutes: 15,
      currency,
      ...(latitude !== null && longitude !== null && { latitude, longitude }),
      ...(options.pv_kwp > 0 && { pvKwp: options.pv_kwp }),
      ...kindOf(options),
    },
  });
  const allowed = createAllowed(options, preferences, setup.identities);
  let listed: { atMs: number; devices: readonly ControllableDevice[] } = {
    atMs: Number.NEGATIVE_INFINITY,
    devices: [],
  };
  const listAnew = (): void => void (listed = { ...listed, atMs: Number.NEGATIVE_INFINITY });
  setup.book.onChange(listAnew);
  homeAssistant.onRegistryChange(listAnew);
  const devices = (): readonly ControllableDevice[] => {
    const nowMs = clock.nowMs();
    if (Math.abs(nowMs - listed.atMs) > DEVICES_HOLD_MS)
      listed = {
        atMs: nowMs,
        devices: listDevices({
          options: { ...options, allowed_entities: [...allowed()] },
          firstCalled: setup.identities.firstCalled,
          piDevices: () =>
            sensors.sensing
              .devices()
              .filter((device): device is typeof device & PiDevice => device.source === "native"),
          registry: () => homeAssistant.registries().entities,
          entity: (entityId) => homeAssistant.entity(entityId),
          entities: () => homeAssistant.entities(),
          areas: () => homeAssistant.registries().areas,
        }),
      };
    return listed.devices;
  };
  return {
    model,
    devices,
    planned: () =>
      devices().filter(
        ({ shift, kind, dimmable, entityId }) =>
          shift !== undefined || (kind === "light" && dimmable && allowed().includes(entityId)),
      ),
    allowed,
    batteries: homeBatteries({
      options,
      sensors: sensors.sensors,
      signOf: sensors.signOf,
      entityIdOf: sensors.entityIdOf,
      flows: (nowMs) => model.flows(nowMs),
      devices,
      changes: () => preferences.current().energySources,
    }),
    sensors: sensors.sensors,
    hasPv: () => model.sensorOf("pv") !== undefined || options.pv_kwp > 0,
  };
}

/** What a person said of the home; nothing where nothing was said. */
function kindOf(options: Options): { kind?: HomeKind } {
  const kind: HomeKind = {
    ...(options.dwelling !== "unknown" && { dwelling: options.dwelling }),
    ...(options.people > 0 && { people: options.people }),
    ...(options.electric_heating && { electricHeating: true }),
    ...(options.electric_hot_water && { electricHotWater: true }),
    ...(options.electric_car && { ev: true }),
  };
  return Object.keys(kind).length > 0 ? { kind } : {};
}

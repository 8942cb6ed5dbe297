import type { ControllableDevice } from "../domain/entity.ts";
import type { Options } from "../options/options.ts";
import type { HomeSurroundings } from "./connect-surroundings.ts";
import { listDevices, type PiDevice } from "./device-book.ts";
import { homeBatteries } from "./home-batteries.ts";
import { createHomeModel, type HomeModel } from "./home-model.ts";
import type { HomeMemory } from "./open-memory.ts";
import type { StartInput } from "./start-input.ts";
import type { HomeSensors } from "./start-sensing.ts";
import { MS_PER_SECOND } from "../domain/units.ts";

const DEVICES_HOLD_MS = 2 * MS_PER_SECOND;

/** What the home is: its model, its devices and its batteries. */
export type HomeFacts = Readonly<{
  model: HomeModel;
  devices: () => readonly ControllableDevice[];
  batteries: ReturnType<typeof homeBatteries>;
  hasPv: () => boolean;
}>;

export function homeFacts(
  options: Options,
  { clock }: StartInput,
  { preferences, history }: HomeMemory,
  around: HomeSurroundings,
  sensors: HomeSensors,
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
    },
  });
  let listed: { atMs: number; devices: readonly ControllableDevice[] } = {
    atMs: Number.NEGATIVE_INFINITY,
    devices: [],
  };
  const devices = (): readonly ControllableDevice[] => {
    const nowMs = clock.nowMs();
    if (Math.abs(nowMs - listed.atMs) > DEVICES_HOLD_MS)
      listed = {
        atMs: nowMs,
        devices: listDevices({
          options: {
            ...options,
            allowed_entities: [...new Set([...options.allowed_entities, ...preferences.current().allowedEntities])],
          },
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
    batteries: homeBatteries(options, sensors.sensors, (nowMs) => model.flows(nowMs), devices),
    hasPv: () => model.sensorOf("pv") !== undefined || options.pv_kwp > 0,
  };
}

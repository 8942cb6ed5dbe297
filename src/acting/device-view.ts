import type { EntityState } from "../domain/entity.ts";
import type { ActingDevice, ActingHome } from "./acting-home.ts";
import { type Setting, settingOf } from "./setting.ts";

/** The devices as they stand now, by device id. */
export type DeviceView = Readonly<{
  all: () => readonly ActingDevice[];
  device: (deviceId: string) => ActingDevice | undefined;
  /** As a person calls it. */
  nameOf: (deviceId: string) => string;
  entity: (deviceId: string) => EntityState | undefined;
  /** Undefined while the device is removed, unavailable or unknown. */
  setting: (deviceId: string) => Setting | undefined;
}>;

export function viewDevices(home: Pick<ActingHome, "entity">, devices: () => readonly ActingDevice[]): DeviceView {
  const device = (deviceId: string): ActingDevice | undefined => devices().find((one) => one.deviceId === deviceId);
  const entity = (deviceId: string): EntityState | undefined => home.entity(device(deviceId)?.entityId ?? "");
  return {
    all: devices,
    device,
    nameOf: (deviceId) => device(deviceId)?.name ?? deviceId,
    entity,
    setting: (deviceId) => settingOf(entity(deviceId)),
  };
}

/** Why an entity cannot be acted on, by its state; undefined: Home Assistant does not have it. */
export function whyUnseen(state: string | undefined): string {
  if (state === undefined) return "Home Assistant no longer has this entity: it was removed or renamed";
  return state === "unavailable" ? "its device is unavailable" : "its state is not known";
}

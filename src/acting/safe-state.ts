import type { ActingDevice, SafeState } from "./acting-home.ts";
import type { RestorePromise } from "./outbox.ts";
import { actionFor, fulfils, type Setting } from "./setting.ts";
import type { Want } from "./want.ts";

/** What a kind of device does where the user set nothing: a run is finished, a battery goes back to its own ways. */
const SAFE: Partial<Record<ActingDevice["kind"], SafeState>> = { battery: "off" };

/**
 * What gives a device back as it was promised; null where nothing is to be done.
 * @param promise  how it stood before HyperVolt first touched it
 */
export function restoreWant(
  device: ActingDevice,
  promise: RestorePromise,
  setting: Setting | undefined,
  reason: string,
): Want | null {
  const safe = device.safe ?? SAFE[device.kind] ?? "as_found";
  if (!setting || safe === "leave") return null;
  // An appliance that HyperVolt started finishes its run: cutting it off would do more harm than good.
  if (safe === "as_found" && device.shift && setting.on && !promise.asFound.on) return null;
  const action =
    safe === "on"
      ? ({ kind: "turn_on" } as const)
      : safe === "off"
        ? ({ kind: "turn_off" } as const)
        : actionFor(promise.asFound);
  return fulfils(setting, action) ? null : { deviceId: device.deviceId, action, source: "safe", reason };
}

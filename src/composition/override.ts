import type { ControllableDevice } from "../domain/entity.ts";
import type { Decision, DeviceAction } from "../domain/decision.ts";
import { HyperVoltError } from "../domain/errors.ts";
import type { Acting } from "../acting/acting.ts";
import type { OverrideDto } from "../serving/messages.ts";

/** What a person asked for on the page, done at once; HyperVolt then stays away from the device for a while. */
export async function override(
  parts: Readonly<{
    acting: Acting;
    devices: readonly ControllableDevice[];
    allowed: readonly string[];
    /** Latest decision on a device. */
    latest: (deviceId: string) => Decision | undefined;
    skip: (device: ControllableDevice) => void;
    nowMs: number;
  }>,
  deviceId: string,
  { action, value, minutes }: OverrideDto,
  byUser: string,
): Promise<Decision> {
  const device = parts.devices.find((one) => one.deviceId === deviceId || one.entityId === deviceId);
  if (!device) throw new HyperVoltError("NOT_FOUND", `there is no device "${deviceId}"`);
  const asked = (done: DeviceAction, reason: string): Decision => ({
    decisionId: `page-${parts.nowMs.toString(36)}-${device.deviceId}`,
    atMs: parts.nowMs,
    deviceId: device.deviceId,
    entityId: device.entityId,
    action: done,
    reason,
    alternative: null,
    inputs: { by: byUser },
    status: "withheld",
    statusDetail: null,
    contextId: null,
  });
  if (action === "release") {
    parts.acting.release(device.deviceId);
    return { ...asked({ kind: "turn_off" }, `${byUser} gave ${device.name} back to HyperVolt.`), status: "advised" };
  }
  if (action === "skip") {
    parts.skip(device);
    return asked({ kind: "turn_off" }, `${byUser} skips the next run of ${device.name}.`);
  }
  if (!parts.allowed.includes(device.entityId))
    throw new HyperVoltError(
      "CONFLICT",
      `HyperVolt may not act on ${device.name}: allow ${device.entityId} in the preferences`,
    );
  const done: DeviceAction =
    action === "set_brightness"
      ? { kind: "set_brightness", level: value ?? 100 }
      : { kind: action === "turn_off" ? "turn_off" : "turn_on" };
  await parts.acting.perform(
    device.deviceId,
    done,
    byUser,
    action === "run_now" ? (device.shift?.runMinutes ?? minutes) : minutes,
  );
  return parts.latest(device.deviceId) ?? asked(done, `${byUser} asked for it.`);
}

import type { Decision, DeviceAction } from "../domain/decision.ts";

/** Who wants something of a device; a later one in this list gives way to an earlier one. */
export const WANT_SOURCES = ["interlock", "fuse", "safe", "transfer", "person", "battery", "plan", "light"] as const;
export type WantSource = (typeof WANT_SOURCES)[number];

/** What a device should do now, and why. */
export type Want = Readonly<{
  deviceId: string;
  action: DeviceAction;
  source: WantSource;
  /** In words a user understands. */
  reason: string;
  alternative?: string | null;
  inputs?: Decision["inputs"];
}>;

/** Safety comes before comfort: limits and quiet hours do not hold it up. */
export const isUrgent = (want: Want): boolean =>
  want.source === "interlock" ||
  want.source === "fuse" ||
  want.source === "safe" ||
  want.source === "transfer" ||
  want.source === "person";

/** Whether an action leaves a device on. */
export const turnsOn = (action: DeviceAction): boolean =>
  action.kind === "turn_on" || (action.kind === "set_brightness" && action.level > 0);

/** At most one want per device: that of the source that comes first. */
export function settleWants(wants: readonly Want[]): Want[] {
  const byDevice = new Map<string, Want>();
  for (const want of wants) {
    const rival = byDevice.get(want.deviceId);
    if (!rival || WANT_SOURCES.indexOf(want.source) < WANT_SOURCES.indexOf(rival.source))
      byDevice.set(want.deviceId, want);
  }
  // What is turned off makes room for what is turned on.
  const offFirst = (want: Want): number => (want.action.kind === "turn_off" ? 0 : 1);
  return [...byDevice.values()].sort((a, b) => offFirst(a) - offFirst(b));
}

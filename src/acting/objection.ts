import type { Zone } from "../domain/civil-time.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import type { ActingDevice, ActingSettings } from "./acting-home.ts";
import { inQuietHours, limitsOf, overLimit } from "./device-limits.ts";
import type { Hold } from "./outbox.ts";
import type { Setting } from "./setting.ts";
import { isUrgent, type Want } from "./want.ts";

/** A device that did not respond is left alone for this long. */
export const UNRESPONSIVE_MS = 10 * MS_PER_MINUTE;

/** What speaks for and against acting on a device now. */
export type Circumstances = Readonly<{
  device: ActingDevice;
  setting: Setting;
  settings: ActingSettings;
  zone: Zone;
  nowMs: number;
  hold: Hold | undefined;
  /** Turning it on would close a second source. */
  closesTwo: boolean;
  /** Why the main fuse does not carry it, or null. */
  tooMuch: string | null;
  failedAtMs: number | null;
  /** HyperVolt has changed it and promised to give it back. */
  promised: boolean;
  /** When it last went on or off, by anyone. */
  switchedAtMs: number;
  ownSwitchesMs: readonly number[];
}>;

/** Why not, in words, and until when where a limit ends then; `topic` stays the same while the cause is the same. */
export type Objection = Readonly<{ topic: string; why: string; untilMs?: number }>;

/** Why a want is not carried out now, or null. People and safety come first, then limits, then comfort. */
export function objectionTo(want: Want, on: Circumstances): Objection | null {
  const { device, setting, settings, zone, nowMs, hold } = on;
  const turnsOn = want.action.kind !== "turn_off" && !setting.on;
  const clock = (atMs: number): string => zone.iso(atMs).slice(11, 16);
  // Of two closed sources one must open, whoever closed it.
  if (want.source === "interlock") return null;
  if (hold && want.source !== "fuse" && want.source !== "person")
    return { topic: "hold", why: `${hold.why}; hands off until ${clock(hold.untilMs)}` };
  if (turnsOn && on.closesTwo)
    return { topic: "interlock", why: "another source is closed, or cannot be seen to be open" };
  if (turnsOn && want.source !== "safe" && on.tooMuch !== null) return { topic: "fuse", why: on.tooMuch };
  const silent = on.failedAtMs !== null && nowMs - on.failedAtMs < UNRESPONSIVE_MS;
  if (silent && want.source !== "person" && want.source !== "fuse")
    return { topic: "failed", why: "it did not respond a moment ago" };
  if (isUrgent(want)) return null;
  // What HyperVolt has begun it may end; a battery's relays wake nobody.
  const endsOwn = want.action.kind === "turn_off" && on.promised;
  if (device.kind !== "battery" && !endsOwn && inQuietHours(settings.quietHours, zone, nowMs))
    return { topic: "quiet", why: `quiet hours until ${settings.quietHours?.to ?? ""}` };
  const limits = limitsOf(device);
  const { switchedAtMs, ownSwitchesMs } = on;
  const over = overLimit({ limits, setting, switchedAtMs, ownSwitchesMs }, want.action, nowMs);
  return over
    ? { topic: "limit", why: `${over.why}; possible at ${clock(over.untilMs)}`, untilMs: over.untilMs }
    : null;
}

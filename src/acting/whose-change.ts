import type { DeviceAction } from "../domain/decision.ts";
import { MS_PER_MINUTE, MS_PER_SECOND } from "../domain/units.ts";
import { fulfils, sameSetting, type Setting } from "./setting.ts";

/** A slow device may report what we asked for this long afterwards, under a context of its own. */
const LATE_REPORT_MS = MS_PER_MINUTE;
/** A light may be on its way to what we asked for this long, and a report of what we asked before may still come. */
const RAMP_MS = 15 * MS_PER_SECOND;

export type ChangeFacts = Readonly<{
  before: Setting | undefined;
  now: Setting;
  /** The change carries the context of one of our calls. */
  ownContext: boolean;
  /** Our last command to the device. */
  lastCommand: Readonly<{ action: DeviceAction; sentAtMs: number }> | undefined;
  /** The command before it, if the device had not shown it yet when the last one was sent. */
  superseded?: Readonly<{ action: DeviceAction; sentAtMs: number }> | undefined;
  /** A call of ours has no answer yet, so that its context is not known. */
  callUnanswered: boolean;
  atMs: number;
}>;

/**
 * Whose change it was. `undecided`: ask again once our call has been answered.
 * What we did not do is somebody else's, a person's or an automation's: HyperVolt gives way to both.
 */
export function whoseChange(facts: ChangeFacts): "none" | "own" | "other" | "undecided" {
  const { before, now, lastCommand, atMs } = facts;
  if (!before || sameSetting(before, now)) return "none";
  const { superseded } = facts;
  if (superseded && atMs - superseded.sentAtMs <= RAMP_MS && fulfils(now, superseded.action)) return "own";
  if (facts.ownContext) return lastCommand && undoes(before, now, lastCommand.action) ? "other" : "own";
  if (lastCommand) {
    const ageMs = atMs - lastCommand.sentAtMs;
    if (ageMs <= LATE_REPORT_MS && fulfils(now, lastCommand.action)) return "own";
    if (facts.callUnanswered) return "undecided";
    if (ageMs <= RAMP_MS && onTheWay(before, now, lastCommand.action)) return "own";
  }
  return "other";
}

/**
 * Home Assistant puts our context on whatever a device reports within five seconds of our call, a hand at the switch
 * included: what was done and is then turned round was not us.
 */
const undoes = (before: Setting, now: Setting, action: DeviceAction): boolean =>
  before.on !== now.on && fulfils(before, action) && !fulfils(now, action);

/** Whether a light came closer to where we sent it; one that was there already and leaves is in somebody's hands. */
function onTheWay(from: Setting, now: Setting, action: DeviceAction): boolean {
  if (action.kind !== "set_brightness" || !now.on || now.level === null) return false;
  const start = from.on ? (from.level ?? 100) : 0;
  return now.level >= Math.min(start, action.level) && now.level <= Math.max(start, action.level);
}

import type { Interlock } from "../acting/transfer-switch.ts";
import type { WantedSource } from "../acting/transfers.ts";
import type { ControllableDevice, EntityState } from "../domain/entity.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import type { Options } from "../options/options.ts";
import type { PowerSource, TransferSwitch } from "../planning/rich-problem.ts";
import type { PlanInForce } from "./planning-cycle.ts";

const INTERLOCK = "power_sources";
type Sources = Pick<Options, "power_sources" | "source_dwell_minutes">;
type Devices = readonly ControllableDevice[];

const WHY: Readonly<Record<PowerSource, string>> = {
  grid: "The plan runs the home from the grid now.",
  solar: "The plan runs the home from the sun now.",
  battery: "The plan runs the home from the battery now.",
};

const memberOf = (devices: Devices, entityId: string): string | undefined =>
  devices.find((device) => device.entityId === entityId)?.deviceId;

/** The transfer switch as acting guards it; none while fewer than two sources, or no grid, are known. */
export function interlocksOf(options: Sources, devices: Devices): readonly Interlock[] {
  const members = options.power_sources.flatMap(({ source, switch: entityId }) => {
    const deviceId = memberOf(devices, entityId);
    return deviceId === undefined ? [] : [{ source, deviceId }];
  });
  const fallback = members.find(({ source }) => source === "grid") ?? members[0];
  if (members.length < 2 || members.length < options.power_sources.length || !fallback) return [];
  return [{ interlockId: INTERLOCK, members: members.map(({ deviceId }) => deviceId), fallback: fallback.deviceId }];
}

/** The source that is closed, and since when; null where none or several are, or one cannot be seen. */
export function sourceNow(
  options: Sources,
  entity: (entityId: string) => EntityState | undefined,
): Readonly<{ source: PowerSource; sinceMs: number }> | null {
  const seen = options.power_sources.map(({ source, switch: entityId }) => ({ source, state: entity(entityId) }));
  if (seen.some(({ state }) => state?.state !== "on" && state?.state !== "off")) return null;
  const closed = seen.filter(({ state }) => state?.state === "on");
  const [only] = closed;
  return closed.length === 1 && only ? { source: only.source, sinceMs: only.state?.lastChangedMs ?? 0 } : null;
}

/** The transfer switch as the plan must respect it; undefined for a home without one, or whose switches are unseen. */
export function transferSwitchOf(
  options: Sources,
  entity: (entityId: string) => EntityState | undefined,
  nowMs: number,
  stepMs: number,
): TransferSwitch | undefined {
  const now = sourceNow(options, entity);
  if (options.power_sources.length < 2 || !now) return undefined;
  const dwellMs = options.source_dwell_minutes * MS_PER_MINUTE;
  const minDwellSteps = Math.max(1, Math.ceil(dwellMs / stepMs));
  const stoodMs = nowMs - now.sinceMs;
  return {
    sources: options.power_sources.map(({ source }) => source),
    minDwellSteps,
    initialSource: now.source,
    // A dwell that is over is over, also where it is shorter than a step.
    initialDwellSteps: stoodMs >= dwellMs ? minDwellSteps : Math.max(0, Math.floor(stoodMs / stepMs)),
  };
}

/** When the source that is closed has been so for its dwell; null without a transfer switch, or where none is seen. */
export function dwellEndsMs(options: Sources, entity: (entityId: string) => EntityState | undefined): number | null {
  const now = options.power_sources.length < 2 ? null : sourceNow(options, entity);
  return now && now.sinceMs + options.source_dwell_minutes * MS_PER_MINUTE;
}

/** The source the plan in force has for now, once the one that is closed has been so for its dwell. */
export function wantedSources(
  options: Sources,
  devices: Devices,
  entity: (entityId: string) => EntityState | undefined,
  inForce: PlanInForce | null,
  nowMs: number,
): readonly WantedSource[] {
  const step = inForce?.plan.steps[Math.floor((nowMs - inForce.startMs) / inForce.stepMs)];
  const wanted = options.power_sources.find(({ source }) => source === step?.source);
  const deviceId = wanted && memberOf(devices, wanted.switch);
  if (!wanted || deviceId === undefined || interlocksOf(options, devices).length === 0) return [];
  const now = sourceNow(options, entity);
  const dwellMs = options.source_dwell_minutes * MS_PER_MINUTE;
  if (now && now.source !== wanted.source && nowMs - now.sinceMs < dwellMs) return [];
  return [{ interlockId: INTERLOCK, deviceId, reason: WHY[wanted.source] }];
}

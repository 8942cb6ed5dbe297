import type { DeviceAction, Decision } from "../domain/decision.ts";
import type { LuxResponse } from "./lux-response.ts";
import type { Setting } from "./setting.ts";

/** A command as it was sent and seen. */
export type CommandRecord = Readonly<{
  decision: Decision;
  action: DeviceAction;
  entityId: string;
  sentAtMs: number;
  attempts: number;
  outcome: "in_flight" | "confirmed" | "failed" | "overruled";
}>;

/** Someone else has a device: HyperVolt stays away until then. */
export type Hold = Readonly<{ sinceMs: number; untilMs: number; why: string }>;

/** How a device stood before HyperVolt first touched it: what it goes back to. */
export type RestorePromise = Readonly<{ asFound: Setting; sinceMs: number }>;

/** A change of source that has begun: the old one opens before the new one closes. */
export type TransferRecord = Readonly<{ from: string | null; to: string; startedAtMs: number }>;

/** All that acting must remember over a restart, by device id (transfers by interlock id). */
export type OutboxState = Readonly<{
  commands: Readonly<Record<string, CommandRecord>>;
  holds: Readonly<Record<string, Hold>>;
  promises: Readonly<Record<string, RestorePromise>>;
  /** How a device stood when we last looked. */
  seen: Readonly<Record<string, Setting>>;
  /** When HyperVolt switched a device on or off during the last day, ascending. */
  ownSwitchesMs: Readonly<Record<string, readonly number[]>>;
  /** What a light gives to its room, as learned. */
  luxResponse: Readonly<Record<string, LuxResponse>>;
  transfers: Readonly<Record<string, TransferRecord>>;
}>;

export const EMPTY_OUTBOX: OutboxState = {
  commands: {},
  holds: {},
  promises: {},
  seen: {},
  ownSwitchesMs: {},
  luxResponse: {},
  transfers: {},
};

/** Where acting keeps what it must remember. `save` resolves once it would survive a power cut. */
export interface OutboxStore {
  load(): Promise<OutboxState>;
  save(state: OutboxState): Promise<void>;
}

/** For the demo and tests. */
export function memoryOutbox(): OutboxStore {
  let kept: OutboxState = EMPTY_OUTBOX;
  return {
    load: async () => structuredClone(kept),
    save: async (state) => void (kept = structuredClone(state)),
  };
}

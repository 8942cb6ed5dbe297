import type { Clock } from "../domain/clock.ts";
import type { Decision, DeviceAction } from "../domain/decision.ts";
import { HyperVoltError } from "../domain/errors.ts";
import { MS_PER_SECOND } from "../domain/units.ts";
import type { ActingHome } from "./acting-home.ts";
import type { ActingMemory } from "./acting-memory.ts";
import type { CommandRecord } from "./outbox.ts";
import { fulfils, serviceFor, settingOf } from "./setting.ts";

/** How long an entity may take to show what was asked. */
const CONFIRM_MS = 10 * MS_PER_SECOND;
/** Pauses before the second, third and last attempt. */
const PAUSES_MS = [5 * MS_PER_SECOND, 15 * MS_PER_SECOND, 45 * MS_PER_SECOND] as const;
const OWN_CONTEXTS = 500;

type Flight = {
  deviceId: string;
  entityId: string;
  action: DeviceAction;
  decision: Decision;
  attempts: number;
  sentAtMs: number;
  unanswered: boolean;
  timer: { cancel(): void } | undefined;
};

export interface Dispatcher {
  /**
   * Sends a command and resolves once Home Assistant has answered; what becomes of it is told to `onOutcome`. The
   * outbox knows of it before it leaves.
   */
  send(deviceId: string, entityId: string, action: DeviceAction, decision: Decision): Promise<void>;
  inFlight(deviceId: string): Readonly<{ action: DeviceAction; unanswered: boolean }> | undefined;
  isOwnContext(contextId: string | null): boolean;
  /** The last command to a device, also of a run before this one. */
  lastCommand(deviceId: string): Readonly<{ action: DeviceAction; sentAtMs: number }> | undefined;
  /** The command before the one under way, if that was sent before the device had shown it. */
  superseded(deviceId: string): Readonly<{ action: DeviceAction; sentAtMs: number }> | undefined;
  /** The entity changed: a command that it fulfils is confirmed. */
  look(deviceId: string): void;
  /** Somebody else has the device now: no further attempt. */
  overrule(deviceId: string, why: string): void;
  /** Home Assistant is back: what was under way is judged by the entity's state and never repeated blindly. */
  settleAfterAbsence(): void;
  close(): void;
}

/**
 * Carries commands out: call, confirmation by the entity's state, more attempts with growing pauses, then given up.
 * @param mustNot    what held when it was wanted may not hold once it was written down, or at the next attempt
 * @param onAnswer   runs when a call was answered, so that changes seen meanwhile can be attributed
 * @param onOutcome  runs when a command is confirmed, failed or was overruled
 */
export function createDispatcher(
  parts: Readonly<{
    home: ActingHome;
    clock: Clock;
    memory: ActingMemory;
    /** Asked right before a command leaves, and before each time it is repeated: why it must not be, or null. */
    mustNot: (deviceId: string, action: DeviceAction) => string | null;
    onAnswer: (deviceId: string) => void;
    onOutcome: (deviceId: string, decision: Decision, outcome: CommandRecord["outcome"]) => void;
  }>,
): Dispatcher {
  const { home, clock, memory } = parts;
  const flights = new Map<string, Flight>();
  const superseded = new Map<string, Readonly<{ action: DeviceAction; sentAtMs: number }>>();
  const ownContexts = new Set<string>();

  const remember = (contextId: string | null): void => {
    if (contextId === null) return;
    ownContexts.add(contextId);
    if (ownContexts.size > OWN_CONTEXTS) ownContexts.delete([...ownContexts][0] ?? "");
  };
  const record = (flight: Flight, outcome: CommandRecord["outcome"]): void => {
    const { decision, action, entityId, sentAtMs, attempts } = flight;
    memory.commands.set(flight.deviceId, { decision, action, entityId, sentAtMs, attempts, outcome });
  };
  const finish = (flight: Flight, outcome: "confirmed" | "failed" | "overruled", detail: string | null): void => {
    if (flights.get(flight.deviceId) !== flight) return;
    flights.delete(flight.deviceId);
    flight.timer?.cancel();
    const status = outcome === "overruled" ? "withheld" : outcome;
    flight.decision = { ...flight.decision, status, statusDetail: detail };
    record(flight, outcome);
    // At once: a crash right after must not make the next start take our own change for somebody else's.
    memory.save().catch(() => memory.saveSoon());
    parts.onOutcome(flight.deviceId, flight.decision, outcome);
  };
  const isDone = (flight: Flight): boolean => {
    const setting = settingOf(home.entity(flight.entityId));
    return setting !== undefined && fulfils(setting, flight.action);
  };

  const attempt = async (flight: Flight): Promise<void> => {
    if (flights.get(flight.deviceId) !== flight) return;
    const forbidden = parts.mustNot(flight.deviceId, flight.action);
    if (forbidden !== null) return finish(flight, "overruled", forbidden);
    const call = serviceFor(flight.entityId, flight.action);
    if (!call) return finish(flight, "failed", "it is neither a light nor a switch");
    flight.attempts += 1;
    flight.unanswered = true;
    let refusal: string | null = null;
    try {
      const target = { entity_id: flight.entityId };
      const { contextId } = await home.callService(call.domain, call.service, call.data, target);
      remember(contextId);
      flight.decision = { ...flight.decision, contextId };
    } catch (error) {
      refusal = error instanceof HyperVoltError ? error.detail : String(error);
    }
    flight.unanswered = false;
    if (flights.get(flight.deviceId) !== flight) return;
    record(flight, "in_flight");
    parts.onAnswer(flight.deviceId);
    if (flights.get(flight.deviceId) !== flight) return;
    if (isDone(flight)) return finish(flight, "confirmed", null);
    // Whether a call that was cut off arrived is not known: it is judged when Home Assistant is back.
    if (refusal !== null && !home.connected()) return;
    flight.timer = clock.after(refusal === null ? CONFIRM_MS : 0, () => again(flight, refusal));
  };
  const again = (flight: Flight, refusal: string | null): void => {
    if (isDone(flight)) return finish(flight, "confirmed", null);
    const pauseMs = PAUSES_MS[flight.attempts - 1];
    if (pauseMs === undefined) {
      const seen = home.entity(flight.entityId)?.state ?? "removed";
      const why = refusal === null ? `the entity shows "${seen}"` : `Home Assistant said: ${refusal}`;
      return finish(flight, "failed", `given up after ${flight.attempts} attempts: ${why}`);
    }
    flight.timer = clock.after(pauseMs, () => attempt(flight));
  };

  return {
    async send(deviceId, entityId, action, decision) {
      const sentAtMs = clock.nowMs();
      const flight: Flight = {
        deviceId,
        entityId,
        action,
        decision,
        attempts: 0,
        sentAtMs,
        unanswered: true,
        timer: undefined,
      };
      const before = flights.get(deviceId);
      if (before) {
        superseded.set(deviceId, before);
        finish(before, "overruled", "a newer command took its place");
      } else superseded.delete(deviceId);
      flights.set(deviceId, flight);
      record(flight, "in_flight");
      try {
        await memory.save();
      } catch (error) {
        return finish(flight, "failed", `not sent, as it could not be written down first: ${String(error)}`);
      }
      await attempt(flight);
    },
    inFlight: (deviceId) => flights.get(deviceId),
    isOwnContext: (contextId) => contextId !== null && ownContexts.has(contextId),
    lastCommand: (deviceId) => memory.commands.get(deviceId),
    superseded: (deviceId) => superseded.get(deviceId),
    look(deviceId) {
      const flight = flights.get(deviceId);
      if (flight && flight.attempts > 0 && !flight.unanswered && isDone(flight)) finish(flight, "confirmed", null);
    },
    overrule(deviceId, why) {
      const flight = flights.get(deviceId);
      if (flight) finish(flight, "overruled", why);
    },
    settleAfterAbsence() {
      for (const flight of flights.values())
        if (isDone(flight)) finish(flight, "confirmed", null);
        else if (!flight.unanswered)
          finish(flight, "failed", "the connection to Home Assistant was lost; not repeated blindly");
    },
    close() {
      for (const flight of flights.values()) flight.timer?.cancel();
      flights.clear();
    },
  };
}

import type { Clock } from "../domain/clock.ts";
import { isoUtc } from "../domain/civil-time.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import type { ActingDevice, ActingHome } from "./acting-home.ts";
import type { ActingMemory } from "./acting-memory.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Hold } from "./outbox.ts";
import { fulfils, sameSetting, type Setting, settingOf } from "./setting.ts";
import { whoseChange } from "./whose-change.ts";

const MOST_CONTEXTS = 200;
/** What we asked for may show this long after we asked, also when we were not there to see it. */
const LATE_CONFIRMATION_MS = 2 * MS_PER_MINUTE;

export interface Hands {
  /** A call of ours was answered: changes seen meanwhile can now be attributed. */
  judgeAgain(deviceId: string): void;
  /** Compares every device with how it was last seen: somebody may have changed it while we were away. */
  takeStock(): void;
  /** HyperVolt stays away from a device for a time. */
  take(device: ActingDevice, forMs: number, why: string): void;
  close(): void;
}

/**
 * Watches whose hands the devices are in. A change that is not ours wins at once: what is under way is dropped, and
 * HyperVolt stays away for the time the user chose. Turning a light on is using it, not taking it: it may be dimmed,
 * unless a brightness was chosen, or HyperVolt itself had turned it off.
 * @param remembers  whether it is known what an earlier run did and saw: before, nobody's change can be judged, and what
 *                   changed is found by `takeStock`
 * @param onTaken    runs when somebody else took a device
 */
export function watchHands(
  parts: Readonly<{
    home: ActingHome;
    clock: Clock;
    memory: ActingMemory;
    dispatcher: Dispatcher;
    devices: () => readonly ActingDevice[];
    remembers: () => boolean;
    handsOffMs: () => number;
    onTaken: (device: ActingDevice, setting: Setting, hold: Hold) => void;
  }>,
): Hands {
  const { home, clock, memory, dispatcher } = parts;
  const undecided = new Map<
    string,
    Readonly<{ device: ActingDevice; before: Setting | undefined; contextId: string | null }>
  >();
  const chosenBrightness = new Set<string>();
  /** As devices stood before their first change that could not be judged yet. */
  const firstSeen = new Map<string, Setting>();

  const take = (device: ActingDevice, setting: Setting, sinceMs: number, forMs: number, why: string): void => {
    dispatcher.overrule(device.deviceId, why);
    memory.promises.delete(device.deviceId);
    if (forMs > 0 && sinceMs + forMs > clock.nowMs()) {
      const hold = { sinceMs, untilMs: sinceMs + forMs, why };
      memory.holds.set(device.deviceId, hold);
      parts.onTaken(device, setting, hold);
    }
    memory.saveSoon();
  };
  const isUse = (device: ActingDevice, before: Setting, now: Setting, contextId: string | null): boolean => {
    if (device.kind !== "light" || before.on || !now.on) return false;
    const last = memory.commands.get(device.deviceId);
    const weTurnedItOff = last?.action.kind === "turn_off" && clock.nowMs() - last.sentAtMs < parts.handsOffMs();
    return !weTurnedItOff && !(contextId !== null && chosenBrightness.has(contextId));
  };
  const judge = (device: ActingDevice, before: Setting | undefined, contextId: string | null): void => {
    const entity = home.entity(device.entityId);
    const now = settingOf(entity);
    if (!entity || !now) return;
    const verdict = whoseChange({
      before,
      now,
      ownContext: dispatcher.isOwnContext(contextId),
      lastCommand: dispatcher.lastCommand(device.deviceId),
      superseded: dispatcher.superseded(device.deviceId),
      callUnanswered: dispatcher.inFlight(device.deviceId)?.unanswered ?? false,
      atMs: clock.nowMs(),
    });
    if (verdict === "undecided") {
      if (!undecided.has(device.deviceId)) undecided.set(device.deviceId, { device, before, contextId });
      return;
    }
    memory.seen.set(device.deviceId, now);
    memory.saveSoon();
    if (verdict !== "other" || !before) return;
    if (isUse(device, before, now, contextId)) {
      memory.promises.delete(device.deviceId);
      return;
    }
    take(device, now, clock.nowMs(), parts.handsOffMs(), "Somebody changed it");
  };

  const changes = home.onEntityChange((entityId, now, before) => {
    if (!/^(light|switch)\./.test(entityId)) return; // a home has hundreds of sensors that change all the time
    const device = parts.devices().find((one) => one.entityId === entityId);
    if (!device) return;
    const earlier = settingOf(before);
    if (!parts.remembers()) {
      if (earlier && !firstSeen.has(device.deviceId)) firstSeen.set(device.deviceId, earlier);
      return;
    }
    judge(device, memory.seen.get(device.deviceId) ?? earlier, now?.contextId ?? null);
    dispatcher.look(device.deviceId);
  });
  const calls = home.onEvent("call_service", (data, contextId) => {
    const asked = data["service_data"];
    if (data["domain"] !== "light" || contextId === null || typeof asked !== "object" || asked === null) return;
    if (!Object.keys(asked).some((key) => key.startsWith("brightness"))) return;
    chosenBrightness.add(contextId);
    if (chosenBrightness.size > MOST_CONTEXTS) chosenBrightness.delete([...chosenBrightness][0] ?? "");
  });

  return {
    judgeAgain(deviceId) {
      const waiting = undecided.get(deviceId);
      undecided.delete(deviceId);
      if (waiting) judge(waiting.device, waiting.before, waiting.contextId);
    },
    takeStock() {
      for (const device of parts.devices()) {
        const { deviceId } = device;
        const entity = home.entity(device.entityId);
        const now = settingOf(entity);
        const seen = memory.seen.get(deviceId) ?? firstSeen.get(deviceId);
        if (!entity || !now) continue;
        memory.seen.set(deviceId, now);
        if (!seen || sameSetting(seen, now)) continue;
        const command = memory.commands.get(deviceId);
        const ours =
          command && fulfils(now, command.action) && entity.lastUpdatedMs - command.sentAtMs < LATE_CONFIRMATION_MS;
        if (ours) continue;
        const why = `Somebody changed it at ${isoUtc(entity.lastUpdatedMs)}, while HyperVolt was away`;
        take(device, now, entity.lastUpdatedMs, parts.handsOffMs(), why);
      }
      firstSeen.clear();
    },
    take(device, forMs, why) {
      const setting = settingOf(home.entity(device.entityId));
      if (setting) memory.seen.set(device.deviceId, setting);
      memory.promises.delete(device.deviceId);
      if (forMs > 0) memory.holds.set(device.deviceId, { sinceMs: clock.nowMs(), untilMs: clock.nowMs() + forMs, why });
      memory.saveSoon();
    },
    close() {
      changes.stop();
      calls.stop();
    },
  };
}

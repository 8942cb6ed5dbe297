import type { Zone } from "../domain/civil-time.ts";
import type { Clock } from "../domain/clock.ts";
import type { Decision, DeviceAction } from "../domain/decision.ts";
import { HyperVoltError } from "../domain/errors.ts";
import type { Log } from "../domain/log.ts";
import { MS_PER_MINUTE, MS_PER_SECOND } from "../domain/units.ts";
import type { ActingDevice, ActingHome, ActingSettings } from "./acting-home.ts";
import { ActingMemory } from "./acting-memory.ts";
import { batteryWants } from "./battery-wants.ts";
import { DecisionBook } from "./decision-book.ts";
import { createDispatcher } from "./dispatcher.ts";
import { FuseGuard } from "./fuse-guard.ts";
import { watchHands } from "./hands.ts";
import { loadWant } from "./load-shifting.ts";
import { objectionTo, UNRESPONSIVE_MS } from "./objection.ts";
import type { Hold, OutboxStore } from "./outbox.ts";
import { RoomLights } from "./room-lights.ts";
import { restoreWant } from "./safe-state.ts";
import { describeAction, fulfils, serviceFor, type Setting, settingOf } from "./setting.ts";
import { NOTHING_KNOWN, type Situation } from "./situation.ts";
import { type Contact, type Interlock, tooManyClosed, wouldCloseTwo } from "./transfer-switch.ts";
import { Transfers } from "./transfers.ts";
import { settleWants, type Want } from "./want.ts";

export type { ActingRoom, Situation } from "./situation.ts";

/** At the end: for what is under way, and for giving back. */
const LAST_TICK_MS = 2 * MS_PER_SECOND;
const RESTORE_MS = 4 * MS_PER_SECOND;

/** Without a plan that holds, things stay as they are for this long, then go back to their safe state. */
const NO_PLAN_MS = 30 * MS_PER_MINUTE;

export interface Acting {
  /** Every ten seconds or so: carries out what is due. Resolves when what was sent has been answered; never rejects. */
  tick(situation: Situation): Promise<void>;
  /**
   * A person's wish from HyperVolt's own page: done at once, then hands off.
   * @throws HyperVoltError while Home Assistant or the device is away, or when it cannot be written
   */
  perform(deviceId: string, action: DeviceAction, who: string, holdMinutes?: number): Promise<void>;
  /** Gives a device back to HyperVolt before its time. */
  release(deviceId: string): void;
  /** Devices somebody else has, by device id. */
  holds(): ReadonlyMap<string, Hold>;
  /** What a person should know, in words; empty when all is well. */
  problems(): readonly string[];
  /** What waits for a person's yes, by the last tick. */
  asks(): readonly Readonly<{ deviceId: string; reason: string }>[];
  counts(): Readonly<{ sent: number; confirmed: number; failed: number }>;
  /** Gives everything back as it was promised, within a few seconds, and ends. */
  close(): Promise<void>;
}

/**
 * Carries out what plan, lights and guards want, within what the user allowed; in advise mode it only says so.
 * @param outbox      what was sent and promised, over restarts
 * @param onDecision  runs for every decision, and again when its status changes (same `decisionId`)
 * @param onHold      runs when somebody else took a device: plan around it
 */
export function createActing(
  parts: Readonly<{
    homeAssistant: ActingHome;
    clock: Clock;
    log: Log;
    zone: Zone;
    outbox: OutboxStore;
    settings: () => ActingSettings;
    devices: () => readonly ActingDevice[];
    interlocks?: () => readonly Interlock[];
    onDecision: (decision: Decision) => void;
    onHold?: (deviceId: string, hold: Hold) => void;
  }>,
): Acting {
  const { homeAssistant: home, clock, log, zone } = parts;
  const memory = new ActingMemory(parts.outbox, clock, log);
  const fuse = new FuseGuard();
  const lights = new RoomLights(memory);
  const book = new DecisionBook(clock, (decision) => parts.onDecision(decision));
  const failures = new Map<string, Readonly<{ atMs: number; detail: string }>>();
  const restoring = new Set<string>();
  const counts = { sent: 0, confirmed: 0, failed: 0 };
  let asks: Readonly<{ deviceId: string; reason: string }>[] = [];
  let noPlanSinceMs: number | null = null;
  /** Promises of an earlier run that are still to be kept; some devices show themselves only after a while. */
  const leftBehind = new Set<string>();
  let recovered = false;
  let closing = false;
  let ticking: Promise<void> = Promise.resolve();

  const interlocks = (): readonly Interlock[] => parts.interlocks?.() ?? [];
  const deviceOf = (deviceId: string): ActingDevice | undefined =>
    parts.devices().find((device) => device.deviceId === deviceId);
  const settingNow = (deviceId: string): Setting | undefined => {
    const device = deviceOf(deviceId);
    return device && settingOf(home.entity(device.entityId));
  };
  const isAllowed = (device: ActingDevice): boolean => parts.settings().allowedEntities.includes(device.entityId);

  const dispatcher = createDispatcher({
    home,
    clock,
    memory,
    mustNot: (deviceId, action) =>
      action.kind !== "turn_off" && wouldCloseTwo(interlocks(), deviceId, contactOf)
        ? "another source is closed by now, or cannot be seen to be open"
        : null,
    onAnswer: (deviceId) => hands.judgeAgain(deviceId),
    onOutcome(deviceId, decision, outcome) {
      if (outcome === "confirmed") {
        counts.confirmed += 1;
        failures.delete(deviceId);
        if (restoring.has(deviceId)) memory.promises.delete(deviceId);
      } else if (outcome === "failed") {
        counts.failed += 1;
        failures.set(deviceId, { atMs: clock.nowMs(), detail: decision.statusDetail ?? "" });
        log.warning("An action failed", { deviceId, entityId: decision.entityId, detail: decision.statusDetail });
      }
      parts.onDecision(decision);
    },
  });

  const hands = watchHands({
    home,
    clock,
    memory,
    dispatcher,
    devices: parts.devices,
    handsOffMs: () => parts.settings().handsOffMinutes * MS_PER_MINUTE,
    onTaken(device, setting, hold) {
      book.forget(device.deviceId);
      const until = zone.iso(hold.untilMs).slice(11, 16);
      const want: Want = {
        deviceId: device.deviceId,
        action: setting.on ? { kind: "turn_on" } : { kind: "turn_off" },
        source: "person",
        reason: `${hold.why}: HyperVolt stays away from it until ${until}.`,
      };
      parts.onDecision(book.decide(want, device, "withheld", hold.why));
      parts.onHold?.(device.deviceId, hold);
    },
  });
  const transfers = new Transfers({ memory, clock });
  const isBusy = (deviceId: string): boolean => dispatcher.inFlight(deviceId) !== undefined;

  /** Home Assistant has the entity and never heard how it stands: a person may try. */
  const mayTryUnseen = (want: Want, device: ActingDevice): boolean =>
    want.source === "person" && home.connected() && home.entity(device.entityId)?.state === "unknown";

  /** Sends a want whose time has come; remembers how the device was found. */
  const send = async (want: Want, device: ActingDevice): Promise<void> => {
    const setting = settingNow(device.deviceId);
    if (!setting && !mayTryUnseen(want, device)) return;
    const nowMs = clock.nowMs();
    // A promise is kept only once the entity shows it: until then the next start would keep it.
    if (want.source === "safe") restoring.add(device.deviceId);
    else restoring.delete(device.deviceId);
    if (want.source === "person") memory.promises.delete(device.deviceId);
    else if (setting && want.source !== "safe" && !memory.promises.has(device.deviceId))
      memory.promises.set(device.deviceId, { asFound: setting, sinceMs: nowMs });
    const turns =
      setting?.on !==
      (want.action.kind === "turn_on" || (want.action.kind === "set_brightness" && want.action.level > 0));
    if (turns) memory.noteSwitch(device.deviceId, nowMs);
    book.forget(device.deviceId);
    counts.sent += 1;
    const decision = book.decide(want, device, "sent", null);
    parts.onDecision(decision);
    await dispatcher.send(device.deviceId, device.entityId, want.action, decision);
  };

  const seenContact = (deviceId: string): Contact => {
    const setting = settingNow(deviceId);
    return setting === undefined ? "unknown" : setting.on ? "closed" : "open";
  };
  const isClosing = (deviceId: string): boolean => {
    const flight = dispatcher.inFlight(deviceId);
    return flight !== undefined && flight.action.kind !== "turn_off";
  };
  const contactOf = (deviceId: string): Contact => (isClosing(deviceId) ? "closed" : seenContact(deviceId));

  /** When a member of an interlock was seen to close; null while it is not closed. */
  const closedAtMs = (deviceId: string): number | null =>
    seenContact(deviceId) === "closed" ? (home.entity(deviceOf(deviceId)?.entityId ?? "")?.lastChangedMs ?? 0) : null;
  /** Two sources are closed: a person closed the second, or a device was late. All but one open at once. */
  const separate = (): Want[] =>
    interlocks().flatMap((interlock) => {
      const { keep, open } = tooManyClosed(interlock, closedAtMs);
      const kept = deviceOf(keep ?? "")?.name ?? keep ?? "";
      return open.map((deviceId) => ({
        deviceId,
        action: { kind: "turn_off" as const },
        source: "interlock" as const,
        reason: `Two sources were closed: ${kept} was closed last and stays.`,
        inputs: { interlockId: interlock.interlockId },
      }));
    });

  const carryOut = async (wants: readonly Want[], situation: Situation): Promise<void> => {
    const { mode, askFirst } = parts.settings();
    let promisedW = 0;
    for (const want of settleWants(wants)) {
      const device = deviceOf(want.deviceId);
      if (!device) continue;
      const seen = settingNow(want.deviceId);
      if (!seen && !mayTryUnseen(want, device)) {
        book.say(want, device, "withheld", whyUnseen(home.entity(device.entityId)?.state), "unseen");
        continue;
      }
      const setting: Setting = seen ?? { on: false, level: null };
      const flight = dispatcher.inFlight(want.deviceId);
      if (seen && fulfils(seen, want.action) && !flight) {
        book.forget(want.deviceId);
        continue;
      }
      if (flight && (flight.unanswered || JSON.stringify(flight.action) === JSON.stringify(want.action))) continue;
      // Giving back what was promised is done in every mode: it only undoes.
      if (want.source !== "safe" && want.source !== "person") {
        if (mode !== "auto") {
          book.say(want, device, "advised", null, "mode");
          continue;
        }
        if (!isAllowed(device)) {
          book.say(want, device, "advised", "HyperVolt may not act on it: allow it in the preferences", "allow");
          continue;
        }
        if (askFirst && want.source === "plan" && want.action.kind === "turn_on" && !setting.on) {
          asks.push({ deviceId: want.deviceId, reason: want.reason });
          book.say(want, device, "advised", "HyperVolt asks first: choose Run now", "ask");
          continue;
        }
      }
      if (!serviceFor(device.entityId, want.action)) {
        book.say(want, device, "withheld", "only lights and switches are acted on", "domain");
        continue;
      }
      const nowMs = clock.nowMs();
      const why = objectionTo(want, {
        device,
        setting,
        settings: parts.settings(),
        zone,
        nowMs,
        hold: memory.holdOn(device.deviceId, nowMs),
        closesTwo: wouldCloseTwo(interlocks(), device.deviceId, contactOf),
        tooMuch: fuse.refuses(parts.settings().gridMaxImportW, situation.grid, device, promisedW, nowMs),
        failedAtMs: failures.get(device.deviceId)?.atMs ?? null,
        promised: memory.promises.has(device.deviceId),
        switchedAtMs: home.entity(device.entityId)?.lastChangedMs ?? 0,
        ownSwitchesMs: memory.ownSwitchesMs.get(device.deviceId) ?? [],
      });
      if (why) {
        book.say(want, device, "withheld", why.why, why.topic);
        continue;
      }
      if (!setting.on) promisedW += device.maxW;
      await send(want, device).catch((error: unknown) =>
        log.error("An action was not sent", { deviceId: want.deviceId, detail: String(error) }),
      );
    }
  };

  const restoreAll = (reason: string, only?: (device: ActingDevice) => boolean): Want[] => {
    const wants: Want[] = [];
    for (const [deviceId, promise] of memory.promises) {
      const device = deviceOf(deviceId);
      if (!device || (only && !only(device)) || interlocks().some(({ members }) => members.includes(deviceId)))
        continue;
      const setting = settingNow(deviceId);
      const want = restoreWant(device, promise, setting, reason);
      if (want) wants.push(want);
      else if (setting) memory.promises.delete(deviceId);
    }
    return wants;
  };

  const planWants = (situation: Situation): Want[] => {
    const nowMs = clock.nowMs();
    const { due } = situation;
    if (!due) {
      noPlanSinceMs ??= nowMs;
      if (nowMs - noPlanSinceMs < NO_PLAN_MS) return [];
      return restoreAll("There has been no plan for half an hour: back as it was.", ({ kind }) => kind !== "light");
    }
    noPlanSinceMs = null;
    const loads = parts.devices().flatMap((device) => {
      const last = memory.commands.get(device.deviceId);
      const startedAtMs =
        last?.action.kind === "turn_on" && (last.outcome === "confirmed" || last.outcome === "in_flight")
          ? last.sentAtMs
          : null;
      const powerW = situation.devicePowerW[device.deviceId] ?? null;
      const want = loadWant(due, { device, setting: settingNow(device.deviceId), startedAtMs, powerW }, nowMs);
      return want ? [want] : [];
    });
    return [...loads, ...situation.batteries.flatMap((battery) => batteryWants(battery, settingNow))];
  };

  /** Once, at the first connection: what an earlier run left behind. */
  const recover = async (): Promise<void> => {
    await memory.load();
    for (const [deviceId, command] of memory.commands) {
      if (command.outcome !== "in_flight") continue;
      const setting = settingNow(deviceId);
      const done = setting !== undefined && fulfils(setting, command.action);
      // That we ended is no failure of the device.
      const decision: Decision = {
        ...command.decision,
        status: done ? "confirmed" : "withheld",
        statusDetail: done ? null : "HyperVolt ended before it was confirmed; not repeated blindly",
      };
      memory.commands.set(deviceId, { ...command, decision, outcome: done ? "confirmed" : "overruled" });
      parts.onDecision(decision);
    }
    hands.takeStock();
    for (const deviceId of memory.promises.keys()) leftBehind.add(deviceId);
    recovered = true;
    await memory.save();
  };

  const keepOldPromises = async (): Promise<void> => {
    const reason = "HyperVolt had ended unexpectedly: back as it was.";
    await carryOut(
      restoreAll(reason, ({ deviceId }) => leftBehind.has(deviceId)),
      NOTHING_KNOWN,
    );
    for (const deviceId of leftBehind) if (settingNow(deviceId) || !deviceOf(deviceId)) leftBehind.delete(deviceId);
  };

  const runTick = async (situation: Situation): Promise<void> => {
    asks = [];
    if (closing || !home.connected()) return;
    if (!recovered) await recover();
    if (leftBehind.size > 0) await keepOldPromises();
    const settings = parts.settings();
    if (settings.mode !== "auto" && memory.promises.size > 0)
      await carryOut(restoreAll(`HyperVolt was set to ${settings.mode}: back as it was.`), situation);
    if (settings.mode === "off") return;
    const running = parts.devices().filter((device) => isAllowed(device) && settingNow(device.deviceId)?.on === true);
    await carryOut(
      [
        ...fuse.shed(settings.gridMaxImportW, situation.grid, running, clock.nowMs()),
        ...separate(),
        ...transfers.wants(interlocks(), situation.sources, seenContact, isClosing),
        ...planWants(situation),
        ...lights.wants(situation.rooms, settings, settingNow, isBusy, clock.nowMs()),
      ],
      situation,
    );
  };

  // A tick would be too late where two sources are closed.
  const closings = home.onEntityChange((entityId, now) => {
    if (closing || !recovered || now?.state !== "on") return;
    const member = interlocks().some(({ members }) => members.some((id) => deviceOf(id)?.entityId === entityId));
    if (!member || parts.settings().mode !== "auto") return;
    const wants = separate();
    if (wants.length > 0) void carryOut(wants, NOTHING_KNOWN);
  });
  const afterAbsence = home.onConnect(() => {
    if (!recovered) return;
    dispatcher.settleAfterAbsence();
    hands.takeStock();
  });

  return {
    tick(situation) {
      ticking = ticking
        .then(() => runTick(situation))
        .catch((error: unknown) =>
          log.error("A tick of acting failed", {
            detail: error instanceof Error ? (error.stack ?? "") : String(error),
          }),
        );
      return ticking;
    },
    async perform(deviceId, action, who, holdMinutes) {
      const device = deviceOf(deviceId);
      if (!device) return;
      if (!home.connected())
        throw new HyperVoltError("HOME_ASSISTANT_UNAVAILABLE", `${device.name} cannot be switched until it is back`);
      const { state } = home.entity(device.entityId) ?? {};
      if (state === undefined || state === "unavailable")
        throw new HyperVoltError("CONFLICT", `${device.name} cannot be switched now: ${whyUnseen(state)}`);
      const minutes = holdMinutes ?? parts.settings().handsOffMinutes;
      const reason = `${who} asked for it on HyperVolt's page: ${describeAction(action)}.`;
      ticking = ticking.then(() => carryOut([{ deviceId, action, source: "person", reason }], NOTHING_KNOWN));
      await ticking;
      hands.take(device, minutes * MS_PER_MINUTE, `${who} set it`);
    },
    release(deviceId) {
      memory.holds.delete(deviceId);
      book.forget(deviceId);
      memory.saveSoon();
    },
    holds() {
      const nowMs = clock.nowMs();
      return new Map([...memory.holds].filter(([, { untilMs }]) => untilMs > nowMs));
    },
    problems() {
      const nowMs = clock.nowMs();
      const silent = [...failures]
        .filter(([, { atMs }]) => nowMs - atMs < UNRESPONSIVE_MS)
        .map(([deviceId, { detail }]) => `${deviceOf(deviceId)?.name ?? deviceId} did not do as asked: ${detail}`);
      const unseen = parts
        .devices()
        .filter((device) => recovered && home.connected() && isAllowed(device) && !settingNow(device.deviceId))
        .map(({ name, entityId }) => `${name} (${entityId}): ${whyUnseen(home.entity(entityId)?.state)}.`);
      const double = separate().map(({ reason }) => reason);
      return [...silent, ...unseen, ...transfers.problems(), ...double];
    },
    asks: () => asks,
    counts: () => counts,
    async close() {
      closing = true;
      // The process must end in time, also while Home Assistant does not answer; the next start keeps what is left.
      await within(clock, LAST_TICK_MS, ticking);
      if (recovered && home.connected())
        await within(clock, RESTORE_MS, carryOut(restoreAll("HyperVolt ends: back as it was."), NOTHING_KNOWN));
      afterAbsence.stop();
      closings.stop();
      hands.close();
      dispatcher.close();
      await memory.save();
    },
  };
}

function whyUnseen(state: string | undefined): string {
  if (state === undefined) return "Home Assistant no longer has this entity: it was removed or renamed";
  return state === "unavailable" ? "its device is unavailable" : "its state is not known";
}

/** Waits for a task, but no longer than `forMs`. */
async function within(clock: Clock, forMs: number, task: Promise<void>): Promise<void> {
  let limit: { cancel(): void } | undefined;
  const tooLong = new Promise<void>((resolve) => {
    limit = clock.after(forMs, resolve);
  });
  await Promise.race([task, tooLong]).finally(() => limit?.cancel());
}

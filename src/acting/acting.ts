import type { Zone } from "../domain/civil-time.ts";
import type { Clock } from "../domain/clock.ts";
import type { Decision, DeviceAction, DecisionStatus } from "../domain/decision.ts";
import type { Log } from "../domain/log.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import type { ActingDevice, ActingHome, ActingSettings } from "./acting-home.ts";
import { ActingMemory } from "./acting-memory.ts";
import { batteryWants, type SwitchedBattery } from "./battery-wants.ts";
import { inQuietHours, LIMITS, overLimit } from "./device-limits.ts";
import { RoomDimmer, type RoomSituation } from "./dimming.ts";
import { createDispatcher } from "./dispatcher.ts";
import { FuseGuard, type FuseReading } from "./fuse-guard.ts";
import { watchHands } from "./hands.ts";
import { type DueLoads, loadWant } from "./load-shifting.ts";
import type { Hold, OutboxStore } from "./outbox.ts";
import { restoreWant } from "./safe-state.ts";
import { describeAction, fulfils, serviceFor, type Setting, settingOf } from "./setting.ts";
import { type Contact, type Interlock, wouldCloseTwo } from "./transfer-switch.ts";
import { Transfers, type WantedSource } from "./transfers.ts";
import { isUrgent, settleWants, type Want } from "./want.ts";

/** Without a plan that holds, things stay as they are for this long, then go back to their safe state. */
const NO_PLAN_MS = 30 * MS_PER_MINUTE;
/** A device that did not respond is left alone for this long. */
const UNRESPONSIVE_MS = 10 * MS_PER_MINUTE;

/** A room as the sensors see it; `lights` are device ids. */
export type ActingRoom = Readonly<
  Omit<RoomSituation, "lights" | "targetLx" | "floorPct"> & {
    areaId: string;
    lights: readonly string[];
    targetLx?: number;
  }
>;

/** All that acting is told at a tick. Powers in W. */
export type Situation = Readonly<{
  /** What the plan in force says for now (`dueLoads`); null while there is none that holds. */
  due: DueLoads | null;
  batteries: readonly SwitchedBattery[];
  rooms: readonly ActingRoom[];
  /** + is import; null while it is not measured. */
  grid: FuseReading | null;
  /** By device id, where a meter tells. */
  devicePowerW: Readonly<Record<string, number>>;
  /** Which source each interlock should have closed. */
  sources: readonly WantedSource[];
}>;

export interface Acting {
  /** Every ten seconds or so: carries out what is due. Resolves when what was sent has been answered; never rejects. */
  tick(situation: Situation): Promise<void>;
  /** A person's wish from HyperVolt's own page: done at once, then hands off. @throws HyperVoltError when it cannot be written */
  perform(deviceId: string, action: DeviceAction, who: string, holdMinutes?: number): Promise<void>;
  /** Gives a device back to HyperVolt before its time. */
  release(deviceId: string): void;
  /** Devices somebody else has, by device id. */
  holds(): ReadonlyMap<string, Hold>;
  /** What a person should know, in words; empty when all is well. */
  problems(): readonly string[];
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
  const dimmers = new Map<string, RoomDimmer>();
  const lastSaid = new Map<string, string>();
  const failures = new Map<string, Readonly<{ atMs: number; detail: string }>>();
  const restoring = new Set<string>();
  const counts = { sent: 0, confirmed: 0, failed: 0 };
  let decisions = 0;
  let noPlanSinceMs: number | null = null;
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

  const newDecision = (
    want: Want,
    device: ActingDevice | undefined,
    status: DecisionStatus,
    detail: string | null,
  ): Decision => ({
    decisionId: `${clock.nowMs().toString(36)}-${(decisions++).toString(36)}`,
    atMs: clock.nowMs(),
    deviceId: want.deviceId,
    entityId: device?.entityId ?? null,
    action: want.action,
    reason: want.reason,
    alternative: want.alternative ?? null,
    inputs: want.inputs ?? {},
    status,
    statusDetail: detail,
    contextId: null,
  });
  /** Says once what is advised or withheld, not at every tick: `topic` is what would make it news. */
  const say = (
    want: Want,
    device: ActingDevice | undefined,
    status: "advised" | "withheld",
    detail: string | null,
    topic: string,
  ): void => {
    const said = `${status} ${topic} ${newsOf(want.action)}`;
    if (lastSaid.get(want.deviceId) === said) return;
    lastSaid.set(want.deviceId, said);
    parts.onDecision(newDecision(want, device, status, detail));
  };

  const dispatcher = createDispatcher({
    home,
    clock,
    memory,
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
      lastSaid.delete(device.deviceId);
      const until = zone.iso(hold.untilMs).slice(11, 16);
      const want: Want = {
        deviceId: device.deviceId,
        action: setting.on ? { kind: "turn_on" } : { kind: "turn_off" },
        source: "person",
        reason: `${hold.why}: HyperVolt stays away from it until ${until}.`,
      };
      parts.onDecision(newDecision(want, device, "withheld", hold.why));
      parts.onHold?.(device.deviceId, hold);
    },
  });
  const transfers = new Transfers({ memory, clock });

  /** Sends a want whose time has come; remembers how the device was found. */
  const send = async (want: Want, device: ActingDevice): Promise<void> => {
    const setting = settingNow(device.deviceId);
    if (!setting) return;
    const nowMs = clock.nowMs();
    // A promise is kept only once the entity shows it: until then the next start would keep it.
    if (want.source === "safe") restoring.add(device.deviceId);
    else restoring.delete(device.deviceId);
    if (want.source === "person") memory.promises.delete(device.deviceId);
    else if (want.source !== "safe" && !memory.promises.has(device.deviceId))
      memory.promises.set(device.deviceId, { asFound: setting, sinceMs: nowMs });
    const turns =
      setting.on !==
      (want.action.kind === "turn_on" || (want.action.kind === "set_brightness" && want.action.level > 0));
    if (turns) memory.noteSwitch(device.deviceId, nowMs);
    lastSaid.delete(device.deviceId);
    counts.sent += 1;
    const decision = newDecision(want, device, "sent", null);
    parts.onDecision(decision);
    await dispatcher.send(device.deviceId, device.entityId, want.action, decision);
  };

  /** Why a want is not carried out now, in words, or null. `topic` is stable while the cause is the same. */
  const objection = (
    want: Want,
    device: ActingDevice,
    setting: Setting,
    situation: Situation,
    promisedW: number,
  ): Readonly<{ topic: string; why: string }> | null => {
    const nowMs = clock.nowMs();
    const settings = parts.settings();
    const turnsOn = want.action.kind !== "turn_off" && !setting.on;
    const hold = memory.holdOn(device.deviceId, nowMs);
    if (hold && want.source !== "fuse" && want.source !== "person")
      return { topic: "hold", why: `${hold.why}; hands off until ${zone.iso(hold.untilMs).slice(11, 16)}` };
    if (turnsOn && wouldCloseTwo(interlocks(), device.deviceId, contactOf))
      return { topic: "interlock", why: "another source is closed, or cannot be seen to be open" };
    if (turnsOn && want.source !== "safe") {
      const tooMuch = fuse.refuses(settings.gridMaxImportW, situation.grid, device, promisedW, nowMs);
      if (tooMuch) return { topic: "fuse", why: tooMuch };
    }
    const failed = failures.get(device.deviceId);
    if (failed && nowMs - failed.atMs < UNRESPONSIVE_MS && want.source !== "person" && want.source !== "fuse")
      return { topic: "failed", why: "it did not respond a moment ago" };
    if (isUrgent(want)) return null;
    const ownRun = want.action.kind === "turn_off" && memory.promises.has(device.deviceId);
    if (device.kind !== "battery" && !ownRun && inQuietHours(settings.quietHours, zone, nowMs))
      return { topic: "quiet", why: `quiet hours until ${settings.quietHours?.to ?? ""}` };
    const limit = overLimit(
      {
        limits: { ...LIMITS[device.kind], ...device.limits },
        setting,
        switchedAtMs: home.entity(device.entityId)?.lastChangedMs ?? 0,
        ownSwitchesMs: memory.ownSwitchesMs.get(device.deviceId) ?? [],
      },
      want.action,
      nowMs,
    );
    return limit ? { topic: "limit", why: `${limit.why}; possible at ${zone.iso(limit.untilMs).slice(11, 16)}` } : null;
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

  const carryOut = async (wants: readonly Want[], situation: Situation): Promise<void> => {
    const { mode } = parts.settings();
    let promisedW = 0;
    for (const want of settleWants(wants)) {
      const device = deviceOf(want.deviceId);
      if (!device) continue;
      const setting = settingNow(want.deviceId);
      if (!setting) {
        say(want, device, "withheld", whyUnseen(home.entity(device.entityId)?.state), "unseen");
        continue;
      }
      const flight = dispatcher.inFlight(want.deviceId);
      if (fulfils(setting, want.action) && !flight) {
        lastSaid.delete(want.deviceId);
        continue;
      }
      if (flight && (flight.unanswered || JSON.stringify(flight.action) === JSON.stringify(want.action))) continue;
      // Giving back what was promised is done in every mode: it only undoes.
      if (want.source !== "safe" && want.source !== "person") {
        if (mode !== "auto") {
          say(want, device, "advised", null, "mode");
          continue;
        }
        if (!isAllowed(device)) {
          say(want, device, "advised", "HyperVolt may not act on it: allow it in the preferences", "allow");
          continue;
        }
      }
      if (!serviceFor(device.entityId, want.action)) {
        say(want, device, "withheld", "only lights and switches are acted on", "domain");
        continue;
      }
      const why = objection(want, device, setting, situation, promisedW);
      if (why) {
        say(want, device, "withheld", why.why, why.topic);
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

  const lightWants = (rooms: readonly ActingRoom[]): Want[] => {
    const settings = parts.settings();
    const nowMs = clock.nowMs();
    return rooms.flatMap((room) => {
      let dimmer = dimmers.get(room.areaId);
      if (!dimmer) {
        dimmer = new RoomDimmer((deviceId, luxPerPct) => {
          memory.luxPerPct.set(deviceId, luxPerPct);
          memory.saveSoon();
        });
        dimmers.set(room.areaId, dimmer);
      }
      const lights = room.lights.map((deviceId) => ({
        deviceId,
        setting: settingNow(deviceId),
        held: memory.holdOn(deviceId, nowMs) !== undefined || dispatcher.inFlight(deviceId) !== undefined,
        luxPerPct: memory.luxPerPct.get(deviceId),
      }));
      const { targetLx = settings.lightTargetLx } = room;
      return dimmer.decide({ ...room, targetLx, floorPct: settings.lightFloorPct, lights }, nowMs);
    });
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
      const decision: Decision = {
        ...command.decision,
        status: done ? "confirmed" : "failed",
        statusDetail: done ? null : "HyperVolt ended before it was confirmed; not repeated blindly",
      };
      memory.commands.set(deviceId, { ...command, decision, outcome: done ? "confirmed" : "failed" });
      parts.onDecision(decision);
    }
    hands.takeStock();
    recovered = true;
    await carryOut(restoreAll("HyperVolt had ended unexpectedly: back as it was."), NOTHING_KNOWN);
    await memory.save();
  };

  const runTick = async (situation: Situation): Promise<void> => {
    if (closing || !home.connected()) return;
    if (!recovered) await recover();
    const settings = parts.settings();
    if (settings.mode !== "auto" && memory.promises.size > 0)
      await carryOut(restoreAll(`HyperVolt was set to ${settings.mode}: back as it was.`), situation);
    if (settings.mode === "off") return;
    const running = parts.devices().filter((device) => isAllowed(device) && settingNow(device.deviceId)?.on === true);
    await carryOut(
      [
        ...fuse.shed(settings.gridMaxImportW, situation.grid, running, clock.nowMs()),
        ...transfers.wants(interlocks(), situation.sources, seenContact, isClosing),
        ...planWants(situation),
        ...lightWants(situation.rooms),
      ],
      situation,
    );
  };

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
      const minutes = holdMinutes ?? parts.settings().handsOffMinutes;
      const reason = `${who} asked for it on HyperVolt's page: ${describeAction(action)}.`;
      ticking = ticking.then(() => carryOut([{ deviceId, action, source: "person", reason }], NOTHING_KNOWN));
      await ticking;
      hands.take(device, minutes * MS_PER_MINUTE, `${who} set it`);
    },
    release(deviceId) {
      memory.holds.delete(deviceId);
      lastSaid.delete(deviceId);
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
      return [...silent, ...unseen, ...transfers.problems()];
    },
    counts: () => counts,
    async close() {
      closing = true;
      await ticking;
      if (recovered && home.connected()) await carryOut(restoreAll("HyperVolt ends: back as it was."), NOTHING_KNOWN);
      afterAbsence.stop();
      hands.close();
      dispatcher.close();
      await memory.save();
    },
  };
}

const NOTHING_KNOWN: Situation = { due: null, batteries: [], rooms: [], grid: null, devicePowerW: {}, sources: [] };

/** Dimming by a few percent is no news; by ten it is. */
const newsOf = (action: DeviceAction): string =>
  action.kind === "set_brightness" ? `dim ${Math.round(action.level / 10)}` : action.kind;

function whyUnseen(state: string | undefined): string {
  if (state === undefined) return "Home Assistant no longer has this entity: it was removed or renamed";
  return state === "unavailable" ? "its device is unavailable" : "its state is not known";
}

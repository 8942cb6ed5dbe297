import type { Zone } from "../domain/civil-time.ts";
import type { Clock } from "../domain/clock.ts";
import type { Decision, DeviceAction } from "../domain/decision.ts";
import { HyperVoltError } from "../domain/errors.ts";
import type { Log } from "../domain/log.ts";
import { MS_PER_MINUTE, MS_PER_SECOND } from "../domain/units.ts";
import type { ActingDevice, ActingHome, ActingSettings } from "./acting-home.ts";
import { ActingMemory } from "./acting-memory.ts";
import { Carrier } from "./carrier.ts";
import { DecisionBook } from "./decision-book.ts";
import { viewDevices, whyUnseen } from "./device-view.ts";
import { createDispatcher, type Dispatcher } from "./dispatcher.ts";
import { FuseGuard } from "./fuse-guard.ts";
import { GivingBack } from "./giving-back.ts";
import { type Hands, watchHands } from "./hands.ts";
import { settleInterrupted } from "./interrupted-commands.ts";
import type { Hold, OutboxStore } from "./outbox.ts";
import { PlanFollower } from "./plan-follower.ts";
import { RoomLights } from "./room-lights.ts";
import { describeAction } from "./setting.ts";
import type { Situation } from "./situation.ts";
import { SourceGuard } from "./source-guard.ts";
import type { Interlock } from "./transfer-switch.ts";
import type { Want } from "./want.ts";

export type { ActingRoom, Situation } from "./situation.ts";

/** At the end: for what is under way, and for giving back. */
const LAST_TICK_MS = 2 * MS_PER_SECOND;
const RESTORE_MS = 5 * MS_PER_SECOND;
/** Between the steps of a change of source: no home waits in the dark for the next tick. */
const STEP_MS = MS_PER_SECOND / 2;

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
  /** When what keeps HyperVolt from a device ends: limits in the way of what was wanted by the last tick, and holds. */
  lockEndsMs(): readonly number[];
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
  const view = viewDevices(home, parts.devices);
  const fuse = new FuseGuard();
  const lights = new RoomLights(memory);
  const book = new DecisionBook(clock, (decision) => parts.onDecision(decision));
  let recovered = false;
  let closing = false;
  let ticking: Promise<void> = Promise.resolve();
  let stepping: { cancel(): void } | undefined;

  const guard: SourceGuard = new SourceGuard({
    interlocks: () => parts.interlocks?.() ?? [],
    view,
    memory,
    clock,
    inFlight: (deviceId) => dispatcher.inFlight(deviceId),
  });
  const givingBack = new GivingBack({ memory, view, isGuarded: (deviceId) => guard.isMember(deviceId) });
  const follower = new PlanFollower({ clock, memory, view, givingBack, guard });
  const dispatcher: Dispatcher = createDispatcher({
    home,
    clock,
    memory,
    mustNot: (deviceId, action) =>
      action.kind !== "turn_off" && guard.closesTwo(deviceId)
        ? "another source is closed by now, or cannot be seen to be open"
        : null,
    onAnswer: (deviceId) => hands.judgeAgain(deviceId),
    onOutcome: (deviceId, decision, outcome) => carrier.settled(deviceId, decision, outcome),
  });
  const carrier: Carrier = new Carrier({ ...parts, home, view, memory, book, fuse, guard, dispatcher });
  const hands: Hands = watchHands({
    home,
    clock,
    memory,
    dispatcher,
    devices: parts.devices,
    remembers: () => recovered,
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

  /** Once, at the first connection: what an earlier run left behind. */
  const recover = async (): Promise<void> => {
    if (recovered) return;
    await memory.load();
    settleInterrupted({ memory, view, isInFlight: (id) => dispatcher.inFlight(id) !== undefined }, parts.onDecision);
    hands.takeStock();
    givingBack.remember();
    recovered = true;
    await memory.save();
  };

  const runTick = async (situation: Situation): Promise<void> => {
    carrier.asks = [];
    carrier.lockEndsMs.clear();
    if (closing || !home.connected()) return;
    await recover();
    await carrier.carryOut(givingBack.leftBehind(), null);
    const settings = parts.settings();
    let { sources } = situation;
    if (settings.mode !== "auto") {
      const why = `HyperVolt was set to ${settings.mode}`;
      await carrier.carryOut(givingBack.wants(`${why}: back as it was.`), situation.grid);
      const released = guard.release(why);
      if (settings.mode === "off") {
        await carrier.carryOut(guard.wants(released), situation.grid);
        return goOn();
      }
      if (released.length > 0) sources = released;
    }
    const nowMs = clock.nowMs();
    const running = view.all().filter((device) => carrier.isAllowed(device) && view.setting(device.deviceId)?.on);
    await carrier.carryOut(
      [
        ...fuse.shed(settings.gridMaxImportW, situation.grid, running, nowMs),
        ...guard.separate(),
        ...follower.wants({ ...situation, sources }),
        ...lights.wants(
          situation.rooms,
          settings,
          (deviceId) => view.setting(deviceId),
          (deviceId) => dispatcher.inFlight(deviceId) !== undefined,
          nowMs,
        ),
      ],
      situation.grid,
    );
    goOn();
  };
  /** Between the ticks: a change of source that has begun goes on. */
  const goOn = (): void => {
    if (closing || stepping || !guard.isUnderWay()) return;
    stepping = clock.after(STEP_MS, () => {
      stepping = undefined;
      return inTurn(async () => {
        if (closing || !home.connected()) return;
        await carrier.carryOut(guard.nextSteps(), null);
        goOn();
      }).catch(logged("A change of source did not go on"));
    });
  };

  /** Runs a task after those before it. */
  const inTurn = (task: () => Promise<void>): Promise<void> => {
    const done = ticking.then(task);
    ticking = done.catch(() => undefined);
    return done;
  };
  const logged =
    (what: string) =>
    (error: unknown): void =>
      log.error(what, { detail: error instanceof Error ? (error.stack ?? "") : String(error) });

  // A tick would be too late where two sources are closed.
  const closings = home.onEntityChange((entityId, now) => {
    if (closing || !recovered || now?.state !== "on" || parts.settings().mode !== "auto") return;
    const device = view.all().find((one) => one.entityId === entityId);
    if (!device || !guard.isMember(device.deviceId)) return;
    const wants = guard.separate();
    if (wants.length > 0)
      carrier.carryOut(wants, null).catch(logged("Two sources are closed, and none could be opened"));
  });
  const afterAbsence = home.onConnect(() => {
    if (!recovered) return;
    dispatcher.settleAfterAbsence();
    hands.takeStock();
  });

  /** Everything back as it was found, and the home on a source that needs nobody. */
  const giveBack = async (untilMs: number): Promise<void> => {
    await recover();
    const why = "HyperVolt ends";
    await carrier.carryOut(givingBack.wants(`${why}: back as it was.`), null);
    for (;;) {
      const sources = guard.release(why);
      if (sources.length === 0 || clock.nowMs() >= untilMs) return;
      await carrier.carryOut(guard.wants(sources), null);
      await new Promise<void>((resolve) => void clock.after(STEP_MS, resolve));
    }
  };

  return {
    tick: (situation) => inTurn(() => runTick(situation)).catch(logged("A tick of acting failed")),
    async perform(deviceId, action, who, holdMinutes) {
      const device = view.device(deviceId);
      if (!device) return;
      if (!home.connected())
        throw new HyperVoltError("HOME_ASSISTANT_UNAVAILABLE", `${device.name} cannot be switched until it is back`);
      const { state } = home.entity(device.entityId) ?? {};
      if (state === undefined || state === "unavailable")
        throw new HyperVoltError("CONFLICT", `${device.name} cannot be switched now: ${whyUnseen(state)}`);
      const minutes = holdMinutes ?? parts.settings().handsOffMinutes;
      const reason = `${who} asked for it on HyperVolt's page: ${describeAction(action)}.`;
      await inTurn(async () => {
        await recover();
        await carrier.carryOut([{ deviceId, action, source: "person", reason }], null);
      });
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
    lockEndsMs: () => [...carrier.lockEndsMs.values(), ...[...memory.holds.values()].map(({ untilMs }) => untilMs)],
    problems() {
      const unseen = view
        .all()
        .filter(
          (device) => recovered && home.connected() && carrier.isAllowed(device) && !view.setting(device.deviceId),
        )
        .map(({ name, entityId }) => `${name} (${entityId}): ${whyUnseen(home.entity(entityId)?.state)}.`);
      return [...carrier.problems(), ...unseen, ...guard.problems()];
    },
    asks: () => carrier.asks,
    counts: () => carrier.counts,
    async close() {
      closing = true;
      stepping?.cancel();
      // The process must end in time, also while Home Assistant does not answer; the next start keeps what is left.
      await within(clock, LAST_TICK_MS, ticking);
      if (home.connected())
        await within(clock, RESTORE_MS, giveBack(clock.nowMs() + RESTORE_MS).catch(logged("Not all was given back")));
      afterAbsence.stop();
      closings.stop();
      hands.close();
      dispatcher.close();
      await memory.save();
    },
  };
}

/** Waits for a task, but no longer than `forMs`. */
async function within(clock: Clock, forMs: number, task: Promise<void>): Promise<void> {
  let limit: { cancel(): void } | undefined;
  const tooLong = new Promise<void>((resolve) => {
    limit = clock.after(forMs, resolve);
  });
  await Promise.race([task, tooLong]).finally(() => limit?.cancel());
}

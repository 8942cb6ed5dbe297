import type { Clock } from "../domain/clock.ts";
import type { Zone } from "../domain/civil-time.ts";
import type { Decision } from "../domain/decision.ts";
import type { Log } from "../domain/log.ts";
import type { ActingDevice, ActingHome, ActingSettings } from "./acting-home.ts";
import type { ActingMemory } from "./acting-memory.ts";
import type { DecisionBook } from "./decision-book.ts";
import { type DeviceView, whyUnseen } from "./device-view.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { FuseGuard, FuseReading } from "./fuse-guard.ts";
import { objectionTo, UNRESPONSIVE_MS } from "./objection.ts";
import type { CommandRecord } from "./outbox.ts";
import { fulfils, serviceFor, type Setting } from "./setting.ts";
import type { SourceGuard } from "./source-guard.ts";
import { settleWants, turnsOn, type Want } from "./want.ts";

type Ask = Readonly<{ deviceId: string; reason: string }>;

export type CarrierParts = Readonly<{
  home: ActingHome;
  clock: Clock;
  log: Log;
  zone: Zone;
  view: DeviceView;
  memory: ActingMemory;
  book: DecisionBook;
  fuse: FuseGuard;
  guard: SourceGuard;
  dispatcher: Dispatcher;
  settings: () => ActingSettings;
  onDecision: (decision: Decision) => void;
}>;

/** Carries out wants: what mode, permissions, people and limits allow is sent; of the rest it is said why not. */
export class Carrier {
  readonly #parts: CarrierParts;
  readonly #failures = new Map<string, Readonly<{ atMs: number; detail: string }>>();
  readonly #restoring = new Set<string>();
  readonly counts = { sent: 0, confirmed: 0, failed: 0 };
  /** What waits for a person's yes since `forgetAsks`. */
  asks: Ask[] = [];
  /** When a limit ends that stood in the way of something wanted since this was emptied, by device id. */
  readonly lockEndsMs = new Map<string, number>();

  constructor(parts: CarrierParts) {
    this.#parts = parts;
  }

  isAllowed(device: ActingDevice): boolean {
    return this.#parts.settings().allowedEntities.includes(device.entityId);
  }

  /**
   * Resolves when what was sent has been answered; rejects only where a decision cannot be told.
   * @param grid  what the home draws now, W; null: not known
   */
  async carryOut(wants: readonly Want[], grid: FuseReading | null): Promise<void> {
    let promisedW = 0;
    for (const want of settleWants(wants)) {
      const device = this.#parts.view.device(want.deviceId);
      if (!device) continue;
      const setting = this.#due(want, device);
      if (!setting || !this.#mayBeSent(want, device, setting, grid, promisedW)) continue;
      if (!setting.on) promisedW += device.maxW;
      await this.#send(want, device).catch((error: unknown) =>
        this.#parts.log.error("An action was not sent", { deviceId: want.deviceId, detail: String(error) }),
      );
    }
  }

  /** What became of a command. */
  settled(deviceId: string, decision: Decision, outcome: CommandRecord["outcome"]): void {
    const { clock, log, memory } = this.#parts;
    if (outcome === "confirmed") {
      this.counts.confirmed += 1;
      this.#failures.delete(deviceId);
      if (this.#restoring.has(deviceId)) memory.promises.delete(deviceId);
    } else if (outcome === "failed") {
      this.counts.failed += 1;
      this.#failures.set(deviceId, { atMs: clock.nowMs(), detail: decision.statusDetail ?? "" });
      log.warning("An action failed", { deviceId, entityId: decision.entityId, detail: decision.statusDetail });
    }
    this.#parts.onDecision(decision);
  }

  /** Devices that did not do as asked a moment ago, in words. */
  problems(): string[] {
    const { clock, view } = this.#parts;
    const nowMs = clock.nowMs();
    return [...this.#failures]
      .filter(([, { atMs }]) => nowMs - atMs < UNRESPONSIVE_MS)
      .map(([deviceId, { detail }]) => `${view.nameOf(deviceId)} did not do as asked: ${detail}`);
  }

  /** How a device stands that a want would change; undefined where there is nothing to do, or nothing can be. */
  #due(want: Want, device: ActingDevice): Setting | undefined {
    const { view, book, dispatcher } = this.#parts;
    const seen = view.setting(want.deviceId);
    if (!seen && !this.#mayTryUnseen(want, device)) {
      book.say(want, device, "withheld", whyUnseen(view.entity(want.deviceId)?.state), "unseen");
      return undefined;
    }
    const flight = dispatcher.inFlight(want.deviceId);
    if (seen && fulfils(seen, want.action) && !flight) {
      book.forget(want.deviceId);
      return undefined;
    }
    if (flight && (flight.unanswered || JSON.stringify(flight.action) === JSON.stringify(want.action)))
      return undefined;
    return seen ?? { on: false, level: null };
  }

  /** Home Assistant has the entity and never heard how it stands: a person may try. */
  #mayTryUnseen(want: Want, device: ActingDevice): boolean {
    const { home } = this.#parts;
    return want.source === "person" && home.connected() && home.entity(device.entityId)?.state === "unknown";
  }

  #mayBeSent(want: Want, device: ActingDevice, setting: Setting, grid: FuseReading | null, promisedW: number): boolean {
    const { book, clock, fuse, guard, memory, view, zone } = this.#parts;
    const settings = this.#parts.settings();
    // Giving back what was promised is done in every mode: it only undoes.
    if (want.source !== "safe" && want.source !== "person" && !this.#isPermitted(want, device, setting)) return false;
    if (!serviceFor(device.entityId, want.action)) {
      book.say(want, device, "withheld", "only lights and switches are acted on", "domain");
      return false;
    }
    const nowMs = clock.nowMs();
    const { deviceId } = device;
    const why = objectionTo(want, {
      device,
      setting,
      settings,
      zone,
      nowMs,
      hold: memory.holdOn(deviceId, nowMs) ?? (want.source === "transfer" ? guard.heldWith(deviceId) : undefined),
      closesTwo: guard.closesTwo(deviceId),
      tooMuch: fuse.refuses(settings.gridMaxImportW, grid, device, promisedW, nowMs),
      failedAtMs: this.#failures.get(deviceId)?.atMs ?? null,
      promised: memory.promises.has(deviceId),
      switchedAtMs: view.entity(deviceId)?.lastChangedMs ?? 0,
      ownSwitchesMs: memory.ownSwitchesMs.get(deviceId) ?? [],
    });
    if (why) book.say(want, device, "withheld", why.why, why.topic);
    if (why?.untilMs !== undefined) this.lockEndsMs.set(deviceId, why.untilMs);
    return why === null;
  }

  #isPermitted(want: Want, device: ActingDevice, setting: Setting): boolean {
    const { book } = this.#parts;
    const { mode, askFirst } = this.#parts.settings();
    const advise = (detail: string | null, topic: string): false => {
      book.say(want, device, "advised", detail, topic);
      return false;
    };
    if (mode !== "auto") return advise(null, "mode");
    if (!this.isAllowed(device)) return advise("HyperVolt may not act on it: allow it in the preferences", "allow");
    if (askFirst === true && want.source === "plan" && want.action.kind === "turn_on" && !setting.on) {
      this.asks.push({ deviceId: want.deviceId, reason: want.reason });
      return advise("HyperVolt asks first: choose Run now", "ask");
    }
    return true;
  }

  /** Sends a want whose time has come; remembers how the device was found. */
  async #send(want: Want, device: ActingDevice): Promise<void> {
    const { book, clock, dispatcher, guard, memory, view } = this.#parts;
    const { deviceId } = device;
    const setting = view.setting(deviceId);
    const nowMs = clock.nowMs();
    // A promise is kept only once the entity shows it: until then the next start would keep it.
    if (want.source === "safe") this.#restoring.add(deviceId);
    else this.#restoring.delete(deviceId);
    if (want.source === "person") memory.promises.delete(deviceId);
    else if (setting && want.source !== "safe" && !memory.promises.has(deviceId))
      memory.promises.set(deviceId, { asFound: setting, sinceMs: nowMs });
    if (setting?.on !== turnsOn(want.action)) memory.noteSwitch(deviceId, nowMs);
    guard.noteSent(want);
    book.forget(deviceId);
    this.counts.sent += 1;
    const decision = book.decide(want, device, "sent", null);
    this.#parts.onDecision(decision);
    await dispatcher.send(deviceId, device.entityId, want.action, decision);
  }
}

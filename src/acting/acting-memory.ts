import type { Clock } from "../domain/clock.ts";
import type { Log } from "../domain/log.ts";
import { MS_PER_DAY, MS_PER_SECOND } from "../domain/units.ts";
import type { LuxResponse } from "./lux-response.ts";
import type { CommandRecord, Hold, OutboxStore, RestorePromise, TransferRecord } from "./outbox.ts";
import type { Setting } from "./setting.ts";

const SOON_MS = 10 * MS_PER_SECOND;

/** What acting remembers, by device id; written to the outbox before a command leaves, and soon after anything else. */
export class ActingMemory {
  readonly commands = new Map<string, CommandRecord>();
  readonly holds = new Map<string, Hold>();
  readonly promises = new Map<string, RestorePromise>();
  readonly seen = new Map<string, Setting>();
  readonly ownSwitchesMs = new Map<string, readonly number[]>();
  readonly luxResponse = new Map<string, LuxResponse>();
  readonly transfers = new Map<string, TransferRecord>();
  readonly #store: OutboxStore;
  readonly #clock: Clock;
  readonly #log: Log;
  #soon: { cancel(): void } | undefined;
  #loading: Promise<void> | undefined;

  constructor(store: OutboxStore, clock: Clock, log: Log) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
  }

  /** Brings back what an earlier run left, once; what this run has learned meanwhile holds over it. */
  load(): Promise<void> {
    this.#loading ??= this.#store.load().then(
      (state) => {
        for (const name of MAPS)
          for (const [key, value] of Object.entries(state[name])) {
            const kept = this[name] as Map<string, unknown>;
            if (!kept.has(key)) kept.set(key, value);
          }
      },
      (error: unknown) => {
        this.#loading = undefined;
        throw error;
      },
    );
    return this.#loading;
  }

  /** Resolves once everything would survive a power cut; rejects where it cannot be written. */
  async save(): Promise<void> {
    this.#soon?.cancel();
    this.#soon = undefined;
    // What an earlier run left is never written over unread.
    await this.load();
    await this.#store.save({
      commands: Object.fromEntries(this.commands),
      holds: Object.fromEntries(this.holds),
      promises: Object.fromEntries(this.promises),
      seen: Object.fromEntries(this.seen),
      ownSwitchesMs: Object.fromEntries(this.ownSwitchesMs),
      luxResponse: Object.fromEntries(this.luxResponse),
      transfers: Object.fromEntries(this.transfers),
    });
  }

  saveSoon(): void {
    this.#soon ??= this.#clock.after(SOON_MS, () => {
      this.#soon = undefined;
      return this.save().catch((error: unknown) =>
        this.#log.error("The outbox cannot be written", { detail: String(error) }),
      );
    });
  }

  noteSwitch(deviceId: string, atMs: number): void {
    const within = (this.ownSwitchesMs.get(deviceId) ?? []).filter((ms) => ms > atMs - MS_PER_DAY);
    this.ownSwitchesMs.set(deviceId, [...within, atMs]);
  }

  /** The hold on a device, unless its time is over. */
  holdOn(deviceId: string, nowMs: number): Hold | undefined {
    const hold = this.holds.get(deviceId);
    if (hold && hold.untilMs <= nowMs) {
      this.holds.delete(deviceId);
      return undefined;
    }
    return hold;
  }
}

const MAPS = ["commands", "holds", "promises", "seen", "ownSwitchesMs", "luxResponse", "transfers"] as const;

import type { Clock } from "../domain/clock.ts";
import type { DeviceAction } from "../domain/decision.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import type { ActingMemory } from "./acting-memory.ts";
import type { DeviceView } from "./device-view.ts";
import type { Hold } from "./outbox.ts";
import { type Contact, type Interlock, tooManyClosed, wouldCloseTwo } from "./transfer-switch.ts";
import { Transfers, type WantedSource } from "./transfers.ts";
import type { Want } from "./want.ts";

/** A change of source takes seconds; after this long the ticks alone see to it. */
const UNDER_WAY_MS = 2 * MS_PER_MINUTE;

/** Watches over the sources of the home: never two closed, never none for long, and back to the fallback in the end. */
export class SourceGuard {
  readonly #interlocks: () => readonly Interlock[];
  readonly #view: DeviceView;
  readonly #memory: ActingMemory;
  readonly #clock: Clock;
  readonly #inFlight: (deviceId: string) => Readonly<{ action: DeviceAction }> | undefined;
  readonly #transfers: Transfers;
  #sources: readonly WantedSource[] = [];

  constructor(
    parts: Readonly<{
      interlocks: () => readonly Interlock[];
      view: DeviceView;
      memory: ActingMemory;
      clock: Clock;
      /** The command to a device that is under way. */
      inFlight: (deviceId: string) => Readonly<{ action: DeviceAction }> | undefined;
    }>,
  ) {
    this.#interlocks = parts.interlocks;
    this.#view = parts.view;
    this.#memory = parts.memory;
    this.#clock = parts.clock;
    this.#inFlight = parts.inFlight;
    this.#transfers = new Transfers({
      ...parts,
      contacts: {
        seen: (deviceId) => this.#seen(deviceId),
        moving: (deviceId) => this.#moving(deviceId),
        nameOf: parts.view.nameOf,
      },
    });
  }

  isMember(deviceId: string): boolean {
    return this.#interlocks().some(({ members }) => members.includes(deviceId));
  }

  /** Whether closing it now would close a second source, or might. */
  closesTwo(deviceId: string): boolean {
    const contactOf = (id: string): Contact => (this.#moving(id) === "closing" ? "closed" : this.#seen(id));
    return wouldCloseTwo(this.#interlocks(), deviceId, contactOf);
  }

  /** Somebody has a source of the same interlock: which one is closed is then theirs to say. */
  heldWith(deviceId: string): Hold | undefined {
    const nowMs = this.#clock.nowMs();
    const others = this.#interlocks().flatMap(({ members }) => (members.includes(deviceId) ? members : []));
    return others.map((member) => this.#memory.holdOn(member, nowMs)).find((hold) => hold !== undefined);
  }

  /** Two sources are closed: a person closed the second, or a device was late. All but one open at once. */
  separate(): Want[] {
    return this.#interlocks().flatMap((interlock) => {
      const { keep, open } = tooManyClosed(interlock, (deviceId) => this.#closedAtMs(deviceId));
      return open.map((deviceId) => ({
        deviceId,
        action: { kind: "turn_off" as const },
        source: "interlock" as const,
        reason: `Two sources were closed: ${this.#view.nameOf(keep ?? "")} was closed last and stays.`,
        inputs: { interlockId: interlock.interlockId },
      }));
    });
  }

  /** The next step of every change of source. */
  wants(sources: readonly WantedSource[]): Want[] {
    this.#sources = sources;
    return this.nextSteps();
  }

  /** The same again, towards what was wanted last. */
  nextSteps(): Want[] {
    return this.#transfers.wants(this.#interlocks(), this.#sources);
  }

  /** Back to the fallback where HyperVolt took the home away from it, or is half-way. */
  release(why: string): WantedSource[] {
    return this.#interlocks().flatMap(({ interlockId, members, fallback }): WantedSource[] => {
      const away = members.some(
        (member) => member !== fallback && this.#memory.promises.has(member) && this.#seen(member) === "closed",
      );
      if (!away && !this.#memory.transfers.has(interlockId)) return [];
      const reason = `${why}: back to ${this.#view.nameOf(fallback)}.`;
      return [{ interlockId, deviceId: fallback, reason, safe: true }];
    });
  }

  /** A change of source has begun a moment ago and is not done. */
  isUnderWay(): boolean {
    const nowMs = this.#clock.nowMs();
    return [...this.#memory.transfers.values()].some(({ startedAtMs }) => nowMs - startedAtMs < UNDER_WAY_MS);
  }

  noteSent(want: Want): void {
    this.#transfers.noteSent(want);
  }

  problems(): readonly string[] {
    return [...this.#transfers.problems(), ...this.separate().map(({ reason }) => reason)];
  }

  #seen(deviceId: string): Contact {
    const setting = this.#view.setting(deviceId);
    return setting === undefined ? "unknown" : setting.on ? "closed" : "open";
  }

  #moving(deviceId: string): "opening" | "closing" | null {
    const flight = this.#inFlight(deviceId);
    if (!flight) return null;
    return flight.action.kind === "turn_off" ? "opening" : "closing";
  }

  /** When a member was seen to close; null while it is not closed. */
  #closedAtMs(deviceId: string): number | null {
    return this.#seen(deviceId) === "closed" ? (this.#view.entity(deviceId)?.lastChangedMs ?? 0) : null;
  }
}

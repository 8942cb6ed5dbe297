import type { Clock } from "../domain/clock.ts";
import { MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import type { ActingMemory } from "./acting-memory.ts";
import { type Contact, type Interlock, nextTransferStep } from "./transfer-switch.ts";
import type { Want } from "./want.ts";

/** A source that does not close within this time is given up for the fallback: a home is not left in the dark. */
const GIVE_UP_MS = MS_PER_MINUTE;

/** A source that did not close is not tried again before. */
const AGAIN_MS = MS_PER_HOUR;

/** Which source an interlock should have closed, and why. `safe`: it only undoes what HyperVolt did. */
export type WantedSource = Readonly<{ interlockId: string; deviceId: string; reason: string; safe?: boolean }>;

/** The members of interlocks as they stand, by device id. */
export type Contacts = Readonly<{
  seen: (deviceId: string) => Contact;
  /** A command is under way that has not been seen to be done: it may be at any moment. */
  moving: (deviceId: string) => "opening" | "closing" | null;
  nameOf: (deviceId: string) => string;
}>;

/** Takes interlocks from source to source, one safe step per tick; a home that has no source goes back to its fallback. */
export class Transfers {
  readonly #memory: ActingMemory;
  readonly #clock: Clock;
  readonly #contacts: Contacts;
  readonly #lastOpenMs = new Map<string, number>();
  readonly #openBefore = new Map<string, boolean>();
  readonly #intended = new Map<string, Readonly<{ from: string | null; to: string }>>();
  readonly #givenUp = new Map<string, Readonly<{ deviceId: string; untilMs: number }>>();
  readonly #problems = new Map<string, string>();

  constructor(parts: Readonly<{ memory: ActingMemory; clock: Clock; contacts: Contacts }>) {
    this.#memory = parts.memory;
    this.#clock = parts.clock;
    this.#contacts = parts.contacts;
  }

  wants(interlocks: readonly Interlock[], wanted: readonly WantedSource[]): Want[] {
    return interlocks.flatMap((interlock) =>
      this.#wantsOf(
        interlock,
        wanted.find(({ interlockId }) => interlockId === interlock.interlockId),
      ),
    );
  }

  /** A step is about to leave: from now on, over restarts, its change of source has begun. */
  noteSent({ source, inputs }: Want): void {
    const interlockId = String(inputs?.["interlockId"]);
    const intended = this.#intended.get(interlockId);
    if (!intended || (source !== "transfer" && source !== "safe")) return;
    const begun = this.#memory.transfers.get(interlockId);
    const startedAtMs = begun?.startedAtMs ?? this.#clock.nowMs();
    this.#memory.transfers.set(interlockId, { from: begun?.from ?? intended.from, to: intended.to, startedAtMs });
  }

  problems(): readonly string[] {
    return [...this.#problems.values()];
  }

  #wantsOf(interlock: Interlock, wanted: WantedSource | undefined): Want[] {
    const { interlockId, members } = interlock;
    const { seen, moving } = this.#contacts;
    const nowMs = this.#clock.nowMs();
    const contacts = new Map(members.map((member) => [member, seen(member)]));
    const allOpen = [...contacts.values()].every((contact) => contact === "open");
    if (allOpen && this.#openBefore.get(interlockId) !== true) this.#lastOpenMs.set(interlockId, nowMs);
    this.#openBefore.set(interlockId, allOpen);

    const goal = this.#goal(interlock, this.#untilGivenUp(interlockId, wanted), contacts, allOpen);
    if (!goal) {
      if (!this.#givenUp.has(interlockId)) this.#problems.delete(interlockId);
      return [];
    }
    // Others that were told to close count as closed.
    const likely = new Map(
      [...contacts].map(
        ([id, contact]) => [id, id !== goal.deviceId && moving(id) === "closing" ? "closed" : contact] as const,
      ),
    );
    const lastOpenMs = this.#lastOpenMs.get(interlockId) ?? nowMs;
    const step = nextTransferStep(interlock, goal.deviceId, likely, lastOpenMs, nowMs);
    switch (step.kind) {
      case "done":
        this.#end(interlockId);
        if (!this.#givenUp.has(interlockId)) this.#problems.delete(interlockId);
        return [];
      case "wait":
        return [];
      case "blocked": {
        const names = step.unseen.map((member) => this.#contacts.nameOf(member)).join(", ");
        this.#problems.set(interlockId, `The source cannot be changed: ${names} cannot be seen and may be closed.`);
        return [];
      }
      case "open":
      case "close": {
        const from = members.find((member) => contacts.get(member) === "closed") ?? null;
        this.#intended.set(interlockId, { from, to: goal.deviceId });
        const kind = step.kind === "open" ? "turn_off" : "turn_on";
        return (step.kind === "open" ? step.deviceIds : [step.deviceId]).map((deviceId) => ({
          deviceId,
          action: { kind },
          source: goal.safe === true ? "safe" : "transfer",
          reason: goal.reason,
          inputs: { interlockId },
        }));
      }
    }
  }

  /** What is wanted, unless it did not close a moment ago. */
  #untilGivenUp(interlockId: string, wanted: WantedSource | undefined): WantedSource | undefined {
    const refused = this.#givenUp.get(interlockId);
    if (!wanted || !refused) return wanted;
    if (refused.deviceId === wanted.deviceId && this.#clock.nowMs() < refused.untilMs) return undefined;
    this.#givenUp.delete(interlockId);
    this.#problems.delete(interlockId);
    return wanted;
  }

  /** The source to go for: the one wanted, or the fallback where a change that had begun left the home without one. */
  #goal(
    { interlockId, members, fallback }: Interlock,
    wish: WantedSource | undefined,
    contacts: ReadonlyMap<string, Contact>,
    allOpen: boolean,
  ): WantedSource | undefined {
    const begun = this.#memory.transfers.get(interlockId);
    if (!begun) return wish;
    const { moving, nameOf } = this.#contacts;
    const nowMs = this.#clock.nowMs();
    const back = (why: string): WantedSource => ({
      interlockId,
      deviceId: fallback,
      reason: `${why}: back to ${nameOf(fallback)}, so that the home is not left without a source.`,
      safe: true,
    });
    if (allOpen && nowMs - (this.#lastOpenMs.get(interlockId) ?? nowMs) > GIVE_UP_MS) {
      const goal = back(`${nameOf(begun.to)} did not close`);
      if (begun.to !== fallback) {
        this.#problems.set(interlockId, goal.reason);
        this.#givenUp.set(interlockId, { deviceId: begun.to, untilMs: nowMs + AGAIN_MS });
        this.#memory.transfers.set(interlockId, { ...begun, to: fallback });
      }
      return goal;
    }
    if (wish) return wish;
    const isMoving = members.some((member) => moving(member) !== null);
    if (allOpen) return moving(begun.to) === "closing" ? undefined : back("A change of source was cut short");
    if (![...contacts.values()].includes("closed")) return back("A change of source was cut short");
    // The home has a source, and nobody wants another.
    if (!isMoving) this.#end(interlockId);
    return undefined;
  }

  #end(interlockId: string): void {
    if (this.#memory.transfers.delete(interlockId)) this.#memory.saveSoon();
  }
}

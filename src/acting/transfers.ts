import type { Clock } from "../domain/clock.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import type { ActingMemory } from "./acting-memory.ts";
import { type Contact, type Interlock, nextTransferStep } from "./transfer-switch.ts";
import type { Want } from "./want.ts";

/** A source that does not close within this time is given up for the fallback: a home is not left in the dark. */
const GIVE_UP_MS = MS_PER_MINUTE;

/** Which source an interlock should have closed, and why. */
export type WantedSource = Readonly<{ interlockId: string; deviceId: string; reason: string }>;

/** Takes interlocks from source to source, one safe step per tick; a transfer that has begun is always ended. */
export class Transfers {
  readonly #memory: ActingMemory;
  readonly #clock: Clock;
  readonly #lastOpenMs = new Map<string, number>();
  readonly #openBefore = new Map<string, boolean>();
  readonly #problems = new Map<string, string>();

  constructor(parts: Readonly<{ memory: ActingMemory; clock: Clock }>) {
    this.#memory = parts.memory;
    this.#clock = parts.clock;
  }

  wants(
    interlocks: readonly Interlock[],
    wanted: readonly WantedSource[],
    contactOf: (deviceId: string) => Contact,
  ): Want[] {
    return interlocks.flatMap((interlock) =>
      this.#wantsOf(
        interlock,
        wanted.find(({ interlockId }) => interlockId === interlock.interlockId),
        new Map(interlock.members.map((member) => [member, contactOf(member)])),
      ),
    );
  }

  problems(): readonly string[] {
    return [...this.#problems.values()];
  }

  #wantsOf(interlock: Interlock, wanted: WantedSource | undefined, contacts: ReadonlyMap<string, Contact>): Want[] {
    const { interlockId, fallback } = interlock;
    const nowMs = this.#clock.nowMs();
    const allOpen = [...contacts.values()].every((contact) => contact === "open");
    if (allOpen && this.#openBefore.get(interlockId) !== true) this.#lastOpenMs.set(interlockId, nowMs);
    this.#openBefore.set(interlockId, allOpen);

    const begun = this.#memory.transfers.get(interlockId);
    let target = wanted?.deviceId ?? begun?.to;
    let reason = wanted?.reason ?? "A change of source that had begun is ended.";
    let source: Want["source"] = "transfer";
    if (begun && allOpen && (!wanted || nowMs - begun.startedAtMs > GIVE_UP_MS)) {
      target = fallback;
      source = "safe";
      reason = `${begun.to} did not close: back to ${fallback}, so that the home is not left without a source.`;
      this.#problems.set(interlockId, reason);
    }
    if (target === undefined) return [];
    const step = nextTransferStep(interlock, target, contacts, this.#lastOpenMs.get(interlockId) ?? nowMs, nowMs);
    switch (step.kind) {
      case "done":
        if (begun) this.#memory.transfers.delete(interlockId);
        if (source === "transfer") this.#problems.delete(interlockId);
        return [];
      case "wait":
        return [];
      case "blocked":
        this.#problems.set(interlockId, `The source cannot be changed: ${step.why}.`);
        return [];
      case "open":
      case "close": {
        // Written before the first command leaves, with it.
        if (!begun) {
          const from = interlock.members.find((member) => contacts.get(member) === "closed") ?? null;
          this.#memory.transfers.set(interlockId, { from, to: target, startedAtMs: nowMs });
        }
        const deviceIds = step.kind === "open" ? step.deviceIds : [step.deviceId];
        const kind = step.kind === "open" ? "turn_off" : "turn_on";
        return deviceIds.map((deviceId) => ({ deviceId, action: { kind }, source, reason, inputs: { interlockId } }));
      }
    }
  }
}

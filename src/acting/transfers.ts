import type { Clock } from "../domain/clock.ts";
import { MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import type { ActingMemory } from "./acting-memory.ts";
import { type Contact, type Interlock, nextTransferStep } from "./transfer-switch.ts";
import type { Want } from "./want.ts";

/** A source that does not close within this time is given up for the fallback: a home is not left in the dark. */
const GIVE_UP_MS = MS_PER_MINUTE;

/** A source that did not close is not tried again before. */
const AGAIN_MS = MS_PER_HOUR;

/** Which source an interlock should have closed, and why. */
export type WantedSource = Readonly<{ interlockId: string; deviceId: string; reason: string }>;

/** Takes interlocks from source to source, one safe step per tick; a transfer that has begun is always ended. */
export class Transfers {
  readonly #memory: ActingMemory;
  readonly #clock: Clock;
  readonly #lastOpenMs = new Map<string, number>();
  readonly #openBefore = new Map<string, boolean>();
  readonly #givenUp = new Map<string, Readonly<{ deviceId: string; untilMs: number }>>();
  readonly #problems = new Map<string, string>();

  constructor(parts: Readonly<{ memory: ActingMemory; clock: Clock }>) {
    this.#memory = parts.memory;
    this.#clock = parts.clock;
  }

  /**
   * @param seen     how a member stands, by its entity
   * @param closing  a member was told to close and has not been seen to do so: it may at any moment
   */
  wants(
    interlocks: readonly Interlock[],
    wanted: readonly WantedSource[],
    seen: (deviceId: string) => Contact,
    closing: (deviceId: string) => boolean,
  ): Want[] {
    return interlocks.flatMap((interlock) =>
      this.#wantsOf(
        interlock,
        wanted.find(({ interlockId }) => interlockId === interlock.interlockId),
        new Map(interlock.members.map((member) => [member, seen(member)])),
        closing,
      ),
    );
  }

  problems(): readonly string[] {
    return [...this.#problems.values()];
  }

  #wantsOf(
    interlock: Interlock,
    wanted: WantedSource | undefined,
    contacts: ReadonlyMap<string, Contact>,
    closing: (deviceId: string) => boolean,
  ): Want[] {
    const { interlockId, fallback } = interlock;
    const nowMs = this.#clock.nowMs();
    const allOpen = [...contacts.values()].every((contact) => contact === "open");
    if (allOpen && this.#openBefore.get(interlockId) !== true) this.#lastOpenMs.set(interlockId, nowMs);
    this.#openBefore.set(interlockId, allOpen);

    const begun = this.#memory.transfers.get(interlockId);
    const refused = this.#givenUp.get(interlockId);
    const wish = refused && refused.deviceId === wanted?.deviceId && nowMs < refused.untilMs ? undefined : wanted;
    if (wish && refused) this.#giveAnotherChance(interlockId);
    let target = wish?.deviceId ?? begun?.to;
    let reason = wish?.reason ?? "A change of source that had begun is ended.";
    let source: Want["source"] = "transfer";
    if (begun && allOpen && (!wish || nowMs - (this.#lastOpenMs.get(interlockId) ?? nowMs) > GIVE_UP_MS)) {
      target = fallback;
      source = "safe";
      if (begun.to !== fallback) {
        reason = `${begun.to} did not close: back to ${fallback}, so that the home is not left without a source.`;
        this.#problems.set(interlockId, reason);
        this.#givenUp.set(interlockId, { deviceId: begun.to, untilMs: nowMs + AGAIN_MS });
        this.#memory.transfers.set(interlockId, { ...begun, to: fallback });
      }
    }
    if (target === undefined) return [];
    const likely = new Map(
      [...contacts].map(([id, contact]) => [id, id !== target && closing(id) ? "closed" : contact] as const),
    );
    const step = nextTransferStep(interlock, target, likely, this.#lastOpenMs.get(interlockId) ?? nowMs, nowMs);
    switch (step.kind) {
      case "done":
        if (begun) this.#memory.transfers.delete(interlockId);
        if (!this.#givenUp.has(interlockId)) this.#problems.delete(interlockId);
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

  #giveAnotherChance(interlockId: string): void {
    this.#givenUp.delete(interlockId);
    this.#problems.delete(interlockId);
  }
}

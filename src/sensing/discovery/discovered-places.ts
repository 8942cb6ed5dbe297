import type { Clock } from "../../domain/clock.ts";
import { MS_PER_DAY, MS_PER_HOUR } from "../../domain/units.ts";
import { NoRoom } from "./rules.ts";

/** Whoever may publish can announce what does not exist: no home has so many. */
export const MOST_DISCOVERED_SENSORS = 5_000;
/** What an earlier run knew and nobody has announced by then holds no place any more. */
const ANNOUNCED_WITHIN_MS = MS_PER_HOUR;
export const MAKE_ROOM =
  "clear the retained announcements of those that are none, or give the broker's users passwords";

/**
 * How many discovered sensors there are, and come new in a day: who announces and withdraws in turn would else fill the
 * store with names.
 */
export class DiscoveredPlaces {
  readonly #clock: Clock;
  readonly #held = new Set<string>();
  /** Ids of earlier runs, not announced yet. */
  readonly #awaited: Set<string>;
  readonly #startedMs: number;
  #newIds = new Set<string>();
  #dayMs: number;

  /** @param known  ids of sensors of earlier runs */
  constructor(clock: Clock, known: readonly string[]) {
    this.#clock = clock;
    this.#awaited = new Set(known);
    this.#startedMs = this.#dayMs = clock.nowMs();
  }

  /** @throws NoRoom where a new one finds no room */
  take(sensorId: string): void {
    if (this.#held.has(sensorId)) return;
    const nowMs = this.#clock.nowMs();
    if (Math.abs(nowMs - this.#startedMs) > ANNOUNCED_WITHIN_MS) this.#awaited.clear();
    if (Math.abs(nowMs - this.#dayMs) > MS_PER_DAY) {
      this.#newIds = new Set();
      this.#dayMs = nowMs;
    }
    if (!this.#awaited.delete(sensorId)) {
      const news = this.#newIds.size + (this.#newIds.has(sensorId) ? 0 : 1);
      if (this.#held.size + this.#awaited.size >= MOST_DISCOVERED_SENSORS || news > MOST_DISCOVERED_SENSORS)
        throw new NoRoom(`there are ${MOST_DISCOVERED_SENSORS} sensors, and no new one is taken: ${MAKE_ROOM}`);
      this.#newIds.add(sensorId);
    }
    this.#held.add(sensorId);
  }

  leave(sensorId: string): void {
    this.#held.delete(sensorId);
  }
}

import { MS_PER_DAY } from "../domain/units.ts";

/** What a time without HyperVolt adds at most: a clock that is wrong at the start forgets no more than this. */
const UNWATCHED_AT_MOST_MS = 7 * MS_PER_DAY;

/**
 * How long a history has lived, by which it tells how long ago something was received. It grows by what the wall clock
 * went on, but while a process watches never by more than a clock that nobody can set: set forward, back or both, a
 * clock makes nothing older than it is. At most it is too young, and then readings are kept longer.
 */
export class HistoryAge {
  readonly #monotonicMs: () => number;
  #ageMs: number;
  #seenMs: number | null = null;

  /**
   * @param monotonicMs a clock that only ever goes on, ms
   * @param ageMs what was kept of an earlier process, 0 for a new history
   */
  constructor(monotonicMs: () => number, ageMs: number) {
    this.#monotonicMs = monotonicMs;
    this.#ageMs = ageMs;
  }

  /** Age now, ms. */
  ms(): number {
    return this.#ageMs + (this.#seenMs === null ? 0 : this.#monotonicMs() - this.#seenMs);
  }

  /**
   * Takes note of the wall clock.
   * @param ageMs age at the last observation, of this process or another
   * @param lastWallMs wall clock at that observation, null if there was none
   * @returns age to be kept, ms
   */
  observe(wallMs: number, ageMs: number, lastWallMs: number | null): number {
    const nowMs = this.#monotonicMs();
    const mostMs = this.#seenMs === null ? UNWATCHED_AT_MOST_MS : nowMs - this.#seenMs;
    const passedMs = lastWallMs === null ? 0 : Math.min(Math.max(0, wallMs - lastWallMs), mostMs);
    this.#seenMs = nowMs;
    this.#ageMs = Math.max(0, ageMs) + Math.floor(passedMs);
    return this.#ageMs;
  }
}

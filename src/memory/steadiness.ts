import { MS_PER_DAY, MS_PER_HOUR } from "../domain/units.ts";

const FORGETFUL_AFTER_MS = 7 * MS_PER_DAY;

/**
 * Whether a wall clock can be trusted with forgetting: not when it just jumped by more than an hour, nor when it
 * starts more than a week after it was last seen; then only after a day of going steadily.
 */
export class Steadiness {
  readonly #monotonicMs: () => number;
  #last: Readonly<{ wallMs: number; monotonicMs: number }> | null = null;
  #suspectSinceMs: number | null = null;

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  /** @param lastRunMs wall clock at the last observation of an earlier process, null if there was none */
  observe(wallMs: number, lastRunMs: number | null): boolean {
    const monotonicMs = this.#monotonicMs();
    const jumped =
      this.#last === null
        ? lastRunMs !== null && (wallMs - lastRunMs > FORGETFUL_AFTER_MS || wallMs < lastRunMs - MS_PER_HOUR)
        : Math.abs(wallMs - this.#last.wallMs - (monotonicMs - this.#last.monotonicMs)) > MS_PER_HOUR;
    this.#last = { wallMs, monotonicMs };
    if (jumped) this.#suspectSinceMs = monotonicMs;
    if (this.#suspectSinceMs !== null && monotonicMs - this.#suspectSinceMs >= MS_PER_DAY) this.#suspectSinceMs = null;
    return this.#suspectSinceMs === null;
  }
}

import { MS_PER_MINUTE, MS_PER_SECOND } from "../domain/units.ts";

/** A room that was well is not touched for a cloud's edge or a hand before the sensor. */
const PASSING_MS = 20 * MS_PER_SECOND;
/** Before a light turns round: it may be too dark for a person sooner than too bright. */
const TURN_UP_MS = 30 * MS_PER_SECOND;
const TURN_DOWN_MS = 60 * MS_PER_SECOND;
/** Each turn of the last while makes the next one wait longer. */
const TURNS_MS = 30 * MS_PER_MINUTE;
const MOST_MS = 10 * MS_PER_MINUTE;

/** How long a room must have been too dark or too bright before its lights move: people notice a light that swings. */
export class Patience {
  #direction = 0;
  #turnsMs: number[] = [];
  #calm = false;
  /** The readings out of the band, of one sign, of the last while. */
  #outside: Readonly<{
    sign: number;
    sinceMs: number;
    errors: readonly Readonly<{ atMs: number; lx: number }>[];
  }> | null = null;

  /** The room is as it should be. */
  rest(): void {
    this.#calm = true;
    this.#outside = null;
  }

  /** Something else is wanted from now on: another target, or somebody came. */
  forget(): void {
    this.#direction = 0;
    this.#calm = false;
    this.#outside = null;
  }

  /**
   * The error to act on, lx: the least there was for long enough; 0 while it may pass.
   * @param errorLx  + too dark
   */
  errorToMend(errorLx: number, nowMs: number): number {
    const sign = Math.sign(errorLx);
    const { sinceMs, errors } = this.#outside?.sign === sign ? this.#outside : { sinceMs: nowMs, errors: [] };
    const neededMs = this.#neededMs(sign, nowMs);
    const lately = [...errors.filter(({ atMs }) => atMs >= nowMs - neededMs), { atMs: nowMs, lx: Math.abs(errorLx) }];
    this.#outside = { sign, sinceMs, errors: lately };
    return nowMs - sinceMs < neededMs ? 0 : sign * Math.min(...lately.map(({ lx }) => lx));
  }

  /** Lights were moved: + brighter. */
  moved(sign: number, nowMs: number): void {
    if (this.#direction !== 0 && sign !== this.#direction) this.#turnsMs.push(nowMs);
    this.#direction = sign;
    this.#calm = false;
    this.#outside = null;
  }

  #neededMs(sign: number, nowMs: number): number {
    if (this.#direction === 0 || sign === this.#direction) return this.#calm ? PASSING_MS : 0;
    this.#turnsMs = this.#turnsMs.filter((atMs) => atMs > nowMs - TURNS_MS);
    return Math.min(MOST_MS, (sign > 0 ? TURN_UP_MS : TURN_DOWN_MS) * 2 ** this.#turnsMs.length);
  }
}

import type { Clock } from "../domain/clock.ts";
import type { HomeHistory } from "../domain/home-history.ts";
import type { Log } from "../domain/log.ts";
import type { SensorState } from "../domain/reading.ts";
import { MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import type { RegimeGuess } from "../forecasting/regimes/regime.ts";
import type { SeriesStore } from "./home-model.ts";

/** What people seem to be doing, as it may be used; `certainty` 0..1. */
export type HomeRegime = RegimeGuess;

export type HomeRegimeParts = Readonly<{
  clock: Clock;
  log: Log;
  sensors: () => readonly SensorState[];
  store: SeriesStore;
  tell: (history: HomeHistory, seenMs: readonly number[] | null) => Promise<RegimeGuess | null>;
}>;

const QUARTER_MS = 15 * MS_PER_MINUTE;
const LEARN_MS = 28 * MS_PER_DAY;
/** Motion of the past is read again this often; what sensors say now is always looked at. */
const SEEN_HOLDS_MS = MS_PER_HOUR;
/** Somebody seen this lately is neither away nor asleep. */
const LATELY_MS = 30 * MS_PER_MINUTE;
/** So long after a person set a device by hand. */
const ACTED_MS = 2 * MS_PER_HOUR;
/** How sure the forest must be, how often in a row, that nobody is about. */
const SURE = 0.8;
const TIMES = 2;
/** A guess older than this is none. */
const STALE_MS = 45 * MS_PER_MINUTE;

/**
 * What people seem to be doing, under safe rules: `away` and `asleep` count only when the forest is sure twice in a
 * row, no sensor saw anybody in the last half-hour and nobody set a device by hand in the last two hours; else it is `home`.
 */
export class HomeRegimeBook {
  readonly #parts: HomeRegimeParts;
  #guess: RegimeGuess | null = null;
  #times = 0;
  #actedMs = Number.NEGATIVE_INFINITY;
  /** When a sensor last saw somebody. */
  #seenMs = Number.NEGATIVE_INFINITY;
  #seen: { atMs: number; quarters: readonly number[] | null } = { atMs: Number.NEGATIVE_INFINITY, quarters: null };

  constructor(parts: HomeRegimeParts) {
    this.#parts = parts;
  }

  /** Looks again, at the history up to now. */
  async look(history: HomeHistory): Promise<void> {
    try {
      await this.#lookBack();
      const guess = await this.#parts.tell(history, await this.#seenQuarters());
      if (guess && guess.atMs !== this.#guess?.atMs) {
        const again = guess.regime === this.#guess?.regime ? this.#times : 0;
        this.#times = guess.certainty >= SURE ? again + 1 : 0;
      }
      this.#guess = guess;
    } catch (error) {
      this.#parts.log.debug("What people are doing could not be told", { error: String(error) });
    }
  }

  /** A person has set a device by hand: somebody is about. */
  personActed(): void {
    this.#actedMs = this.#parts.clock.nowMs();
  }

  /** Null while nothing can be said. */
  now(): HomeRegime | null {
    const guess = this.#guess;
    const nowMs = this.#parts.clock.nowMs();
    const seenLately = this.#seenLately(nowMs);
    if (!guess || Math.abs(nowMs - guess.atMs) > STALE_MS) return null;
    if (guess.regime !== "away" && guess.regime !== "asleep") return guess;
    const sure = guess.certainty >= SURE && this.#times >= TIMES;
    const acted = Math.abs(nowMs - this.#actedMs) < ACTED_MS;
    return sure && !acted && !seenLately ? guess : { ...guess, regime: "home" };
  }

  /** Whether nobody seems to be about: lights in rooms without a presence sensor may be lower, never out. */
  nobodyAbout(): boolean {
    const regime = this.now()?.regime;
    return regime === "away" || regime === "asleep";
  }

  #presence(): readonly SensorState[] {
    return this.#parts.sensors().filter(({ sensor }) => ["motion", "occupancy"].includes(sensor.sensorType));
  }

  /** A sensor that goes on seeing somebody says so once; one that no longer does saw somebody until now. */
  #seenLately(nowMs: number): boolean {
    if (this.#presence().some(({ value, available }) => available && (value ?? 0) > 0)) this.#seenMs = nowMs;
    return Math.abs(nowMs - this.#seenMs) < LATELY_MS;
  }

  /** What was seen between two looks, and before a restart. */
  async #lookBack(): Promise<void> {
    const nowMs = this.#parts.clock.nowMs();
    const fromMs = nowMs - LATELY_MS;
    // seen while the clock was ahead
    if (this.#seenMs > nowMs) this.#seenMs = Number.NEGATIVE_INFINITY;
    for (const { sensor } of this.#presence())
      for (const { startMs, mean } of await this.#parts.store.series(sensor.sensorId, fromMs, nowMs, MS_PER_MINUTE))
        if (mean > 0 && startMs > this.#seenMs) this.#seenMs = startMs;
  }

  async #seenQuarters(): Promise<readonly number[] | null> {
    const nowMs = this.#parts.clock.nowMs();
    if (Math.abs(nowMs - this.#seen.atMs) < SEEN_HOLDS_MS) return this.#seen.quarters;
    const sensors = this.#presence();
    const fromMs = Math.floor((nowMs - LEARN_MS) / QUARTER_MS) * QUARTER_MS;
    const quarters = new Set<number>();
    for (const { sensor } of sensors)
      for (const { startMs, mean } of await this.#parts.store.series(sensor.sensorId, fromMs, nowMs, QUARTER_MS))
        if (mean > 0) quarters.add(startMs);
    this.#seen = { atMs: nowMs, quarters: sensors.length > 0 ? [...quarters] : null };
    return this.#seen.quarters;
  }
}

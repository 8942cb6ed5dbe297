import type { Zone } from "../../domain/civil-time.ts";
import { MS_PER_DAY, MS_PER_MINUTE } from "../../domain/units.ts";

/** Finds the same wall-clock time of earlier local days on a regular grid; computed once per local day and kept. */
export class ScenarioCalendar {
  readonly #zone: Zone;
  readonly #startMs: number;
  readonly #stepMs: number;
  readonly #dayStarts = new Map<number, number>();

  /** @param startMs, stepMs the grid: step i starts at startMs + i * stepMs */
  constructor(zone: Zone, startMs: number, stepMs: number) {
    this.#zone = zone;
    this.#startMs = startMs;
    this.#stepMs = stepMs;
  }

  /** Whole steps in a day, at least 1. */
  get stepsPerDay(): number {
    return Math.max(1, Math.round(MS_PER_DAY / this.#stepMs));
  }

  /** Local day of a step, days since 1970-01-01 on the local calendar. */
  dayOf(index: number): number {
    return this.#zone.dayNumber(this.#startMs + index * this.#stepMs);
  }

  /** Steps since local midnight on the wall clock. */
  slotOf(index: number): number {
    return Math.floor((this.#zone.minuteOfDay(this.#startMs + index * this.#stepMs) * MS_PER_MINUTE) / this.#stepMs);
  }

  /** 0 = Monday .. 6 = Sunday, of a local day. */
  weekdayOf(day: number): number {
    return (((day + 3) % 7) + 7) % 7;
  }

  /** Index of a slot of a local day; may lie outside the series. */
  indexOf(day: number, slot: number): number {
    let first = this.#dayStarts.get(day);
    if (first === undefined) {
      first = Math.ceil((this.#zone.instantMs(day, 0) - this.#startMs) / this.#stepMs - 1e-9);
      this.#dayStarts.set(day, first);
    }
    return first + slot;
  }
}

import type { AcknowledgedReading, Reading } from "../domain/reading.ts";

/** Further apart than this, a clock was set; nothing is put off that long. */
const BURST_MS = 60_000;

/**
 * Gives readings whose time is that of their arrival instants of their own: what a broker kept for us arrives within
 * a millisecond, and the history knows one reading per sensor and millisecond.
 */
export class ArrivalTimes {
  readonly #lastMs = new Map<string, number>();

  constructor(latest: readonly Reading[]) {
    for (const { sensorId, atMs } of latest) this.#lastMs.set(sensorId, atMs);
  }

  distinct(readings: readonly AcknowledgedReading[]): readonly AcknowledgedReading[] {
    if (!readings.some(({ delivery }) => delivery)) return readings;
    return readings.map((reading) => {
      if (!reading.delivery) return reading;
      const lastMs = this.#lastMs.get(reading.sensorId) ?? -Infinity;
      const late = lastMs >= reading.atMs && lastMs - reading.atMs < BURST_MS;
      const atMs = late ? lastMs + 1 : reading.atMs;
      this.#lastMs.set(reading.sensorId, atMs);
      return late ? { ...reading, atMs } : reading;
    });
  }
}

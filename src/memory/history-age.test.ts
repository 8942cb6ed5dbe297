import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import { HistoryAge } from "./history-age.ts";

const T0 = Date.UTC(2026, 2, 28);

/** A house with a real time, a wall clock that may be off from it, and a process that looks every minute. */
class House {
  realMs = 0;
  offMs = 0;
  ageMs = 0;
  lastWallMs: number | null = null;
  #age = new HistoryAge(() => this.realMs, 0);

  wallMs = (): number => T0 + this.realMs + this.offMs;
  start(): void {
    this.#age = new HistoryAge(() => this.realMs, this.ageMs);
    this.look();
  }
  look(): void {
    this.ageMs = this.#age.observe(this.wallMs(), this.ageMs, this.lastWallMs);
    this.lastWallMs = this.wallMs();
  }
  run(ms: number): void {
    for (const endMs = this.realMs + ms; this.realMs < endMs; this.look()) this.realMs += MS_PER_MINUTE;
  }
  exactMs = (): number => this.#age.ms();
}

const started = (): House => {
  const house = new House();
  house.start();
  return house;
};

describe("the age of a history", () => {
  it("goes on with the clock while it runs, also between two looks, and over a night without", () => {
    const house = started();
    house.run(5 * MS_PER_HOUR);
    house.realMs += 30_000;
    expect(house.ageMs).toBe(5 * MS_PER_HOUR);
    expect(house.exactMs()).toBe(5 * MS_PER_HOUR + 30_000);
    house.realMs += 9 * MS_PER_HOUR;
    house.start();
    expect(house.ageMs).toBe(14 * MS_PER_HOUR + 30_000);
  });

  it("does not grow by a clock that is set forward, set back, or both, while it runs", () => {
    const house = started();
    for (const offMs of [400 * MS_PER_DAY, -3 * MS_PER_HOUR, 0, 20 * 365 * MS_PER_DAY, 0]) {
      house.offMs = offMs;
      house.run(2 * MS_PER_DAY);
    }
    expect(house.ageMs).toBeLessThanOrEqual(10 * MS_PER_DAY);
    expect(house.ageMs).toBeGreaterThan(10 * MS_PER_DAY - 5 * MS_PER_MINUTE);
  });

  it("grows by a week at most where it was not watched, whatever the clock says at the next start", () => {
    const house = started();
    house.offMs = 400 * MS_PER_DAY;
    house.start();
    expect(house.ageMs).toBe(7 * MS_PER_DAY);
    house.offMs = 0;
    house.start();
    expect(house.ageMs).toBe(7 * MS_PER_DAY);
  });

  it("is never more than what really passed by over a week for each start, and never goes back", () => {
    const step = fc.record({
      runMs: fc.integer({ min: 0, max: 300 }).map((minutes) => minutes * MS_PER_MINUTE),
      awayMs: fc.integer({ min: 0, max: 20 * MS_PER_DAY }),
      offMs: fc.integer({ min: -400 * MS_PER_DAY, max: 400 * MS_PER_DAY }),
      restart: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), (steps) => {
        const house = started();
        let starts = 0;
        for (const { runMs, awayMs, offMs, restart } of steps) {
          const beforeMs = house.ageMs;
          house.offMs = offMs;
          if (restart) {
            house.realMs += awayMs;
            house.start();
            starts++;
          }
          house.run(runMs);
          expect(house.ageMs).toBeGreaterThanOrEqual(beforeMs);
        }
        expect(house.ageMs).toBeLessThanOrEqual(house.realMs + starts * 7 * MS_PER_DAY);
      }),
      { numRuns: 60 },
    );
  });
});

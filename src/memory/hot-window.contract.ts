import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Clock } from "../domain/clock.ts";
import { MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import type { HotWindow } from "./hot-window.ts";

const T0 = Date.UTC(2026, 2, 28);
const at = (sensorId: string, n: number, value = n) => ({ sensorId, atMs: T0 + n * 1000, value });

/** A clock that goes only when told. */
export function handClock(startMs = T0): Clock & { pass: (ms: number) => void } {
  let nowMs = startMs;
  return { nowMs: () => nowMs, after: () => ({ cancel: () => undefined }), pass: (ms) => void (nowMs += ms) };
}

/** What every hot window does. */
export const hotWindowContract = (name: string, open: (clock: Clock) => Promise<HotWindow>): void => {
  describe(name, () => {
    const clock = handClock();
    let window: HotWindow;
    beforeEach(async () => {
      window = await open(clock);
    });
    afterEach(() => window.close());

    it("keeps the last 60 readings of each sensor in time order", () => {
      window.push(Array.from({ length: 70 }, (_, n) => at("a", n)));
      window.push([at("b", 1)]);
      expect(window.window("a").map(({ value }) => value)).toEqual(Array.from({ length: 60 }, (_, n) => n + 10));
      expect(window.latest("a")).toEqual(at("a", 69));
      expect(window.window("b")).toEqual([at("b", 1)]);
      expect(window.window("c")).toEqual([]);
      expect(window.latest("c")).toBeNull();
      expect(window.size()).toEqual({ sensors: 2, readings: 61 });
      expect(window.windows().map(({ sensorId }) => sensorId)).toEqual(["a", "b"]);
    });

    it("puts a late reading in its place, replaces one of the same time, leaves out one too old", () => {
      window.push([at("a", 1), at("a", 3), at("a", 2), at("a", 3, 33)]);
      expect(window.window("a")).toEqual([at("a", 1), at("a", 2), at("a", 3, 33)]);
      window.push(Array.from({ length: 60 }, (_, n) => at("a", 100 + n)));
      window.push([at("a", 50), at("a", 130.5)]);
      const values = window.window("a").map(({ value }) => value);
      expect(values).toHaveLength(60);
      expect(values.slice(0, 2)).toEqual([101, 102]);
      expect(values.slice(29, 32)).toEqual([130, 130.5, 131]);
    });

    it("forgets a sensor after an hour of silence", () => {
      window.push([at("a", 0), at("b", 0)]);
      clock.pass(30 * MS_PER_MINUTE);
      window.push([at("b", 1)]);
      clock.pass(30 * MS_PER_MINUTE + 1);
      expect(window.windows().map(({ sensorId }) => sensorId)).toEqual(["b"]);
      expect(window.window("a")).toEqual([]);
      expect(window.size()).toEqual({ sensors: 1, readings: 2 });
      clock.pass(MS_PER_HOUR);
      expect(window.size().sensors).toBe(0);
    });

    it("is rebuilt from what was known, and newer readings stay", () => {
      const nowN = (clock.nowMs() - T0) / 1000;
      window.push([at("a", nowN, 7)]);
      window.restore([
        { sensorId: "a", readings: [at("a", nowN - 20), at("a", nowN, 0)] },
        { sensorId: "old", readings: [at("old", nowN - 3_700)] },
      ]);
      expect(window.window("a")).toEqual([at("a", nowN - 20), at("a", nowN, 7)]);
      expect(window.window("old")).toEqual([]);
    });
  });
};

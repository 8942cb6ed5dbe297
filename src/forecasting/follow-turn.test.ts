import { expect, it } from "vitest";
import { Zone } from "../domain/civil-time.ts";
import { DayFrame, frameSource } from "./day-frame.ts";
import { followTurn, turnOf } from "./follow-turn.ts";

const SLOTS = 24;
const parts = (watts: number, half = 0.4 * watts) => ({
  p10: new Float64Array(SLOTS).fill(watts - half),
  p50: new Float64Array(SLOTS).fill(watts),
  p90: new Float64Array(SLOTS).fill(watts + half),
  mean: new Float64Array(SLOTS).fill(watts),
});

/** A home of 500 W, and of `lastW` on the last two days. */
function frameOf(lastW: number): DayFrame {
  const startMs = Date.parse("2024-01-01T00:00:00Z");
  const values = Float64Array.from({ length: 30 * SLOTS }, (_, i) => (i < 28 * SLOTS ? 500 : lastW));
  const site = { id: "x", timezone: "UTC", stepMinutes: 60, currency: "EUR" };
  const columns = new Map([["load_w", values]]);
  const history = { site, zone: new Zone("UTC"), startMs, stepMs: 3_600_000, length: values.length, columns };
  return new DayFrame(frameSource(history, "load_w", 60, startMs + 34 * 86_400_000), 0, 31);
}
const turnAt = (lastW: number) => turnOf(frameOf(lastW), 14, () => ({ blend: parts(450), quick: parts(120) }));

it("goes with the last days when people have gone away", () => {
  const turn = turnAt(100);
  expect(turn).toEqual({ p50: 0, mean: 0 });
  const followed = followTurn(turn, parts(450), parts(120));
  expect(followed.p50[5]).toBe(120);
  expect(followed.mean[5]).toBe(120);
  // the band shrinks with the level
  expect(followed.p90[5]).toBeCloseTo(1.4 * 120, 9);
  expect(followed.p10[5]).toBeCloseTo(0.6 * 120, 9);
});

it("leaves a blend alone that was as near on the last days, or on days that nobody measured", () => {
  for (const lastW of [480, Number.NaN]) {
    const turn = turnAt(lastW);
    expect(turn).toEqual({ p50: 1, mean: 1 });
    expect(followTurn(turn, parts(450), parts(120))).toEqual(parts(450));
  }
});

it("does not widen bands beyond the blend's when the home draws more than ever", () => {
  const followed = followTurn({ p50: 0, mean: 0 }, parts(450), parts(7000));
  expect(followed.p90[3]).toBeCloseTo(7000 + 180, 9);
  expect(followed.p10[3]).toBeCloseTo(7000 - 180, 9);
});

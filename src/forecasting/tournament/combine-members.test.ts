import { expect, it } from "vitest";
import { combineMembers, type Voice } from "./combine-members.ts";

const voice = (value: number, weight: number): Voice => ({
  values: Float64Array.of(value, value),
  weights: Float64Array.of(weight, 0),
});
/** Most say a clear day, one a dark one. */
const VOICES = [voice(1000, 0.3), voice(1000, 0.4), voice(100, 0.3)];

it("says the weighted mean of its members, the middle of them, or half of each", () => {
  expect(combineMembers(VOICES, 2, 0)[0]).toBeCloseTo(730, 9);
  expect(combineMembers(VOICES, 2, 1)[0]).toBeCloseTo(1000, 9);
  expect(combineMembers(VOICES, 2, 0.5)[0]).toBeCloseTo(865, 9);
});

it("says nothing of a slot at which no member counts", () => {
  for (const byMiddle of [0, 0.5]) expect(combineMembers(VOICES, 2, byMiddle)[1]).toBeNaN();
});

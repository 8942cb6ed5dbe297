import { expect, it } from "vitest";
import { likenessTo } from "./scenario-likeness.ts";

/** Every third day is a busy one: 2 kW in its evening instead of 500 W. */
const load = (length: number, stepsPerHour = 1): Float64Array =>
  Float64Array.from({ length }, (_, i) => {
    const hour = Math.floor(i / stepsPerHour);
    return Math.floor(hour / 24) % 3 === 0 && hour % 24 >= 18 ? 2_000 : 500;
  });

it("finds the evenings after which a home had used as much as today", () => {
  for (const stepsPerHour of [1, 4]) {
    const day = 24 * stepsPerHour;
    const likeness = likenessTo(load(40 * day, stepsPerHour), 31 * day, stepsPerHour);
    expect(likeness(28 * day)).toBe(1);
    expect(likeness(29 * day)).toBeLessThan(0.5);
  }
});

it("reads nothing at or after the issue, and tells nothing apart while it knows no day", () => {
  const whole = load(40 * 24);
  const cut = whole.slice(0, 700);
  for (const earlier of [100, 400, 676])
    expect(likenessTo(whole, 700, 1)(earlier)).toBe(likenessTo(cut, 700, 1)(earlier));
  expect(likenessTo(whole, 20, 1)(5)).toBe(1);
  expect(likenessTo(new Float64Array(0), 500, 1)(400)).toBe(1);
});

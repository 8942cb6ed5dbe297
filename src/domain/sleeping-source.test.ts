import { expect, it } from "vitest";
import { withNights } from "./sleeping-source.ts";
import { MS_PER_HOUR } from "./units.ts";

const NONE = Number.NaN;
/** Days of an inverter that is online from six to eighteen. */
const days = (count: number): Float64Array =>
  Float64Array.from({ length: 24 * count }, (_, hour) =>
    hour % 24 < 6 || hour % 24 >= 18 ? NONE : 100 + 3_000 * Math.sin(((hour % 24) - 6) * (Math.PI / 11)),
  );

it("counts nights in which the inverter is offline as zero", () => {
  const made = withNights(days(3), MS_PER_HOUR);
  expect([...made.subarray(18, 30)]).toEqual(Array(12).fill(0));
  expect([...made.subarray(66)]).toEqual(Array(6).fill(0));
  expect([...made.subarray(6, 18)]).toEqual([...days(1).subarray(6, 18)]);
  // what was before the first value is not known
  expect(made[0]).toBeNaN();
});

it("leaves a gap that begins or ends in the sun, or lasts longer than a night", () => {
  const noon = days(3).fill(NONE, 36, 54);
  expect(withNights(noon, MS_PER_HOUR).subarray(36, 54).every(Number.isNaN)).toBe(true);
  const morning = days(3).fill(NONE, 24, 36);
  expect(withNights(morning, MS_PER_HOUR).subarray(18, 36).every(Number.isNaN)).toBe(true);
  const aDay = days(3).fill(NONE, 24, 48);
  expect(withNights(aDay, MS_PER_HOUR).subarray(18, 54).every(Number.isNaN)).toBe(true);
});

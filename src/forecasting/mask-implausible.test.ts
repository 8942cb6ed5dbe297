import { expect, it } from "vitest";
import { maskBrokenForecast, maskImplausible } from "./mask-implausible.ts";

const SLOTS = 24;

/** A bell by day, as bright as told; darkest days bring a twelfth. */
const day = (bright: number): number[] =>
  Array.from({ length: SLOTS }, (_, hour) => bright * Math.max(0, Math.sin(((hour - 6) / 12) * Math.PI)));
const SKIES = [1, 0.6, 0.08, 0.9, 0.3];
const days = (count: number): number[] =>
  Array.from({ length: count }, (_, k) => day(3000 * (SKIES[k % 5] ?? 1))).flat();
const masked = (values: readonly number[]): Float64Array => {
  const made = Float64Array.from(values);
  maskBrokenForecast(made, SLOTS);
  return made;
};

it("leaves a forecast alone that says something every day, dark or bright, and through the seasons", () => {
  const said = Array.from({ length: 200 }, (_, k) =>
    day(3000 * (SKIES[k % 5] ?? 1) * (0.1 + Math.sin((k / 200) * Math.PI))),
  ).flat();
  expect(masked(said)).toEqual(Float64Array.from(said));
  const none = new Float64Array(50 * SLOTS);
  expect(masked([...none])).toEqual(none);
});

it("takes a forecast that is stuck at nothing for none, for as long as it is, and its nights for nights", () => {
  const made = masked([...days(20), ...new Float64Array(30 * SLOTS), ...days(1)]);
  for (let k = 20; k < 50; k++) {
    expect(made[k * SLOTS + 12]).toBeNaN();
    expect(made[k * SLOTS + 2]).toBe(0);
  }
  expect(made[50 * SLOTS + 12]).toBe(3000);
});

it("takes out the afternoon where a service broke off at noon", () => {
  const brokenOff = day(2500).map((value, hour) => (hour > 12 ? 0 : value));
  const made = masked([...days(20), ...brokenOff]);
  expect(made[20 * SLOTS + 10]).toBe(brokenOff[10]);
  expect(made[20 * SLOTS + 14]).toBeNaN();
});

it("takes out a day in another unit, and not a bright one after dark weeks", () => {
  const made = masked([...days(40), ...day(30_000), ...day(8000), ...days(1)]);
  for (const k of [40, 41]) for (const hour of [7, 12, 17]) expect(made[k * SLOTS + hour]).toBeNaN();
  expect(made[42 * SLOTS + 12]).toBe(3000);
  const dark = Array.from({ length: 20 }, () => day(200)).flat();
  expect(masked([...dark, ...day(3000)])[20 * SLOTS + 12]).toBe(3000);
});

/** A home that always draws something: 100 W and more. */
const load = (count: number): number[] =>
  Array.from({ length: count * SLOTS }, (_, i) => 100 + ((i * 7919) % 400) + (i % SLOTS === 18 ? 900 : 0));
const measured = (values: readonly number[]): Float64Array => {
  const made = Float64Array.from(values);
  maskImplausible(made, SLOTS, false);
  return made;
};

it("takes nothing at all, in a home that never drew nothing, for a silent meter", () => {
  const made = measured([...load(20), ...new Float64Array(3 * SLOTS), ...load(1)]);
  for (let i = 20 * SLOTS + 2; i < 23 * SLOTS; i++) expect(made[i]).toBeNaN();
  // an hour rounded off is one
  const rounded = load(20).map((powerW, i) => (i % 300 === 290 ? 0 : powerW));
  expect(measured(rounded)).toEqual(Float64Array.from(rounded));
  expect(made.subarray(23 * SLOTS)).toEqual(Float64Array.from(load(1)));
});

it("believes a device or a home that draws nothing at times, and one that begins to", () => {
  const device = load(30).map((powerW, i) => (i % SLOTS < 12 ? 0 : powerW));
  expect(measured(device)).toEqual(Float64Array.from(device));
  const begins = measured([...load(20), ...device]);
  expect(begins.subarray(23 * SLOTS)).toEqual(Float64Array.from(device.slice(3 * SLOTS)));
});

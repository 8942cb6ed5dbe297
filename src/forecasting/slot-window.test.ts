import { expect, it } from "vitest";
import { Zone } from "../domain/civil-time.ts";
import { DayFrame, frameSource } from "./day-frame.ts";
import { SlotWindow } from "./slot-window.ts";

const DAY_MS = 86_400_000;
const startMs = Date.parse("2024-01-01T00:00:00Z");

/** A frame of whole days whose slot c on day d holds valueAt(d, c). */
function frameOf(days: number, valueAt: (day: number, c: number) => number): DayFrame {
  const values = Float64Array.from({ length: days * 24 }, (_, i) => valueAt(Math.floor(i / 24), i % 24));
  const site = { id: "x", timezone: "UTC", stepMinutes: 60, currency: "EUR" };
  const columns = new Map([["load_w", values]]);
  const history = { site, zone: new Zone("UTC"), startMs, stepMs: 3_600_000, length: values.length, columns };
  const source = frameSource(history, "load_w", 60, startMs + (days + 4) * DAY_MS);
  return new DayFrame(source, 0, days + 1);
}

const EVEN = { ageDays: 1e9, neighbour: 0, otherKind: 1, otherWeekday: 1 };
function quantiles(frame: DayFrame, c: number, weights: typeof EVEN, shares: number[]): number[] {
  const window = new SlotWindow();
  window.fill(frame, c, 1);
  const out = new Float64Array(shares.length);
  window.quantiles(weights, shares, out);
  return Array.from(out);
}

it("is the plain median and quantiles when all days count the same", () => {
  const frame = frameOf(51, (day) => (day * 7) % 51);
  const [low, middle, high] = quantiles(frame, 5, EVEN, [0.1, 0.5, 0.9]);
  expect(middle).toBeCloseTo(25, 6);
  expect(low).toBeCloseTo(4.6, 1);
  expect(high).toBeCloseTo(45.4, 1);
});

it("follows the last days when age counts", () => {
  const frame = frameOf(40, (day, c) => (day < 30 ? 100 : 900) + (c % 2));
  expect(quantiles(frame, 6, EVEN, [0.5])[0]).toBe(100);
  expect(quantiles(frame, 6, { ...EVEN, ageDays: 5 }, [0.5])[0]).toBe(900);
});

it("tells days of rest from days of work", () => {
  // 40 days from a Monday: the next day is a Saturday
  const frame = frameOf(40, (day, c) => (day % 7 >= 5 ? 50 : 10) + (c % 2));
  expect(quantiles(frame, 6, { ...EVEN, otherKind: 0 }, [0.5])[0]).toBe(50);
});

it("says nothing where there is nothing", () => {
  const frame = frameOf(3, () => Number.NaN);
  expect(quantiles(frame, 5, EVEN, [0.5])[0]).toBeNaN();
});

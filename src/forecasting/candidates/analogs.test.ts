import { expect, it } from "vitest";
import { Zone } from "../../domain/civil-time.ts";
import { DayFrame, frameSource } from "../day-frame.ts";
import { mulberry32 } from "../random.ts";
import { meanClearSkyWPerM2, sinElevation } from "../sun/sun.ts";
import { clockOf } from "../sun/sun-clock.ts";
import { clearSkyEnvelope, clearSkyYesterday } from "./clear-sky.ts";
import { habitAnalogs } from "./habit-analogs.ts";
import { habitRegression } from "./habit-regression.ts";
import { LEARS } from "./lear.ts";
import { SKY_ANALOGS } from "./sky-analogs.ts";

const DAY_MS = 86_400_000;
const START_MS = Date.parse("2024-01-01T00:00:00Z");
const PLACE = { latitude: 48, longitude: 0 };

function frameOf(
  signal: string,
  days: number,
  valueAt: (day: number, c: number) => number,
  timezone = "UTC",
): DayFrame {
  const values = Float64Array.from({ length: days * 24 }, (_, i) => valueAt(Math.floor(i / 24), i % 24));
  const site = { id: "x", timezone, stepMinutes: 60, currency: "EUR", ...PLACE };
  const history = {
    site,
    zone: new Zone(timezone),
    startMs: START_MS,
    stepMs: 3_600_000,
    length: values.length,
    columns: new Map([[signal, values]]),
  };
  const endMs = START_MS + days * DAY_MS;
  const clock = clockOf(history, signal, endMs);
  const source = frameSource(history, signal, 60, endMs + 4 * DAY_MS, Number.POSITIVE_INFINITY, clock);
  return new DayFrame(source, 0, days + 1);
}

const clear = (day: number, c: number): number =>
  Math.max(0, 4000 * sinElevation(START_MS + day * DAY_MS + (c + 0.5) * 3_600_000, PLACE));
const total = (values: Float64Array | undefined): number =>
  values?.reduce((sum, value) => sum + value, 0) ?? Number.NaN;

it.each(SKY_ANALOGS.map((candidate) => [candidate.id, candidate] as const))(
  "%s says of the sky what followed evenings like this one",
  (_, candidate) => {
    // a bright day is followed by a bright one, a dull one by a dull one; spells of five days
    const cloud = (day: number): number => (Math.floor(day / 5) % 2 === 0 ? 1 : 0.25);
    const said = (days: number): number => {
      const frame = frameOf("pv_w", days, (day, c) => clear(day, c) * cloud(day));
      return (
        total(candidate.fit(frame)?.forecast(frame, 1)?.p50) /
        total(new Float64Array(24).map((_v, c) => clear(days, c)))
      );
    };
    expect(said(93)).toBeGreaterThan(0.85);
    expect(said(98)).toBeLessThan(0.4);
  },
);

it("sky analogs bring what slots beside it gave to a slot as far as the sun is stronger or weaker there", () => {
  const sun = (day: number, c: number): number =>
    5 * meanClearSkyWPerM2(START_MS + day * DAY_MS + c * 3_600_000, 3_600_000, PLACE);
  const frame = frameOf("pv_w", 90, sun);
  const said = SKY_ANALOGS[0]?.fit(frame)?.forecast(frame, 1);
  for (let c = 0; c < 24; c++)
    if (sun(90, c) > 250) expect(Math.abs((said?.mean[c] ?? 0) / sun(90, c) - 1)).toBeLessThan(0.15);
});

it.each([...SKY_ANALOGS, clearSkyYesterday, clearSkyEnvelope].map((candidate) => [candidate.id, candidate] as const))(
  "%s keeps to the sun when the clocks have changed",
  (_, candidate) => {
    // 31 March 2024 is day 90 from 1 January: the first row after the change is the next
    const frame = frameOf("pv_w", 91, clear, "Europe/London");
    const said = candidate.fit(frame)?.forecast(frame, 1)?.p50 ?? new Float64Array(0);
    // the hour that was skipped is dark
    for (let c = 2; c < 24; c++) expect(Math.abs((said[c] ?? 0) - clear(91, c - 1))).toBeLessThan(130);
  },
);

it("sky analogs keep order, stay dark at night and go on when yesterday was not measured", () => {
  const random = mulberry32(3);
  const cloud = Array.from({ length: 100 }, () => 0.2 + 0.8 * random());
  const frame = frameOf("pv_w", 90, (day, c) => (day === 89 ? Number.NaN : clear(day, c) * (cloud[day] ?? 1)));
  const said = SKY_ANALOGS[0]?.fit(frame)?.forecast(frame, 1);
  expect(total(said?.p50)).toBeGreaterThan(0.3 * total(new Float64Array(24).map((_v, c) => clear(90, c))));
  for (let c = 0; c < 24; c++) expect(said?.p10?.[c]).toBeLessThanOrEqual(said?.p90?.[c] ?? Number.NaN);
  expect(said?.p90?.[1]).toBe(0);
});

it.each([habitAnalogs, habitRegression].map((candidate) => [candidate.id, candidate] as const))(
  "%s tells an evening after a busy day from one after a quiet day",
  (_, candidate) => {
    const busy = (day: number): boolean => Math.floor(day / 3) % 2 === 0;
    const load = (day: number, c: number): number => 200 + 20 * (c % 5) + (busy(day) && c >= 17 ? 2000 : 0);
    const said = (days: number): number => {
      const frame = frameOf("load_w", days, load);
      return candidate.fit(frame)?.forecast(frame, 1)?.p50[19] ?? Number.NaN;
    };
    // the third row is the first of its spell: yesterday's kind goes on
    expect(said(73)).toBeGreaterThan(1500);
    expect(said(76)).toBeLessThan(900);
  },
);

it.each(LEARS.map((candidate) => [candidate.id, candidate] as const))(
  "%s learns how one day's prices follow from the day before, and how weekends differ",
  (_, candidate) => {
    const random = mulberry32(5);
    const wind: number[] = [0.5];
    for (let day = 1; day < 300; day++) wind.push(0.7 * (wind[day - 1] ?? 0) + 0.3 * random());
    const price = (day: number, c: number): number =>
      0.2 - 0.15 * (wind[day] ?? 0) + (c > 16 ? 0.05 : 0) - (day % 7 >= 5 ? 0.04 : 0);
    let error = 0;
    let naive = 0;
    for (let days = 280; days < 294; days++) {
      const frame = frameOf("import_price", days, price);
      const said = candidate.fit(frame)?.forecast(frame, 1)?.p50;
      for (let c = 0; c < 24; c++) {
        error += Math.abs((said?.[c] ?? 0) - price(days, c));
        naive += Math.abs(price(days - 1, c) - price(days, c));
      }
    }
    expect(error).toBeLessThan(0.8 * naive);
  },
);

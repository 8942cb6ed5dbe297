import { expect, it } from "vitest";
import { readMeterClock, type ClockSpell } from "./meter-clock.ts";
import { mulberry32 } from "./random.ts";
import { clearSkyWPerM2, sinElevation } from "./sun/sun.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const PLACE = { latitude: 48, longitude: 7 };
const START_MS = Date.parse("2024-02-01T00:00:00Z");

type Plant = Readonly<{
  days: number;
  stepMs?: number;
  /** How much later than it is the meter's clock shows. */
  errorMs?: (atMs: number) => number;
  /** Production of what the sky allows at an instant, W. */
  givesW?: (clearW: number, atMs: number, day: number) => number;
}>;

/** Clouds that change from hour to hour and from day to day. */
function meter({ days, stepMs = HOUR_MS, errorMs = () => 0, givesW = (clearW) => clearW }: Plant): Float64Array {
  const random = mulberry32(4);
  const cloudOfDay = Array.from({ length: days }, () => (random() < 0.4 ? 0.9 : 0.15 + 0.6 * random()));
  return Float64Array.from({ length: (days * DAY_MS) / stepMs }, (_, i) => {
    const shownMs = START_MS + (i + 0.5) * stepMs;
    const atMs = shownMs - errorMs(shownMs);
    const day = Math.floor((shownMs - START_MS) / DAY_MS);
    const cloud = (cloudOfDay[day] ?? 1) * (0.75 + 0.25 * random());
    return Math.round(givesW(4 * clearSkyWPerM2(sinElevation(atMs, PLACE)) * cloud, atMs, day));
  });
}

const read = (powerW: Float64Array, until = powerW.length, stepMs = HOUR_MS): readonly ClockSpell[] =>
  readMeterClock(powerW, START_MS, stepMs, until, PLACE);
const RIGHT = [{ from: 0, errorMs: 0 }];
const SUMMER_MS = Date.parse("2024-03-31T01:00:00Z");
const WINTER_MS = Date.parse("2024-10-27T01:00:00Z");
const summerTime = (atMs: number): number => (atMs >= SUMMER_MS && atMs < WINTER_MS ? HOUR_MS : 0);

it.each([
  ["clouds that come and go", {}],
  ["half hours", { stepMs: HOUR_MS / 2 }],
  ["a roof to the west", { givesW: (w: number, atMs: number) => w * (atMs % DAY_MS > 11 * HOUR_MS ? 1 : 0.3) }],
  ["mornings behind a hill", { givesW: (w: number, atMs: number) => (atMs % DAY_MS < 9 * HOUR_MS ? 0 : w) }],
  ["three weeks of snow", { givesW: (w: number, _at: number, day: number) => (day > 20 && day < 41 ? 0 : w) }],
  ["gaps", { givesW: (w: number, atMs: number) => (Math.floor(atMs / DAY_MS) % 5 === 0 ? Number.NaN : w) }],
  ["a plant that doubled", { givesW: (w: number, _at: number, day: number) => (day > 90 ? 2 * w : w) }],
] satisfies [string, Partial<Plant>][])("takes a clock for right that is, whatever the plant does: %s", (_, plant) => {
  const stepMs = (plant as Plant).stepMs ?? HOUR_MS;
  expect(read(meter({ days: 340, ...plant }), undefined, stepMs)).toEqual(RIGHT);
});

it("sees a meter follow summer time although its history says it does not, within days, and dates it to the day", () => {
  const powerW = meter({ days: 340, errorMs: summerTime });
  const spells = read(powerW);
  expect(spells.map(({ errorMs }) => errorMs)).toEqual([0, HOUR_MS, 0]);
  for (const [k, changeMs] of [SUMMER_MS, WINTER_MS].entries())
    expect(Math.abs(START_MS + (spells[k + 1]?.from ?? 0) * HOUR_MS - changeMs)).toBeLessThan(DAY_MS);
  const fiveDaysOn = (SUMMER_MS + 5 * DAY_MS - START_MS) / HOUR_MS;
  expect(read(powerW, fiveDaysOn).at(-1)?.errorMs).toBe(HOUR_MS);
});

it("sees a clock that was always wrong, and one that was set right in the middle of winter", () => {
  expect(read(meter({ days: 60, errorMs: () => HOUR_MS }))).toEqual([{ from: 0, errorMs: HOUR_MS }]);
  expect(read(meter({ days: 60, errorMs: () => -2 * HOUR_MS }))).toEqual([{ from: 0, errorMs: -2 * HOUR_MS }]);
  const setRight = read(meter({ days: 60, errorMs: (atMs) => (atMs < START_MS + 30 * DAY_MS ? -HOUR_MS : 0) }));
  expect(setRight.map(({ errorMs }) => errorMs)).toEqual([-HOUR_MS, 0]);
});

it("reads nothing at or after the instant it is asked for", () => {
  const powerW = meter({ days: 90, errorMs: summerTime });
  const until = (SUMMER_MS - START_MS) / HOUR_MS + 40;
  const cut = powerW.map((value, i) => (i < until ? value : 9_999));
  expect(read(cut, until)).toEqual(read(powerW, until));
});

it.each([
  ["nothing", new Float64Array(0)],
  ["nothing but gaps", new Float64Array(2000).fill(Number.NaN)],
  ["nothing but zeros", new Float64Array(2000)],
  ["a constant", new Float64Array(2000).fill(800)],
])("says nothing of a clock when the meter shows %s", (_, powerW) => {
  expect(read(powerW)).toEqual(RIGHT);
});

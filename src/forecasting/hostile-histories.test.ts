import { expect, it } from "vitest";
import { Zone } from "../domain/civil-time.ts";
import type { Forecast } from "../domain/forecast.ts";
import type { HomeHistory } from "../domain/home-history.ts";
import { weightedMedian } from "./candidates/profiles.ts";
import { createForecaster } from "./forecaster.ts";
import { isHoliday } from "./holidays.ts";
import { mulberry32 } from "./random.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** What two forecasts may differ by before one counts as worse: on many days, and on the first few of a home. */
const NOISE = 1.04;
const NOISE_OF_FIRST_DAYS = 1.1;

type Home = Readonly<{
  timezone: string;
  from: string;
  days: number;
  /** Days at the end that are forecast, each from its own midnight. */
  judged: number;
  /** What the meter says instead of the load, for hour i. */
  meter?: (loadW: number, i: number, day: number) => number;
  /** What the home really draws instead of the usual. */
  really?: (loadW: number, i: number, day: number) => number;
}>;

/** Working days and days of rest, seasons and habits by the wall clock, and appliances that run when they run. */
function build({ timezone, from, days, meter, really }: Home): { history: HomeHistory; truth: Float64Array } {
  const zone = new Zone(timezone);
  const random = mulberry32(21);
  const startMs = zone.startOfDayMs(Date.parse(from));
  const truth = new Float64Array(days * 24);
  let spell = 0;
  let lastDay = -1;
  for (let i = 0; i < truth.length; i++) {
    const atMs = startMs + i * HOUR_MS;
    const day = zone.dayNumber(atMs);
    if (day !== lastDay) spell = 0.6 * spell + 0.5 * (random() - 0.5);
    lastDay = day;
    const hour = zone.minuteOfDay(atMs) / 60;
    const rest = (day + 3) % 7 >= 5 || isHoliday(day, timezone);
    const base = 220 + (hour >= 18 && hour < 23 ? 900 : 0) + (hour >= 7 && hour < 9 && !rest ? 600 : 0);
    const loadW = (base + (rest && hour >= 9 && hour < 17 ? 450 : 0)) * Math.exp(spell) * (0.6 + 0.8 * random());
    truth[i] = really?.(loadW, i, Math.floor(i / 24)) ?? loadW;
  }
  const values = truth.map((loadW, i) => meter?.(loadW, i, Math.floor(i / 24)) ?? loadW);
  const site = { id: "home", timezone, stepMinutes: 60, currency: "EUR" };
  return {
    truth,
    history: { site, zone, startMs, stepMs: HOUR_MS, length: values.length, columns: new Map([["load_w", values]]) },
  };
}

function judge(home: Home): { ours: number; steady: number; forecasts: Forecast[]; truth: Float64Array } {
  const { history, truth } = build(home);
  const { zone, startMs } = history;
  const [all, median] = [createForecaster(), createForecaster({ candidates: [weightedMedian] })];
  const sum = { ours: 0, steady: 0 };
  const forecasts: Forecast[] = [];
  const lastDay = zone.dayNumber(startMs + home.days * DAY_MS);
  for (let day = lastDay - home.judged; day < lastDay; day++) {
    const issuedAtMs = zone.instantMs(day, 0);
    const made = all.forecast(history, "load_w", issuedAtMs, 24, 60);
    const plain = median.forecast(history, "load_w", issuedAtMs, 24, 60);
    forecasts.push(made);
    for (let t = 0; t < made.p50.length; t++) {
      const y = truth[Math.round((made.startMs - startMs) / HOUR_MS) + t];
      if (y === undefined) continue;
      sum.ours += Math.abs(y - (made.p50[t] ?? 0));
      sum.steady += Math.abs(y - (plain.p50[t] ?? 0));
    }
  }
  return { ...sum, forecasts, truth };
}

const spring = { timezone: "Europe/Berlin", from: "2024-02-05T12:00:00Z" };
const noise = mulberry32(9);
const HOMES: Readonly<Record<string, Home>> = {
  "a third of the hours missing": {
    ...spring,
    days: 50,
    judged: 12,
    meter: (loadW) => (noise() < 0.33 ? Number.NaN : loadW),
  },
  "a week without a meter": {
    ...spring,
    days: 46,
    judged: 5,
    meter: (loadW, _, day) => (day >= 33 && day < 40 ? Number.NaN : loadW),
  },
  "the last three days missing": {
    ...spring,
    days: 46,
    judged: 1,
    meter: (loadW, _, day) => (day >= 43 ? Number.NaN : loadW),
  },
  outliers: { ...spring, days: 50, judged: 12, meter: (loadW, i) => (i % 97 === 0 ? 15_000 : loadW) },
  "a meter that was reset": { ...spring, days: 50, judged: 12, meter: (loadW, i) => (i === 1000 ? 4e6 : loadW) },
  "a meter that is stuck": {
    ...spring,
    days: 46,
    judged: 5,
    meter: (loadW, _, day) => (day >= 36 && day < 40 ? 777 : loadW),
  },
  "Christmas and New Year": { timezone: "Europe/Berlin", from: "2024-11-18T12:00:00Z", days: 46, judged: 10 },
  "a day of 23 hours": { timezone: "Europe/Berlin", from: "2024-02-19T12:00:00Z", days: 44, judged: 12 },
  "a day of 25 hours": { timezone: "Europe/London", from: "2024-09-16T12:00:00Z", days: 44, judged: 12 },
  "clocks that change by half an hour": {
    timezone: "Australia/Lord_Howe",
    from: "2024-02-19T12:00:00Z",
    days: 44,
    judged: 12,
  },
  "a zone of a quarter of an hour": { timezone: "Asia/Kathmandu", from: "2024-02-19T12:00:00Z", days: 45, judged: 12 },
  "a new car": {
    ...spring,
    days: 46,
    judged: 7,
    really: (loadW, i, day) => (day >= 36 && i % 24 >= 1 && i % 24 < 4 ? loadW + 7000 : loadW),
  },
  "a family that went on holiday": {
    ...spring,
    days: 46,
    judged: 7,
    really: (loadW, _, day) => (day >= 38 ? 90 + 0.02 * loadW : loadW),
  },
  "a week of history": { ...spring, days: 11, judged: 6 },
  "a day of history": { ...spring, days: 2, judged: 1 },
};

it.each(Object.entries(HOMES))("stands %s: sane, and no worse than the weighted median", (_, home) => {
  const { ours, steady, forecasts, truth } = judge(home);
  expect(ours).toBeLessThanOrEqual((home.days < 14 ? NOISE_OF_FIRST_DAYS : NOISE) * steady);
  const most = truth.reduce((highest, value) => Math.max(highest, value), 0);
  for (const { p10, p50, p90, mean } of forecasts)
    for (let t = 0; t < p50.length; t++) {
      const [low, middle, high, average] = [p10, p50, p90, mean].map((part) => part[t] ?? Number.NaN) as [
        number,
        number,
        number,
        number,
      ];
      expect(low).toBeGreaterThanOrEqual(0);
      expect(middle).toBeGreaterThanOrEqual(low);
      expect(high).toBeGreaterThanOrEqual(middle);
      expect(high).toBeLessThan(4 * most);
      expect(average).toBeLessThan(1.2 * most);
    }
});

it("stands a home without any history: the prior, labelled as such", () => {
  const { history } = build({ ...spring, days: 3, judged: 0 });
  const made = createForecaster().forecast(history, "load_w", history.startMs, 48, 60);
  expect(made.model).toBe("prior");
  expect(made.p50.every((value) => value > 50 && value < 3000)).toBe(true);
});

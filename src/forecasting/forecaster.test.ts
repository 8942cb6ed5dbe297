import { expect, it } from "vitest";
import { Zone } from "../domain/civil-time.ts";
import type { Forecast } from "../domain/forecast.ts";
import type { HomeHistory, Site } from "../domain/home-history.ts";
import { createForecaster } from "./forecaster.ts";
import { mulberry32 } from "./random.ts";
import { sinElevation } from "./sun/sun.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START_MS = Date.parse("2024-02-01T00:00:00Z");
const PLACE = { latitude: 41.9, longitude: 12.5 };
const ROME: Site = {
  id: "rome",
  timezone: "Europe/Rome",
  stepMinutes: 60,
  currency: "EUR",
  ...PLACE,
  pvKwp: 5,
};
const zone = new Zone("Europe/Rome");

/** An hourly history of one column, `valueAt` of each hour's start. */
function history(
  column: string,
  days: number,
  valueAt: (atMs: number, i: number) => number,
  startMs = START_MS,
): HomeHistory {
  const values = Float64Array.from({ length: days * 24 }, (_, i) => valueAt(startMs + i * HOUR_MS, i));
  return { site: ROME, zone, startMs, stepMs: HOUR_MS, length: values.length, columns: new Map([[column, values]]) };
}

/** Mornings and evenings with noise, by the clock on the wall. */
function household(seed = 1): (atMs: number) => number {
  const random = mulberry32(seed);
  return (atMs) => {
    const hour = zone.minuteOfDay(atMs) / 60;
    return 200 + (hour >= 7 && hour < 9 ? 600 : 0) + (hour >= 18 && hour < 22 ? 1000 : 0) + 150 * random();
  };
}

const mae = (made: Forecast, truth: (atMs: number) => number): number =>
  made.p50.reduce((sum, value, i) => sum + Math.abs(value - truth(made.startMs + i * HOUR_MS)), 0) / made.p50.length;

it("follows the clock on the wall across both changes of the clocks", () => {
  const load = household();
  for (const day of ["2024-03-31", "2024-10-27"]) {
    const midnightMs = zone.startOfDayMs(Date.parse(`${day}T12:00:00Z`));
    const home = history("load_w", 34, load, midnightMs - 30 * DAY_MS);
    const made = createForecaster().forecast(home, "load_w", midnightMs, 48, 60);
    for (let i = 0; i < 48; i++) {
      const hour = zone.minuteOfDay(made.startMs + i * HOUR_MS) / 60;
      const busy = (hour >= 7 && hour < 9) || (hour >= 18 && hour < 22);
      expect((made.p50[i] ?? 0) > 500, `${day} ${hour}:00`).toBe(busy);
    }
  }
});

it("never forecasts production at night, or more than the plant can give", () => {
  const random = mulberry32(3);
  const sunny = history("pv_w", 50, (atMs) => {
    const sine = sinElevation(atMs + HOUR_MS / 2, PLACE);
    return sine <= 0 ? 0 : 7000 * sine * (0.3 + 0.7 * random());
  });
  const made = createForecaster().forecast(sunny, "pv_w", START_MS + 49 * DAY_MS, 24, 60);
  for (let i = 0; i < 24; i++) {
    const atMs = made.startMs + i * HOUR_MS;
    const night = [0, 0.5, 1].every((part) => sinElevation(atMs + part * HOUR_MS, PLACE) < -0.02);
    for (const part of [made.p10, made.p50, made.p90, made.mean]) {
      if (night) expect(part[i]).toBe(0);
      expect(part[i]).toBeLessThanOrEqual(5000);
    }
  }
  expect(Math.max(...made.p50)).toBeGreaterThan(1000);
});

it("believes no meter that shows production deep in the night", () => {
  const standby = history("pv_w", 20, (atMs) => 80 + 4000 * Math.max(0, sinElevation(atMs + HOUR_MS / 2, PLACE)));
  const made = createForecaster().forecast(standby, "pv_w", START_MS + 20 * DAY_MS, 24, 60);
  const isDeepNight = (atMs: number): boolean =>
    [-1, 0, 1, 2].every((hours) => sinElevation(atMs + hours * HOUR_MS, PLACE) < -0.02);
  const nights = [...made.p90.keys()].filter((i) => isDeepNight(made.startMs + i * HOUR_MS));
  expect(nights.length).toBeGreaterThan(8);
  for (const i of nights) for (const part of [made.p10, made.p50, made.p90, made.mean]) expect(part[i]).toBe(0);
});

it("names the weighted median after a single day, when nothing has a record", () => {
  const made = createForecaster().forecast(history("load_w", 1, household()), "load_w", START_MS + DAY_MS, 24, 60);
  expect(made.model).toBe("weighted-median");
});

it("knows a time-of-use tariff to the last digit, at weekends too", () => {
  const price = (atMs: number): number => {
    const hour = zone.minuteOfDay(atMs) / 60;
    if (zone.weekday(atMs) >= 5) return 0.1871;
    return hour >= 8 && hour < 19 ? 0.3102 : 0.2213;
  };
  const home = history("import_price", 40, price);
  const forecaster = createForecaster();
  for (let day = 30; day < 38; day++) {
    const made = forecaster.forecast(home, "import_price", START_MS + day * DAY_MS + 10 * HOUR_MS, 48, 60);
    expect(Array.from(made.p50)).toEqual(Array.from(made.p50, (_, i) => price(made.startMs + i * HOUR_MS)));
    expect(made.p90).toEqual(made.p10);
  }
});

it("does not learn from a meter that is stuck or was reset", () => {
  const load = household();
  const faults = (atMs: number, i: number): number => {
    const value = load(atMs);
    if (i >= 40 * 24 && i < 44 * 24) return 4321;
    return i === 45 * 24 + 3 ? 900_000 : value;
  };
  const at = START_MS + 46 * DAY_MS;
  const faulty = createForecaster().forecast(history("load_w", 46, faults), "load_w", at, 24, 60);
  expect(mae(faulty, household(9))).toBeLessThan(200);
  expect(Math.max(...faulty.p90)).toBeLessThan(5000);
});

it("follows a new car within a week, no worse than the weighted median does", () => {
  const load = household();
  const withCar = (atMs: number, i: number): number => {
    const hour = zone.minuteOfDay(atMs) / 60;
    return load(atMs) + (i >= 50 * 24 && hour >= 1 && hour < 4 ? 7000 : 0);
  };
  const made = createForecaster().forecast(
    history("load_w", 60, withCar),
    "load_w",
    START_MS + 60 * DAY_MS - HOUR_MS,
    24,
    60,
  );
  const charging = Array.from(made.p50).filter((value) => value > 5000);
  expect(charging).toHaveLength(3);
});

it.each([
  [0.3, 40],
  [0.9, 40],
])("answers with %d of the hours missing", (share, days) => {
  const random = mulberry32(8);
  const load = household();
  const gappy = history("load_w", days, (atMs) => (random() < share ? Number.NaN : load(atMs)));
  const made = createForecaster().forecast(gappy, "load_w", START_MS + days * DAY_MS, 72, 60);
  expect(made.p50.every((value, i) => value > 50 && value <= (made.p90[i] ?? 0))).toBe(true);
});

it("forecasts from a week ago when the last week is missing altogether", () => {
  const load = household();
  const old = history("load_w", 30, load);
  const made = createForecaster().forecast(old, "load_w", START_MS + 38 * DAY_MS, 24, 60);
  expect(mae(made, household(4))).toBeLessThan(150);
});

it("gives the same when the history grows, whether it is asked again or for the first time", () => {
  const load = household();
  const values = history("load_w", 50, load).columns.get("load_w") ?? new Float64Array(0);
  const upTo = (days: number): HomeHistory => ({
    ...history("load_w", 0, load),
    length: days * 24,
    columns: new Map([["load_w", values.slice(0, days * 24)]]),
  });
  const asked = createForecaster();
  for (const days of [47, 48, 49]) asked.forecast(upTo(days), "load_w", START_MS + days * DAY_MS, 24, 60);
  const again = asked.forecast(upTo(50), "load_w", START_MS + 50 * DAY_MS, 24, 60);
  const fresh = createForecaster().forecast(upTo(50), "load_w", START_MS + 50 * DAY_MS, 24, 60);
  expect(again).toEqual(fresh);
  const corrected = upTo(50);
  corrected.columns.get("load_w")?.fill(50, 20 * 24, 49 * 24);
  expect(asked.forecast(corrected, "load_w", START_MS + 50 * DAY_MS, 24, 60)).toEqual(
    createForecaster().forecast(corrected, "load_w", START_MS + 50 * DAY_MS, 24, 60),
  );
});

it("reads a given forecast of the day to come, and corrects its bias", () => {
  const random = mulberry32(6);
  const clear = (atMs: number): number => Math.max(0, 4000 * sinElevation(atMs + HOUR_MS / 2, PLACE));
  const cloud = Array.from({ length: 60 }, () => 0.2 + 0.8 * random());
  const truth = (atMs: number): number => clear(atMs) * (cloud[Math.floor((atMs - START_MS) / DAY_MS)] ?? 1);
  const home = history("pv_w", 50, truth);
  const columns = new Map(home.columns);
  columns.set(
    "pv_forecast_w",
    Float64Array.from({ length: home.length }, (_, i) => 1.4 * truth(START_MS + i * HOUR_MS)),
  );
  const [informed, blind] = [createForecaster(), createForecaster()];
  let given = 0;
  let guessed = 0;
  for (let day = 42; day < 49; day++) {
    const at = START_MS + day * DAY_MS - HOUR_MS;
    given += mae(informed.forecast({ ...home, columns }, "pv_w", at, 24, 60), truth);
    guessed += mae(blind.forecast(home, "pv_w", at, 24, 60), truth);
  }
  expect(given).toBeLessThan(0.2 * guessed);
});

it("answers before the history begins, on whole days, and for a signal nobody measured", () => {
  const home = history("load_w", 20, household());
  const early = createForecaster().forecast(home, "load_w", START_MS - 90 * DAY_MS, 24, 60);
  expect(early.model).toBe("prior");
  expect(new Set(early.p50).size).toBeGreaterThan(10);
  const daily = createForecaster().forecast(home, "load_w", START_MS + 19 * DAY_MS, 72, 1440);
  expect(daily.p50).toHaveLength(3);
  const midnightMs = zone.startOfDayMs(START_MS + 19 * DAY_MS);
  for (const stepMinutes of [120, 360, 1440])
    expect(createForecaster().forecast(home, "load_w", midnightMs, 24, stepMinutes).startMs).toBe(midnightMs);
  expect(daily.p50.every((value) => value > 250 && value < 700)).toBe(true);
  const carbon = createForecaster().forecast(home, "carbon_g_kwh", START_MS + 19 * DAY_MS, 24, 60);
  expect(carbon.model).toBe("prior");
});

it("answers with one step at least, however short the time asked for", () => {
  const home = history("load_w", 10, household());
  expect(createForecaster().forecast(home, "load_w", START_MS + 9 * DAY_MS, 0.1, 60).p50).toHaveLength(1);
});

it("keeps hours that begin between the local ones where they are, and uses none that is still running", () => {
  const site: Site = { id: "pune", timezone: "Asia/Kolkata", stepMinutes: 60, currency: "INR" };
  const startMs = Date.parse("2024-02-01T00:00:00Z");
  const random = mulberry32(4);
  const values = Float64Array.from({ length: 26 * 24 }, (_, i) => 200 + 100 * (i % 24) + 4 * random());
  const kolkata = new Zone(site.timezone);
  const columns = new Map([["load_w", values]]);
  const home = { site, zone: kolkata, startMs, stepMs: HOUR_MS, length: values.length, columns };
  for (const at of ["2024-02-24T00:00:00+05:30", "2024-02-24T01:00:00+05:30"]) {
    const issuedAtMs = Date.parse(at);
    const made = createForecaster().forecast(home, "load_w", issuedAtMs, 24, 60);
    expect(mae(made, (atMs) => 202 + 100 * (new Date(atMs).getUTCHours() % 24))).toBeLessThan(15);
    const running = Math.floor((issuedAtMs - startMs) / HOUR_MS);
    const other = { ...home, columns: new Map([["load_w", values.map((w, i) => (i < running ? w : 9 * w))]]) };
    expect(createForecaster().forecast(other, "load_w", issuedAtMs, 24, 60)).toEqual(made);
  }
});

it("knows a home as it was last seen after months without a meter", () => {
  const load = household();
  const issuedAtMs = zone.startOfDayMs(Date.parse("2024-08-14T12:00:00Z"));
  const made = createForecaster().forecast(history("load_w", 32, load), "load_w", issuedAtMs, 24, 60);
  expect(mae(made, load)).toBeLessThan(120);
  expect(made.model).not.toMatch(/^prior/);
});

it("takes the plain prior for a column without a value, however long it is", () => {
  const made = createForecaster();
  const issuedAtMs = START_MS + 20 * DAY_MS;
  const empty = made.forecast(
    history("load_w", 30, () => Number.NaN),
    "load_w",
    issuedAtMs,
    24,
    60,
  );
  const none = made.forecast(
    history("pv_w", 0, () => 0),
    "load_w",
    issuedAtMs,
    24,
    60,
  );
  expect(empty.model).toBe("prior");
  expect(empty.p50).toEqual(none.p50);
});

it("believes a given forecast of a plant that has not been measured yet", () => {
  const days = 3;
  const outlook = history("pv_forecast_w", days, (atMs) => (zone.minuteOfDay(atMs) / 60 === 13 ? 2000 : 0));
  const home = { ...outlook, columns: new Map([...outlook.columns, ["pv_w", new Float64Array(days * 24).fill(NaN)]]) };
  const made = createForecaster().forecast(home, "pv_w", zone.startOfDayMs(START_MS + DAY_MS), 24, 60);
  expect(made.model).toBe("prior for a plant forecast elsewhere");
  expect([...made.p50]).toEqual(Array.from({ length: 24 }, (_, hour) => (hour === 13 ? 2000 : 0)));
});

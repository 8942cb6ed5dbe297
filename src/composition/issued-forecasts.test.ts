import { expect, it } from "vitest";
import { Zone } from "../domain/civil-time.ts";
import type { Forecast } from "../domain/forecast.ts";
import type { HomeHistory } from "../domain/home-history.ts";
import { MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import type { ForecastRequest } from "../forecasting/forecast-service.ts";
import { createIssuedForecasts } from "./issued-forecasts.ts";

const NOON_MS = Date.parse("2026-02-10T12:00:00Z");
const QUARTER_MS = 15 * MS_PER_MINUTE;
const site = { id: "home", timezone: "UTC", stepMinutes: 15, currency: "EUR" };

/** A home of which the last days are known, of the sun none where not said otherwise. */
function home(nowMs: number, loadDays: number, pvDays?: number): HomeHistory {
  const length = (70 * MS_PER_DAY) / QUARTER_MS;
  const column = (days: number): Float64Array =>
    Float64Array.from({ length }, (_, i) => (i >= length - (days * MS_PER_DAY) / QUARTER_MS ? 300 : Number.NaN));
  const columns = new Map([["load_w", column(loadDays)]]);
  if (pvDays !== undefined) columns.set("pv_w", column(pvDays));
  return { site, zone: new Zone("UTC"), startMs: nowMs - length * QUARTER_MS, stepMs: QUARTER_MS, length, columns };
}

function house() {
  const asked: (readonly string[])[] = [];
  const issue = createIssuedForecasts({
    forecast: (_history, requests: readonly ForecastRequest[]) => {
      asked.push(requests.map(({ signal }) => signal));
      return Promise.resolve(requests.map(({ signal, issuedAtMs }) => ({ signal, issuedAtMs }) as Forecast));
    },
    context: { known: (_signal, _startMs, _stepMs, length) => new Float64Array(length) },
    aheadHours: 50,
  });
  return { asked, at: (nowMs: number, history: HomeHistory) => issue(history, nowMs, nowMs) };
}

it("serves for an hour, while the past grows as time passes and its first day is let go", async () => {
  const { asked, at } = house();
  for (const minutes of [0, 15, 45]) await at(NOON_MS + minutes * MS_PER_MINUTE, home(NOON_MS, 70 - minutes / 45));
  expect(asked).toHaveLength(1);
  await at(NOON_MS + MS_PER_HOUR, home(NOON_MS, 70));
  expect(asked).toHaveLength(2);
});

it("is made anew when the clock that was a day ahead is set right", async () => {
  const { asked, at } = house();
  await at(NOON_MS + MS_PER_DAY, home(NOON_MS, 70));
  const [forecast] = await at(NOON_MS, home(NOON_MS, 70));
  expect(asked).toHaveLength(2);
  expect(forecast?.issuedAtMs).toBe(NOON_MS);
});

it("is made anew as soon as months were imported, or a meter was let go", async () => {
  const { asked, at } = house();
  await at(NOON_MS, home(NOON_MS, 0.2));
  await at(NOON_MS + QUARTER_MS, home(NOON_MS, 60));
  expect(asked).toHaveLength(2);
  await at(NOON_MS + 2 * QUARTER_MS, home(NOON_MS, 5));
  expect(asked).toHaveLength(3);
});

it("is made anew when there is something else to forecast", async () => {
  const { asked, at } = house();
  await at(NOON_MS, home(NOON_MS, 70));
  await at(NOON_MS + QUARTER_MS, home(NOON_MS, 70, 1));
  expect(asked).toEqual([["load_w"], ["load_w", "pv_w"]]);
  await at(NOON_MS + 2 * QUARTER_MS, home(NOON_MS, 70, 40));
  expect(asked).toHaveLength(3);
});

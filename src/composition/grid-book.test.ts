import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { MS_PER_HOUR } from "../domain/units.ts";
import { openSqliteHistory } from "../memory/sqlite-history.ts";
import { gridValuesOf, learnedColumn } from "./grid-book.ts";

const START_MS = Date.UTC(2026, 5, 1);
const clock = { nowMs: () => START_MS + 40 * 24 * MS_PER_HOUR, after: () => ({ cancel: () => undefined }) };
const log = { debug: () => undefined, info: () => undefined, warning: () => undefined, error: () => undefined };

it("tells what sources last said of the past sun on the steps of a history, held for three hours where they fell silent", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "grid-book-"));
  const book = await openSqliteHistory({ folder, clock, log });
  onTestFinished(async () => {
    await book.close();
    await rm(folder, { recursive: true });
  });
  const learned = () => learnedColumn(book, "pv_forecast_w", START_MS, MS_PER_HOUR, 12);
  expect(await learned()).toBeUndefined();

  const source = { id: "roof", name: "Roof", signals: ["pv_forecast_w"] as const, refresh: async () => ({}) };
  const said = (hour: number, value: number) => {
    const fromMs = START_MS + hour * MS_PER_HOUR;
    return { fromMs, toMs: fromMs + MS_PER_HOUR, value };
  };
  const hear = (...intervals: ReturnType<typeof said>[]) =>
    book.putGridValues(gridValuesOf("pv_forecast_w", source, intervals, "EUR", clock.nowMs()));
  await hear(said(2, 100), said(3, 900));
  await hear(said(3, 400), said(11, 50), said(12, 7));
  const hours = (await learned()) ?? new Float64Array();
  expect(Array.from(hours.subarray(0, 6))).toEqual([Number.NaN, Number.NaN, 100, 400, 400, 400]);
  expect(hours.subarray(6, 11).every(Number.isNaN)).toBe(true);
  expect([hours.length, hours[11]]).toEqual([12, 50]);
});

import { describe, expect, it } from "vitest";
import { Zone } from "../domain/civil-time.ts";
import type { ControllableDevice } from "../domain/entity.ts";
import { MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import { occurrencesOf, RunBook } from "./run-book.ts";

const zone = new Zone("Europe/Berlin");
const load = (from: string, to: string, runMinutes = 60, weekdays = [0, 1, 2, 3, 4, 5, 6]): ControllableDevice => ({
  deviceId: "dishwasher",
  entityId: "switch.dishwasher",
  name: "Dishwasher",
  kind: "dishwasher",
  areaId: null,
  maxW: 1_000,
  dimmable: false,
  shift: { runMinutes, contiguous: true, window: [from, to], weekdays },
});
const at = (iso: string): number => Date.parse(iso);

describe("windows of a load", () => {
  it("pass midnight, and belong to the weekday they begin on", () => {
    const monday = at("2026-06-01T00:00:00+02:00");
    const found = occurrencesOf(load("22:00", "06:00", 60, [0]), zone, monday, monday + 48 * MS_PER_HOUR);
    expect(found.map(({ startMs, endMs }) => [zone.iso(startMs), zone.iso(endMs)])).toEqual([
      ["2026-06-01T22:00:00+02:00", "2026-06-02T06:00:00+02:00"],
    ]);
  });

  it("keep to the wall clock on the day the clocks change", () => {
    const [only] = occurrencesOf(
      load("01:00", "05:00"),
      zone,
      at("2026-03-29T00:00:00+01:00"),
      at("2026-03-29T06:00:00+02:00"),
    );
    expect(((only?.endMs ?? 0) - (only?.startMs ?? 0)) / MS_PER_HOUR).toBe(3);
  });
});

describe("run book", () => {
  it("counts a run done once it was on long enough, whoever switched it", () => {
    const device = load("08:00", "20:00");
    const book = new RunBook(zone);
    const start = at("2026-06-01T10:00:00+02:00");
    const [window] = occurrencesOf(device, zone, start, start + 1);
    if (!window) throw new Error("no window");
    expect(book.minutesLeft(device, window)).toBe(60);
    for (let minute = 0; minute <= 30; minute++) book.observe(device, true, start + minute * MS_PER_MINUTE);
    expect(book.running(device, window)).toBe(true);
    expect(book.minutesLeft(device, window)).toBeCloseTo(30);
    for (let minute = 30; minute <= 60; minute++) book.observe(device, minute < 60, start + minute * MS_PER_MINUTE);
    expect(book.minutesLeft(device, window)).toBe(0);
    expect(book.running(device, window)).toBe(false);
  });

  it("leaves a window alone that was nearly over when it first looked", () => {
    const device = load("08:00", "06:30");
    const book = new RunBook(zone);
    const now = at("2026-06-02T05:00:00+02:00");
    book.observe(device, false, now);
    const [last, next] = occurrencesOf(device, zone, now, now + 6 * MS_PER_HOUR);
    if (!last || !next) throw new Error("no window");
    expect(book.minutesLeft(device, last)).toBe(0);
    expect(book.minutesLeft(device, next)).toBe(60);
  });

  it("begins anew with the next window, and a restart forgets nothing but that it is on", () => {
    const device = load("08:00", "20:00");
    const book = new RunBook(zone);
    const start = at("2026-06-01T10:00:00+02:00");
    for (let minute = 0; minute <= 60; minute++) book.observe(device, minute < 60, start + minute * MS_PER_MINUTE);
    const again = new RunBook(zone);
    again.restore(JSON.parse(JSON.stringify(book.snapshot())) as ReturnType<RunBook["snapshot"]>);
    const today = occurrencesOf(device, zone, start, start + 1)[0];
    const tomorrow = occurrencesOf(device, zone, start + 24 * MS_PER_HOUR, start + 24 * MS_PER_HOUR + 1)[0];
    if (!today || !tomorrow) throw new Error("no window");
    expect(again.minutesLeft(device, today)).toBe(0);
    again.observe(device, false, tomorrow.startMs + MS_PER_MINUTE);
    expect(again.minutesLeft(device, tomorrow)).toBe(60);
  });
});

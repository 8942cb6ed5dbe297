import { settleStep } from "../domain/storage-rule.ts";
import type { Battery } from "../domain/plan-problem.ts";
import type { BatteryCommand } from "../domain/plan.ts";
import { clamp, MS_PER_HOUR } from "../domain/units.ts";
import { gridCost } from "./grid-cost.ts";

/** One interval of the home's other course. */
export type CourseInterval = Readonly<{
  startMs: number;
  endMs: number;
  /** What the home draws but for the batteries below, less PV: at the meter, W. */
  netW: number;
  pvW: number;
  pricePerKwh: number;
  exportPricePerKwh: number;
  carbonGPerKwh: number;
  /** Power that is here otherwise and was not in truth, W; negative: was here and is not otherwise. */
  movedW: number;
  commands: readonly (BatteryCommand | null)[];
  /**
   * Change of each battery's state of charge that nobody watched, just before the interval: the same in both courses, so
   * that neither gets energy for nothing.
   */
  socShifts: readonly number[];
}>;

/** Power on its way to a later time. */
export type Arrival = Readonly<{ startMs: number; endMs: number; powerW: number }>;

/**
 * The other course of the home over the last hours: simulated again whenever a load is moved into its past, so that
 * nothing is counted that has not happened. JSON, so that it survives a restart.
 */
export type OtherCourse = Readonly<{
  batteries: readonly Battery[];
  /** State of charge at the start of the first interval, and at the end of the last. */
  socs: readonly number[];
  endSocs: readonly number[];
  intervals: readonly CourseInterval[];
  arriving: readonly Arrival[];
  /** What these intervals come to. */
  booked: Booked;
}>;
export type Booked = Readonly<{ cost: number; carbonG: number; gridWh: number }>;

/** How far back a load can be moved. */
const COURSE_MS = 30 * MS_PER_HOUR;
const NOTHING: Booked = { cost: 0, carbonG: 0, gridWh: 0 };

export const newCourse = (
  batteries: readonly Battery[],
  socs: readonly number[],
  arriving: readonly Arrival[] = [],
): OtherCourse => ({ batteries, socs, endSocs: socs, intervals: [], arriving, booked: NOTHING });

/**
 * Adds an interval with what is moved out of it, and gives what has to be booked for it: the interval itself and what
 * changed before it.
 * @param shifted what runs here and would otherwise run `shiftMs` later
 */
export function addInterval(
  before: OtherCourse,
  added: CourseInterval,
  shifted: readonly Readonly<{ powerW: number; shiftMs: number }>[],
): { course: OtherCourse; booked: Booked } {
  const { interval: arrived, arriving } = takeArrivals(before.arriving, added);
  const moved = shifted.reduce(move, { past: before.intervals, interval: arrived, arriving });
  const intervals = [...moved.past, moved.interval];
  const same = moved.past === before.intervals;
  const ran = same
    ? simulate(before.batteries, before.endSocs, [moved.interval])
    : simulate(before.batteries, before.socs, intervals);
  const totals = same ? add(before.booked, ran.totals, 1) : ran.totals;
  const course = { ...before, intervals, arriving: moved.arriving, endSocs: ran.socs, booked: totals };
  return { course: withoutOld(course, added.endMs - COURSE_MS), booked: add(totals, before.booked, -1) };
}

const add = (a: Booked, b: Booked, sign: 1 | -1): Booked => ({
  cost: a.cost + sign * b.cost,
  carbonG: a.carbonG + sign * b.carbonG,
  gridWh: a.gridWh + sign * b.gridWh,
});

/** Mean grid power of the other course as far as it is known now, interval by interval, W. */
export function courseGridW({
  batteries,
  socs,
  intervals,
}: OtherCourse): { startMs: number; endMs: number; gridW: number }[] {
  return [...walk(batteries, socs, intervals)].map(({ interval: { startMs, endMs }, gridW }) => ({
    startMs,
    endMs,
    gridW,
  }));
}

/** Power still to arrive, as energy, Wh. */
export const arrivingWh = ({ arriving }: OtherCourse): number =>
  arriving.reduce((sum, { startMs, endMs, powerW }) => sum + (powerW * (endMs - startMs)) / MS_PER_HOUR, 0);

function* walk(batteries: readonly Battery[], socsAtStart: readonly number[], intervals: readonly CourseInterval[]) {
  let socs = socsAtStart;
  for (const interval of intervals) {
    const hours = (interval.endMs - interval.startMs) / MS_PER_HOUR;
    const commands = batteries.map((battery, b) => interval.commands[b] ?? followOf(battery));
    const loadW = interval.netW + interval.movedW + interval.pvW;
    const prices = { importPerKwh: interval.pricePerKwh, exportPerKwh: interval.exportPricePerKwh };
    const from = socs.map((soc, b) => shifted(soc, interval.socShifts[b] ?? 0));
    const flows = settleStep({ batteries }, commands, from, loadW, interval.pvW, hours, prices);
    socs = flows.socs;
    yield { interval, hours, gridW: flows.importW - flows.exportW, socs };
  }
}

const shifted = (soc: number, by: number): number => (by === 0 ? soc : clamp(soc + by, 0, 1));

function simulate(
  batteries: readonly Battery[],
  socsAtStart: readonly number[],
  intervals: readonly CourseInterval[],
): { totals: Booked; socs: readonly number[] } {
  let totals = NOTHING;
  let last = socsAtStart;
  for (const { interval, hours, gridW, socs } of walk(batteries, socsAtStart, intervals)) {
    totals = add(totals, { ...gridCost(gridW, hours, interval), gridWh: gridW * hours }, 1);
    last = socs;
  }
  return { totals, socs: last };
}

/** What a battery does that nobody commands. */
export const followOf = ({ maxChargeW, maxDischargeW }: Battery): BatteryCommand => ({
  kind: "follow",
  maxChargeW,
  maxDischargeW,
});

type Moving = Readonly<{
  past: readonly CourseInterval[];
  interval: CourseInterval;
  arriving: readonly Arrival[];
}>;

/** Moves a load out of its interval; what finds no interval to go to stays where it is. */
function move(
  { past, interval, arriving }: Moving,
  { powerW, shiftMs }: Readonly<{ powerW: number; shiftMs: number }>,
): Moving {
  const startMs = interval.startMs + shiftMs;
  const endMs = interval.endMs + shiftMs;
  const lengthMs = interval.endMs - interval.startMs;
  if (shiftMs >= 0) {
    // A shift shorter than the interval leaves the first part of the new time inside it.
    const insideMs = Math.max(0, interval.endMs - startMs);
    const left = { ...interval, movedW: interval.movedW - powerW * (1 - insideMs / lengthMs) };
    return { past, interval: left, arriving: [...arriving, { startMs: startMs + insideMs, endMs, powerW }] };
  }
  let movedMs = 0;
  const changed = past.map((to) => {
    const overlapMs = Math.min(to.endMs, endMs) - Math.max(to.startMs, startMs);
    if (overlapMs <= 0) return to;
    movedMs += overlapMs;
    return { ...to, movedW: to.movedW + (powerW * overlapMs) / (to.endMs - to.startMs) };
  });
  if (movedMs === 0) return { past, interval, arriving };
  return {
    past: changed,
    interval: { ...interval, movedW: interval.movedW - (powerW * movedMs) / lengthMs },
    arriving,
  };
}

/** What was to arrive by the end of an interval arrives in it, also when its own time was not settled. */
function takeArrivals(
  waiting: readonly Arrival[],
  interval: CourseInterval,
): { interval: CourseInterval; arriving: readonly Arrival[] } {
  const arriving: Arrival[] = [];
  let { movedW } = interval;
  for (const { startMs, endMs, powerW } of waiting) {
    const hereMs = Math.max(0, Math.min(endMs, interval.endMs) - startMs);
    movedW += (powerW * hereMs) / (interval.endMs - interval.startMs);
    if (endMs > interval.endMs) arriving.push({ startMs: Math.max(startMs, interval.endMs), endMs, powerW });
  }
  return { interval: { ...interval, movedW }, arriving };
}

/** What lies too far back cannot change any more. */
function withoutOld(course: OtherCourse, beforeMs: number): OtherCourse {
  const old = course.intervals.filter(({ endMs }) => endMs <= beforeMs);
  if (old.length === 0) return course;
  const { totals, socs } = simulate(course.batteries, course.socs, old);
  return { ...course, intervals: course.intervals.slice(old.length), socs, booked: add(course.booked, totals, -1) };
}

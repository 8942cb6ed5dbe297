import { settleStep } from "../domain/storage-rule.ts";
import type { Battery } from "../domain/plan-problem.ts";
import type { BatteryCommand } from "../domain/plan.ts";
import { MS_PER_HOUR } from "../domain/units.ts";
import { gridCost } from "./grid-cost.ts";

/** One interval of the home's other course. */
export type CourseInterval = {
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
  commands: (BatteryCommand | null)[];
};

/** Power on its way to a later time. */
export type Arrival = { startMs: number; endMs: number; powerW: number };

/**
 * The other course of the home over the last hours: simulated again whenever a load is moved into its past, so that
 * nothing is counted that has not happened. JSON, so that it survives a restart.
 */
export type OtherCourse = {
  batteries: Battery[];
  /** State of charge at the start of the first interval. */
  socs: number[];
  intervals: CourseInterval[];
  arriving: Arrival[];
  /** What these intervals came to when they were simulated last. */
  booked: Booked;
};
export type Booked = { cost: number; carbonG: number; gridWh: number };

/** What the other course came to since it was booked last. */
export type CourseChange = Readonly<Booked & { gridW: number; socs: readonly number[] }>;

/** How far back a load can be moved. */
const COURSE_MS = 30 * MS_PER_HOUR;

export const newCourse = (batteries: readonly Battery[], socs: readonly number[]): OtherCourse => ({
  batteries: [...batteries],
  socs: [...socs],
  intervals: [],
  arriving: [],
  booked: { cost: 0, carbonG: 0, gridWh: 0 },
});

/**
 * Adds an interval with what is moved out of it, simulates, and gives what has to be booked for it: the interval
 * itself and what changed before it.
 * @param shifted what runs here and would otherwise run `shiftMs` later
 */
export function addInterval(
  course: OtherCourse,
  interval: CourseInterval,
  shifted: readonly Readonly<{ powerW: number; shiftMs: number }>[],
): CourseChange {
  takeArrivals(course, interval);
  course.intervals.push(interval);
  for (const { powerW, shiftMs } of shifted) move(course, interval, powerW, shiftMs);
  const { totals, lastGridW, socs } = simulate(course);
  const change = {
    cost: totals.cost - course.booked.cost,
    carbonG: totals.carbonG - course.booked.carbonG,
    gridWh: totals.gridWh - course.booked.gridWh,
    gridW: lastGridW,
    socs,
  };
  course.booked = totals;
  forgetOld(course, interval.endMs - COURSE_MS);
  return change;
}

/** Mean grid power of the other course as it is simulated now, interval by interval, W. */
export function courseGridW(course: OtherCourse): { startMs: number; endMs: number; gridW: number }[] {
  return [...walk(course)].map(({ interval: { startMs, endMs }, gridW }) => ({ startMs, endMs, gridW }));
}

/** Power still to arrive, as energy, Wh. */
export const arrivingWh = ({ arriving }: OtherCourse): number =>
  arriving.reduce((sum, { startMs, endMs, powerW }) => sum + (powerW * (endMs - startMs)) / MS_PER_HOUR, 0);

function* walk(course: OtherCourse) {
  let socs: readonly number[] = course.socs;
  for (const interval of course.intervals) {
    const hours = (interval.endMs - interval.startMs) / MS_PER_HOUR;
    const commands = course.batteries.map((battery, b) => interval.commands[b] ?? followOf(battery));
    const loadW = interval.netW + interval.movedW + interval.pvW;
    const prices = { importPerKwh: interval.pricePerKwh, exportPerKwh: interval.exportPricePerKwh };
    const flows = settleStep({ batteries: course.batteries }, commands, socs, loadW, interval.pvW, hours, prices);
    socs = flows.socs;
    yield { interval, hours, gridW: flows.importW - flows.exportW, socs };
  }
}

function simulate(course: OtherCourse): { totals: Booked; lastGridW: number; socs: readonly number[] } {
  const totals = { cost: 0, carbonG: 0, gridWh: 0 };
  let lastGridW = 0;
  let last: readonly number[] = course.socs;
  for (const { interval, hours, gridW, socs } of walk(course)) {
    const { cost, carbonG } = gridCost(gridW, hours, interval);
    totals.cost += cost;
    totals.carbonG += carbonG;
    totals.gridWh += gridW * hours;
    lastGridW = gridW;
    last = socs;
  }
  return { totals, lastGridW, socs: last };
}

/** What a battery does that nobody commands. */
export const followOf = ({ maxChargeW, maxDischargeW }: Battery): BatteryCommand => ({
  kind: "follow",
  maxChargeW,
  maxDischargeW,
});

/** Moves a load out of its interval; what finds no interval to go to stays where it is. */
function move(course: OtherCourse, from: CourseInterval, powerW: number, shiftMs: number): void {
  const startMs = from.startMs + shiftMs;
  const endMs = from.endMs + shiftMs;
  if (shiftMs > 0) {
    from.movedW -= powerW;
    // A shift shorter than the interval leaves the first part of the new time inside it.
    const insideMs = Math.max(0, from.endMs - startMs);
    from.movedW += (powerW * insideMs) / (from.endMs - from.startMs);
    course.arriving.push({ startMs: startMs + insideMs, endMs, powerW });
    return;
  }
  for (const to of course.intervals) {
    const overlapMs = Math.min(to.endMs, endMs) - Math.max(to.startMs, startMs);
    if (overlapMs <= 0) continue;
    to.movedW += (powerW * overlapMs) / (to.endMs - to.startMs);
    from.movedW -= (powerW * overlapMs) / (from.endMs - from.startMs);
  }
}

/** What was to arrive by the end of an interval arrives in it, also when its own time was not settled. */
function takeArrivals(course: OtherCourse, interval: CourseInterval): void {
  const later: Arrival[] = [];
  for (const { startMs, endMs, powerW } of course.arriving) {
    const hereMs = Math.max(0, Math.min(endMs, interval.endMs) - startMs);
    interval.movedW += (powerW * hereMs) / (interval.endMs - interval.startMs);
    if (endMs > interval.endMs) later.push({ startMs: Math.max(startMs, interval.endMs), endMs, powerW });
  }
  course.arriving = later;
}

/** What lies too far back cannot change any more. */
function forgetOld(course: OtherCourse, beforeMs: number): void {
  const old = course.intervals.filter(({ endMs }) => endMs <= beforeMs).length;
  if (old === 0) return;
  const { totals, socs } = simulate({ ...course, intervals: course.intervals.slice(0, old) });
  course.intervals.splice(0, old);
  course.socs = [...socs];
  course.booked = {
    cost: course.booked.cost - totals.cost,
    carbonG: course.booked.carbonG - totals.carbonG,
    gridWh: course.booked.gridWh - totals.gridWh,
  };
}

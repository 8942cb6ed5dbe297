import { sumBefore, type Carry } from "./scenario-signals.ts";
import type { SunCourse } from "./scenario-sky.ts";

const ENVELOPE_DAYS = 28;
/** The sky of the last hours tells of the next ones. */
const HOURS_OF_LIGHT = 2;
/** Below this share of a day's light the last hours say nothing about the sky. */
const TOO_DARK = 0.01;

/** @property brightest what a clear sky may bring, W, one value per step; the same array stands for paths of the same day */
export type SunPaths = Readonly<{ paths: Float64Array[]; brightest: Float64Array }>;

/**
 * Solar paths: an earlier day's, with the sun where it stands now, moved by the difference in clearness of the last hours
 * and day; never above the brightest.
 * @param values without gaps, W
 */
export function sunPaths(
  values: Float64Array,
  course: SunCourse,
  issueIndex: number,
  length: number,
  analogs: readonly Readonly<{ daysBack: number }>[],
  carry: Carry,
  stepsPerHour: number,
): SunPaths {
  const lookBack = Math.max(1, Math.round(HOURS_OF_LIGHT * stepsPerHour));
  const aDay = Math.max(1, Math.round(24 * stepsPerHour));
  const first = issueIndex - aDay;
  const rows = new Map<number, Float64Array>();
  // what an earlier day gave, brought to where the sun stands now: the day before the issue, and the steps ahead
  const rowOf = (daysBack: number): Float64Array => {
    const known = rows.get(daysBack);
    if (known) return known;
    const row = new Float64Array(aDay + length);
    for (let k = 0; k < row.length; k++) {
      const from = course.earlier(first + k, daysBack);
      const value = from < 0 || from >= issueIndex ? Number.NaN : (values[from] as number);
      row[k] = value > 0 ? value * course.moved(from, first + k) : value;
    }
    rows.set(daysBack, row);
    return row;
  };
  const brightest = new Float64Array(aDay + length);
  for (let back = 1; back <= ENVELOPE_DAYS; back++)
    rowOf(back).forEach((value, k) => {
      if (value > (brightest[k] as number)) brightest[k] = value;
    });
  const ahead = brightest.subarray(aDay);
  const possible = sumBefore(brightest, aDay, lookBack);
  const possibleInDay = sumBefore(brightest, aDay, aDay);
  const measured = sumBefore(values, issueIndex, lookBack);
  const measuredInDay = sumBefore(values, issueIndex, aDay);
  const fade = carry.fadePerHour ** (1 / stepsPerHour);
  const byDay = new Map<number, Float64Array>();
  const pathOf = (daysBack: number): Float64Array => {
    const row = rowOf(daysBack);
    const soFar = measured - sumBefore(row, aDay, lookBack);
    const soFarInDay = measuredInDay - sumBefore(row, aDay, aDay);
    let shift = possible > TOO_DARK * possibleInDay && !Number.isNaN(soFar) ? soFar / possible : 0;
    const stays = possibleInDay > 0 && !Number.isNaN(soFarInDay) ? (carry.levelShare * soFarInDay) / possibleInDay : 0;
    return ahead.map((most, t) => {
      shift *= fade;
      if (most === 0) return 0;
      let back = daysBack;
      while (course.earlier(issueIndex + t, back) >= issueIndex) back++;
      const value = rowOf(back)[aDay + t] as number;
      return Math.min(most, Math.max(0, (Number.isNaN(value) ? 0 : value) + most * (shift + stays)));
    });
  };
  const paths = analogs.map(({ daysBack }) => {
    const path = byDay.get(daysBack) ?? pathOf(daysBack);
    byDay.set(daysBack, path);
    return path;
  });
  return { paths, brightest: ahead };
}

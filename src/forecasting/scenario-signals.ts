import type { ScenarioCalendar } from "./scenario-calendar.ts";

/** How what the last hours differ from an earlier day's carries on. */
export type Carry = Readonly<{
  /** Share of the last hour's difference that is left each hour later. */
  fadePerHour: number;
  /** Share of the difference in the last day's mean that stays. */
  levelShare: number;
  /**
   * Each path keeps a difference whole, for a time of its own or not at all, instead of all paths a fading part of it:
   * the same on average. What people run goes on or is over; where it was added to all paths, none would tell of its end.
   */
  lastsOrEnds: boolean;
}>;

/** Where each path reads: the step it stands for at the issue, and its steps; indexes into the history. */
export type Analog = Readonly<{ issue: number; steps: Int32Array }>;

const ENVELOPE_DAYS = 28;
/** The sky of the last hours tells of the next ones. */
const HOURS_OF_LIGHT = 2;
/** Below this share of a day's light the last hours say nothing about the sky. */
const TOO_DARK = 0.01;

/**
 * The same for every home: of several, those under which drawn sums over the next hours scored best (CRPS), for the sun on
 * a roof in California and one in France.
 */
export const CARRY: Readonly<Record<string, Carry>> = {
  load_w: { fadePerHour: 0.45, levelShare: 0.2, lastsOrEnds: true },
  pv_w: { fadePerHour: 0.85, levelShare: 0.15, lastsOrEnds: false },
  carbon_g_kwh: { fadePerHour: 0.97, levelShare: 0, lastsOrEnds: false },
};
export const OTHER_CARRY: Carry = { fadePerHour: 0.9, levelShare: 0, lastsOrEnds: false };

/** Multiples of these, less their whole part, lie evenly in the unit square however many are taken (Roberts, R2). */
const EVENLY = [0.7548776662466927, 0.5698402909980532] as const;

/** Sum over the `count` steps before a step. */
function sumBefore(values: Float64Array, end: number, count: number): number {
  let sum = 0;
  for (let i = Math.max(0, end - count); i < end; i++) sum += values[i] ?? 0;
  return sum;
}

/**
 * Each earlier day's values, moved by what now differs from then: the last hour's difference fading, the last day's
 * mean staying in part; on every path so, or on so many paths.
 */
export function levelPaths(
  values: Float64Array,
  issueIndex: number,
  analogs: readonly Analog[],
  carry: Carry,
  stepsPerHour: number,
  nonNegative: boolean,
): Float64Array[] {
  const anHour = Math.max(1, Math.round(stepsPerHour));
  const aDay = Math.max(1, Math.round(24 * stepsPerHour));
  const fade = carry.fadePerHour ** (1 / stepsPerHour);
  const lastHour = sumBefore(values, issueIndex, anHour) / anHour;
  const lastDay = sumBefore(values, issueIndex, aDay) / aDay;
  return analogs.map(({ issue, steps }, n) => {
    const inHour = lastHour - sumBefore(values, issue, anHour) / Math.min(anHour, Math.max(1, issue));
    const inDay = issue >= aDay ? lastDay - sumBefore(values, issue, aDay) / aDay : 0;
    const [endsAt, dayEndsAt] = EVENLY.map((part) => ((n + 1) * part) % 1) as [number, number];
    const stays = inDay * (carry.lastsOrEnds ? Number(dayEndsAt < carry.levelShare) : carry.levelShare);
    const path = new Float64Array(steps.length);
    let left = 1;
    for (let t = 0; t < path.length; t++) {
      left *= fade;
      const shift = inHour * (carry.lastsOrEnds ? Number(endsAt < left) : left);
      const value = (values[steps[t] as number] as number) + shift + stays;
      path[t] = nonNegative && value < 0 ? 0 : value;
    }
    return path;
  });
}

/** Solar paths: the earlier day's, moved by the difference in clearness of the last hours and day; never above the brightest. */
export function sunPaths(
  values: Float64Array,
  calendar: ScenarioCalendar,
  issueIndex: number,
  analogs: readonly Analog[],
  carry: Carry,
  stepsPerHour: number,
): Float64Array[] {
  const brightest = (index: number): number => {
    const day = calendar.dayOf(index);
    const slot = calendar.slotOf(index);
    let most = 0;
    for (let back = 1; back <= ENVELOPE_DAYS; back++) {
      const at = calendar.indexOf(day - back, slot);
      if (at >= 0 && at < issueIndex) most = Math.max(most, values[at] ?? 0);
    }
    return most;
  };
  const length = analogs[0]?.steps.length ?? 0;
  const ahead = Float64Array.from({ length }, (_, t) => brightest(issueIndex + t));
  const lookBack = Math.max(1, Math.round(HOURS_OF_LIGHT * stepsPerHour));
  const aDay = Math.max(1, Math.round(24 * stepsPerHour));
  let possible = 0;
  let possibleInDay = 0;
  for (let m = 1; m <= aDay; m++) {
    const most = brightest(issueIndex - m);
    possibleInDay += most;
    if (m <= lookBack) possible += most;
  }
  const measured = sumBefore(values, issueIndex, lookBack);
  const measuredInDay = sumBefore(values, issueIndex, aDay);
  const fade = carry.fadePerHour ** (1 / stepsPerHour);
  return analogs.map(({ issue, steps }) => {
    let shift = possible > TOO_DARK * possibleInDay ? (measured - sumBefore(values, issue, lookBack)) / possible : 0;
    const stays =
      possibleInDay > 0 && issue >= aDay
        ? (carry.levelShare * (measuredInDay - sumBefore(values, issue, aDay))) / possibleInDay
        : 0;
    const path = new Float64Array(length);
    for (let t = 0; t < length; t++) {
      shift *= fade;
      const most = ahead[t] as number;
      path[t] = Math.min(most, Math.max(0, (values[steps[t] as number] as number) + most * (shift + stays)));
    }
    return path;
  });
}

/** Missing values read as the same step of the day before, else as the last one; only what came before is used. */
export function fillGaps(values: Float64Array, stepsPerDay: number, prior: number): Float64Array {
  const filled = Float64Array.from(values);
  let last = prior;
  for (let i = 0; i < filled.length; i++) {
    if (Number.isNaN(filled[i])) filled[i] = filled[i - stepsPerDay] ?? last;
    last = filled[i] ?? last;
  }
  return filled;
}

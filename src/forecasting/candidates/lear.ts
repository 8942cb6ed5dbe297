import type { Candidate } from "../candidate.ts";
import type { DayFrame } from "../day-frame.ts";
import { levelOver, type Level } from "../level.ts";
import { SharedRegression } from "../shared-regression.ts";
import { putWallHours, WALL_HOURS as HOURS } from "../wall-hours.ts";

const MOST_DAYS = 1000;
/** Days after which an example counts 1/e. */
const AGE_DAYS = 400;
const PENALTY = 0.15;
const FEWEST_ROWS = 30;
/** Days looked back on, hour by hour, besides the same weekday of last week. */
const DAYS_BACK = [1, 2] as const;
/** Each of those days by the hour; least and largest of the last, mean of seven; weekday. */
const WIDTH = (DAYS_BACK.length + 1) * HOURS + 3 + 7;

/** What a day is measured against: the mean of the last `centreDays`, the deviation of the last `scaleDays`. */
type Measure = Readonly<{ centreDays: number; scaleDays: number }>;

const MONTH: Measure = { centreDays: 28, scaleDays: 28 };

/**
 * Regression of every slot of a day on every hour of the days before (the LEAR model of electricity prices: Lago and
 * others 2021), after an inverse hyperbolic sine that keeps spikes from ruling it.
 */
const lear = (id: string, measure: Measure): Candidate => ({
  id,
  refitDays: 7,
  needsDays: 42,
  standing: 1,
  suits: (frame) => !frame.source.signal.endsWith("_w") && frame.slots % HOURS === 0,
  fit(frame) {
    const said = learDays(frame, measure);
    return {
      forecast(at, lead) {
        const mean = said(at, lead);
        return mean && { p50: mean, mean };
      },
    };
  },
});

/** Learns from a frame, for each lead when it is first asked for, what row `lead` after a frame's last known one will be. */
export function learDays(
  frame: DayFrame,
  measure: Measure = MONTH,
): (at: DayFrame, lead: number) => Float64Array | undefined {
  const solved = new Map<number, ReturnType<SharedRegression["solve"]> | undefined>();
  return (at, lead) => {
    if (!solved.has(lead)) solved.set(lead, learn(frame, lead, measure));
    const apply = solved.get(lead);
    const level = levelFor(at, measure);
    const x = new Float64Array(WIDTH);
    const made = new Float64Array(at.slots);
    const mean = new Float64Array(at.slots).fill(Number.NaN);
    // a row that begins in the middle of a day ends on another weekday
    for (const from of new Set([0, at.slots - at.anchorSlot])) {
      if (!apply || from >= at.slots || !describe(at, lead, from, level, x)) continue;
      apply(x, made);
      for (let c = from; c < at.slots; c++)
        mean[c] = level.centre + level.scale * Math.sinh(Math.min(Math.max(made[at.slotOf(c)] ?? 0, -5), 5));
    }
    return apply ? mean : undefined;
  };
}

/** Against yesterday's level, which knows the wind of the day, and against the month's. */
export const LEARS: readonly Candidate[] = [
  lear("lear-day", { centreDays: 1, scaleDays: 14 }),
  lear("lear-month", MONTH),
];

function learn(frame: DayFrame, lead: number, measure: Measure): ReturnType<SharedRegression["solve"]> | undefined {
  const { known, slots } = frame;
  const regression = new SharedRegression(WIDTH, slots);
  const x = new Float64Array(WIDTH);
  const y = new Float64Array(slots);
  for (let row = Math.max(8 + lead, known - MOST_DAYS); row < known; row++) {
    const origin = frame.until(row - lead + 1);
    const level = levelFor(origin, measure);
    if (!completed(frame, row, level, y) || !describe(origin, lead, 0, level, x)) continue;
    regression.add(x, y, Math.exp(-(known - row) / AGE_DAYS));
  }
  return regression.rows >= FEWEST_ROWS ? regression.solve(PENALTY) : undefined;
}

const levelFor = (frame: DayFrame, { centreDays, scaleDays }: Measure): Level =>
  frame.memo(`level ${centreDays} ${scaleDays}`, () => levelOver(frame, centreDays, scaleDays));

/** A row as it is to be learned, a gap of a few slots (the hour that a change of the clocks skips) filled; false when more is missing. */
function completed(frame: DayFrame, row: number, level: Level, into: Float64Array): boolean {
  let missing = 0;
  let last = 0;
  for (let c = 0; c < frame.slots; c++) {
    const value = Math.asinh((frame.at(row, c) - level.centre) / level.scale);
    if (Number.isNaN(value)) missing++;
    else last = value;
    into[c] = last;
  }
  return missing * 8 <= frame.slots;
}

/** Describes what is known before the row `lead` after the last known one; false when yesterday is not known. */
function describe(frame: DayFrame, lead: number, c: number, level: Level, into: Float64Array): boolean {
  const { known } = frame;
  const target = known + lead - 1;
  const measured = (mean: number): number => Math.asinh((mean - level.centre) / level.scale);
  let k = 0;
  for (const row of [...DAYS_BACK.map((back) => known - back), target - 7]) {
    putWallHours(frame, row, measured, into, k);
    k += HOURS;
  }
  let least = Number.POSITIVE_INFINITY;
  let largest = Number.NEGATIVE_INFINITY;
  for (let hour = 0; hour < HOURS; hour++) {
    least = Math.min(least, into[hour] as number);
    largest = Math.max(largest, into[hour] as number);
  }
  into[k++] = least;
  into[k++] = largest;
  const week = levelFor(frame, { centreDays: 7, scaleDays: 7 });
  into[k++] = Math.asinh((week.centre - level.centre) / level.scale);
  into.fill(0, k);
  into[k + (frame.kindOf(target, c) === 2 ? 6 : frame.weekdayOf(target, c))] = 1;
  return frame.values.subarray((known - 1) * frame.slots, known * frame.slots).some((value) => !Number.isNaN(value));
}

import type { Candidate } from "../candidate.ts";
import type { DayFrame } from "../day-frame.ts";
import { levelOf } from "../level.ts";
import { SharedRegression } from "../shared-regression.ts";
import { putWallHours, WALL_HOURS } from "../wall-hours.ts";

const MOST_DAYS = 300;
const AGE_DAYS = 200;
const FEWEST_ROWS = 20;
const HABIT_DAYS = 28;
/** Yesterday and the same weekday of last week by the hour; evening, two last days and week; weekday. */
const WIDTH = 2 * WALL_HOURS + 4 + 7;

/** How a load is measured, as a share of the home's level, and how strongly the regression is held back. */
type Scale = Readonly<{ id: string; to: (share: number) => number; from: (value: number) => number; penalty: number }>;

/** Logarithms, for the median: an appliance more or less counts the same by day and by night. */
const LOGARITHM: Scale = {
  id: "log",
  to: (share) => Math.log(Math.max(share, 0) + 0.15),
  from: (value) => Math.exp(Math.min(value, 4)) - 0.15,
  penalty: 1,
};
/** As it is, for the mean. */
const PLAIN: Scale = { id: "plain", to: (share) => share, from: (value) => value, penalty: 3 };

/** Regression of how a day departs from the home's habits, slot by slot, on every hour of the day before. */
export const habitRegression: Candidate = {
  id: "habit-regression",
  refitDays: 7,
  needsDays: 42,
  standing: 0.5,
  suits: (frame) => frame.source.signal !== "pv_w" && frame.source.signal.endsWith("_w") && frame.slots % 24 === 0,
  fit(frame) {
    const solved = new Map<number, Solved>();
    return {
      forecast(at, lead) {
        const known = solved.get(lead) ?? { log: learn(frame, lead, LOGARITHM), plain: learn(frame, lead, PLAIN) };
        solved.set(lead, known);
        const p50 = known.log && apply(at, lead, LOGARITHM, known.log);
        const mean = known.plain && apply(at, lead, PLAIN, known.plain);
        return p50 && mean ? { p50, mean } : undefined;
      },
    };
  },
};

type Departures = ReturnType<SharedRegression["solve"]>;
type Solved = Readonly<{ log: Departures | undefined; plain: Departures | undefined }>;

function learn(frame: DayFrame, lead: number, scale: Scale): Departures | undefined {
  const { known, slots } = frame;
  const regression = new SharedRegression(WIDTH, slots);
  const x = new Float64Array(WIDTH);
  const y = new Float64Array(slots);
  for (let row = Math.max(15 + lead, known - MOST_DAYS); row < known; row++) {
    const origin = frame.until(row - lead + 1);
    const habit = habitOf(origin, scale);
    const level = levelOf(origin).scale;
    let missing = 0;
    for (let c = 0; c < slots; c++) {
      const off = scale.to(frame.at(row, c) / level) - (habit[c] ?? Number.NaN);
      if (Number.isNaN(off)) missing++;
      y[c] = Number.isNaN(off) ? 0 : off;
    }
    if (missing * 8 > slots) continue;
    describe(origin, lead, 0, scale, x);
    regression.add(x, y, Math.exp(-(known - row) / AGE_DAYS));
  }
  return regression.rows >= FEWEST_ROWS ? regression.solve(scale.penalty) : undefined;
}

function apply(at: DayFrame, lead: number, scale: Scale, departures: Departures): Float64Array {
  const habit = habitOf(at, scale);
  const level = levelOf(at).scale;
  const x = new Float64Array(WIDTH);
  const off = new Float64Array(at.slots);
  const made = new Float64Array(at.slots);
  // a row that begins in the middle of a day ends on another weekday
  for (const from of new Set([0, at.slots - at.anchorSlot])) {
    if (from >= at.slots) continue;
    describe(at, lead, from, scale, x);
    departures(x, off);
    for (let c = from; c < at.slots; c++)
      made[c] = level * scale.from((habit[c] ?? Number.NaN) + (off[at.slotOf(c)] ?? 0));
  }
  return made;
}

/** The usual course of the last four weeks, per slot of the row; NaN where nothing is known. */
function habitOf(frame: DayFrame, scale: Scale): Float64Array {
  return frame.memo(`habit ${scale.id}`, () => {
    const { known, slots } = frame;
    const level = levelOf(frame).scale;
    return Float64Array.from({ length: slots }, (_, c) => {
      let sum = 0;
      let count = 0;
      for (let row = Math.max(0, known - HABIT_DAYS); row < known; row++) {
        const value = frame.at(row, c);
        if (Number.isNaN(value)) continue;
        sum += scale.to(value / level);
        count++;
      }
      return sum / count;
    });
  });
}

/** What is known before the row `lead` after the last known one. */
function describe(frame: DayFrame, lead: number, c: number, scale: Scale, into: Float64Array): void {
  const { known, slots } = frame;
  const target = known + lead - 1;
  const level = levelOf(frame).scale;
  const measured = (mean: number): number => scale.to(mean / level);
  const usual = (column: number): number => level * scale.from(habitOf(frame, scale)[column] ?? Number.NaN);
  putWallHours(frame, known - 1, measured, into, 0, usual);
  putWallHours(frame, target - 7, measured, into, WALL_HOURS, usual);
  let k = 2 * WALL_HOURS;
  const quarter = slots >> 2;
  const meanOf = (row: number, from: number, rows = 1): number => {
    let sum = 0;
    let count = 0;
    for (let i = Math.max(0, row * slots + from); i < (row + rows) * slots; i++) {
      const value = frame.values[i] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      sum += value;
      count++;
    }
    return count > 0 ? measured(sum / count) : measured(level);
  };
  into[k++] = meanOf(known - 1, slots - quarter);
  into[k++] = meanOf(known - 1, 0);
  into[k++] = meanOf(known - 2, 0);
  into[k++] = meanOf(known - 7, 0, 7);
  into.fill(0, k);
  into[k + (frame.kindOf(target, c) === 2 ? 6 : frame.weekdayOf(target, c))] = 1;
}

import type { Candidate } from "../candidate.ts";
import type { DayFrame } from "../day-frame.ts";
import { LeastSquares } from "../least-squares.ts";

const MOST_DAYS = 200;
const DAILY_HARMONICS = 8;
const WEEKLY_HARMONICS = 3;
const CHANGES = 8;
const DAY_COLUMNS = 2 * DAILY_HARMONICS;
/** Trend with changes, days of work and of rest each with their own course, the week, the constant. */
const WIDTH = 1 + CHANGES + 2 * DAY_COLUMNS + 2 * WEEKLY_HARMONICS + 1 + 1;

/**
 * An additive model of trend and seasons (Prophet's class: Taylor and Letham 2018): a piecewise linear trend whose
 * changes are held back by a penalty, and Fourier series of day and week.
 */
export const seasonalTrend: Candidate = {
  id: "seasonal-trend",
  refitDays: 14,
  needsDays: 21,
  standing: 0.02,
  suits: () => true,
  fit(frame) {
    const first = Math.max(0, frame.known - MOST_DAYS);
    const days = frame.known - first;
    const squares = new LeastSquares(WIDTH);
    const x = new Float64Array(WIDTH);
    let sum = 0;
    let count = 0;
    for (let row = first; row < frame.known; row++)
      for (let c = 0; c < frame.slots; c++) {
        const value = frame.at(row, c);
        if (Number.isNaN(value)) continue;
        describe(frame, row, c, first, days, x);
        squares.add(x, value);
        sum += value;
        count++;
      }
    if (count < 300) return undefined;
    const weights = squares.solve((column) =>
      column >= 1 && column <= CHANGES ? 0.3 * count : column < WIDTH - 1 ? 0.002 * count : 0,
    );
    const level = sum / count;
    const firstDay = frame.dayOf(first, 0);
    return {
      forecast(at, lead) {
        const row = at.known + lead - 1;
        const origin = firstDay - at.source.firstDay;
        const mean = Float64Array.from({ length: at.slots }, (_, c) => {
          describe(at, row, c, origin, days, x);
          let total = 0;
          for (let k = 0; k < WIDTH; k++) total += (weights[k] as number) * (x[k] as number);
          return Number.isFinite(total) ? total : level;
        });
        return { p50: mean, mean };
      },
    };
  },
};

function describe(frame: DayFrame, row: number, c: number, first: number, days: number, into: Float64Array): void {
  const dayShare = frame.slotOf(c) / frame.slots;
  const passed = (frame.dayOf(row, c) - frame.source.firstDay - first + dayShare) / days;
  let k = 0;
  into[k++] = passed;
  for (let change = 1; change <= CHANGES; change++) into[k++] = Math.max(0, passed - (0.85 * change) / (CHANGES + 1));
  const rest = frame.kindOf(row, c) > 0 ? 1 : 0;
  for (let h = 1; h <= DAILY_HARMONICS; h++) {
    const sine = Math.sin(2 * Math.PI * h * dayShare);
    const cosine = Math.cos(2 * Math.PI * h * dayShare);
    into[k++] = sine;
    into[k++] = cosine;
    into[k++] = rest * sine;
    into[k++] = rest * cosine;
  }
  const weekShare = (frame.weekdayOf(row, c) + dayShare) / 7;
  for (let h = 1; h <= WEEKLY_HARMONICS; h++) {
    into[k++] = Math.sin(2 * Math.PI * h * weekShare);
    into[k++] = Math.cos(2 * Math.PI * h * weekShare);
  }
  into[k++] = rest;
  into[k] = 1;
}

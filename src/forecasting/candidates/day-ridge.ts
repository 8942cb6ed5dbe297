import type { Candidate } from "../candidate.ts";
import type { DayFrame } from "../day-frame.ts";
import { LeastSquares } from "../least-squares.ts";
import { levelOf } from "../level.ts";
import { profilesOf } from "../profile-table.ts";

const MOST_DAYS = 400;
const PENALTY = 0.15;
const HOURS = 24;
/** The last day by the hour; the slot one, two, seven days ago, its mean of 7 days; weekday; constant. */
const WIDTH = HOURS + 5 + 7 + 1;

/**
 * One ridge regression per slot on the whole of the last day (after the LEAR model of electricity prices).
 * @param ageDays days after which an example counts 1/e
 */
const dayRidgeOver = (id: string, ageDays: number): Candidate => ({
  id,
  refitDays: 14,
  needsDays: 42,
  standing: 0.3,
  suits: (frame) => frame.source.signal !== "pv_w" && frame.slots <= 48,
  fit(frame) {
    const first = Math.max(8, frame.known - Math.min(MOST_DAYS, 4 * ageDays));
    const x = new Float64Array(WIDTH);
    const weights: Float64Array[] = [];
    for (let c = 0; c < frame.slots; c++) {
      const squares = new LeastSquares(WIDTH);
      for (let row = first; row < frame.known; row++) {
        const value = frame.at(row, c);
        if (Number.isNaN(value)) continue;
        const origin = frame.until(row);
        const { centre, scale } = levelOf(origin);
        describe(origin, 1, c, x);
        squares.add(x, (value - centre) / scale, Math.exp(-(frame.known - row) / ageDays));
      }
      const examples = squares.rows * Math.min(1, ageDays / Math.max(1, frame.known - first));
      weights.push(squares.solve((column) => (column === WIDTH - 1 ? 0 : PENALTY * examples)));
    }
    // weights are by wall-clock slot: the fit is on a frame anchored at midnight
    return {
      forecast(at, lead) {
        const { centre, scale } = levelOf(at);
        const mean = Float64Array.from({ length: at.slots }, (_, c) => {
          describe(at, lead, c, x);
          const own = weights[at.slotOf(c)];
          let sum = 0;
          for (let k = 0; k < WIDTH; k++) sum += (own?.[k] ?? 0) * (x[k] as number);
          return centre + scale * sum;
        });
        return { p50: mean, mean };
      },
    };
  },
});

/** On a year and a half, and on what holds lately. */
export const DAY_RIDGES: readonly Candidate[] = [dayRidgeOver("day-ridge", 200), dayRidgeOver("day-ridge-recent", 40)];

function describe(frame: DayFrame, lead: number, c: number, into: Float64Array): void {
  const { known, slots } = frame;
  const { centre, scale } = levelOf(frame);
  const relative = (row: number, column: number): number => {
    const value = (frame.at(row, column) - centre) / scale;
    if (!Number.isNaN(value)) return value;
    const usual = ((profilesOf(frame, lead).fastMedian[column] ?? Number.NaN) - centre) / scale;
    return Number.isNaN(usual) ? 0 : usual;
  };
  const perHour = Math.max(1, slots / HOURS);
  for (let hour = 0; hour < HOURS; hour++) {
    let sum = 0;
    let count = 0;
    for (let k = Math.floor(hour * perHour); k < Math.floor((hour + 1) * perHour); k++) {
      sum += relative(known - 1, k);
      count++;
    }
    // by wall-clock hour, wherever the row begins
    const wall = Math.floor((frame.anchorSlot / perHour + hour) % HOURS);
    into[wall] = count > 0 ? sum / count : 0;
  }
  into[HOURS] = relative(known - 1, c);
  into[HOURS + 1] = relative(known - 2, c);
  into[HOURS + 2] = relative(known - 8 + lead, c);
  into[HOURS + 3] = relative(known - 15 + lead, c);
  let week = 0;
  for (let age = 1; age <= 7; age++) week += relative(known - age, c) / 7;
  into[HOURS + 4] = week;
  const kind = frame.kindOf(known + lead - 1, c) === 2 ? 6 : frame.weekdayOf(known + lead - 1, c);
  for (let day = 0; day < 7; day++) into[HOURS + 5 + day] = day === kind ? 1 : 0;
  into[WIDTH - 1] = 1;
}

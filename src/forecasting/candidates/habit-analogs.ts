import { analogDay } from "../analog-day.ts";
import { fixedCandidate, type Candidate } from "../candidate.ts";
import type { DayFrame } from "../day-frame.ts";
import { levelOf } from "../level.ts";

const MOST_DAYS = 150;
const FEWEST_DAYS = 14;
const AGE_DAYS = 30;
/** What makes two evenings alike: logarithms of yesterday's mean, the last evening, the day before, a week ago. */
const SHARPNESS = [4, 4, 2, 2] as const;
/** How alike yesterday was around the same time of day. */
const SLOT_SHARPNESS = 4;
const OTHER_KIND = 0.5;
/** When nothing is alike, the last days tell most. */
const LEAST_WEIGHT = 1e-9;
const LAST_DAYS = 6;
const NEIGHBOUR = 0.5;

/**
 * What followed evenings like this one: the days of the last months, weighted by how alike the home's last hours and
 * days were, by kind of day and by age; a level that has moved since is followed half way.
 */
export const habitAnalogs: Candidate = fixedCandidate(
  "habit-analogs",
  FEWEST_DAYS + 15,
  (frame) => frame.source.signal !== "pv_w" && frame.source.signal.endsWith("_w"),
  (frame, lead) => {
    const { slots, known } = frame;
    const target = known + lead - 1;
    const state = eveningOf(frame, known);
    if (!state) return undefined;
    const rows: number[] = [];
    const evenings: Evening[] = [];
    const likeness: number[] = [];
    for (let row = Math.max(15, known - MOST_DAYS); row < known; row++) {
      const before = eveningOf(frame, row - lead + 1);
      if (!before) continue;
      let distance = 0;
      for (const [k, sharpness] of SHARPNESS.entries())
        distance += (sharpness * ((before.features[k] ?? 0) - (state.features[k] ?? 0))) ** 2;
      rows.push(row);
      evenings.push(before);
      likeness.push(Math.exp(-distance / 2 - (known - row) / AGE_DAYS));
    }
    if (rows.length < FEWEST_DAYS) return undefined;
    const leasts = rows.map((row) => LEAST_WEIGHT * Math.exp(-(known - row) / LAST_DAYS));
    const moves = new Map(
      rows.map((row, k) => [row, Math.sqrt(state.level / (evenings[k]?.level ?? state.level))] as const),
    );
    return analogDay({
      slots,
      rows,
      weightOf: (row, index, c) => {
        const off = SLOT_SHARPNESS * ((evenings[index]?.course[c] ?? 0) - (state.course[c] ?? 0));
        const kind = frame.kindOf(row, c) === frame.kindOf(target, c) ? 1 : OTHER_KIND;
        return (likeness[index] ?? 0) * kind * Math.exp((-off * off) / 2) + (leasts[index] ?? 0);
      },
      valueOf: (row, from) => frame.at(row, from) * (moves.get(row) ?? 1),
      neighbour: NEIGHBOUR,
    });
  },
  0.5,
);

type Evening = Readonly<{ features: readonly number[]; course: Float64Array; level: number }>;

/** What is known at the start of a row; undefined when the day before it was not measured. */
function eveningOf(frame: DayFrame, row: number): Evening | undefined {
  if (row < 15) return undefined;
  const origin = frame.until(row);
  return origin.memo<{ evening: Evening | undefined }>("evening", () => {
    const { slots, known } = origin;
    const level = levelOf(origin).scale;
    const meanOf = (first: number, count: number): number => {
      let sum = 0;
      let seen = 0;
      for (let i = Math.max(0, first); i < first + count; i++) {
        const value = origin.values[i] ?? Number.NaN;
        if (Number.isNaN(value)) continue;
        sum += value;
        seen++;
      }
      return Math.log1p(sum / seen / level);
    };
    const end = known * slots;
    const yesterday = meanOf(end - slots, slots);
    if (Number.isNaN(yesterday)) return { evening: undefined };
    const or = (value: number): number => (Number.isNaN(value) ? yesterday : value);
    const features = [
      yesterday,
      or(meanOf(end - (slots >> 2), slots >> 2)),
      or(meanOf(end - 2 * slots, slots)),
      or(meanOf(end - 7 * slots, slots)),
    ];
    const course = Float64Array.from({ length: slots }, (_, c) => or(meanOf(end - slots + c - 1, 3)));
    return { evening: { features, course, level } };
  }).evening;
}

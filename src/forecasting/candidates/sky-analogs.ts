import { analogDay } from "../analog-day.ts";
import { fixedCandidate, type Candidate } from "../candidate.ts";
import { clearnessOf, clearSkyOf, envelopeOf } from "../sun/clearness.ts";
import type { DayFrame } from "../day-frame.ts";

const MOST_DAYS = 150;
const FEWEST_DAYS = 10;
/** Days after which a day tells 1/e as much. */
const AGE_DAYS = 30;
/** What makes two evenings alike: clearness of the day that ends, of the one before it, and of the last afternoon. */
const SHARPNESS = [4, 1.5, 2.5] as const;
/** Weight that every day keeps, however unlike. */
const LEAST_WEIGHT = 1e-6;
const NEIGHBOUR = 0.35;
/** Irradiance below which the sun is too low to scale by, W/m2. */
const LOW_SUN = 5;
/** Most that a value is moved by: at the edges of the day the sun is several times as strong an hour on. */
const MOST_MOVED = 4;

/** How a past value is brought to the target's day: the value there would be, NaN where it says nothing. */
type Moving = (frame: DayFrame, lead: number) => (row: number, from: number, to: number) => number;

const clamped = (factor: number): number => Math.min(Math.max(factor, 1 / MOST_MOVED), MOST_MOVED);

/** Each row is asked for at every slot: computed once. */
function keptByRow<T>(compute: (row: number) => T): (row: number) => T {
  const kept = new Map<number, T>();
  return (row) => {
    const known = kept.get(row);
    if (known !== undefined) return known;
    const value = compute(row);
    kept.set(row, value);
    return value;
  };
}

/** Moved on with the sun's course alone. */
const bySun: Moving = (frame, lead) => {
  const target = clearSkyOf(frame, frame.known + lead - 1);
  const skyOf = keptByRow((row) => clearSkyOf(frame, row));
  return (row, from, to) => {
    if (!target) return frame.at(row, from);
    const now = target[to] ?? 0;
    const then = skyOf(row)?.[from] ?? 0;
    return then < LOW_SUN || now < LOW_SUN ? Number.NaN : frame.at(row, from) * clamped(now / then);
  };
};

/** As the same share of what the plant gave in its best days of then and now. */
const byEnvelope: Moving = (frame, lead) => {
  const target = envelopeOf(frame, lead);
  const mostOf = keptByRow((row) => envelopeOf(frame.until(row), 1));
  return (row, from, to) => {
    const most = mostOf(row)[from] ?? Number.NaN;
    return most > 0 ? Math.min(frame.at(row, from) / most, 1.6) * (target[to] ?? Number.NaN) : Number.NaN;
  };
};

/**
 * What followed evenings like this one: the days of the last months, weighted by how alike the sky before them was and
 * by age, their values brought to the season of the day to come; quantiles and mean of those, slot by slot.
 */
const analogsMoved = (id: string, moving: Moving): Candidate =>
  fixedCandidate(
    id,
    FEWEST_DAYS + 3,
    (frame) => frame.source.signal === "pv_w",
    (frame, lead) => {
      const { slots, known } = frame;
      const state = skyBefore(frame, known);
      const rows: number[] = [];
      const likeness: number[] = [];
      for (let row = Math.max(3, known - MOST_DAYS); row < known; row++) {
        // of a day further ahead, the evening before the day before it
        const before = skyBefore(frame, row - lead + 1);
        if (!before) continue;
        // after a day nobody measured, all evenings are alike
        let distance = 0;
        for (const [k, sharpness] of SHARPNESS.entries())
          distance += state ? (sharpness * ((before[k] ?? 0) - (state[k] ?? 0))) ** 2 : 0;
        rows.push(row);
        likeness.push((Math.exp(-distance / 2) + LEAST_WEIGHT) * Math.exp(-(known - row) / AGE_DAYS));
      }
      if (rows.length < FEWEST_DAYS) return undefined;
      const said = analogDay({
        slots,
        rows,
        weightOf: (_, index) => likeness[index] ?? 0,
        valueOf: moving(frame, lead),
        neighbour: NEIGHBOUR,
      });
      // where no day says anything the sun is down
      const lit = (values: Float64Array): Float64Array => values.map((value) => (Number.isNaN(value) ? 0 : value));
      return {
        p10: lit(said.p10 ?? said.p50),
        p50: lit(said.p50),
        p90: lit(said.p90 ?? said.p50),
        mean: lit(said.mean),
      };
    },
    1,
  );

/** What an evening knows of the sky; undefined when the day before it is not known. */
function skyBefore(frame: DayFrame, row: number): readonly number[] | undefined {
  if (row < 3) return undefined;
  const origin = frame.until(row);
  return origin.memo<{ state: readonly number[] | undefined }>("sky before", () => {
    const { slots } = origin;
    const last = clearnessOf(origin, row - 1);
    if (Number.isNaN(last)) return { state: undefined };
    const or = (value: number): number => Math.min(Number.isNaN(value) ? last : value, 2);
    const before = or(clearnessOf(origin.until(row - 1), row - 2));
    return { state: [Math.min(last, 2), before, or(clearnessOf(origin, row - 1, slots >> 1, slots))] };
  }).state;
}

/** Two ways of bringing other days to this season: by the sun's course, and by the plant's own best days. */
export const SKY_ANALOGS: readonly Candidate[] = [
  analogsMoved("sky-analogs", bySun),
  analogsMoved("sky-analogs-envelope", byEnvelope),
];

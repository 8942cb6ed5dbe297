import { fixedCandidate, type Candidate } from "../candidate.ts";
import { clearnessOf, clearSkyOf, envelopeOf } from "../sun/clearness.ts";
import type { DayFrame } from "../day-frame.ts";
import { LeastSquares } from "../least-squares.ts";

const isPv = (frame: DayFrame): boolean => frame.source.signal === "pv_w";
/** Clearness of the last days, the last afternoon, means of 7 and 28 days, temperature range and change, length. */
const WIDTH = 9;
const MOST_DAYS = 300;

/** What the plant gives under a clear sky. */
export const clearSkyEnvelope: Candidate = fixedCandidate(
  "clear-sky",
  3,
  isPv,
  (frame, lead) => {
    const values = envelopeOf(frame, lead);
    return { p50: values, mean: values };
  },
  0.3,
);

/** Yesterday's production, moved on with the sun's course. */
export const clearSkyYesterday: Candidate = fixedCandidate(
  "clear-sky-yesterday",
  2,
  isPv,
  (frame, lead) => {
    const now = clearSkyOf(frame, frame.known + lead - 1);
    const then = clearSkyOf(frame, frame.known - 1);
    const values = Float64Array.from({ length: frame.slots }, (_, c) => {
      const before = then?.[c] ?? 0;
      const moved = before > 50 ? Math.min(Math.max((now?.[c] ?? 0) / before, 0.8), 1.25) : 1;
      return frame.at(frame.known - 1, c) * moved;
    });
    return { p50: values, mean: values };
  },
  0.8,
);

/** The clear-sky course times the clearness to expect of tomorrow, by regression on the clearness of the last days. */
export const clearSkyClearness: Candidate = {
  id: "clear-sky-clearness",
  refitDays: 7,
  needsDays: 24,
  standing: 0.3,
  suits: isPv,
  fit(frame) {
    const squares = new LeastSquares(WIDTH);
    const x = new Float64Array(WIDTH);
    for (let row = Math.max(16, frame.known - MOST_DAYS); row < frame.known; row++) {
      const truth = clearnessOf(frame.until(row + 1), row);
      if (Number.isNaN(truth) || !describe(frame.until(row), x)) continue;
      squares.add(x, truth, Math.exp(-(frame.known - row) / 150));
    }
    if (squares.rows < 6) return undefined;
    const weights = squares.solve((column) => (column === WIDTH - 1 ? 0 : 1.5));
    return {
      forecast(at, lead) {
        const y = new Float64Array(WIDTH);
        if (!describe(at, y)) return undefined;
        let clearness = 0;
        for (let k = 0; k < WIDTH; k++) clearness += (weights[k] ?? 0) * (y[k] ?? 0);
        // further ahead, nearer to the usual
        const usual = y[4] ?? clearness;
        clearness = usual + (clearness - usual) * 0.6 ** (lead - 1);
        const values = envelopeOf(at, lead).map((most) => most * Math.min(Math.max(clearness, 0), 1.15));
        return { p50: values, mean: values };
      },
    };
  },
};

function describe(frame: DayFrame, into: Float64Array): boolean {
  const { known, slots } = frame;
  const usual = meanOver(28, (age) => clearnessOf(frame, known - 1 - age));
  if (Number.isNaN(usual)) return false;
  const or = (value: number): number => (Number.isNaN(value) ? usual : value);
  into[0] = or(clearnessOf(frame, known - 1));
  into[1] = or(clearnessOf(frame, known - 2));
  into[2] = or(clearnessOf(frame, known - 1, Math.floor(slots / 2), slots));
  into[3] = or(meanOver(7, (age) => clearnessOf(frame, known - 1 - age)));
  into[4] = usual;
  const temperature = frame.other("temperature_c");
  const range = (row: number): number => {
    if (!temperature || row < 0) return Number.NaN;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < slots; c++) {
      const value = temperature[row * slots + c] ?? Number.NaN;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return high >= low ? high - low : Number.NaN;
  };
  const zero = (value: number): number => (Number.isNaN(value) ? 0 : value / 10);
  into[5] = zero(range(known - 1) - meanOver(14, (age) => range(known - 1 - age)));
  const evening = (row: number): number =>
    temperature ? meanOver(6, (k) => temperature[row * slots + slots - 1 - k] ?? Number.NaN) : Number.NaN;
  into[6] = zero(evening(known - 1) - evening(known - 2));
  into[7] = into[0] * into[0];
  into[8] = 1;
  return true;
}

function meanOver(count: number, valueAt: (k: number) => number): number {
  let sum = 0;
  let known = 0;
  for (let k = 0; k < count; k++) {
    const value = valueAt(k);
    if (Number.isNaN(value)) continue;
    sum += value;
    known++;
  }
  return known > 0 ? sum / known : Number.NaN;
}

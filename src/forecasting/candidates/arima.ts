import type { Candidate } from "../candidate.ts";
import type { DayFrame } from "../day-frame.ts";
import { LeastSquares } from "../least-squares.ts";

const MOST_DAYS = 120;
/** Order of the long autoregression whose errors stand for the innovations. */
const LONG_ORDER = 12;
/** Days of history run through the model before it forecasts. */
const FILTER_DAYS = 28;
/** Last two differences, last innovation, innovation a day ago. */
const WIDTH = 4;

/**
 * Seasonal ARIMA (2,0,1)(0,1,1) with the season of a day, estimated by Hannan and Rissanen's two regressions on the
 * series with its gaps filled by the day before.
 */
export const arima: Candidate = {
  id: "arima",
  refitDays: 14,
  needsDays: 21,
  standing: 0.02,
  suits: (frame) => frame.source.signal !== "pv_w",
  fit(frame) {
    const { slots } = frame;
    const series = filledSeries(frame, MOST_DAYS);
    if (!series) return undefined;
    const n = series.length;
    const change = new Float64Array(n);
    for (let t = slots; t < n; t++) change[t] = (series[t] ?? 0) - (series[t - slots] ?? 0);
    const long = new LeastSquares(LONG_ORDER + 1);
    const x = new Float64Array(LONG_ORDER + 1);
    const describe = (t: number): void => {
      for (let k = 0; k < LONG_ORDER; k++) x[k] = change[t - 1 - k] ?? 0;
      x[LONG_ORDER] = change[t - slots] ?? 0;
    };
    for (let t = 2 * slots; t < n; t++) {
      describe(t);
      long.add(x, change[t] ?? 0);
    }
    const longWeights = long.solve(() => 1);
    const innovation = new Float64Array(n);
    for (let t = 2 * slots; t < n; t++) {
      describe(t);
      let said = 0;
      for (let k = 0; k <= LONG_ORDER; k++) said += (longWeights[k] ?? 0) * (x[k] ?? 0);
      innovation[t] = (change[t] ?? 0) - said;
    }
    const short = new LeastSquares(WIDTH);
    const z = new Float64Array(WIDTH);
    for (let t = 3 * slots; t < n; t++) {
      z[0] = change[t - 1] ?? 0;
      z[1] = change[t - 2] ?? 0;
      z[2] = innovation[t - 1] ?? 0;
      z[3] = innovation[t - slots] ?? 0;
      short.add(z, change[t] ?? 0);
    }
    const weights = stable(short.solve(() => 1));
    return {
      forecast(at, lead) {
        const known = filledSeries(at, FILTER_DAYS);
        if (!known) return undefined;
        const made = run(known, at.slots, weights, lead * at.slots);
        const mean = made.slice((lead - 1) * at.slots);
        return { p50: mean, mean };
      },
    };
  },
};

/** Keeps the autoregression stationary and the moving averages invertible. */
function stable(weights: Float64Array): Float64Array {
  const [first = 0, second = 0, last = 0, season = 0] = weights;
  const bound = (value: number, most: number): number => Math.min(Math.max(value, -most), most);
  const second_ = bound(second, 0.9);
  return Float64Array.of(bound(first, 0.98 * (1 - second_)), second_, bound(last, 0.95), bound(season, 0.97));
}

/** Runs the model through a history and on for `ahead` steps. */
function run(series: Float64Array, slots: number, weights: Float64Array, ahead: number): Float64Array {
  const n = series.length;
  const level = new Float64Array(n + ahead);
  const change = new Float64Array(n + ahead);
  const innovation = new Float64Array(n + ahead);
  level.set(series);
  const [first = 0, second = 0, last = 0, season = 0] = weights;
  for (let t = slots; t < n + ahead; t++) {
    const said =
      first * (change[t - 1] as number) +
      second * ((change[t - 2] ?? 0) as number) +
      last * (innovation[t - 1] as number) +
      season * (innovation[t - slots] as number);
    if (t < n) {
      change[t] = (level[t] as number) - (level[t - slots] as number);
      innovation[t] = (change[t] as number) - said;
    } else {
      change[t] = said;
      level[t] = (level[t - slots] as number) + said;
    }
  }
  return level.slice(n);
}

/** The last days without gaps; undefined when more than a third is missing. */
function filledSeries(frame: DayFrame, days: number): Float64Array | undefined {
  const { slots, known } = frame;
  const first = Math.max(0, known - days) * slots;
  const series = frame.values.slice(first, known * slots);
  let missing = 0;
  for (let i = 0; i < series.length; i++) {
    if (!Number.isNaN(series[i])) continue;
    missing++;
    series[i] = i >= slots ? (series[i - slots] as number) : Number.NaN;
  }
  if (missing * 3 > series.length || series.length < 4 * slots) return undefined;
  for (let i = Math.min(slots, series.length) - 1; i >= 0; i--)
    if (Number.isNaN(series[i])) series[i] = series[i + slots] as number;
  if (series.some(Number.isNaN)) {
    let sum = 0;
    let count = 0;
    for (const value of series)
      if (!Number.isNaN(value)) {
        sum += value;
        count++;
      }
    for (let i = 0; i < series.length; i++) if (Number.isNaN(series[i])) series[i] = sum / count;
  }
  return series;
}

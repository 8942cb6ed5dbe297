/**
 * Values on a regular grid: value i holds for [startMs + i * stepMs, startMs + (i + 1) * stepMs).
 * NaN is missing. The owner's name says the unit (`loadW`, `pricePerKwh`).
 */
export type Series = Readonly<{
  startMs: number;
  stepMs: number;
  values: Float64Array;
}>;

export const seriesEndMs = (series: Series): number => series.startMs + series.values.length * series.stepMs;

/** The value that holds at an instant; NaN outside or missing. */
export function valueAt(series: Series, atMs: number): number {
  const index = Math.floor((atMs - series.startMs) / series.stepMs);
  return series.values[index] ?? Number.NaN;
}

/**
 * Time-weighted mean of a series over [fromMs, toMs), missing parts left out; NaN where nothing is known.
 */
export function meanOver(series: Series, fromMs: number, toMs: number): number {
  const { startMs, stepMs, values } = series;
  const first = Math.max(0, Math.floor((fromMs - startMs) / stepMs));
  const last = Math.min(values.length, Math.ceil((toMs - startMs) / stepMs));
  let weighted = 0;
  let knownMs = 0;
  for (let i = first; i < last; i++) {
    const value = values[i] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    const overlapMs = Math.min(toMs, startMs + (i + 1) * stepMs) - Math.max(fromMs, startMs + i * stepMs);
    if (overlapMs <= 0) continue;
    weighted += value * overlapMs;
    knownMs += overlapMs;
  }
  return knownMs > 0 ? weighted / knownMs : Number.NaN;
}

/** The same values on another regular grid, by time-weighted mean. */
export function resample(series: Series, startMs: number, stepMs: number, length: number): Series {
  const values = new Float64Array(length);
  for (let i = 0; i < length; i++) values[i] = meanOver(series, startMs + i * stepMs, startMs + (i + 1) * stepMs);
  return { startMs, stepMs, values };
}

import type { SeriesPoint } from "./history.ts";

/** Points of a series as columns of equal length: the thread that reads them is woken for a memory copy, not for thousands of objects. */
export type SeriesColumns = Readonly<{
  startMs: Float64Array;
  min: Float64Array;
  mean: Float64Array;
  max: Float64Array;
  count: Float64Array;
}>;

export const columnsOfPoints = (points: readonly SeriesPoint[]): SeriesColumns => ({
  startMs: Float64Array.from(points, (point) => point.startMs),
  min: Float64Array.from(points, (point) => point.min),
  mean: Float64Array.from(points, (point) => point.mean),
  max: Float64Array.from(points, (point) => point.max),
  count: Float64Array.from(points, (point) => point.count),
});

export const pointsOfColumns = ({ startMs, min, mean, max, count }: SeriesColumns): SeriesPoint[] =>
  Array.from(startMs, (atMs, i) => ({
    startMs: atMs,
    min: min[i] ?? Number.NaN,
    mean: mean[i] ?? Number.NaN,
    max: max[i] ?? Number.NaN,
    count: count[i] ?? 0,
  }));

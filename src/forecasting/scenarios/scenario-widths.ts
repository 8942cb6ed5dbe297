import { effectiveNumber } from "../bands/effective-number.ts";

/** How much wider than the days they were seen on things come: by so much divided by how many days that is worth. */
const BEYOND = 2.5;

/**
 * Moves paths from their mean, which stays, each keeping its course. Of a dozen days one more falls outside what they
 * spread more often than one of them does: eight in ten of what comes would lie between the tenths of many, not of few.
 * @param paths   one value per step; the same array where several paths are the same
 * @param weights one per path
 * @param least   what no value may be below
 * @param most    what it may not be above, one value per step
 */
export function widenPaths(
  paths: readonly Float64Array[],
  weights: Float64Array,
  least: number,
  most?: Float64Array,
): Float64Array[] {
  const apart = new Map<Float64Array, number>();
  for (const [n, path] of paths.entries()) apart.set(path, (apart.get(path) ?? 0) + (weights[n] as number));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const factor = 1 + BEYOND / effectiveNumber(apart.values());
  const mean = new Float64Array(paths[0]?.length ?? 0);
  for (const [path, weight] of apart)
    for (let t = 0; t < mean.length; t++) mean[t] = (mean[t] as number) + (weight / total) * (path[t] as number);
  const moved = new Map<Float64Array, Float64Array>();
  for (const path of apart.keys())
    moved.set(
      path,
      path.map((value, t) => {
        const middle = mean[t] as number;
        return Math.min(Math.max(least, middle + factor * (value - middle)), most?.[t] ?? Number.POSITIVE_INFINITY);
      }),
    );
  return paths.map((path) => moved.get(path) ?? path);
}

import { expect, it } from "vitest";
import { mulberry32 } from "../random.ts";
import { widenPaths } from "./scenario-widths.ts";

const noise = (): Float64Array[] => {
  const random = mulberry32(3);
  return Array.from({ length: 12 }, () => Float64Array.from({ length: 5 }, () => 100 + 50 * random()));
};

it("keeps the mean and each path's rank, and is wider the fewer days tell", () => {
  const spreadBy = (count: number): number => {
    const paths = noise().slice(0, count);
    const weights = new Float64Array(count).fill(1 / count);
    const wide = widenPaths(paths, weights, Number.NEGATIVE_INFINITY);
    for (let t = 0; t < 5; t++) {
      const mean = (of: readonly Float64Array[]): number => of.reduce((sum, path) => sum + (path[t] ?? 0), 0) / count;
      expect(mean(wide)).toBeCloseTo(mean(paths), 9);
      const ranked = (of: readonly Float64Array[]): number[] =>
        of.map((_, n) => n).sort((a, b) => (of[a]?.[t] ?? 0) - (of[b]?.[t] ?? 0));
      expect(ranked(wide)).toEqual(ranked(paths));
    }
    return ((wide[0]?.[0] ?? 0) - (wide[1]?.[0] ?? 0)) / ((paths[0]?.[0] ?? 0) - (paths[1]?.[0] ?? 0));
  };
  expect(spreadBy(12)).toBeGreaterThan(1.1);
  expect(spreadBy(4)).toBeGreaterThan(1.2 * spreadBy(12));
});

it("counts a day that stands for several paths once", () => {
  const paths = noise();
  const twice = paths.flatMap((path) => [path, path]);
  const even = (count: number): Float64Array => new Float64Array(count).fill(1 / count);
  const wide = widenPaths(twice, even(24), 0);
  for (const [n, path] of widenPaths(paths, even(12), 0).entries())
    path.forEach((value, t) => expect(wide[2 * n]?.[t]).toBeCloseTo(value, 9));
});

it("keeps values within what is possible", () => {
  const paths = [Float64Array.of(1, 10), Float64Array.of(5, 0)];
  const wide = widenPaths(paths, Float64Array.of(0.5, 0.5), 0, Float64Array.of(5, 10));
  for (const path of wide)
    path.forEach((value, t) => {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual([5, 10][t] ?? 0);
    });
});

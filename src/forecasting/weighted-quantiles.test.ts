import { expect, it } from "vitest";
import { weightedQuantiles } from "./weighted-quantiles.ts";

const at = (values: number[], weights: number[], shares: number[]): number[] =>
  Array.from(weightedQuantiles(Float64Array.from(values), Float64Array.from(weights), shares));

it("interpolates between the middles of the weights, in any order of the values", () => {
  expect(at([30, 10, 20], [1, 1, 1], [0.5])).toEqual([20]);
  expect(at([10, 20], [1, 1], [0.25, 0.5, 0.75])).toEqual([10, 15, 20]);
  expect(at([10, 20, 1000], [3, 1, 0], [0.375, 0.875])).toEqual([10, 20]);
});

it("keeps to the ends, and says nothing of nothing", () => {
  expect(at([5, 7], [1, 1], [0, 1])).toEqual([5, 7]);
  expect(at([], [], [0.1, 0.9])).toEqual([Number.NaN, Number.NaN]);
});

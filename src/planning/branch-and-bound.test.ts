import { beforeAll, expect, it } from "vitest";
import { type BranchLimits, branchAndBound } from "./branch-and-bound.ts";
import { type LinearSolver, loadHighsSolver } from "./highs-solver.ts";
import { LinearModel } from "./linear-model.ts";

let solver: LinearSolver;
beforeAll(async () => {
  solver = await loadHighsSolver();
});

const limits: BranchLimits = {
  basis: undefined,
  groups: [],
  cutoff: 100,
  allowanceOf: () => 0,
  remainingMs: () => 10_000,
};

/** Runs of two steps, one start each, under a fuse for one of them; the price of each step as given. */
function twoRuns(prices: readonly number[]): { model: LinearModel; groups: Int32Array[] } {
  const model = new LinearModel();
  const starts = prices.length - 1;
  const groups = [2, 3].map((powerKw) =>
    Int32Array.from({ length: starts }, (_, s) => model.binary(powerKw * ((prices[s] ?? 0) + (prices[s + 1] ?? 0)))),
  );
  const terms = (columns: readonly number[], factor: number): number[] => columns.flatMap((column) => [column, factor]);
  for (const group of groups) model.row(1, 1, terms([...group], 1));
  for (let t = 0; t < prices.length; t++) {
    const on = ([...group]: Int32Array): number[] => group.filter((_, s) => s === t || s + 1 === t);
    model.row(
      -Infinity,
      4,
      groups.flatMap((group, i) => terms(on(group), i + 2)),
    );
  }
  return { model, groups };
}

/** Tries every pair of starts. */
function bestOfAll(prices: readonly number[]): number {
  let best = Infinity;
  const cost = (powerKw: number, s: number): number => powerKw * ((prices[s] ?? 0) + (prices[s + 1] ?? 0));
  for (let a = 0; a + 1 < prices.length; a++)
    for (let b = 0; b + 1 < prices.length; b++) if (Math.abs(a - b) > 1) best = Math.min(best, cost(2, a) + cost(3, b));
  return best;
}

it("finds the best of all pairs of runs that a fuse keeps apart", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const prices = Array.from({ length: 8 }, (_, t) => Math.round(10 * Math.sin(seed * 7 + t * 1.3) ** 2));
    const { model, groups } = twoRuns(prices);
    const { isOver, found } = branchAndBound(solver, model.toSparse(), { ...limits, groups });
    expect(isOver).toBe(true);
    expect(found?.objective).toBeCloseTo(bestOfAll(prices), 6);
  }
});

it("proves that nothing is better than what is known, and by how much nothing is", () => {
  const prices = [3, 1, 2, 1, 3, 5];
  const { model, groups } = twoRuns(prices);
  const known = bestOfAll(prices) - 0.5;
  expect(branchAndBound(solver, model.toSparse(), { ...limits, groups, cutoff: known })).toEqual({
    isOver: true,
    found: undefined,
    bound: known,
  });
});

it("decides whether an optional run is worth it, which no order of starts does", () => {
  const model = new LinearModel();
  const run = model.binary(-1);
  const price = model.column(0, 10, 1);
  // The sun carries part of a run for nothing, so that part of one would pay where a whole one does not.
  model.row(-1, Infinity, [price, 1, run, -2.2]);
  const relaxed = solver.open(model.toSparse());
  expect(relaxed.solve()?.values[run]).toBeCloseTo(1 / 2.2, 9);
  relaxed.close();
  const { found } = branchAndBound(solver, model.toSparse(), { ...limits, groups: [Int32Array.of(run)] });
  expect([found?.objective, found?.values[run]]).toEqual([0, 0]);
});

it("gives up when there is no time, with what is proven by then", () => {
  const prices = Array.from({ length: 12 }, (_, t) => 1 + ((t * 7) % 5));
  const { model, groups } = twoRuns(prices);
  const given = branchAndBound(solver, model.toSparse(), { ...limits, groups, remainingMs: () => 0 });
  expect(given.bound).toBeLessThanOrEqual(bestOfAll(prices) + 1e-9);
});

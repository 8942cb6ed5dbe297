import { expect, it } from "vitest";
import { MS_PER_MINUTE } from "../../domain/units.ts";
import { learnRun } from "./learn-run.ts";

const STEP_MS = 5 * MS_PER_MINUTE;
/** Power per five minutes: idle, and runs that begin at the given steps with the given profile. */
const measured = (length: number, starts: readonly number[], profileW: readonly number[], idleW = 1) =>
  Array.from({ length }, (_, i) => {
    const start = starts.findLast((at) => at <= i);
    const at = start === undefined ? Infinity : i - start;
    return { startMs: i * STEP_MS, mean: profileW[at] ?? idleW };
  });

it("learns the length and power of a run with pauses in it", () => {
  const dishwasher = [60, 2_000, 2_000, 60, 60, 2, 2, 60, 2_000, 2_000, 60, 60];
  const run = learnRun(measured(2_000, [100, 500, 900, 1_300], dishwasher), STEP_MS);
  expect(run).toMatchObject({ minutes: 60, runs: 4, maxW: 2_000 });
  expect(run?.powerW).toBeCloseTo((4 * 2_000 + 6 * 60) / 12, -1);
});

it("says nothing of what it has not seen run three times from beginning to end", () => {
  const kettle = [2_000, 2_000, 2_000];
  expect(learnRun(measured(1_000, [0, 300, 997], kettle), STEP_MS)).toBeNull();
  expect(learnRun(measured(1_000, [], kettle), STEP_MS)).toBeNull();
  expect(learnRun([], STEP_MS)).toBeNull();
});

it("is not misled by one long run among many", () => {
  const points = measured(4_000, [100, 600, 1_100, 1_600], [700, 700, 700, 700, 700, 700]);
  for (let i = 2_000; i < 2_200; i++) points[i] = { startMs: i * STEP_MS, mean: 700 };
  expect(learnRun(points, STEP_MS)).toMatchObject({ minutes: 30, powerW: 700, runs: 5 });
});

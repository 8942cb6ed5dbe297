import { predictBoosted, type BoostedTrees, type BoostingOptions } from "../trees/boosted-trees.ts";
import { trainBoosted } from "../trees/train-boosted.ts";
import type { Candidate } from "../candidate.ts";
import type { DayFrame } from "../day-frame.ts";
import { featuresOf } from "../features.ts";
import { levelOf } from "../level.ts";
import type { LearnedModels } from "../model-files.ts";
import type { SharedPart, SharedTrees } from "../trees/shared-trees.ts";
import { homeExamplesOf } from "../trees/training-table.ts";
import { sharedRelative, treesFor } from "./shared-trees.ts";

const FEWEST_ROWS = 400;
const OPTIONS: Omit<BoostingOptions, "loss"> = {
  trees: 50,
  leaves: 10,
  learningRate: 0.05,
  fewestPerLeaf: 60,
  rowShare: 0.45,
  featureShare: 0.4,
  seed: 3,
};

/** Trees learned elsewhere, and trees of this home on what they leave over. */
export function adaptedTrees(models: LearnedModels): Candidate {
  return {
    id: "adapted-trees",
    refitDays: 14,
    needsDays: 35,
    standing: 1,
    suits: (frame) => treesFor(models, frame) !== undefined,
    fit(frame) {
      const trees = treesFor(models, frame);
      const learned = trees && learn(frame, trees);
      return (
        learned && {
          forecast(at, lead) {
            const features = featuresOf(at, lead);
            const { centre, scale } = levelOf(at);
            const part = (name: SharedPart, own: BoostedTrees): Float64Array => {
              const shared = sharedRelative(trees, at, lead, name);
              return predictBoosted(own, features, at.slots).map(
                (value, c) => centre + scale * (value + (shared[c] ?? 0)),
              );
            };
            return { p50: part("p50", learned.median), mean: part("mean", learned.mean) };
          },
        }
      );
    },
  };
}

/** Trees of this home on what the shared ones leave over. */
function learn(frame: DayFrame, trees: SharedTrees): { median: BoostedTrees; mean: BoostedTrees } | undefined {
  const { table, binned } = homeExamplesOf(frame);
  if (table.rows < FEWEST_ROWS) return undefined;
  const startOf = (part: SharedPart): Float32Array =>
    Float32Array.from(table.cell, (cell) => {
      const origin = frame.until(Math.floor(cell / frame.slots));
      return sharedRelative(trees, origin, 1, part)[cell % frame.slots] ?? 0;
    });
  const loss = { kind: "pinball", share: 0.5 } as const;
  return {
    median: trainBoosted(binned, table.target, { ...OPTIONS, loss }, startOf("p50")),
    mean: trainBoosted(binned, table.target, { ...OPTIONS, loss: { kind: "squared" } }, startOf("mean")),
  };
}

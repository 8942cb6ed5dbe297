import { binFeatures, predictBoosted, trainBoosted, type BoostingOptions } from "../boosted-trees.ts";
import type { Candidate } from "../candidate.ts";
import { FEATURE_COUNT, featuresOf } from "../features.ts";
import { levelOf } from "../level.ts";
import type { LearnedModels } from "../model-files.ts";
import type { SharedPart } from "../shared-trees.ts";
import { trainingTable } from "../training-table.ts";
import { sharedRelative, treesFor } from "./shared-trees.ts";

const WARM_UP_DAYS = 15;
const MOST_DAYS = 300;
const OPTIONS: Omit<BoostingOptions, "loss"> = {
  trees: 50,
  leaves: 10,
  learningRate: 0.05,
  fewestPerLeaf: 60,
  rowShare: 0.5,
  featureShare: 0.4,
  seed: 3,
};

/** Trees learned elsewhere, and trees of this home on what they leave over. */
export function adaptedTrees(models: LearnedModels): Candidate {
  return {
    id: "adapted-trees",
    refitDays: 14,
    needsDays: 35,
    suits: (frame) => treesFor(models, frame) !== undefined,
    fit(frame) {
      const trees = treesFor(models, frame);
      if (!trees) return undefined;
      const table = trainingTable(frame, Math.max(WARM_UP_DAYS, frame.known - MOST_DAYS));
      if (table.rows < 600) return undefined;
      const binned = binFeatures(table.features, table.rows, FEATURE_COUNT);
      const startOf = (part: SharedPart): Float32Array =>
        Float32Array.from(table.cell, (cell) => {
          const origin = frame.until(Math.floor(cell / frame.slots));
          return sharedRelative(trees, origin, 1, part)[cell % frame.slots] ?? 0;
        });
      const median = trainBoosted(
        binned,
        table.target,
        { ...OPTIONS, loss: { kind: "pinball", share: 0.5 } },
        startOf("p50"),
      );
      const mean = trainBoosted(binned, table.target, { ...OPTIONS, loss: { kind: "squared" } }, startOf("mean"));
      return {
        forecast(at, lead) {
          const features = featuresOf(at, lead);
          const { centre, scale } = levelOf(at);
          const part = (name: SharedPart, own: typeof median): Float64Array => {
            const shared = sharedRelative(trees, at, lead, name);
            return predictBoosted(own, features, at.slots).map(
              (value, c) => centre + scale * (value + (shared[c] ?? 0)),
            );
          };
          return { p50: part("p50", median), mean: part("mean", mean) };
        },
      };
    },
  };
}

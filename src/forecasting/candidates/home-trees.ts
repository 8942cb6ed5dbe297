import { predictBoosted, type BoostedTrees, type BoostingOptions } from "../trees/boosted-trees.ts";
import { trainBoosted } from "../trees/train-boosted.ts";
import type { Candidate } from "../candidate.ts";
import type { DayFrame } from "../day-frame.ts";
import { featuresOf } from "../features.ts";
import { levelOf } from "../level.ts";
import { homeExamplesOf } from "../trees/training-table.ts";
import { treeStart, type TreePart } from "../trees/tree-start.ts";

const FEWEST_ROWS = 400;
const OPTIONS: Omit<BoostingOptions, "loss"> = {
  trees: 90,
  leaves: 12,
  learningRate: 0.06,
  fewestPerLeaf: 40,
  rowShare: 0.45,
  featureShare: 0.4,
  seed: 1,
};

/** Boosted trees learned on this home alone: absolute error for the median, squared error for the mean. */
export const homeTrees: Candidate = {
  id: "home-trees",
  refitDays: 14,
  needsDays: 35,
  standing: 1,
  standingForPv: 0.02,
  suits: () => true,
  fit(frame) {
    const learned = learn(frame);
    return (
      learned && {
        forecast(at, lead) {
          const features = featuresOf(at, lead);
          const { centre, scale } = levelOf(at);
          const part = (name: TreePart, own: BoostedTrees): Float64Array => {
            const start = treeStart(features, at.slots, name);
            return predictBoosted(own, features, at.slots).map(
              (value, c) => centre + scale * (value + (start?.[c] ?? 0)),
            );
          };
          return { p50: part("p50", learned.median), mean: part("mean", learned.mean) };
        },
      }
    );
  },
};

function learn(frame: DayFrame): { median: BoostedTrees; mean: BoostedTrees } | undefined {
  const { table, binned } = homeExamplesOf(frame);
  if (table.rows < FEWEST_ROWS) return undefined;
  const start = (part: TreePart): Float32Array | undefined => treeStart(table.features, table.rows, part);
  const loss = { kind: "pinball", share: 0.5 } as const;
  return {
    median: trainBoosted(binned, table.target, { ...OPTIONS, loss }, start("p50")),
    mean: trainBoosted(binned, table.target, { ...OPTIONS, loss: { kind: "squared" } }, start("mean")),
  };
}

import { predictBoosted, type BoostedTrees, type BoostingOptions } from "../trees/boosted-trees.ts";
import { trainBoosted } from "../trees/train-boosted.ts";
import type { Candidate } from "../candidate.ts";
import { featuresOf } from "../features.ts";
import { levelOf } from "../level.ts";
import { homeExamplesOf } from "../trees/training-table.ts";
import { learDays } from "./lear.ts";

const FEWEST_ROWS = 1500;
const OPTIONS: Omit<BoostingOptions, "loss"> = {
  trees: 60,
  leaves: 12,
  learningRate: 0.05,
  fewestPerLeaf: 40,
  rowShare: 0.45,
  featureShare: 0.4,
  seed: 5,
};

/** The regression of a day on the days before, and trees on what it leaves over. */
export const learTrees: Candidate = {
  id: "lear-trees",
  refitDays: 14,
  needsDays: 90,
  standing: 1,
  suits: (frame) => !frame.source.signal.endsWith("_w") && frame.slots % 24 === 0,
  fit(frame) {
    const { table, binned } = homeExamplesOf(frame);
    if (table.rows < FEWEST_ROWS) return undefined;
    const regressed = learDays(frame);
    const days = new Map<number, Float64Array | undefined>();
    const start = Float32Array.from(table.cell, (cell) => {
      const row = Math.floor(cell / frame.slots);
      const origin = frame.until(row);
      if (!days.has(row)) days.set(row, regressed(origin, 1));
      const { centre, scale } = levelOf(origin);
      const value = ((days.get(row)?.[cell % frame.slots] ?? Number.NaN) - centre) / scale;
      return Number.isNaN(value) ? 0 : value;
    });
    const learned = (loss: BoostingOptions["loss"]): BoostedTrees =>
      trainBoosted(binned, table.target, { ...OPTIONS, loss }, start);
    const median = learned({ kind: "pinball", share: 0.5 });
    const mean = learned({ kind: "squared" });
    return {
      forecast(at, lead) {
        const base = regressed(at, lead);
        if (!base) return undefined;
        const features = featuresOf(at, lead);
        const { scale } = levelOf(at);
        const part = (trees: BoostedTrees): Float64Array =>
          predictBoosted(trees, features, at.slots).map((value, c) => (base[c] ?? Number.NaN) + scale * value);
        return { p50: part(median), mean: part(mean) };
      },
    };
  },
};

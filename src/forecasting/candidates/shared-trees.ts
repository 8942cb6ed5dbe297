import { predictBoosted } from "../trees/boosted-trees.ts";
import { fixedCandidate, type Candidate } from "../candidate.ts";
import type { DayFrame } from "../day-frame.ts";
import { featuresOf } from "../features.ts";
import { levelOf } from "../level.ts";
import type { LearnedModels } from "../model-files.ts";
import type { SharedPart, SharedTrees } from "../trees/shared-trees.ts";
import { signalKind } from "../signal-kind.ts";
import { treeStart } from "../trees/tree-start.ts";

/** The shared trees for a frame: those for its kind of signal, with the nearest length of slot. */
export function treesFor(models: LearnedModels, frame: DayFrame): SharedTrees | undefined {
  const kind = signalKind(frame.source.signal, frame.source.site.currency).name;
  const distance = (trees: SharedTrees): number => Math.abs(Math.log(trees.slotMinutes / frame.source.slotMinutes));
  return models.trees.filter(({ signal }) => signal === kind).sort((a, b) => distance(a) - distance(b))[0];
}

/** One part of the shared trees' forecast, relative to the level of the frame; kept, since several models use it. */
export function sharedRelative(trees: SharedTrees, frame: DayFrame, lead: number, part: SharedPart): Float64Array {
  return frame.memo(`shared ${trees.name} ${part} ${lead}`, () => {
    const features = featuresOf(frame, lead);
    const start = treeStart(features, frame.slots, part);
    return predictBoosted(trees.parts[part], features, frame.slots).map((value, c) => value + (start?.[c] ?? 0));
  });
}

/** Boosted trees learned on many homes, as they are. */
export function sharedTrees(models: LearnedModels): Candidate {
  return fixedCandidate(
    "shared-trees",
    8,
    (frame) => treesFor(models, frame) !== undefined,
    (frame, lead) => {
      const trees = treesFor(models, frame);
      if (!trees) return undefined;
      const { centre, scale } = levelOf(frame);
      const part = (name: SharedPart): Float64Array =>
        sharedRelative(trees, frame, lead, name).map((value) => centre + scale * value);
      return { p10: part("p10"), p50: part("p50"), p90: part("p90"), mean: part("mean") };
    },
    1,
  );
}

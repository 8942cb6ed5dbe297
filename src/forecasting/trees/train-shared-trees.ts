import { binFeatures } from "./binned-table.ts";
import type { BoostingOptions, TreeLoss } from "./boosted-trees.ts";
import { trainBoosted } from "./train-boosted.ts";
import { DayFrame, frameSource } from "../day-frame.ts";
import { FEATURE_COUNT } from "../features.ts";
import { mulberry32 } from "../random.ts";
import { SHARED_PARTS, type SharedPart, type SharedTrees } from "./shared-trees.ts";
import { treeStart } from "./tree-start.ts";
import { trainingTable, type TrainingTable } from "./training-table.ts";
import type { HomeHistory } from "../../domain/home-history.ts";

/** A home to learn from, up to an instant. */
export type TrainingHome = Readonly<{ history: HomeHistory; signal: string; untilMs: number }>;

const WARM_UP_DAYS = 20;
const LOSSES: Readonly<Record<SharedPart, TreeLoss>> = {
  p10: { kind: "pinball", share: 0.1 },
  p50: { kind: "pinball", share: 0.5 },
  p90: { kind: "pinball", share: 0.9 },
  mean: { kind: "squared" },
};
const OPTIONS: Omit<BoostingOptions, "loss"> = {
  trees: 350,
  leaves: 31,
  learningRate: 0.06,
  fewestPerLeaf: 150,
  rowShare: 0.3,
  featureShare: 0.35,
  seed: 7,
};

/** The examples of one home, thinned to a share of its rows. */
export function homeExamples(home: TrainingHome, slotMinutes: number, share: number, seed: number): TrainingTable {
  const { history, signal, untilMs } = home;
  const endMs = Math.min(untilMs, history.startMs + history.length * history.stepMs);
  const source = frameSource(history, signal, slotMinutes, endMs, endMs);
  const known = history.zone.dayNumber(endMs) - source.firstDay;
  const whole = trainingTable(new DayFrame(source, 0, known), WARM_UP_DAYS);
  const random = mulberry32(seed);
  const kept: number[] = [];
  for (let i = 0; i < whole.rows; i++)
    if (random() < share && Math.abs(whole.target[i] ?? Number.NaN) < 60) kept.push(i);
  const features = new Float32Array(kept.length * FEATURE_COUNT);
  for (const [k, i] of kept.entries())
    features.set(whole.features.subarray(i * FEATURE_COUNT, (i + 1) * FEATURE_COUNT), k * FEATURE_COUNT);
  return {
    rows: kept.length,
    features,
    target: Float32Array.from(kept, (i) => whole.target[i] ?? 0),
    cell: Int32Array.from(kept, (i) => whole.cell[i] ?? 0),
  };
}

/** Learns one set of trees from the examples of many homes. */
export function trainSharedTrees(
  name: string,
  signal: SharedTrees["signal"],
  slotMinutes: number,
  homes: readonly string[],
  tables: readonly TrainingTable[],
  onPart: (part: SharedPart) => void = () => {},
): SharedTrees {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const features = new Float32Array(rows * FEATURE_COUNT);
  const target = new Float32Array(rows);
  let at = 0;
  for (const table of tables) {
    features.set(table.features, at * FEATURE_COUNT);
    target.set(table.target, at);
    at += table.rows;
  }
  const binned = binFeatures(features, rows, FEATURE_COUNT);
  const parts = Object.fromEntries(
    SHARED_PARTS.map((part) => {
      onPart(part);
      return [part, trainBoosted(binned, target, { ...OPTIONS, loss: LOSSES[part] }, treeStart(features, rows, part))];
    }),
  ) as SharedTrees["parts"];
  return { name, signal, slotMinutes, homes, parts };
}

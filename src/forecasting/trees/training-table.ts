import { binFeatures, type BinnedTable } from "./binned-table.ts";
import type { DayFrame } from "../day-frame.ts";
import { FEATURE_COUNT, featuresOf } from "../features.ts";
import { levelOf } from "../level.ts";

/** Examples for the models on features: one per slot with a known value. */
export type TrainingTable = Readonly<{
  rows: number;
  /** Row-major, rows * FEATURE_COUNT. */
  features: Float32Array;
  /** Value relative to the level the features were made with. */
  target: Float32Array;
  /** Frame row and column of each example. */
  cell: Int32Array;
}>;

/** The examples of the frame's rows [firstRow, known), each seen as at the start of its own row. */
export function trainingTable(frame: DayFrame, firstRow: number): TrainingTable {
  const { known, slots } = frame;
  const most = Math.max(0, known - firstRow) * slots;
  const features = new Float32Array(most * FEATURE_COUNT);
  const target = new Float32Array(most);
  const cell = new Int32Array(most);
  let rows = 0;
  for (let row = firstRow; row < known; row++) {
    const origin = frame.until(row);
    const { centre, scale } = levelOf(origin);
    const own = featuresOf(origin, 1);
    for (let c = 0; c < slots; c++) {
      const value = frame.at(row, c);
      if (Number.isNaN(value)) continue;
      features.set(own.subarray(c * FEATURE_COUNT, (c + 1) * FEATURE_COUNT), rows * FEATURE_COUNT);
      target[rows] = (value - centre) / scale;
      cell[rows] = row * slots + c;
      rows++;
    }
  }
  return {
    rows,
    features: features.subarray(0, rows * FEATURE_COUNT),
    target: target.subarray(0, rows),
    cell: cell.subarray(0, rows),
  };
}

/** A table with its bins, from which several models learn. */
export type BinnedExamples = Readonly<{ table: TrainingTable; binned: BinnedTable }>;

/** Examples a home gives at most, the latest ones. */
const MOST_ROWS = 13_000;
/** Rows before which the features have too little behind them to learn from. */
const WARM_UP_DAYS = 15;

/** The examples a home gives to the models on features. Only the latest are kept: they are large. */
export function homeExamplesOf(frame: DayFrame): BinnedExamples {
  const kept = frame.source.timeless.get(LATEST) as (BinnedExamples & { known: number }) | undefined;
  if (kept?.known === frame.known) return kept;
  const table = trainingTable(frame, Math.max(WARM_UP_DAYS, frame.known - Math.ceil(MOST_ROWS / frame.slots)));
  const made = { known: frame.known, table, binned: binFeatures(table.features, table.rows, FEATURE_COUNT) };
  frame.source.timeless.set(LATEST, made);
  return made;
}

const LATEST = "latest examples";

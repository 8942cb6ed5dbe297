import { bestConstant } from "../tournament/best-constant.ts";
import type { BinnedTable } from "./binned-table.ts";
import type { BoostedTrees, BoostingOptions } from "./boosted-trees.ts";
import { mulberry32 } from "../random.ts";

/** Slopes are counted as whole numbers up to this, so that a sum and a count fit one exact float. */
const SLOPE_STEPS = 1023;
const COUNT_ROOM = 2 ** 21;
/** Trees that share one sample of rows. */
const TREES_PER_SAMPLE = 5;

/** A leaf that may still be split. */
type Leaf = {
  node: number;
  from: number;
  to: number;
  histogram: Float64Array;
  gain: number;
  feature: number;
  bin: number;
};

/**
 * Gradient boosting on histograms, leaf by leaf (after LightGBM). Deterministic for a seed.
 * @param target one value per row
 * @param start  prediction to start from, per row; absent: the best constant
 */
export function trainBoosted(
  table: BinnedTable,
  target: Float32Array,
  options: BoostingOptions,
  start?: Float32Array,
): BoostedTrees {
  return new Booster(table, target, options, start).train();
}

class Booster {
  readonly #table: BinnedTable;
  readonly #target: Float32Array;
  readonly #options: BoostingOptions;
  readonly #random: () => number;
  readonly #score: Float32Array;
  /** Slope of the loss at each row, in whole steps, times COUNT_ROOM, plus 1: what the row adds to a histogram. */
  readonly #packed: Float64Array;
  #sampled = 0;
  readonly #order: Int32Array;
  readonly #spare: Int32Array;
  readonly #sample: Int32Array;
  readonly #base: number;
  readonly #roots: number[] = [];
  readonly #feature: number[] = [];
  readonly #threshold: number[] = [];
  readonly #bin: number[] = [];
  readonly #left: number[] = [];
  readonly #right: number[] = [];
  readonly #value: number[] = [];
  readonly #pool: Float64Array[] = [];

  constructor(table: BinnedTable, target: Float32Array, options: BoostingOptions, start: Float32Array | undefined) {
    this.#table = table;
    this.#target = target;
    this.#options = options;
    this.#random = mulberry32(options.seed);
    this.#score = new Float32Array(table.rows);
    this.#packed = new Float64Array(table.rows);
    this.#order = new Int32Array(table.rows);
    this.#spare = new Int32Array(table.rows);
    this.#sample = new Int32Array(table.rows);
    if (start) {
      this.#base = 0;
      this.#score.set(start);
    } else {
      this.#base = bestConstant(Float32Array.from(target), options.loss);
      this.#score.fill(this.#base);
    }
  }

  train(): BoostedTrees {
    for (let tree = 0; tree < this.#options.trees; tree++) this.#addTree();
    return {
      featureCount: this.#table.featureCount,
      base: this.#base,
      roots: Int32Array.from(this.#roots),
      feature: Int16Array.from(this.#feature),
      threshold: Float32Array.from(this.#threshold),
      left: Int32Array.from(this.#left),
      right: Int32Array.from(this.#right),
      value: Float32Array.from(this.#value),
    };
  }

  #addTree(): void {
    const { featureCount } = this.#table;
    const { featureShare, leaves } = this.#options;
    if (this.#roots.length % TREES_PER_SAMPLE === 0) this.#sampleRows();
    this.#takeSlopes();
    const order = this.#order;
    for (let k = 0; k < this.#sampled; k++) order[k] = this.#sample[k] as number;
    const features: number[] = [];
    for (let f = 0; f < featureCount; f++)
      if ((this.#table.edges[f]?.length ?? 0) > 0 && this.#random() < featureShare) features.push(f);
    const list = Int32Array.from(features);
    const root = this.#newNode();
    this.#roots.push(root);
    const open: Leaf[] = [this.#openLeaf(root, 0, this.#sampled, list, undefined)];
    while (open.length < leaves) {
      let pick = -1;
      for (let k = 0; k < open.length; k++) if (pick < 0 || (open[k]?.gain ?? 0) > (open[pick]?.gain ?? 0)) pick = k;
      const leaf = open[pick];
      if (!leaf || leaf.gain <= 1e-9) break;
      open.splice(pick, 1);
      open.push(...this.#split(leaf, list));
    }
    for (const leaf of open) {
      this.#value[leaf.node] = this.#leafValue(leaf) * this.#options.learningRate;
      this.#pool.push(leaf.histogram);
    }
    this.#raiseScores(root);
  }

  #sampleRows(): void {
    const { rows } = this.#table;
    const { rowShare } = this.#options;
    let count = 0;
    for (let i = 0; i < rows; i++) if (this.#random() < rowShare) this.#sample[count++] = i;
    this.#sampled = count;
  }

  #takeSlopes(): void {
    const { loss } = this.#options;
    const target = this.#target;
    const score = this.#score;
    const packed = this.#packed;
    const rows = this.#table.rows;
    if (loss.kind === "pinball") {
      const above = Math.round(loss.share * SLOPE_STEPS) * COUNT_ROOM + 1;
      const below = Math.round((loss.share - 1) * SLOPE_STEPS) * COUNT_ROOM + 1;
      for (let i = 0; i < rows; i++) packed[i] = (target[i] as number) > (score[i] as number) ? above : below;
      return;
    }
    let largest = 1e-12;
    for (let i = 0; i < rows; i++) {
      const off = Math.abs((target[i] as number) - (score[i] as number));
      if (off > largest) largest = off;
    }
    const steps = SLOPE_STEPS / largest;
    for (let i = 0; i < rows; i++)
      packed[i] = Math.round(((target[i] as number) - (score[i] as number)) * steps) * COUNT_ROOM + 1;
  }

  #newNode(): number {
    this.#feature.push(-1);
    this.#threshold.push(0);
    this.#bin.push(0);
    this.#left.push(-1);
    this.#right.push(-1);
    this.#value.push(0);
    return this.#feature.length - 1;
  }

  #openLeaf(node: number, from: number, to: number, features: Int32Array, histogram: Float64Array | undefined): Leaf {
    const own = histogram ?? this.#count(from, to, features);
    const leaf: Leaf = { node, from, to, histogram: own, gain: 0, feature: -1, bin: 0 };
    this.#findSplit(leaf, features);
    return leaf;
  }

  /** Packed sum of slopes and number of rows in every bin of every feature. */
  #count(from: number, to: number, features: Int32Array): Float64Array {
    const { featureCount, bins, width: room } = this.#table;
    const histogram = this.#pool.pop() ?? new Float64Array(featureCount * room);
    histogram.fill(0);
    const order = this.#order;
    const packed = this.#packed;
    const width = features.length;
    for (let k = from; k < to; k++) {
      const i = order[k] as number;
      const add = packed[i] as number;
      const at = i * featureCount;
      for (let j = 0; j < width; j++) {
        const f = features[j] as number;
        const h = f * room + (bins[at + f] as number);
        histogram[h] = (histogram[h] as number) + add;
      }
    }
    return histogram;
  }

  #findSplit(leaf: Leaf, features: Int32Array): void {
    const { fewestPerLeaf } = this.#options;
    const room = this.#table.width;
    const n = leaf.to - leaf.from;
    if (n < 2 * fewestPerLeaf) return;
    const { histogram } = leaf;
    if (features.length === 0) return;
    const first = (features[0] as number) * room;
    let packedTotal = 0;
    for (let b = 0; b < room; b++) packedTotal += histogram[first + b] as number;
    const total = Math.floor(packedTotal / COUNT_ROOM);
    const whole = (total * total) / n;
    for (let j = 0; j < features.length; j++) {
      const f = features[j] as number;
      const edges = this.#table.edges[f]?.length ?? 0;
      let packedSum = 0;
      for (let b = 0; b < edges; b++) {
        packedSum += histogram[f * room + b] as number;
        const sum = Math.floor(packedSum / COUNT_ROOM);
        const count = packedSum - sum * COUNT_ROOM;
        if (count < fewestPerLeaf) continue;
        const rest = n - count;
        if (rest < fewestPerLeaf) break;
        const gain = (sum * sum) / count + ((total - sum) * (total - sum)) / rest - whole;
        if (gain > leaf.gain) {
          leaf.gain = gain;
          leaf.feature = f;
          leaf.bin = b;
        }
      }
    }
  }

  #split(leaf: Leaf, features: Int32Array): Leaf[] {
    const { bins, featureCount, edges } = this.#table;
    const column = leaf.feature;
    const order = this.#order;
    let write = leaf.from;
    let right = 0;
    for (let k = leaf.from; k < leaf.to; k++) {
      const i = order[k] as number;
      if ((bins[i * featureCount + column] as number) <= leaf.bin) order[write++] = i;
      else this.#spare[right++] = i;
    }
    order.set(this.#spare.subarray(0, right), write);
    const { node } = leaf;
    const leftNode = this.#newNode();
    const rightNode = this.#newNode();
    this.#feature[node] = leaf.feature;
    this.#bin[node] = leaf.bin;
    this.#threshold[node] = edges[leaf.feature]?.[leaf.bin] ?? 0;
    this.#left[node] = leftNode;
    this.#right[node] = rightNode;
    // count the smaller side; the larger is what is left of the parent
    const leftIsSmaller = write - leaf.from <= leaf.to - write;
    const smaller = leftIsSmaller ? this.#count(leaf.from, write, features) : this.#count(write, leaf.to, features);
    const larger = leaf.histogram;
    const room = this.#table.width;
    for (let j = 0; j < features.length; j++) {
      const end = ((features[j] as number) + 1) * room;
      for (let h = end - room; h < end; h++) larger[h] = (larger[h] as number) - (smaller[h] as number);
    }
    return [
      this.#openLeaf(leftNode, leaf.from, write, features, leftIsSmaller ? smaller : larger),
      this.#openLeaf(rightNode, write, leaf.to, features, leftIsSmaller ? larger : smaller),
    ];
  }

  #leafValue(leaf: Leaf): number {
    const residuals = new Float32Array(leaf.to - leaf.from);
    for (let k = leaf.from; k < leaf.to; k++) {
      const i = this.#order[k] as number;
      residuals[k - leaf.from] = (this.#target[i] as number) - (this.#score[i] as number);
    }
    return residuals.length > 0 ? bestConstant(residuals, this.#options.loss) : 0;
  }

  #raiseScores(root: number): void {
    const { rows, bins, featureCount } = this.#table;
    const count = this.#feature.length - root;
    const feature = Int32Array.from(this.#feature.slice(root));
    const bin = Int32Array.from(this.#bin.slice(root));
    const left = Int32Array.from(this.#left.slice(root), (node) => node - root);
    const right = Int32Array.from(this.#right.slice(root), (node) => node - root);
    const value = Float32Array.from(this.#value.slice(root));
    if (count === 0) return;
    const score = this.#score;
    for (let i = 0, at = 0; i < rows; i++, at += featureCount) {
      let node = 0;
      for (let f = feature[0] as number; f >= 0; f = feature[node] as number)
        node = ((bins[at + f] as number) <= (bin[node] as number) ? left[node] : right[node]) as number;
      score[i] = (score[i] as number) + (value[node] as number);
    }
  }
}

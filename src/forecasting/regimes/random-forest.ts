import { mulberry32 } from "../random.ts";

export type ForestOptions = Readonly<{
  trees: number;
  /** Splits from root to leaf, at most. */
  depth: number;
  fewestPerLeaf: number;
  /** Values tried as the border of a split, at most. */
  borders: number;
  seed: number;
}>;
/** Some 60 KB, and a millisecond or two for a thousand rows. */
export const FOREST: ForestOptions = { trees: 32, depth: 8, fewestPerLeaf: 5, borders: 24, seed: 7 };

/**
 * A forest that tells classes apart. All trees lie one after another: the children of a split node `n` are `left[n]`
 * and `left[n] + 1`; a leaf has `feature[n]` -1 and its shares of classes at `share[n * classes]`.
 */
export type Forest = Readonly<{
  classes: number;
  featureCount: number;
  roots: Int32Array;
  feature: Int16Array;
  border: Float32Array;
  left: Int32Array;
  share: Float32Array;
}>;

/**
 * Random forest (Breiman 2001): each tree learns from rows drawn with replacement, each split looks at a random few of
 * the features; rare classes count as much as common ones. Deterministic for a seed.
 * @param features row-major, rows * featureCount; NaN (missing) goes left
 * @param labels   class of each row, 0 .. classes - 1
 */
export function trainForest(
  features: Float32Array,
  labels: Uint8Array,
  featureCount: number,
  classes: number,
  options: ForestOptions = FOREST,
): Forest {
  const rows = labels.length;
  const random = mulberry32(options.seed);
  const grown = new Grower(features, labels, featureCount, classes, options, random);
  const roots: number[] = [];
  for (let tree = 0; tree < options.trees; tree++)
    roots.push(grown.grow(Int32Array.from({ length: rows }, () => Math.floor(random() * rows))));
  return grown.forest(roots);
}

class Grower {
  readonly #features: Float32Array;
  readonly #labels: Uint8Array;
  readonly #width: number;
  readonly #classes: number;
  readonly #options: ForestOptions;
  readonly #random: () => number;
  readonly #weights: Float64Array;
  readonly #feature: number[] = [];
  readonly #border: number[] = [];
  readonly #left: number[] = [];
  readonly #share: number[] = [];

  constructor(
    features: Float32Array,
    labels: Uint8Array,
    width: number,
    classes: number,
    options: ForestOptions,
    random: () => number,
  ) {
    this.#features = features;
    this.#labels = labels;
    this.#width = width;
    this.#classes = classes;
    this.#options = options;
    this.#random = random;
    const count = new Float64Array(classes);
    for (const label of labels) count[label] = (count[label] ?? 0) + 1;
    this.#weights = count.map((n) => (n > 0 ? labels.length / (classes * n) : 0));
  }

  grow(rows: Int32Array): number {
    const root = this.#node();
    const open = [{ node: root, rows, depth: 0 }];
    for (let leaf = open.pop(); leaf; leaf = open.pop()) {
      const total = this.#count(leaf.rows);
      const split = leaf.depth < this.#options.depth ? this.#best(leaf.rows, total) : null;
      if (split === null) {
        const sum = total.reduce((a, b) => a + b, 0);
        for (let k = 0; k < this.#classes; k++)
          this.#share[leaf.node * this.#classes + k] = sum > 0 ? (total[k] ?? 0) / sum : 1 / this.#classes;
        continue;
      }
      const { feature, border } = split;
      const goesRight = (row: number): boolean => (this.#features[row * this.#width + feature] as number) > border;
      const left = this.#node();
      const right = this.#node();
      this.#feature[leaf.node] = feature;
      this.#border[leaf.node] = border;
      this.#left[leaf.node] = left;
      open.push({ node: left, rows: leaf.rows.filter((row) => !goesRight(row)), depth: leaf.depth + 1 });
      open.push({ node: right, rows: leaf.rows.filter(goesRight), depth: leaf.depth + 1 });
    }
    return root;
  }

  forest(roots: readonly number[]): Forest {
    return {
      classes: this.#classes,
      featureCount: this.#width,
      roots: Int32Array.from(roots),
      feature: Int16Array.from(this.#feature),
      border: Float32Array.from(this.#border),
      left: Int32Array.from(this.#left),
      share: Float32Array.from(this.#share),
    };
  }

  #node(): number {
    this.#feature.push(-1);
    this.#border.push(0);
    this.#left.push(-1);
    for (let k = 0; k < this.#classes; k++) this.#share.push(0);
    return this.#feature.length - 1;
  }

  #count(rows: Int32Array): Float64Array {
    const count = new Float64Array(this.#classes);
    for (const row of rows) {
      const label = this.#labels[row] as number;
      count[label] = (count[label] as number) + (this.#weights[label] as number);
    }
    return count;
  }

  /** The split with the least Gini impurity among a random few features; null where none is worth it. */
  #best(rows: Int32Array, total: Float64Array): { feature: number; border: number } | null {
    const { fewestPerLeaf, borders } = this.#options;
    if (rows.length < 2 * fewestPerLeaf || total.filter((n) => n > 0).length < 2) return null;
    const sum = total.reduce((a, b) => a + b, 0);
    let best: { feature: number; border: number } | null = null;
    let most = squares(total) / sum + 1e-9 * sum;
    const classes = this.#classes;
    for (let tried = Math.ceil(Math.sqrt(this.#width)); tried > 0; tried--) {
      const feature = Math.floor(this.#random() * this.#width);
      const drawn: number[] = [];
      for (let b = 0; b < borders; b++) {
        const row = rows[Math.floor(this.#random() * rows.length)] as number;
        const border = this.#features[row * this.#width + feature] as number;
        if (!Number.isNaN(border)) drawn.push(border);
      }
      const sorted = Float64Array.from(new Set(drawn)).sort();
      // what lies above each border, counted once: a row belongs to the last border below it
      const above = new Float64Array(sorted.length * classes);
      const counts = new Int32Array(sorted.length);
      for (const row of rows) {
        const value = this.#features[row * this.#width + feature] as number;
        let low = 0;
        let high = value === value ? sorted.length : 0;
        while (low < high) {
          const middle = (low + high) >> 1;
          if ((sorted[middle] as number) < value) low = middle + 1;
          else high = middle;
        }
        if (low === 0) continue;
        const label = this.#labels[row] as number;
        const cell = (low - 1) * classes + label;
        above[cell] = (above[cell] as number) + (this.#weights[label] as number);
        counts[low - 1] = (counts[low - 1] as number) + 1;
      }
      const right = new Float64Array(classes);
      let count = 0;
      for (let b = sorted.length - 1; b >= 0; b--) {
        let rightSum = 0;
        let [rightSquares, leftSquares] = [0, 0];
        for (let k = 0; k < classes; k++) {
          const n = (right[k] as number) + (above[b * classes + k] as number);
          right[k] = n;
          rightSum += n;
          rightSquares += n * n;
          leftSquares += ((total[k] as number) - n) ** 2;
        }
        count += counts[b] as number;
        if (count < fewestPerLeaf || rows.length - count < fewestPerLeaf) continue;
        const purity = rightSquares / rightSum + leftSquares / (sum - rightSum);
        if (purity > most) {
          most = purity;
          best = { feature, border: sorted[b] as number };
        }
      }
    }
    return best;
  }
}

const squares = (count: Float64Array): number => count.reduce((sum, n) => sum + n * n, 0);

/** Share of the trees' votes for each class, for one row of features. */
export function askForest(forest: Forest, features: Float32Array, row = 0): Float64Array {
  const { classes, featureCount, roots, feature, border, left, share } = forest;
  const votes = new Float64Array(classes);
  for (const root of roots) {
    let node = root;
    for (let f = feature[node] as number; f >= 0; f = feature[node] as number)
      node = (left[node] as number) + ((features[row * featureCount + f] as number) > (border[node] as number) ? 1 : 0);
    for (let k = 0; k < classes; k++)
      votes[k] = (votes[k] as number) + (share[node * classes + k] as number) / roots.length;
  }
  return votes;
}

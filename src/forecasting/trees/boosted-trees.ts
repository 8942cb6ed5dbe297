/** Loss of a boosted model: squared error, or the pinball loss of a share (0.5: absolute error). */
export type TreeLoss = Readonly<{ kind: "squared" } | { kind: "pinball"; share: number }>;

export type BoostingOptions = Readonly<{
  loss: TreeLoss;
  trees: number;
  leaves: number;
  learningRate: number;
  fewestPerLeaf: number;
  /** Share of rows and of features each tree sees. */
  rowShare: number;
  featureShare: number;
  seed: number;
}>;

/**
 * A boosted ensemble as flat arrays. Node n of a tree splits on `feature[n]`: to `left[n]` when the value is missing or
 * at most `threshold[n]`, else to `right[n]`; a leaf has feature -1 and adds `value[n]`.
 */
export type BoostedTrees = Readonly<{
  featureCount: number;
  base: number;
  /** First node of each tree. */
  roots: Int32Array;
  feature: Int16Array;
  threshold: Float32Array;
  left: Int32Array;
  right: Int32Array;
  value: Float32Array;
}>;

/**
 * Prediction for some rows of features.
 * @param features row-major, rows * featureCount
 */
export function predictBoosted(model: BoostedTrees, features: Float32Array, rows: number): Float64Array {
  const { featureCount, roots, feature, threshold, left, right, value } = model;
  const sums = new Float64Array(rows);
  // tree by tree: all rows walk it while it is in the cache
  for (let t = 0; t < roots.length; t++) {
    const root = roots[t] as number;
    for (let i = 0, at = 0; i < rows; i++, at += featureCount) {
      let node = root;
      for (let f = feature[node] as number; f >= 0; f = feature[node] as number)
        node = ((features[at + f] as number) > (threshold[node] as number) ? right[node] : left[node]) as number;
      sums[i] = (sums[i] as number) + (value[node] as number);
    }
  }
  for (let i = 0; i < rows; i++) sums[i] = model.base + (sums[i] as number);
  return sums;
}

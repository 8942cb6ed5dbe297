/** A table of features cut into bins; row-major. */
export type BinnedTable = Readonly<{
  rows: number;
  featureCount: number;
  bins: Uint8Array;
  /** Most bins of a feature: 32, or 64 for many rows. */
  width: number;
  /** Upper edges of the bins of each feature, ascending; bin b holds values in (edges[b - 1], edges[b]]. */
  edges: readonly Float32Array[];
}>;

const EDGE_SAMPLE = 4_000;
/** Rows from which the finer bins pay. */
const MANY_ROWS = 50_000;

/**
 * Cuts features into bins at quantiles of what is there; a missing value goes to the first bin.
 * @param features row-major, rows * featureCount
 */
export function binFeatures(features: Float32Array, rows: number, featureCount: number): BinnedTable {
  const bins = new Uint8Array(rows * featureCount);
  const width = rows >= MANY_ROWS ? 64 : 32;
  const edges: Float32Array[] = [];
  const stride = Math.max(1, Math.floor(rows / EDGE_SAMPLE));
  const sample = new Float32Array(Math.ceil(rows / stride));
  for (let f = 0; f < featureCount; f++) {
    let count = 0;
    for (let i = 0; i < rows; i += stride) {
      const value = features[i * featureCount + f] as number;
      if (value === value) sample[count++] = value;
    }
    const own = edgesOf(sample.slice(0, count).sort(), width);
    edges.push(own);
    const last = own.length;
    for (let i = 0, at = f; i < rows; i++, at += featureCount) {
      const value = features[at] as number;
      let low = 0;
      let high = value === value ? last : 0;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((own[middle] as number) < value) low = middle + 1;
        else high = middle;
      }
      bins[at] = low;
    }
  }
  return { rows, featureCount, bins, width, edges };
}

function edgesOf(sorted: Float32Array, width: number): Float32Array {
  const found: number[] = [];
  for (let b = 1; b < width; b++) {
    const edge = sorted[Math.floor((b / width) * sorted.length)];
    if (edge !== undefined && edge !== found.at(-1)) found.push(edge);
  }
  return Float32Array.from(found);
}

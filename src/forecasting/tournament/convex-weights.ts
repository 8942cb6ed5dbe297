/** What a blend is fitted for: the pinball loss of a share (0.5: absolute error), or squared error. */
export type BlendLoss = Readonly<{ kind: "pinball"; share: number } | { kind: "squared" }>;

const ROUNDS = 40;

/**
 * Weights of a convex blend, by exponentiated gradient from `start`. The number of rounds is bounded, so that little
 * evidence moves the weights little.
 * @param columns  forecasts, one array per candidate, all finite
 * @param truth    what happened; NaN is left out
 * @param evidence weight of each point
 * @param start    weights to start from, positive
 * @param haste    how far the first rounds move
 * @returns weights, not negative, summing to 1
 */
export function fitConvexWeights(
  columns: readonly Float64Array[],
  truth: Float64Array,
  evidence: Float64Array,
  loss: BlendLoss,
  start: readonly number[],
  haste: number,
): Float64Array {
  const candidates = columns.length;
  const weights = normalized(Float64Array.from(start));
  const averaged = new Float64Array(candidates);
  const gradient = new Float64Array(candidates);
  const n = truth.length;
  let scale = 0;
  let total = 0;
  for (let i = 0; i < n; i++) {
    const y = truth[i] ?? Number.NaN;
    if (Number.isNaN(y)) continue;
    let error = 0;
    for (let k = 0; k < candidates; k++) error += Math.abs(y - (columns[k]?.[i] ?? 0));
    scale += ((evidence[i] ?? 0) * error) / candidates;
    total += evidence[i] ?? 0;
  }
  if (total === 0 || scale === 0 || candidates === 1) return weights;
  scale /= total;
  const blended = new Float64Array(n);
  let counted = 0;
  for (let round = 0; round < ROUNDS; round++) {
    blended.fill(0);
    for (let k = 0; k < candidates; k++) {
      const weight = weights[k] ?? 0;
      const column = columns[k];
      if (!column || weight < 1e-6) continue;
      for (let i = 0; i < n; i++) blended[i] = (blended[i] as number) + weight * (column[i] as number);
    }
    // blended becomes the slope of the loss at each point
    for (let i = 0; i < n; i++) {
      const y = truth[i] ?? Number.NaN;
      const off = (blended[i] ?? 0) - y;
      const slope = loss.kind === "squared" ? (2 * off) / scale : off > 0 ? 1 - loss.share : off < 0 ? -loss.share : 0;
      blended[i] = Number.isNaN(y) ? 0 : (slope * (evidence[i] ?? 0)) / total;
    }
    for (let k = 0; k < candidates; k++) {
      const column = columns[k];
      let sum = 0;
      for (let i = 0; column && i < n; i++) sum += (blended[i] as number) * (column[i] as number);
      gradient[k] = sum / scale;
    }
    let mean = 0;
    for (let k = 0; k < candidates; k++) mean += (weights[k] ?? 0) * (gradient[k] ?? 0);
    const step = haste / Math.sqrt(1 + round / 4);
    for (let k = 0; k < candidates; k++) {
      const move = Math.min(Math.max(-step * ((gradient[k] ?? 0) - mean), -1), 1);
      weights[k] = Math.max((weights[k] ?? 0) * Math.exp(move), 1e-7);
    }
    normalized(weights);
    if (round >= ROUNDS / 2) {
      counted++;
      for (let k = 0; k < candidates; k++) averaged[k] = (averaged[k] ?? 0) + (weights[k] ?? 0);
    }
  }
  return normalized(averaged.map((sum) => sum / counted));
}

/** Mean loss of one forecast over the points with evidence. */
export function lossOf(column: Float64Array, truth: Float64Array, evidence: Float64Array, loss: BlendLoss): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < truth.length; i++) {
    const off = (truth[i] as number) - (column[i] as number);
    if (Number.isNaN(off)) continue;
    const weight = evidence[i] as number;
    sum += weight * (loss.kind === "squared" ? off * off : Math.max(loss.share * off, (loss.share - 1) * off));
    total += weight;
  }
  return total > 0 ? sum / total : 0;
}

function normalized(weights: Float64Array): Float64Array {
  let total = 0;
  for (const weight of weights) total += weight;
  for (let k = 0; k < weights.length; k++) weights[k] = (weights[k] ?? 0) / total;
  return weights;
}

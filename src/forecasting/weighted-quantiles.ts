/**
 * Weighted quantiles, interpolated between the middles of the values' weights.
 * @param values  any order; NaN is not allowed
 * @param weights one per value, not negative
 * @param shares  ascending, 0..1
 * @returns one value per share; NaN when there are no values
 */
export function weightedQuantiles(
  values: Float64Array,
  weights: Float64Array,
  shares: readonly number[],
): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((a, b) => (values[a] as number) - (values[b] as number));
  let total = 0;
  for (const weight of weights) total += weight;
  const found = new Float64Array(shares.length);
  let q = 0;
  let below = 0;
  let previousMiddle = Number.NEGATIVE_INFINITY;
  let previous = Number.NaN;
  for (const i of order) {
    const weight = weights[i] as number;
    if (weight === 0) continue;
    const value = values[i] as number;
    const middle = below + weight / 2;
    for (; q < shares.length && middle >= (shares[q] as number) * total; q++)
      found[q] =
        previousMiddle === Number.NEGATIVE_INFINITY
          ? value
          : previous +
            ((value - previous) * ((shares[q] as number) * total - previousMiddle)) / (middle - previousMiddle);
    below += weight;
    previousMiddle = middle;
    previous = value;
  }
  return found.fill(previous, q);
}

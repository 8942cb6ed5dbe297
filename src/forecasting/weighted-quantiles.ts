import { ascendingOrder } from "./ascending-order.ts";

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
  const order = ascendingOrder(values);
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i] as number;
  const found = new Float64Array(shares.length);
  let q = 0;
  let below = 0;
  let previousMiddle = Number.NEGATIVE_INFINITY;
  let previous = Number.NaN;
  for (let k = 0; k < order.length; k++) {
    const i = order[k] as number;
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

import { weightedQuantiles } from "../weighted-quantiles.ts";

/** What one member of a blend says, one value per slot, and how much it counts at each. */
export type Voice = Readonly<{ values: Float64Array; weights: Float64Array }>;

/**
 * What members say together, slot by slot; NaN where none of them counts.
 * @param byMiddle share of the say that their weighted median has beside their weighted mean. Members that agree on a
 *                 clear day and one that fears a dark one have a clear middle and a hazy mean: of a sky that is clear
 *                 or not, the middle errs less on most days, and the mean less on the others.
 */
export function combineMembers(voices: readonly Voice[], slots: number, byMiddle: number): Float64Array {
  const said = new Float64Array(voices.length);
  const weights = new Float64Array(voices.length);
  return Float64Array.from({ length: slots }, (_, c) => {
    let sum = 0;
    let total = 0;
    for (const [k, voice] of voices.entries()) {
      const value = voice.values[c] ?? 0;
      const weight = voice.weights[c] ?? 0;
      said[k] = value;
      weights[k] = weight;
      sum += weight * value;
      total += weight;
    }
    if (total <= 0) return Number.NaN;
    const mean = sum / total;
    if (byMiddle === 0) return mean;
    const [middle = mean] = weightedQuantiles(said, weights, [0.5]);
    return byMiddle * middle + (1 - byMiddle) * mean;
  });
}

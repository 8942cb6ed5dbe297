import { FEATURE_COUNT, FEATURE_NAMES } from "../features.ts";
import type { ProfileName } from "../profile-table.ts";

export type TreePart = "p10" | "p50" | "p90" | "mean";

const START: Readonly<Record<TreePart, ProfileName | undefined>> = {
  p10: "slow10",
  p50: "fastMedian",
  p90: "slow90",
  mean: undefined,
};

/**
 * What trees start from: the weighted profile that suits the part, so that they learn only what it misses and a home of
 * strict habits keeps them.
 * @param features row-major, rows * FEATURE_COUNT
 * @returns one relative value per row; undefined for the mean, which starts from a constant
 */
export function treeStart(features: Float32Array, rows: number, part: TreePart): Float32Array | undefined {
  const profile = START[part];
  if (profile === undefined) return undefined;
  const column = FEATURE_NAMES.indexOf(profile);
  return Float32Array.from({ length: rows }, (_, i) => {
    const value = features[i * FEATURE_COUNT + column] ?? Number.NaN;
    return Number.isNaN(value) ? (part === "p10" ? 0 : 1) : value;
  });
}

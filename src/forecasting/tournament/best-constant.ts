import type { TreeLoss } from "../trees/boosted-trees.ts";

/** The constant with the least loss; 0 for no values. Reorders its argument. */
export function bestConstant(values: Float32Array, loss: TreeLoss): number {
  if (values.length === 0) return 0;
  if (loss.kind === "squared") {
    let sum = 0;
    for (const value of values) sum += value;
    return sum / values.length;
  }
  return nthLeast(values, Math.round(loss.share * (values.length - 1)));
}

/** The value that would be at `n` if they were sorted (Hoare's selection). Reorders its argument. */
function nthLeast(values: Float32Array, n: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1] as number;
    let i = low;
    let j = high;
    while (i <= j) {
      while ((values[i] as number) < pivot) i++;
      while ((values[j] as number) > pivot) j--;
      if (i > j) break;
      const swapped = values[i] as number;
      values[i++] = values[j] as number;
      values[j--] = swapped;
    }
    if (n <= j) high = j;
    else if (n >= i) low = i;
    else break;
  }
  return values[n] ?? 0;
}

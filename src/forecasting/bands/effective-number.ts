/** How many values of equal weight tell as much as these do (Kish 1965); 0 of none. @param weights not negative */
export function effectiveNumber(weights: Iterable<number>): number {
  let sum = 0;
  let squares = 0;
  for (const weight of weights) {
    sum += weight;
    squares += weight * weight;
  }
  return squares > 0 ? (sum * sum) / squares : 0;
}

const MOST_DECIMALS = 9;
/** Not a short decimal: kept as a float. */
export const AS_FLOAT = 15;
/** Scaled values stay below this, so that differences and sums of them are exact integers. */
const MOST_SCALED = 2 ** 48;

/** 10^decimals, exact for 0..9. */
export const scaleOf = (decimals: number): number => 10 ** decimals;

/**
 * Fewest decimals (0..9, at least `atLeast`) with which every value is an exact short decimal, or AS_FLOAT.
 * Sensors print short decimals: 21.37 is then kept as the integer 2137.
 */
export function decimalsOf(values: ArrayLike<number>, atLeast = 0): number {
  if (atLeast === AS_FLOAT) return AS_FLOAT;
  let decimals = atLeast;
  let scale = scaleOf(decimals);
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    largest = Math.max(largest, Math.abs(value));
    while (Math.round(value * scale) / scale !== value) {
      if (++decimals > MOST_DECIMALS) return AS_FLOAT;
      scale = scaleOf(decimals);
    }
  }
  if (!(largest * scale < MOST_SCALED)) return AS_FLOAT;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (Math.round(value * scale) / scale !== value) return AS_FLOAT;
  }
  return decimals;
}

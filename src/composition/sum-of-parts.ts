/**
 * Sum of columns of one length, NaN where nothing is known. A part counts from its first to its last known value: before,
 * it was not there yet, and after, it may be gone for good. A gap between makes the sum unknown.
 */
export function sumOfParts(parts: readonly Float64Array[]): Float64Array {
  const isKnown = (value: number): boolean => !Number.isNaN(value);
  const there = parts.map((values) => ({ values, from: values.findIndex(isKnown), to: values.findLastIndex(isKnown) }));
  return Float64Array.from({ length: parts[0]?.length ?? 0 }, (_, i) => {
    const counting = there.filter(({ from, to }) => from >= 0 && i >= from && i <= to);
    return counting.length === 0
      ? Number.NaN
      : counting.reduce((sum, { values }) => sum + (values[i] ?? Number.NaN), 0);
  });
}

/** Up to this length insertion is quicker than merging. */
const RUN = 12;

/**
 * Where each value would stand in ascending order: equal ones stay in the order they came in.
 * @param values NaN is not allowed
 * @returns indices of the values, the least first
 */
export function ascendingOrder(values: Float64Array): Uint32Array {
  const count = values.length;
  let order = new Uint32Array(count);
  for (let from = 0; from < count; from += RUN) {
    const to = Math.min(from + RUN, count);
    for (let i = from; i < to; i++) {
      const value = values[i] as number;
      let at = i;
      for (; at > from && (values[order[at - 1] as number] as number) > value; at--)
        order[at] = order[at - 1] as number;
      order[at] = i;
    }
  }
  if (count <= RUN) return order;
  let merged = new Uint32Array(count);
  for (let width = RUN; width < count; width *= 2) {
    for (let from = 0; from < count; from += 2 * width) {
      const middle = Math.min(from + width, count);
      const end = Math.min(from + 2 * width, count);
      let left = from;
      let right = middle;
      for (let at = from; at < end; at++) {
        const takeLeft =
          left < middle &&
          (right >= end || !((values[order[left] as number] as number) > (values[order[right] as number] as number)));
        merged[at] = order[takeLeft ? left++ : right++] as number;
      }
    }
    [order, merged] = [merged, order];
  }
  return order;
}

/**
 * A new list in the order in which the reader has seen its members: none moves away under a hand or a focus. Those that
 * are new come last, in their own order.
 */
export function inPlace<T>(now: readonly T[], seen: readonly T[], idOf: (one: T) => string): T[] {
  const place = new Map(seen.map((one, i) => [idOf(one), i]));
  const placeOf = (one: T): number => place.get(idOf(one)) ?? Infinity;
  return now
    .map((one, i) => ({ one, i }))
    .sort((a, b) => (placeOf(a.one) === placeOf(b.one) ? a.i - b.i : placeOf(a.one) - placeOf(b.one)))
    .map(({ one }) => one);
}

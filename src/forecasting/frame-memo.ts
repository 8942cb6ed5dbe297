/**
 * What was derived from a day matrix, kept by the number of rows it was derived from: what holds for `known` rows stays
 * true when later rows are added, and only what lies after a changed row must be forgotten.
 */
export class FrameMemo {
  readonly #byKnown = new Map<number, Map<string, unknown>>();

  /** What was derived from the first `known` rows. */
  bucket(known: number): Map<string, unknown> {
    let found = this.#byKnown.get(known);
    if (!found) {
      found = new Map();
      this.#byKnown.set(known, found);
    }
    return found;
  }

  /** Takes over what another memo derived from at most `known` rows. */
  adopt(other: FrameMemo, known: number): void {
    for (const [rows, bucket] of other.#byKnown) if (rows <= known) this.#byKnown.set(rows, bucket);
  }
}

/** @returns the value of a key, computed when it is not there yet */
export function remember<T>(store: Map<string, unknown>, key: string, compute: () => T): T {
  const known = store.get(key);
  if (known !== undefined) return known as T;
  const value = compute();
  store.set(key, value);
  return value;
}

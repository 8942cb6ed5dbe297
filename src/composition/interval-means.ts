/** Means over time of figures that are looked at now and then; each over the time in which it was known. */
export class IntervalMeans {
  readonly #sums = new Map<string, { valueMs: number; knownMs: number }>();

  /** Counts a figure for so long; null counts as not known. */
  add(name: string, value: number | null, forMs: number): void {
    if (value === null || !Number.isFinite(value) || forMs <= 0) return;
    const sum = this.#sums.get(name) ?? { valueMs: 0, knownMs: 0 };
    sum.valueMs += value * forMs;
    sum.knownMs += forMs;
    this.#sums.set(name, sum);
  }

  /** Null where nothing was known. */
  mean(name: string): number | null {
    const sum = this.#sums.get(name);
    return sum ? sum.valueMs / sum.knownMs : null;
  }

  knownMs(name: string): number {
    return this.#sums.get(name)?.knownMs ?? 0;
  }
}

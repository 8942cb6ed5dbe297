/** Readings of one sensor as columns of equal length: instants in ms, ascending and distinct, and their values. */
export type Columns = Readonly<{ times: Float64Array; values: Float64Array }>;

export const EMPTY_COLUMNS: Columns = { times: new Float64Array(0), values: new Float64Array(0) };

/** First index whose time is at or after `atMs`. */
export function lowerBound(times: Float64Array, atMs: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The part in [fromMs, toMs); shares memory with `columns`. */
export function sliceColumns(columns: Columns, fromMs: number, toMs: number): Columns {
  const from = lowerBound(columns.times, fromMs);
  const to = lowerBound(columns.times, toMs);
  return from === 0 && to === columns.times.length
    ? columns
    : { times: columns.times.subarray(from, to), values: columns.values.subarray(from, to) };
}

/** One after the other. */
export function joinColumns(parts: readonly Columns[]): Columns {
  const [first = EMPTY_COLUMNS] = parts;
  if (parts.length < 2) return first;
  const length = parts.reduce((total, { times }) => total + times.length, 0);
  const joined = { times: new Float64Array(length), values: new Float64Array(length) };
  let at = 0;
  for (const { times, values } of parts) {
    joined.times.set(times, at);
    joined.values.set(values, at);
    at += times.length;
  }
  return joined;
}

/** Both, in time order; where they share an instant, `newer` wins. */
export function mergeColumns(older: Columns, newer: Columns): Columns {
  if (newer.times.length === 0) return older;
  if (older.times.length === 0) return newer;
  const most = older.times.length + newer.times.length;
  const times = new Float64Array(most);
  const values = new Float64Array(most);
  let i = 0;
  let j = 0;
  let n = 0;
  while (i < older.times.length || j < newer.times.length) {
    const a = older.times[i] ?? Infinity;
    const b = newer.times[j] ?? Infinity;
    if (b <= a) {
      times[n] = b;
      values[n++] = newer.values[j++] ?? 0;
      if (a === b) i++;
    } else {
      times[n] = a;
      values[n++] = older.values[i++] ?? 0;
    }
  }
  return { times: times.subarray(0, n), values: values.subarray(0, n) };
}

/** Readings of one sensor as they arrive, in any order; `columns` puts them right when they are asked for. */
export class GrowingColumns {
  #times = new Float64Array(16);
  #values = new Float64Array(16);
  #length = 0;
  #tidy = true;

  /** Readings held, instants that occur twice counted twice until the next `columns`. */
  get length(): number {
    return this.#length;
  }

  push(atMs: number, value: number): void {
    const n = this.#length;
    if (n > 0) {
      const last = this.#times[n - 1] ?? 0;
      if (atMs === last) {
        this.#values[n - 1] = value;
        return;
      }
      if (atMs < last) this.#tidy = false;
    }
    if (n === this.#times.length) this.#grow();
    this.#times[n] = atMs;
    this.#values[n] = value;
    this.#length = n + 1;
  }

  columns(): Columns {
    if (!this.#tidy) this.#tidyUp();
    return { times: this.#times.subarray(0, this.#length), values: this.#values.subarray(0, this.#length) };
  }

  #grow(): void {
    const times = new Float64Array(this.#times.length * 2);
    const values = new Float64Array(this.#times.length * 2);
    times.set(this.#times);
    values.set(this.#values);
    this.#times = times;
    this.#values = values;
  }

  #tidyUp(): void {
    const times = this.#times;
    const order = Array.from({ length: this.#length }, (_, i) => i).sort(
      (a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b,
    );
    const sortedTimes = new Float64Array(times.length);
    const sortedValues = new Float64Array(times.length);
    let n = 0;
    for (const i of order) {
      const atMs = times[i] ?? 0;
      if (n > 0 && sortedTimes[n - 1] === atMs) n--;
      sortedTimes[n] = atMs;
      sortedValues[n++] = this.#values[i] ?? 0;
    }
    this.#times = sortedTimes;
    this.#values = sortedValues;
    this.#length = n;
    this.#tidy = true;
  }
}

import type { Zone } from "../domain/civil-time.ts";
import type { Reading } from "../domain/reading.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";

/** Within this a sensor is as it has been at this time of day; null while too little is known. */
export type Limits = Readonly<{ low: number; high: number }>;
export type Anomaly = Limits & Readonly<{ sensorId: string; atMs: number; value: number; z: number }>;

const BIN_MS = 5 * MS_PER_MINUTE;
const HOURS = 24;
const DAYS_KEPT = 28;
const DAYS_NEEDED = 5;
/** Times the robust spread. The spread is of a day's extremes, which is why so few are enough. */
const LIMIT_Z = 6;
/** What has been seen this often before is no anomaly, nor is what lies this part of the range beyond it. */
const SEEN_RANK = 1;
const SEEN_MARGIN = 0.25;
const MAD_TO_SIGMA = 1.4826;

/** One sensor: lowest and highest 5-minute mean of each hour of the last days. */
type Book = {
  bin: number;
  sum: number;
  count: number;
  hour: number;
  low: number;
  high: number;
  /** [hour][day modulo kept]; NaN where nothing is known. */
  /** Of the hour above; they do not move with the hour itself. */
  limits: Limits | null;
  lows: Float32Array;
  highs: Float32Array;
};

/**
 * Limits for each sensor by hour of the local day, from the last four weeks: median of the days' extremes plus or
 * minus six robust deviations, the hours beside it included. One odd day does not move them. 5.4 KB a sensor.
 */
export class AnomalyLimits {
  readonly #zone: Zone;
  readonly #books = new Map<string, Book>();

  constructor(zone: Zone) {
    this.#zone = zone;
  }

  /** Learns from readings in time order; gives an anomaly when the 5 minutes that ended lie outside the limits. */
  observe({ sensorId, atMs, value }: Reading): Anomaly | null {
    if (!Number.isFinite(value)) return null;
    const book = this.#books.get(sensorId) ?? newBook();
    this.#books.set(sensorId, book);
    const bin = Math.floor(atMs / BIN_MS);
    if (bin < book.bin) return null;
    const found = bin > book.bin && book.count > 0 ? this.#close(sensorId, book) : null;
    if (bin > book.bin) Object.assign(book, { bin, sum: 0, count: 0 });
    book.sum += value;
    book.count++;
    return found;
  }

  limits(sensorId: string, atMs: number): Limits | null {
    const book = this.#books.get(sensorId);
    return book === undefined ? null : limitsOf(book, this.#hour(atMs));
  }

  forget(sensorId: string): void {
    this.#books.delete(sensorId);
  }

  #hour(atMs: number): number {
    return Math.floor(this.#zone.minuteOfDay(atMs) / 60);
  }

  #close(sensorId: string, book: Book): Anomaly | null {
    const atMs = book.bin * BIN_MS;
    const value = book.sum / book.count;
    const hour = this.#hour(atMs);
    if (hour !== book.hour) Object.assign(book, { hour, low: value, high: value, limits: limitsOf(book, hour) });
    const { limits } = book;
    book.low = Math.min(book.low, value);
    book.high = Math.max(book.high, value);
    const day = this.#zone.dayNumber(atMs);
    const slot = hour * DAYS_KEPT + (day % DAYS_KEPT);
    book.lows[slot] = book.low;
    book.highs[slot] = book.high;
    if (limits === null || (value >= limits.low && value <= limits.high)) return null;
    const middle = (limits.low + limits.high) / 2;
    const z = ((value - middle) / (limits.high - middle)) * LIMIT_Z;
    return { sensorId, atMs, value, z, ...limits };
  }
}

const newBook = (): Book => ({
  bin: -1,
  sum: 0,
  count: 0,
  hour: -1,
  low: 0,
  high: 0,
  limits: null,
  lows: new Float32Array(HOURS * DAYS_KEPT).fill(Number.NaN),
  highs: new Float32Array(HOURS * DAYS_KEPT).fill(Number.NaN),
});

function limitsOf({ lows, highs }: Book, hour: number): Limits | null {
  const low = robust(lows, hour, -1);
  const high = robust(highs, hour, 1);
  if (high.days < DAYS_NEEDED) return null;
  // A sensor that hardly ever moves still has noise: a hundredth of its size, and of its daily range.
  const range = high.seen - low.seen;
  const least = Math.max(0.01 * Math.abs(high.middle), 0.01 * Math.abs(low.middle), 0.05 * range, 1e-6);
  return {
    low: Math.min(low.middle - LIMIT_Z * Math.max(low.sigma, least), low.seen - SEEN_MARGIN * range),
    high: Math.max(high.middle + LIMIT_Z * Math.max(high.sigma, least), high.seen + SEEN_MARGIN * range),
  };
}

/**
 * Median and robust deviation over the days of an hour and the two beside it, the second most extreme day on one
 * side (one odd day is not believed), and how many days the hour has.
 */
function robust(
  values: Float32Array,
  hour: number,
  side: 1 | -1,
): { middle: number; sigma: number; seen: number; days: number } {
  const known: number[] = [];
  const extremes: number[] = [];
  let days = 0;
  for (let day = 0; day < DAYS_KEPT; day++) {
    let extreme = -side * Infinity;
    for (const near of [hour - 1, hour, hour + 1]) {
      const value = values[((near + HOURS) % HOURS) * DAYS_KEPT + day] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      known.push(value);
      extreme = side > 0 ? Math.max(extreme, value) : Math.min(extreme, value);
      if (near === hour) days++;
    }
    if (Number.isFinite(extreme)) extremes.push(extreme);
  }
  const middle = medianOf(known);
  const sigma = MAD_TO_SIGMA * medianOf(known.map((value) => Math.abs(value - middle)));
  const seen = extremes.toSorted((a, b) => side * (b - a))[SEEN_RANK] ?? middle;
  return { middle, sigma, seen, days };
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

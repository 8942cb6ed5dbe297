import { MS_PER_DAY, MS_PER_HOUR } from "../domain/units.ts";
import { type Columns, mergeColumns } from "./columns.ts";
import type { SeriesPoint } from "./history.ts";
import type { ReadingBatch, SensorKey } from "./journal.ts";
import { type ReadingRows, rowsOf, sortRows } from "./reading-rows.ts";
import { type Bucket, bucketsOf, coarsen } from "./rollup.ts";
import { ROLLUP_MS, SqliteChunks } from "./sqlite-chunks.ts";
import type { Database } from "./sqlite-database.ts";
import { hourOf } from "./sqlite-raw.ts";
import { Unpacked } from "./unpacked.ts";

const WINDOW_REACH_HOURS = 48;
const DAY_OF = (atMs: number): number => Math.floor(atMs / MS_PER_DAY);

/** Every reading the history has, packed, being packed, or not yet: queries see one history. */
export class KeptReadings {
  readonly chunks: SqliteChunks;
  readonly #db: Database;
  readonly #latest = new Map<number, { atMs: number; value: number }>();
  #unpacked: Unpacked;
  #packing: Unpacked | null = null;
  #slice: number[] = [];

  constructor(db: Database, unpacked: Unpacked) {
    this.#db = db;
    this.#unpacked = unpacked;
    this.chunks = new SqliteChunks(db);
    const rows = db.prepare("SELECT sensor_key, at_ms, value FROM sensor_last").all() as {
      sensor_key: number;
      at_ms: number;
      value: number;
    }[];
    for (const { sensor_key, at_ms, value } of rows) this.#latest.set(sensor_key, { atMs: at_ms, value });
    for (const key of unpacked.keys()) this.#noteLatest(key, unpacked.columns(key));
  }

  /** What is not packed, for one who goes on with another database. */
  takeUnpacked(): Unpacked {
    const all = this.#packing ?? new Unpacked();
    for (const key of this.#unpacked.keys()) {
      const { times, values } = this.#unpacked.columns(key);
      times.forEach((atMs, i) => all.push(key, atMs, values[i] ?? 0));
    }
    return all;
  }

  unpackedReadings(): number {
    return this.#unpacked.count + (this.#packing?.count ?? 0);
  }

  define(keys: readonly SensorKey[]): void {
    const insert = this.#db.prepare("INSERT OR IGNORE INTO sensor (sensor_key, sensor_id) VALUES (?, ?)");
    this.#db.transaction(() => keys.forEach(([key, sensorId]) => insert.run(key, sensorId)))();
  }

  push({ keys, times, values }: ReadingBatch): void {
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] ?? 0;
      const atMs = times[i] ?? 0;
      const value = values[i] ?? 0;
      this.#unpacked.push(key, atMs, value);
      const last = this.#latest.get(key);
      if (last === undefined) this.#latest.set(key, { atMs, value });
      else if (atMs >= last.atMs) {
        last.atMs = atMs;
        last.value = value;
      }
    }
  }

  packing(): boolean {
    return this.#packing !== null;
  }

  startPacking(): void {
    if (this.#unpacked.count === 0) return;
    this.#packing = this.#unpacked;
    this.#unpacked = new Unpacked();
  }

  /**
   * Within a transaction: packs some sensors, at least one.
   * @param receivedHour hour of the history's age, by which they will be forgotten
   */
  packSlice(mostReadings: number, rolledUntilDay: number | null, receivedHour: number): void {
    const last = this.#db.prepare(
      "INSERT INTO sensor_last VALUES (?, ?, ?) ON CONFLICT (sensor_key) DO UPDATE SET at_ms = excluded.at_ms, value = excluded.value WHERE excluded.at_ms >= at_ms",
    );
    this.#slice = [];
    let readings = 0;
    for (const key of this.#packing?.keys() ?? []) {
      if (readings > 0 && readings >= mostReadings) break;
      const columns = this.#packing?.columns(key);
      if (columns === undefined || columns.times.length === 0) continue;
      this.#pack(key, columns, rolledUntilDay, receivedHour);
      last.run(key, columns.times.at(-1), columns.values.at(-1));
      readings += columns.times.length;
      this.#slice.push(key);
    }
  }

  /** The transaction of `packSlice` is committed. */
  packedSlice(): void {
    for (const key of this.#slice) this.#packing?.forget(key);
    if (this.#slice.length === 0 || this.#packing?.count === 0) this.#packing = null;
  }

  /** Readings of sensors in [fromMs, toMs), by time, then sensor. */
  rows(keys: Iterable<number>, fromMs: number, toMs: number): ReadingRows {
    const found = [...keys].map((key) => [key, this.columns(key, fromMs, toMs)] as const);
    const [only] = found;
    if (found.length === 1 && only)
      return {
        keys: new Uint32Array(only[1].times.length).fill(only[0]),
        times: only[1].times.slice(),
        values: only[1].values.slice(),
      };
    return sortRows(found);
  }

  latest(): ReadingRows {
    return rowsOf([...this.#latest].map(([key, { atMs, value }]) => [key, atMs, value]));
  }

  windows(perSensor: number, activeSinceMs: number): ReadingRows {
    const rows: [number, number, number][] = [];
    for (const [key, last] of this.#latest) {
      if (last.atMs < activeSinceMs) continue;
      const newest = this.#newest(key, last.atMs, perSensor);
      newest.times.forEach((atMs, i) => rows.push([key, atMs, newest.values[i] ?? 0]));
    }
    return rowsOf(rows);
  }

  series(key: number, fromMs: number, toMs: number, stepMs: number, rolledUntilDay: number | null): SeriesPoint[] {
    const fits = (widthMs: number): boolean => fromMs % widthMs === 0 && stepMs % widthMs === 0;
    const span = this.#span();
    if (span === null || !(stepMs > 0) || !(toMs > fromMs)) return [];
    const buckets: Bucket[] = [];
    const endHour = Math.min(span.last, hourOf(toMs - 1)) + 1;
    const rolledEndMs = toMs % ROLLUP_MS === 0 ? Infinity : toMs;
    for (let hour = Math.max(span.first, hourOf(fromMs)); hour < endHour;) {
      const startMs = hour * MS_PER_HOUR;
      const freshMs = this.fresh(key, startMs, Infinity).times[0] ?? Infinity;
      const untilHour = Math.min(endHour, hourOf(Math.min(rolledEndMs, freshMs)));
      const untilDay = Math.min(Math.floor(Math.min(untilHour, hourOf(toMs)) / 24), rolledUntilDay ?? 0);
      if (fits(MS_PER_HOUR) && startMs % MS_PER_DAY === 0 && untilDay * 24 > hour) {
        buckets.push(...this.chunks.dailyBuckets(key, hour / 24, untilDay));
        hour = untilDay * 24;
      } else if (fits(ROLLUP_MS) && untilHour > hour) {
        const until = fits(MS_PER_HOUR) && (rolledUntilDay ?? 0) * 24 > hour ? nextDay(hour) : untilHour;
        for (const bucket of this.chunks.buckets(key, hour, Math.min(until, untilHour)))
          if (bucket.startMs >= fromMs && bucket.startMs < toMs) buckets.push(bucket);
        hour = Math.min(until, untilHour);
      } else buckets.push(...this.#hourBuckets(key, hour++, fromMs, toMs, stepMs));
    }
    return coarsen(buckets, stepMs, fromMs).map(({ startMs, min, max, sum, count }) => ({
      startMs,
      min,
      mean: Math.min(Math.max(sum / count, min), max),
      max,
      count,
    }));
  }

  /** Within a transaction, with nothing unpacked. */
  remove(key: number, atMs: number, rolledUntilDay: number | null): boolean {
    if (!this.chunks.remove(key, atMs)) return false;
    if (rolledUntilDay !== null && DAY_OF(atMs) < rolledUntilDay) this.chunks.rollUpDay(key, DAY_OF(atMs));
    if (this.#latest.get(key)?.atMs !== atMs) return true;
    const hour = this.chunks.newestHour(key);
    const rest = hour === null ? null : this.chunks.readings(key, hour * MS_PER_HOUR, (hour + 1) * MS_PER_HOUR);
    const newestMs = rest?.times.at(-1);
    this.#db.prepare("DELETE FROM sensor_last WHERE sensor_key = ?").run(key);
    this.#latest.delete(key);
    if (rest && newestMs !== undefined) {
      this.#db.prepare("INSERT INTO sensor_last VALUES (?, ?, ?)").run(key, newestMs, rest.values.at(-1));
      this.#noteLatest(key, rest);
    }
    return true;
  }

  #pack(key: number, { times, values }: Columns, rolledUntilDay: number | null, receivedHour: number): void {
    const days = new Set<number>();
    for (let from = 0; from < times.length;) {
      const hour = hourOf(times[from] ?? 0);
      let to = from + 1;
      while (to < times.length && hourOf(times[to] ?? 0) === hour) to++;
      const columns = { times: times.subarray(from, to), values: values.subarray(from, to) };
      this.chunks.pack(key, hour, columns, receivedHour);
      days.add(Math.floor(hour / 24));
      from = to;
    }
    for (const day of days) if (rolledUntilDay !== null && day < rolledUntilDay) this.chunks.rollUpDay(key, day);
  }

  /** Sensors with committed readings that are not packed. */
  freshKeys(): ReadonlySet<number> {
    return new Set([...this.#unpacked.keys(), ...(this.#packing?.keys() ?? [])]);
  }

  /** Committed but not packed. */
  fresh(key: number, fromMs: number, toMs: number): Columns {
    const newest = this.#unpacked.columns(key, fromMs, toMs);
    return this.#packing ? mergeColumns(this.#packing.columns(key, fromMs, toMs), newest) : newest;
  }

  /** All of a sensor's readings in [fromMs, toMs). */
  columns(key: number, fromMs: number, toMs: number): Columns {
    return mergeColumns(this.chunks.readings(key, fromMs, toMs), this.fresh(key, fromMs, toMs));
  }

  /** Buckets of an hour from readings, and from the rollup, as near as it goes, of those that are forgotten. */
  #hourBuckets(key: number, hour: number, fromMs: number, toMs: number, stepMs: number): Bucket[] {
    const startMs = Math.max(fromMs, hour * MS_PER_HOUR);
    const endMs = Math.min(toMs, (hour + 1) * MS_PER_HOUR);
    const kept = bucketsOf(this.columns(key, startMs, endMs), stepMs, fromMs);
    const forgotten = this.chunks
      .forgottenBuckets(key, hour)
      .filter((bucket) => bucket.startMs >= startMs && bucket.startMs < endMs);
    if (forgotten.length === 0) return kept;
    const both = [...kept, ...forgotten].sort((a, b) => a.startMs - b.startMs);
    return coarsen(both, stepMs, fromMs);
  }

  #newest(key: number, lastMs: number, count: number): Columns {
    let found = this.fresh(key, lastMs - WINDOW_REACH_HOURS * MS_PER_HOUR, Infinity);
    for (let reach = 0; found.times.length < count && reach < WINDOW_REACH_HOURS; reach++) {
      const startMs = (hourOf(lastMs) - reach) * MS_PER_HOUR;
      found = mergeColumns(this.chunks.readings(key, startMs, startMs + MS_PER_HOUR), found);
    }
    const from = Math.max(0, found.times.length - count);
    return { times: found.times.subarray(from), values: found.values.subarray(from) };
  }

  #span(): { first: number; last: number } | null {
    const packed = this.chunks.span();
    const fresh = [...this.#freshSpan()];
    const hours = packed ? [packed.first, packed.last, ...fresh] : fresh;
    return hours.length === 0 ? null : { first: Math.min(...hours), last: Math.max(...hours) };
  }

  *#freshSpan(): IterableIterator<number> {
    for (const source of [this.#unpacked, this.#packing])
      for (const key of source?.keys() ?? []) {
        const { times } = source?.columns(key) ?? { times: [] };
        for (const atMs of [times.at(0), times.at(-1)]) if (atMs !== undefined) yield hourOf(atMs);
      }
  }

  #noteLatest(key: number, { times, values }: Columns): void {
    const atMs = times.at(-1);
    const known = this.#latest.get(key);
    if (atMs !== undefined && (known === undefined || atMs >= known.atMs))
      this.#latest.set(key, { atMs, value: values.at(-1) ?? 0 });
  }
}

const nextDay = (hour: number): number => (Math.floor(hour / 24) + 1) * 24;

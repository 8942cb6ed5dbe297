import { MS_PER_DAY, MS_PER_HOUR } from "../domain/units.ts";
import { decodeChunk, encodeChunk } from "./chunk-codec.ts";
import { type Columns, joinColumns, mergeColumns, sliceColumns } from "./columns.ts";
import { decimalsOf } from "./decimals.ts";
import { type Bucket, bucketsOf, coarsen, decodeRollup, encodeRollup, mergeBuckets } from "./rollup.ts";
import type { Database } from "./sqlite-database.ts";

export const ROLLUP_MS = 300_000;
const PARTS = 64;
const KEYS = 2 ** 20;
/** A part of an hour that holds this many readings is left as it is when later ones come. */
const PART_READINGS = 4_096;

export const hourOf = (atMs: number): number => Math.floor(atMs / MS_PER_HOUR);
const idOf = (hour: number, key: number, part = 0): number => (hour * KEYS + key) * PARTS + part;
const dayId = (key: number, day: number): number => key * KEYS + day;

type Part = {
  id: number;
  first_ms: number;
  last_ms: number;
  count: number;
  rollup: Uint8Array;
  readings: Uint8Array | null;
};

/** Packed readings and rollups in SQLite (schema: migrations/sqlite/001-readings.sql). Transactions are the caller's. */
export class SqliteChunks {
  readonly #parts;
  readonly #rollups;
  readonly #insertChunk;
  readonly #insertRaw;
  readonly #deleteChunk;
  readonly #deleteRaw;
  readonly #days;
  readonly #insertDay;
  readonly #span;
  readonly #counts;
  readonly #nextHour;
  readonly #newestHour;
  readonly #keysOfHours;
  readonly #forgetRaw;

  constructor(db: Database) {
    this.#parts = db.prepare<[number, number], Part>(
      "SELECT chunk.id, first_ms, last_ms, count, rollup, readings FROM chunk LEFT JOIN raw ON raw.id = chunk.id WHERE chunk.id BETWEEN ? AND ? ORDER BY chunk.id",
    );
    this.#rollups = db.prepare<[number, number], Omit<Part, "readings">>(
      "SELECT id, first_ms, last_ms, count, rollup FROM chunk WHERE id BETWEEN ? AND ? ORDER BY id",
    );
    this.#insertChunk = db.prepare("INSERT OR REPLACE INTO chunk VALUES (?, ?, ?, ?, ?, ?, ?)");
    this.#insertRaw = db.prepare("INSERT OR REPLACE INTO raw VALUES (?, ?)");
    this.#deleteChunk = db.prepare("DELETE FROM chunk WHERE id = ?");
    this.#deleteRaw = db.prepare("DELETE FROM raw WHERE id = ?");
    this.#days = db.prepare<[number, number], { id: number; rollup: Uint8Array }>(
      "SELECT id, rollup FROM day WHERE id BETWEEN ? AND ? ORDER BY id",
    );
    this.#insertDay = db.prepare("INSERT OR REPLACE INTO day VALUES (?, ?)");
    this.#span = db.prepare<[], { first: number | null; last: number | null }>(
      "SELECT (SELECT min(hour) FROM chunk) AS first, (SELECT max(hour) FROM chunk) AS last",
    );
    this.#counts = db.prepare<[number, number, string | null, string | null], { hour: number; count: number }>(
      "SELECT hour, sum(count) AS count FROM chunk INDEXED BY chunk_by_hour WHERE hour BETWEEN ? AND ? AND (? IS NULL OR sensor_key IN (SELECT value FROM json_each(?))) GROUP BY hour",
    );
    this.#nextHour = db.prepare<[number, string | null, string | null], { hour: number }>(
      "SELECT hour FROM chunk INDEXED BY chunk_by_hour WHERE hour >= ? AND (? IS NULL OR sensor_key IN (SELECT value FROM json_each(?))) ORDER BY hour LIMIT 1",
    );
    this.#newestHour = db.prepare<[number], { hour: number }>(
      "SELECT hour FROM chunk INDEXED BY chunk_by_hour WHERE sensor_key = ? ORDER BY hour DESC LIMIT 1",
    );
    this.#keysOfHours = db.prepare<[number, number], { sensor_key: number }>(
      "SELECT DISTINCT sensor_key FROM chunk INDEXED BY chunk_by_hour WHERE hour BETWEEN ? AND ?",
    );
    this.#forgetRaw = db.prepare("DELETE FROM raw WHERE id < ?");
  }

  /** Adds a sensor's readings of one hour; where they share an instant with packed ones, they replace them. */
  pack(key: number, hour: number, added: Columns): void {
    const parts = this.#parts.all(idOf(hour, key), idOf(hour, key, PARTS - 1));
    const last = parts.at(-1);
    if (last === undefined) return this.#write(idOf(hour, key), hour, key, added);
    const firstAddedMs = added.times[0] ?? 0;
    if (firstAddedMs > last.last_ms && last.count >= PART_READINGS && last.id % PARTS < PARTS - 1)
      return this.#write(last.id + 1, hour, key, added);
    for (const [index, part] of parts.entries()) {
      const fromMs = index === 0 ? -Infinity : part.first_ms;
      const share = sliceColumns(added, fromMs, parts[index + 1]?.first_ms ?? Infinity);
      if (share.times.length > 0) this.#mergeInto(part, hour, key, share);
    }
  }

  /** Packed readings in [fromMs, toMs). */
  readings(key: number, fromMs: number, toMs: number): Columns {
    const found: Columns[] = [];
    this.#eachHour(fromMs, toMs, (hour) => {
      for (const { readings } of this.#parts.all(idOf(hour, key), idOf(hour, key, PARTS - 1)))
        if (readings) found.push(sliceColumns(decodeChunk(readings), fromMs, toMs));
    });
    return joinColumns(found);
  }

  /** A sensor's packed readings of an hour as 5-minute buckets. */
  buckets(key: number, hour: number): Bucket[] {
    const buckets: Bucket[] = [];
    for (const { rollup } of this.#rollups.all(idOf(hour, key), idOf(hour, key, PARTS - 1)))
      decodeRollup(rollup, hour * MS_PER_HOUR, ROLLUP_MS, buckets);
    return buckets;
  }

  /** A sensor's packed readings of days as hourly buckets; days that were rolled up only. */
  dailyBuckets(key: number, fromDay: number, toDay: number): Bucket[] {
    const buckets: Bucket[] = [];
    for (const { id, rollup } of this.#days.all(dayId(key, fromDay), dayId(key, toDay - 1)))
      decodeRollup(rollup, (id % KEYS) * MS_PER_DAY, MS_PER_HOUR, buckets);
    return buckets;
  }

  /** Writes the hourly rollup of a sensor's day from its 5-minute ones. */
  rollUpDay(key: number, day: number): void {
    const hours: Bucket[] = [];
    let decimals = 0;
    for (let hour = day * 24; hour < day * 24 + 24; hour++)
      for (const { rollup } of this.#rollups.all(idOf(hour, key), idOf(hour, key, PARTS - 1))) {
        const buckets: Bucket[] = [];
        decimals = Math.max(decimals, decodeRollup(rollup, hour * MS_PER_HOUR, ROLLUP_MS, buckets));
        hours.push(...coarsen(buckets, MS_PER_HOUR));
      }
    const merged = coarsen(hours, MS_PER_HOUR);
    this.#insertDay.run(dayId(key, day), encodeRollup(merged, day * MS_PER_DAY, MS_PER_HOUR, decimals));
  }

  /** False if there is no such packed reading. */
  remove(key: number, atMs: number): boolean {
    const hour = hourOf(atMs);
    const part = this.#parts
      .all(idOf(hour, key), idOf(hour, key, PARTS - 1))
      .find(({ first_ms, last_ms }) => first_ms <= atMs && atMs <= last_ms);
    if (!part?.readings) return false;
    const { times, values } = decodeChunk(part.readings);
    const kept = times.findIndex((time) => time === atMs);
    if (kept < 0) return false;
    if (times.length === 1) {
      this.#deleteChunk.run(part.id);
      this.#deleteRaw.run(part.id);
      return true;
    }
    const others = (column: Float64Array): Float64Array => column.filter((_, i) => i !== kept);
    this.#write(part.id, hour, key, { times: others(times), values: others(values) });
    return true;
  }

  /** First and last hour with anything in them, or null. */
  span(): { first: number; last: number } | null {
    const { first = null, last = null } = this.#span.get() ?? {};
    return first === null || last === null ? null : { first, last };
  }

  /** Packed readings of each hour in [fromHour, toHour], of these sensors (null: of all). */
  counts(fromHour: number, toHour: number, keys: readonly number[] | null): { hour: number; count: number }[] {
    const named = keys && JSON.stringify(keys);
    return this.#counts.all(fromHour, toHour, named, named);
  }

  /** First hour at or after `fromHour` with packed readings of these sensors. */
  nextHour(fromHour: number, keys: readonly number[] | null): number | null {
    const named = keys && JSON.stringify(keys);
    return this.#nextHour.get(fromHour, named, named)?.hour ?? null;
  }

  newestHour(key: number): number | null {
    return this.#newestHour.get(key)?.hour ?? null;
  }

  /** Sensors with packed readings in [fromHour, toHour]. */
  keysOf(fromHour: number, toHour: number): number[] {
    return this.#keysOfHours.all(fromHour, toHour).map(({ sensor_key }) => sensor_key);
  }

  /** Forgets readings, not rollups, of hours before. */
  forgetRaw(beforeHour: number): void {
    this.#forgetRaw.run(idOf(beforeHour, 0));
  }

  #mergeInto(part: Part, hour: number, key: number, added: Columns): void {
    if (part.readings) return this.#write(part.id, hour, key, mergeColumns(decodeChunk(part.readings), added));
    const old: Bucket[] = [];
    const decimals = decimalsOf(added.values, decodeRollup(part.rollup, hour * MS_PER_HOUR, ROLLUP_MS, old));
    const merged = mergeBuckets(old, bucketsOf(added, ROLLUP_MS));
    const firstMs = Math.min(part.first_ms, added.times[0] ?? Infinity);
    const lastMs = Math.max(part.last_ms, added.times.at(-1) ?? -Infinity);
    const rollup = encodeRollup(merged, hour * MS_PER_HOUR, ROLLUP_MS, decimals);
    this.#insertChunk.run(part.id, hour, key, firstMs, lastMs, part.count + added.times.length, rollup);
  }

  #write(id: number, hour: number, key: number, columns: Columns): void {
    const { times, values } = columns;
    const rollup = encodeRollup(bucketsOf(columns, ROLLUP_MS), hour * MS_PER_HOUR, ROLLUP_MS, decimalsOf(values));
    this.#insertChunk.run(id, hour, key, times[0], times.at(-1), times.length, rollup);
    this.#insertRaw.run(id, encodeChunk(columns));
  }

  #eachHour(fromMs: number, toMs: number, run: (hour: number) => void): void {
    const span = this.span();
    if (span === null) return;
    const last = Math.min(span.last, hourOf(toMs - 1));
    for (let hour = Math.max(span.first, hourOf(fromMs)); hour <= last; hour++) run(hour);
  }
}

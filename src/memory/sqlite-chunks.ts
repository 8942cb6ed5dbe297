import { MS_PER_DAY, MS_PER_HOUR } from "../domain/units.ts";
import { decodeChunk, encodeChunk } from "./chunk-codec.ts";
import { type Columns, joinColumns, mergeColumns, sliceColumns } from "./columns.ts";
import { decimalsOf } from "./decimals.ts";
import { type Bucket, bucketsOf, coarsen, decodeRollup, encodeRollup, mergeBuckets } from "./rollup.ts";
import type { Database } from "./sqlite-database.ts";

export const ROLLUP_MS = 300_000;
const PARTS = 64;
const KEYS = 2 ** 20;
const HOURS = 2 ** 22;
/** A part of an hour that holds this many readings is left as it is when later ones come. */
const PART_READINGS = 4_096;

export const hourOf = (atMs: number): number => Math.floor(atMs / MS_PER_HOUR);
const chunkId = (key: number, hour: number, part = 0): number => (key * HOURS + hour) * PARTS + part;
const rawId = (hour: number, key: number, part = 0): number => (hour * KEYS + key) * PARTS + part;
const dayId = (key: number, day: number): number => key * KEYS + day;

type Part = Readonly<{ id: number; first_ms: number; last_ms: number; count: number; rollup: Uint8Array }>;
type Raw = Readonly<{ readings: Uint8Array }>;

/** Packed readings and rollups in SQLite (schema: migrations/sqlite/001-readings.sql). Transactions are the caller's. */
export class SqliteChunks {
  readonly #parts;
  readonly #rollups;
  readonly #raws;
  readonly #raw;
  readonly #insertChunk;
  readonly #insertRaw;
  readonly #deleteChunk;
  readonly #deleteRaw;
  readonly #days;
  readonly #insertDay;
  readonly #readSpan;
  readonly #counts;
  readonly #nextHour;
  readonly #newestHour;
  readonly #keysOfHours;
  readonly #forgetRaw;
  #span: { first: number; last: number } | null | undefined;

  constructor(db: Database) {
    this.#parts = db.prepare<[number, number], Part>(
      "SELECT id, first_ms, last_ms, count, rollup FROM chunk WHERE id BETWEEN ? AND ? ORDER BY id",
    );
    this.#rollups = db.prepare<[number, number], { hour: number; rollup: Uint8Array }>(
      "SELECT hour, rollup FROM chunk WHERE id BETWEEN ? AND ? ORDER BY id",
    );
    this.#raws = db.prepare<[number, number], Raw>("SELECT readings FROM raw WHERE id BETWEEN ? AND ? ORDER BY id");
    this.#raw = db.prepare<[number], Raw>("SELECT readings FROM raw WHERE id = ?");
    this.#insertChunk = db.prepare("INSERT OR REPLACE INTO chunk VALUES (?, ?, ?, ?, ?, ?, ?)");
    this.#insertRaw = db.prepare("INSERT OR REPLACE INTO raw VALUES (?, ?)");
    this.#deleteChunk = db.prepare("DELETE FROM chunk WHERE id = ?");
    this.#deleteRaw = db.prepare("DELETE FROM raw WHERE id = ?");
    this.#days = db.prepare<[number, number], { id: number; rollup: Uint8Array }>(
      "SELECT id, rollup FROM day WHERE id BETWEEN ? AND ? ORDER BY id",
    );
    this.#insertDay = db.prepare("INSERT OR REPLACE INTO day VALUES (?, ?)");
    this.#readSpan = db.prepare<[], { first: number | null; last: number | null }>(
      "SELECT (SELECT min(hour) FROM chunk) AS first, (SELECT max(hour) FROM chunk) AS last",
    );
    this.#counts = db.prepare<[number, number, string | null, string | null], { hour: number; count: number }>(
      "SELECT hour, sum(count) AS count FROM chunk INDEXED BY chunk_by_hour WHERE hour BETWEEN ? AND ? AND (? IS NULL OR sensor_key IN (SELECT value FROM json_each(?))) GROUP BY hour",
    );
    this.#nextHour = db.prepare<[number, string | null, string | null], { hour: number }>(
      "SELECT hour FROM chunk INDEXED BY chunk_by_hour WHERE hour >= ? AND (? IS NULL OR sensor_key IN (SELECT value FROM json_each(?))) ORDER BY hour LIMIT 1",
    );
    this.#newestHour = db.prepare<[number, number], { hour: number }>(
      "SELECT hour FROM chunk WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1",
    );
    this.#keysOfHours = db.prepare<[number, number], { sensor_key: number }>(
      "SELECT DISTINCT sensor_key FROM chunk INDEXED BY chunk_by_hour WHERE hour BETWEEN ? AND ?",
    );
    this.#forgetRaw = db.prepare("DELETE FROM raw WHERE id < ?");
  }

  /** Adds a sensor's readings of one hour; where they share an instant with packed ones, they replace them. */
  pack(key: number, hour: number, added: Columns): void {
    const parts = this.#partsOf(key, hour);
    const last = parts.at(-1);
    if (last === undefined) return this.#write(key, hour, 0, added);
    const firstAddedMs = added.times[0] ?? 0;
    if (firstAddedMs > last.last_ms && last.count >= PART_READINGS && partOf(last) < PARTS - 1)
      return this.#write(key, hour, partOf(last) + 1, added);
    for (const [index, part] of parts.entries()) {
      const fromMs = index === 0 ? -Infinity : part.first_ms;
      const share = sliceColumns(added, fromMs, parts[index + 1]?.first_ms ?? Infinity);
      if (share.times.length > 0) this.#mergeInto(part, key, hour, share);
    }
  }

  /** Packed readings in [fromMs, toMs). */
  readings(key: number, fromMs: number, toMs: number): Columns {
    const span = this.span();
    const found: Columns[] = [];
    const last = Math.min(span?.last ?? -1, hourOf(toMs - 1));
    for (let hour = Math.max(span?.first ?? 0, hourOf(fromMs)); hour <= last; hour++)
      for (const { readings } of this.#raws.all(rawId(hour, key), rawId(hour, key, PARTS - 1)))
        found.push(sliceColumns(decodeChunk(readings), fromMs, toMs));
    return joinColumns(found);
  }

  /** A sensor's packed readings of [fromHour, toHour) as 5-minute buckets. */
  buckets(key: number, fromHour: number, toHour: number): Bucket[] {
    const buckets: Bucket[] = [];
    for (const { hour, rollup } of this.#rollups.all(chunkId(key, fromHour), chunkId(key, toHour) - 1))
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
    const fine: Bucket[] = [];
    let decimals = 0;
    for (const { hour, rollup } of this.#rollups.all(chunkId(key, day * 24), chunkId(key, day * 24 + 24) - 1))
      decimals = Math.max(decimals, decodeRollup(rollup, hour * MS_PER_HOUR, ROLLUP_MS, fine));
    const hours = encodeRollup(coarsen(fine, MS_PER_HOUR), day * MS_PER_DAY, MS_PER_HOUR, decimals);
    this.#insertDay.run(dayId(key, day), hours);
  }

  /** False if there is no such packed reading. */
  remove(key: number, atMs: number): boolean {
    const hour = hourOf(atMs);
    const part = this.#partsOf(key, hour).find(({ first_ms, last_ms }) => first_ms <= atMs && atMs <= last_ms);
    const raw = part && this.#raw.get(rawId(hour, key, partOf(part)));
    if (!raw) return false;
    const { times, values } = decodeChunk(raw.readings);
    const at = times.indexOf(atMs);
    if (at < 0) return false;
    if (times.length === 1) {
      this.#deleteChunk.run(part.id);
      this.#deleteRaw.run(rawId(hour, key, partOf(part)));
      this.#span = undefined;
      return true;
    }
    const others = (column: Float64Array): Float64Array => column.filter((_, i) => i !== at);
    this.#write(key, hour, partOf(part), { times: others(times), values: others(values) });
    return true;
  }

  /** First and last hour with anything in them, or null. */
  span(): Readonly<{ first: number; last: number }> | null {
    if (this.#span !== undefined) return this.#span;
    const { first = null, last = null } = this.#readSpan.get() ?? {};
    this.#span = first === null || last === null ? null : { first, last };
    return this.#span;
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
    return this.#newestHour.get(chunkId(key, 0), chunkId(key + 1, 0) - 1)?.hour ?? null;
  }

  /** Sensors with packed readings in [fromHour, toHour]. */
  keysOf(fromHour: number, toHour: number): number[] {
    return this.#keysOfHours.all(fromHour, toHour).map(({ sensor_key }) => sensor_key);
  }

  /** Forgets readings, not rollups, of hours before. */
  forgetRaw(beforeHour: number): void {
    this.#forgetRaw.run(rawId(beforeHour, 0));
  }

  #partsOf(key: number, hour: number): Part[] {
    return this.#parts.all(chunkId(key, hour), chunkId(key, hour, PARTS - 1));
  }

  #mergeInto(part: Part, key: number, hour: number, added: Columns): void {
    const raw = this.#raw.get(rawId(hour, key, partOf(part)));
    if (raw) return this.#write(key, hour, partOf(part), mergeColumns(decodeChunk(raw.readings), added));
    const old: Bucket[] = [];
    const decimals = decimalsOf(added.values, decodeRollup(part.rollup, hour * MS_PER_HOUR, ROLLUP_MS, old));
    const merged = mergeBuckets(old, bucketsOf(added, ROLLUP_MS));
    const firstMs = Math.min(part.first_ms, added.times[0] ?? Infinity);
    const lastMs = Math.max(part.last_ms, added.times.at(-1) ?? -Infinity);
    const rollup = encodeRollup(merged, hour * MS_PER_HOUR, ROLLUP_MS, decimals);
    this.#insertChunk.run(part.id, hour, key, firstMs, lastMs, part.count + added.times.length, rollup);
  }

  #write(key: number, hour: number, part: number, columns: Columns): void {
    const { times, values } = columns;
    const rollup = encodeRollup(bucketsOf(columns, ROLLUP_MS), hour * MS_PER_HOUR, ROLLUP_MS, decimalsOf(values));
    this.#insertChunk.run(chunkId(key, hour, part), hour, key, times[0], times.at(-1), times.length, rollup);
    this.#insertRaw.run(rawId(hour, key, part), encodeChunk(columns));
    const span = this.span();
    this.#span = { first: Math.min(span?.first ?? hour, hour), last: Math.max(span?.last ?? hour, hour) };
  }
}

const partOf = ({ id }: Part): number => id % PARTS;

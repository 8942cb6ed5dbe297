import { MS_PER_DAY, MS_PER_HOUR } from "../domain/units.ts";
import { type Columns, EMPTY_COLUMNS, mergeColumns, sliceColumns } from "./columns.ts";
import { decimalsOf } from "./decimals.ts";
import { type Bucket, bucketsOf, coarsen, decodeRollup, encodeRollup, mergeBuckets } from "./rollup.ts";
import type { Database } from "./sqlite-database.ts";
import { hourOf, PARTS, SqliteRaw } from "./sqlite-raw.ts";

export const ROLLUP_MS = 300_000;
const KEYS = 2 ** 20;
const HOURS = 2 ** 22;
/** A part of an hour that holds this many readings is left as it is when later ones come. */
const PART_READINGS = 4_096;

const chunkId = (key: number, hour: number, part = 0): number => (key * HOURS + hour) * PARTS + part;
const dayId = (key: number, day: number): number => key * KEYS + day;

type Rollup = Readonly<{ hour: number; rollup: Uint8Array }>;
/** `received_hour`: null where the readings are forgotten and only the rollup is left. */
type Part = Readonly<{
  id: number;
  first_ms: number;
  last_ms: number;
  count: number;
  rollup: Uint8Array;
  received_hour: number | null;
}>;

/**
 * Rollups of packed readings, and the readings themselves as long as they are kept, in SQLite (schema:
 * migrations/sqlite/001-readings.sql). The kept parts of an hour are disjoint in time; what comes after readings were
 * forgotten is a part of its own beside their rollup. Transactions are the caller's.
 */
export class SqliteChunks {
  readonly raw: SqliteRaw;
  readonly #parts;
  readonly #rollups;
  readonly #forgotten;
  readonly #insertChunk;
  readonly #deleteChunk;
  readonly #days;
  readonly #insertDay;
  readonly #readSpan;
  readonly #newestHour;
  readonly #keysOfHours;
  #span: { first: number; last: number } | null | undefined;

  constructor(db: Database) {
    this.raw = new SqliteRaw(db);
    const itsKept = `kept.hour = chunk.hour AND kept.sensor_key = chunk.sensor_key AND kept.part = chunk.id % ${PARTS}`;
    this.#parts = db.prepare<[number, number], Part>(
      `SELECT chunk.id, first_ms, last_ms, chunk.count, rollup, received_hour FROM chunk LEFT JOIN kept ON ${itsKept}
       WHERE chunk.id BETWEEN ? AND ? ORDER BY chunk.id`,
    );
    this.#rollups = db.prepare<[number, number], Rollup>(
      "SELECT hour, rollup FROM chunk WHERE id BETWEEN ? AND ? ORDER BY id",
    );
    this.#forgotten = db.prepare<[number, number], Rollup>(
      `SELECT hour, rollup FROM chunk WHERE id BETWEEN ? AND ? AND NOT EXISTS (SELECT 1 FROM kept WHERE ${itsKept}) ORDER BY id`,
    );
    this.#insertChunk = db.prepare("INSERT OR REPLACE INTO chunk VALUES (?, ?, ?, ?, ?, ?, ?)");
    this.#deleteChunk = db.prepare("DELETE FROM chunk WHERE id = ?");
    this.#days = db.prepare<[number, number], { id: number; rollup: Uint8Array }>(
      "SELECT id, rollup FROM day WHERE id BETWEEN ? AND ? ORDER BY id",
    );
    this.#insertDay = db.prepare("INSERT OR REPLACE INTO day VALUES (?, ?)");
    this.#readSpan = db.prepare<[], { first: number | null; last: number | null }>(
      "SELECT (SELECT min(hour) FROM chunk) AS first, (SELECT max(hour) FROM chunk) AS last",
    );
    this.#newestHour = db.prepare<[number, number], { hour: number }>(
      `SELECT hour FROM chunk WHERE id BETWEEN ? AND ? AND EXISTS (SELECT 1 FROM kept WHERE ${itsKept}) ORDER BY id DESC LIMIT 1`,
    );
    this.#keysOfHours = db.prepare<[number, number], { sensor_key: number }>(
      "SELECT DISTINCT sensor_key FROM chunk INDEXED BY chunk_by_hour WHERE hour BETWEEN ? AND ?",
    );
  }

  /**
   * Adds a sensor's readings of one hour; where they share an instant with kept ones, they replace them.
   * @param receivedHour hour of the history's age; what they are packed with counts as received then
   */
  pack(key: number, hour: number, added: Columns, receivedHour: number): void {
    const parts = this.#partsOf(key, hour);
    const kept = parts.filter(({ received_hour }) => received_hour !== null);
    const last = kept.at(-1);
    if (last === undefined) return this.#write(key, hour, this.#foldForgotten(key, hour, parts), added, receivedHour);
    const next = Math.max(...parts.map(partOf)) + 1;
    if ((added.times[0] ?? 0) > last.last_ms && last.count >= PART_READINGS && next < PARTS)
      return this.#write(key, hour, next, added, receivedHour);
    for (const [index, part] of kept.entries()) {
      const fromMs = index === 0 ? -Infinity : part.first_ms;
      const share = sliceColumns(added, fromMs, kept[index + 1]?.first_ms ?? Infinity);
      if (share.times.length === 0) continue;
      const before = this.raw.get(hour, key, partOf(part)) ?? EMPTY_COLUMNS;
      const renewedHour = Math.max(receivedHour, part.received_hour ?? 0);
      this.#write(key, hour, partOf(part), mergeColumns(before, share), renewedHour);
    }
  }

  /** Packed readings that are kept in [fromMs, toMs). */
  readings(key: number, fromMs: number, toMs: number): Columns {
    const span = this.span();
    if (span === null) return EMPTY_COLUMNS;
    return this.raw.readings(
      key,
      Math.max(fromMs, span.first * MS_PER_HOUR),
      Math.min(toMs, (span.last + 1) * MS_PER_HOUR),
    );
  }

  /** A sensor's packed readings of [fromHour, toHour) as 5-minute buckets in order, some starting together. */
  buckets(key: number, fromHour: number, toHour: number): Bucket[] {
    return inOrder(this.#rollups.all(chunkId(key, fromHour), chunkId(key, toHour) - 1)).buckets;
  }

  /** As `buckets`, of an hour's forgotten readings only. */
  forgottenBuckets(key: number, hour: number): Bucket[] {
    return inOrder(this.#forgotten.all(chunkId(key, hour), chunkId(key, hour, PARTS - 1))).buckets;
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
    const { buckets, decimals } = inOrder(this.#rollups.all(chunkId(key, day * 24), chunkId(key, day * 24 + 24) - 1));
    const hours = encodeRollup(coarsen(buckets, MS_PER_HOUR), day * MS_PER_DAY, MS_PER_HOUR, decimals);
    this.#insertDay.run(dayId(key, day), hours);
  }

  /** False if no such packed reading is kept. */
  remove(key: number, atMs: number): boolean {
    const hour = hourOf(atMs);
    const part = this.#partsOf(key, hour).find(
      ({ first_ms, last_ms, received_hour }) => received_hour !== null && first_ms <= atMs && atMs <= last_ms,
    );
    const columns = part && this.raw.get(hour, key, partOf(part));
    const at = columns?.times.indexOf(atMs) ?? -1;
    if (!part || !columns || at < 0) return false;
    if (columns.times.length === 1) {
      this.#deleteChunk.run(part.id);
      this.raw.delete(hour, key, partOf(part));
      this.#span = undefined;
      return true;
    }
    const others = (column: Float64Array): Float64Array => column.filter((_, i) => i !== at);
    const rest = { times: others(columns.times), values: others(columns.values) };
    this.#write(key, hour, partOf(part), rest, part.received_hour ?? 0);
    return true;
  }

  /** After a damage: rollups and readings agree again, as far as they are there. */
  mend(receivedHour: number): void {
    for (const { hour, key, part } of this.raw.mend()) {
      const columns = this.raw.get(hour, key, part);
      if (columns && columns.times.length > 0) this.#write(key, hour, part, columns, receivedHour);
      else this.raw.delete(hour, key, part);
    }
  }

  /** First and last hour with anything in them, or null. */
  span(): Readonly<{ first: number; last: number }> | null {
    if (this.#span !== undefined) return this.#span;
    const { first = null, last = null } = this.#readSpan.get() ?? {};
    this.#span = first === null || last === null ? null : { first, last };
    return this.#span;
  }

  /** Newest hour of which a sensor's readings are kept, or null. */
  newestHour(key: number): number | null {
    return this.#newestHour.get(chunkId(key, 0), chunkId(key + 1, 0) - 1)?.hour ?? null;
  }

  /** Sensors with packed readings in [fromHour, toHour]. */
  keysOf(fromHour: number, toHour: number): number[] {
    return this.#keysOfHours.all(fromHour, toHour).map(({ sensor_key }) => sensor_key);
  }

  #partsOf(key: number, hour: number): Part[] {
    return this.#parts.all(chunkId(key, hour), chunkId(key, hour, PARTS - 1));
  }

  /** Puts what is left of forgotten parts into one. Returns the first free part. */
  #foldForgotten(key: number, hour: number, parts: readonly Part[]): number {
    const [first] = parts;
    if (first === undefined) return 0;
    if (parts.length === 1 && partOf(first) === 0) return 1;
    const { buckets, decimals } = inOrder(parts.map(({ rollup }) => ({ hour, rollup })));
    for (const { id } of parts) this.#deleteChunk.run(id);
    this.#insertChunk.run(
      chunkId(key, hour),
      hour,
      key,
      Math.min(...parts.map(({ first_ms }) => first_ms)),
      Math.max(...parts.map(({ last_ms }) => last_ms)),
      parts.reduce((total, { count }) => total + count, 0),
      encodeRollup(mergeBuckets([], buckets), hour * MS_PER_HOUR, ROLLUP_MS, decimals),
    );
    return 1;
  }

  #write(key: number, hour: number, part: number, columns: Columns, receivedHour: number): void {
    const { times, values } = columns;
    const rollup = encodeRollup(bucketsOf(columns, ROLLUP_MS), hour * MS_PER_HOUR, ROLLUP_MS, decimalsOf(values));
    this.#insertChunk.run(chunkId(key, hour, part), hour, key, times[0], times.at(-1), times.length, rollup);
    this.raw.put(hour, key, part, columns, receivedHour);
    const span = this.span();
    this.#span = { first: Math.min(span?.first ?? hour, hour), last: Math.max(span?.last ?? hour, hour) };
  }
}

const partOf = ({ id }: Pick<Part, "id">): number => id % PARTS;

/** Buckets of rollups in order of their start, and the most decimals any of them has. */
function inOrder(rollups: readonly Rollup[]): { buckets: Bucket[]; decimals: number } {
  const buckets: Bucket[] = [];
  let decimals = 0;
  for (const { hour, rollup } of rollups)
    decimals = Math.max(decimals, decodeRollup(rollup, hour * MS_PER_HOUR, ROLLUP_MS, buckets));
  for (let i = 1; i < buckets.length; i++)
    if ((buckets[i]?.startMs ?? 0) < (buckets[i - 1]?.startMs ?? 0)) {
      buckets.sort((a, b) => a.startMs - b.startMs);
      break;
    }
  return { buckets, decimals };
}

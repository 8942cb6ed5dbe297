import { MS_PER_HOUR } from "../domain/units.ts";
import { decodeChunk, encodeChunk } from "./chunk-codec.ts";
import { type Columns, joinColumns, sliceColumns } from "./columns.ts";
import type { Database } from "./sqlite-database.ts";

/** An hour of a sensor is kept in at most this many parts. */
export const PARTS = 64;
const KEYS = 2 ** 20;
const HOURS = 2 ** 22;

export const hourOf = (atMs: number): number => Math.floor(atMs / MS_PER_HOUR);
const rawId = (hour: number, key: number, part = 0): number => (hour * KEYS + key) * PARTS + part;

type Kept = Readonly<{ hour: number; sensor_key: number; part: number }>;

/**
 * Packed readings as long as they are kept, and when they were received (schema: migrations/sqlite/001-readings.sql and
 * 004-received.sql). Transactions are the caller's.
 */
export class SqliteRaw {
  readonly #raws;
  readonly #raw;
  readonly #insertRaw;
  readonly #insertKept;
  readonly #deleteRaw;
  readonly #deleteKept;
  readonly #counts;
  readonly #nextHour;
  readonly #keysOfHour;
  readonly #newestReceived;
  readonly #receivedBefore;
  readonly #deleteLost;
  readonly #strays;

  constructor(db: Database) {
    this.#raws = db
      .prepare<[number, number], Uint8Array>("SELECT readings FROM raw WHERE id BETWEEN ? AND ? ORDER BY id")
      .pluck();
    this.#raw = db.prepare<[number], Uint8Array>("SELECT readings FROM raw WHERE id = ?").pluck();
    this.#insertRaw = db.prepare("INSERT OR REPLACE INTO raw VALUES (?, ?)");
    this.#insertKept = db.prepare("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?, ?)");
    this.#deleteRaw = db.prepare("DELETE FROM raw WHERE id = ?");
    this.#deleteKept = db.prepare("DELETE FROM kept WHERE hour = ? AND sensor_key = ? AND part = ?");
    const named = "(? IS NULL OR sensor_key IN (SELECT value FROM json_each(?)))";
    this.#counts = db.prepare<[number, number, string | null, string | null], { hour: number; count: number }>(
      `SELECT hour, sum(count) AS count FROM kept WHERE hour BETWEEN ? AND ? AND ${named} GROUP BY hour`,
    );
    this.#nextHour = db
      .prepare<[number, string | null, string | null], number>(
        `SELECT hour FROM kept WHERE hour >= ? AND ${named} ORDER BY hour LIMIT 1`,
      )
      .pluck();
    this.#keysOfHour = db.prepare<[number], number>("SELECT DISTINCT sensor_key FROM kept WHERE hour = ?").pluck();
    this.#newestReceived = db.prepare<[], number | null>("SELECT max(received_hour) FROM kept").pluck();
    this.#receivedBefore = db.prepare<[number, number], Kept>(
      "SELECT hour, sensor_key, part FROM kept INDEXED BY kept_by_received WHERE received_hour < ? ORDER BY received_hour LIMIT ?",
    );
    this.#deleteLost = db.prepare(
      `DELETE FROM kept WHERE NOT EXISTS (SELECT 1 FROM raw WHERE id = (hour * ${KEYS} + sensor_key) * ${PARTS} + part)`,
    );
    this.#strays = db.prepare<[], Kept>(
      `SELECT place.* FROM (SELECT id / ${PARTS * KEYS} AS hour, id / ${PARTS} % ${KEYS} AS sensor_key, id % ${PARTS} AS part FROM raw) AS place
       LEFT JOIN kept USING (hour, sensor_key, part)
       LEFT JOIN chunk ON chunk.id = (place.sensor_key * ${HOURS} + place.hour) * ${PARTS} + place.part
       WHERE kept.count IS NULL OR chunk.count IS NULL`,
    );
  }

  /** Readings of a part, undefined where they are not kept. */
  get(hour: number, key: number, part: number): Columns | undefined {
    const readings = this.#raw.get(rawId(hour, key, part));
    return readings && decodeChunk(readings);
  }

  put(hour: number, key: number, part: number, columns: Columns, receivedHour: number): void {
    this.#insertRaw.run(rawId(hour, key, part), encodeChunk(columns));
    this.#insertKept.run(hour, key, part, columns.times.length, receivedHour);
  }

  delete(hour: number, key: number, part: number): void {
    this.#deleteRaw.run(rawId(hour, key, part));
    this.#deleteKept.run(hour, key, part);
  }

  /** A sensor's readings in [fromMs, toMs). */
  readings(key: number, fromMs: number, toMs: number): Columns {
    const found: Columns[] = [];
    for (let hour = hourOf(fromMs); hour <= hourOf(toMs - 1); hour++)
      for (const readings of this.#raws.all(rawId(hour, key), rawId(hour, key, PARTS - 1)))
        found.push(sliceColumns(decodeChunk(readings), fromMs, toMs));
    return joinColumns(found);
  }

  /** Readings of each hour in [fromHour, toHour], of these sensors (null: of all). */
  counts(fromHour: number, toHour: number, keys: readonly number[] | null): { hour: number; count: number }[] {
    const named = keys && JSON.stringify(keys);
    return this.#counts.all(fromHour, toHour, named, named);
  }

  /** First hour at or after `fromHour` with readings of these sensors. */
  nextHour(fromHour: number, keys: readonly number[] | null): number | null {
    const named = keys && JSON.stringify(keys);
    return this.#nextHour.get(fromHour, named, named) ?? null;
  }

  /** Sensors with readings in an hour. */
  keysOf(hour: number): number[] {
    return this.#keysOfHour.all(hour);
  }

  /** The hour of the history's age in which the newest were received, or null. */
  newestReceivedHour(): number | null {
    return this.#newestReceived.get() ?? null;
  }

  /** Forgets parts, at most so many, that were received before an hour of the history's age. Returns whether there are more. */
  forget(beforeHour: number, most: number): boolean {
    const found = this.#receivedBefore.all(beforeHour, most);
    for (const { hour, sensor_key, part } of found) this.delete(hour, sensor_key, part);
    return found.length === most;
  }

  /** After a damage: what is not there is not kept. Returns the places of readings of which nothing else is known. */
  mend(): readonly Readonly<{ hour: number; key: number; part: number }>[] {
    this.#deleteLost.run();
    return this.#strays.all().map(({ hour, sensor_key, part }) => ({ hour, key: sensor_key, part }));
  }
}

import type { SensorKey } from "./journal.ts";
import type { KeptReadings } from "./kept-readings.ts";
import type { Database } from "./sqlite-database.ts";

/** The short names of sensors: all that are known, and those the database does not have yet. */
export class SqliteNames {
  readonly #keys = new Map<number, string>();
  #unwritten: SensorKey[] = [];

  all(): SensorKey[] {
    return [...this.#keys];
  }

  /** Of the journal or the database; one that is known stays what it is where `known` says so. */
  learn(keys: Iterable<SensorKey>, known: "replace" | "keep" = "replace"): void {
    for (const [key, sensorId] of keys) if (known === "replace" || !this.#keys.has(key)) this.#keys.set(key, sensorId);
  }

  /** To be written with the next `write`. */
  note(defined: readonly SensorKey[]): void {
    this.learn(defined);
    this.#unwritten.push(...defined);
  }

  read(db: Database): void {
    const rows = db.prepare("SELECT sensor_key, sensor_id FROM sensor").all() as {
      sensor_key: number;
      sensor_id: string;
    }[];
    this.learn(rows.map(({ sensor_key, sensor_id }) => [sensor_key, sensor_id]));
  }

  write(kept: KeptReadings): void {
    if (this.#unwritten.length === 0) return;
    kept.define(this.#unwritten);
    this.#unwritten = [];
  }

  /** After a salvage there may be readings of sensors whose names are lost: they get one, and all are written. */
  nameOrphans(db: Database, kept: KeptReadings): void {
    const orphans = db
      .prepare("SELECT DISTINCT sensor_key FROM chunk WHERE sensor_key NOT IN (SELECT sensor_key FROM sensor)")
      .pluck()
      .all() as number[];
    this.learn(
      orphans.map((key) => [key, `recovered_${key}`]),
      "keep",
    );
    kept.define(this.all());
  }
}

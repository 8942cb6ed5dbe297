import type { Database } from "./sqlite-database.ts";

/** Numbers that a history keeps about itself: schema in migrations/sqlite/001-readings.sql. */
export class SqliteMeta {
  readonly #read;
  readonly #write;
  readonly #known = new Map<string, number | null>();

  constructor(db: Database) {
    this.#read = db.prepare<[string], number>("SELECT value FROM meta WHERE name = ?").pluck();
    this.#write = db.prepare("INSERT OR REPLACE INTO meta VALUES (?, ?)");
  }

  get(name: string): number | null {
    let value = this.#known.get(name);
    if (value === undefined) this.#known.set(name, (value = this.#read.get(name) ?? null));
    return value;
  }

  /** What was set may have been taken back with its transaction. */
  forgetKnown(): void {
    this.#known.clear();
  }

  set(name: string, value: number): void {
    this.#write.run(name, value);
    this.#known.set(name, value);
  }
}

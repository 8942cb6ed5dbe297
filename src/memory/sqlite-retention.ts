import { MS_PER_DAY, MS_PER_HOUR } from "../domain/units.ts";
import { HistoryAge } from "./history-age.ts";
import { KEEP_DAYS } from "./keep-days.ts";
import { type Database, isPassing } from "./sqlite-database.ts";
import type { SqliteMeta } from "./sqlite-meta.ts";
import { hourOf, type SqliteRaw } from "./sqlite-raw.ts";
import { Steadiness } from "./steadiness.ts";

/** Parts of hours that are forgotten at once. */
const SLICE_PARTS = 500;
const monotonicMs = (): number => performance.now();

/**
 * Forgets: raw readings by when they were received, in slices, and what is listed by its own time.
 * @see docs/decisions/0007-history-journal-and-chunks.md
 */
export class SqliteRetention {
  readonly #db: Database;
  readonly #raw: SqliteRaw;
  readonly #meta: SqliteMeta;
  readonly #keepRawMs: number;
  readonly #age: HistoryAge;
  readonly #steadiness = new Steadiness(monotonicMs);
  #due = false;

  /** What passed since the history was closed counts, if it can be written now. */
  constructor(db: Database, raw: SqliteRaw, meta: SqliteMeta, keepRawDays: number, nowMs: number) {
    this.#db = db;
    this.#raw = raw;
    this.#meta = meta;
    this.#keepRawMs = keepRawDays * MS_PER_DAY;
    this.#steadiness.observe(nowMs, meta.get("maintained_ms"));
    // A history that was damaged may have lost its age: it is at least that of its newest readings.
    const knownMs = Math.max(meta.get("age_ms") ?? 0, (raw.newestReceivedHour() ?? 0) * MS_PER_HOUR);
    this.#age = new HistoryAge(monotonicMs, knownMs);
    try {
      db.transaction(() => this.#grow(nowMs, knownMs))();
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
  }

  /** Hour of the history's age: what is packed now was received then, or before. */
  receivedHour(): number {
    return hourOf(this.#age.ms());
  }

  /** Takes note of the clock, and forgets what is listed by time where that can be trusted. */
  observe(nowMs: number): void {
    const steady = this.#steadiness.observe(nowMs, this.#meta.get("maintained_ms"));
    this.#db.transaction(() => {
      if (steady)
        for (const [table, where, days] of KEEP_DAYS)
          this.#db.prepare(`DELETE FROM ${table} WHERE ${where}`).run(nowMs - days * MS_PER_DAY);
      this.#grow(nowMs, this.#meta.get("age_ms") ?? 0);
    })();
    this.#due = true;
  }

  /** Whether raw readings may be there to forget. */
  due(): boolean {
    return this.#due;
  }

  /** Forgets some of the raw readings that were kept long enough. */
  forgetSlice(): void {
    const beforeHour = hourOf((this.#meta.get("age_ms") ?? 0) - this.#keepRawMs);
    this.#due = this.#db.transaction(() => this.#raw.forget(beforeHour, SLICE_PARTS))();
  }

  #grow(nowMs: number, ageMs: number): void {
    this.#meta.set("age_ms", this.#age.observe(nowMs, ageMs, this.#meta.get("maintained_ms")));
    this.#meta.set("maintained_ms", nowMs);
  }
}

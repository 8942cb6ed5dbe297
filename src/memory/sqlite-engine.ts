import path from "node:path";
import { MS_PER_DAY, MS_PER_HOUR } from "../domain/units.ts";
import { Deliveries } from "./deliveries.ts";
import { keepRemains, keptRemains } from "./journal-remains.ts";
import { Journal, type ReadingBatch, type SensorKey } from "./journal.ts";
import { KeptReadings } from "./kept-readings.ts";
import { ReadingPages } from "./reading-pages.ts";
import type { ReadingRows } from "./reading-rows.ts";
import { columnsOfPoints, type SeriesColumns } from "./series-columns.ts";
import { type Database, isDamage, isPassing } from "./sqlite-database.ts";
import { SqliteMeta } from "./sqlite-meta.ts";
import { SqliteNames } from "./sqlite-names.ts";
import { SqliteRetention } from "./sqlite-retention.ts";
import { type OpenedDatabase, openOrSalvage, replaceDamaged } from "./sqlite-salvage.ts";
import { SqliteStatements } from "./sqlite-statements.ts";
import type { Row, SqlStatement } from "./sql-statement.ts";
import { Unpacked } from "./unpacked.ts";
import { hasRoom, WriteTrouble } from "./write-trouble.ts";

export type SqliteEngineOptions = Readonly<{
  /** Null: everything in memory, nothing survives. */
  folder: string | null;
  keepRawDays: number;
  /** Packs as soon as this many readings wait. */
  packAtReadings: number;
  /** Packs after this time, if `packAtLeast` readings wait; after a day in any case. */
  packEveryMs: number;
  /** After an append, `sync` is called within this time. 0: a batch is on the disk itself before it is acknowledged. */
  syncEveryMs: number;
}>;
export type Opened = Readonly<{ keys: readonly SensorKey[]; notices: readonly string[] }>;

const PACK_AT_LEAST = 20_000;
const SLICE_READINGS = 4_000;
/** Packed segments are kept in case the database is damaged, while they are no more than this share of it. */
const KEPT_SHARE = 1 / 20;
const BACKUP_AT_MOST_MS = 2 * MS_PER_HOUR;

/**
 * The history behind one thread: journal, unpacked readings and the SQLite file. Every call is short; packing and
 * forgetting go on in slices that `work` is called for. Errors are SQLite's and the file system's.
 */
export class SqliteEngine {
  readonly #options: SqliteEngineOptions;
  readonly #journalFolder: string | null;
  readonly #journal: Journal | null;
  readonly #names = new SqliteNames();
  readonly #notices: string[] = [];
  readonly #deliveries = new Deliveries();
  readonly #trouble: WriteTrouble;
  readonly #journalTrouble: WriteTrouble;
  #db: Database;
  #statements: SqliteStatements;
  #kept: KeptReadings;
  #pages: ReadingPages;
  #meta: SqliteMeta;
  #retention: SqliteRetention;
  #closedSegment = 0;
  #unpackedSinceMs: number | null = null;
  #backupSinceMs: number | null = null;

  constructor(options: SqliteEngineOptions, nowMs: number) {
    this.#options = options;
    this.#journalFolder = options.folder === null ? null : path.join(options.folder, "journal");
    this.#journal = this.#journalFolder === null ? null : new Journal(this.#journalFolder);
    const room = (): boolean => options.folder === null || hasRoom(options.folder);
    this.#trouble = new WriteTrouble(room);
    this.#journalTrouble = new WriteTrouble(room);
    this.#db = this.#noted(openOrSalvage(this.#file(), nowMs));
    this.#statements = new SqliteStatements(this.#db);
    this.#kept = new KeptReadings(this.#db, new Unpacked());
    this.#pages = new ReadingPages(this.#kept);
    this.#meta = new SqliteMeta(this.#db);
    this.#retention = this.#retain(nowMs);
    this.#names.read(this.#db);
    this.#replay();
    if (this.#notices.length > 0) this.#mend();
  }

  opened(): Opened {
    return { keys: this.#names.all(), notices: this.#notices };
  }

  unpackedReadings(): number {
    return this.#kept.unpackedReadings();
  }

  /** Why SQLite or the journal could not be written the last time, or null. */
  trouble(): string | null {
    return this.#trouble.current() ?? this.#journalTrouble.current();
  }

  append(defined: readonly SensorKey[], batch: ReadingBatch): void {
    const fresh = this.#deliveries.withoutRepeated(batch);
    try {
      this.#journal?.append({ defined, batch: fresh });
      this.#journalTrouble.written();
    } catch (error) {
      this.#journalTrouble.failed(error);
      throw error;
    }
    if (this.#options.syncEveryMs === 0) this.#journal?.sync();
    this.#deliveries.remember(fresh);
    this.#noteKeys(defined);
    this.#kept.push(fresh);
    if (this.#kept.unpackedReadings() >= this.#options.packAtReadings) this.#startPacking();
  }

  /** What was appended before comes onto the disk itself, or a notice says that it could not be forced there. */
  sync(): void {
    this.#journal?.syncMeanwhile((error) => {
      this.#notices.push(`the journal could not be forced onto the disk: ${String(error)}`);
    });
  }

  /** Goes on with packing or forgetting for a few milliseconds. Returns whether there is more to do. */
  work(): boolean {
    if (this.#backupSinceMs !== null) return false;
    return this.#writing(() => {
      if (this.#kept.packing()) {
        this.#names.write(this.#kept);
        const receivedHour = this.#retention.receivedHour();
        this.#db.transaction(() => this.#kept.packSlice(SLICE_READINGS, this.#rolledUntilDay(), receivedHour))();
        this.#kept.packedSlice();
        if (!this.#kept.packing()) this.#finishPacking();
      } else if (this.#retention.due()) this.#retention.forgetSlice();
      return this.#kept.packing() || this.#retention.due();
    });
  }

  /** After a trouble: whether SQLite can be written again, and there is something to do. */
  retry(nowMs: number): boolean {
    this.#writing(() => {
      this.#names.write(this.#kept);
      this.#meta.set("written_ms", nowMs);
    });
    this.#journalTrouble.written(); // its disk is the same
    return this.#kept.packing() || this.#retention.due();
  }

  /** Returns whether `work` has something to do. */
  maintain(nowMs: number): boolean {
    if (this.#backupSinceMs !== null && Math.abs(nowMs - this.#backupSinceMs) > BACKUP_AT_MOST_MS) this.finishBackup();
    if (this.#backupSinceMs !== null) return false;
    this.#journal?.sync();
    const unpacked = this.#kept.unpackedReadings();
    if (unpacked === 0) this.#unpackedSinceMs = null;
    else {
      this.#unpackedSinceMs ??= nowMs;
      const ageMs = Math.abs(nowMs - this.#unpackedSinceMs);
      if ((ageMs >= this.#options.packEveryMs && unpacked >= PACK_AT_LEAST) || ageMs >= MS_PER_DAY)
        this.#startPacking();
    }
    this.#writing(() => {
      this.#rollUpDays(nowMs);
      this.#retention.observe(nowMs);
    });
    return true;
  }

  range(key: number, fromMs: number, toMs: number): ReadingRows {
    return this.#kept.rows([key], fromMs, toMs);
  }

  series(key: number, fromMs: number, toMs: number, stepMs: number): SeriesColumns {
    return columnsOfPoints(this.#kept.series(key, fromMs, toMs, stepMs, this.#rolledUntilDay()));
  }

  latest(): ReadingRows {
    return this.#kept.latest();
  }

  windows(perSensor: number, activeSinceMs: number): ReadingRows {
    return this.#kept.windows(perSensor, activeSinceMs);
  }

  page(
    keys: readonly number[] | null,
    fromMs: number,
    toMs: number,
    newestFirst: boolean,
    offset: number,
    limit: number,
  ): { count: number; rows: ReadingRows } {
    return this.#pages.page(keys, fromMs, toMs, newestFirst, offset, limit);
  }

  exportNext(
    keys: readonly number[] | null,
    fromMs: number,
    toMs: number,
  ): { rows: ReadingRows; nextMs: number } | null {
    return this.#pages.exportNext(keys, fromMs, toMs);
  }

  remove(key: number, atMs: number): boolean {
    if (this.#kept.rows([key], atMs, atMs + 1).times.length === 0) return false;
    this.#packAll();
    return this.#db.transaction(() => this.#kept.remove(key, atMs, this.#rolledUntilDay()))();
  }

  all(statement: SqlStatement): Row[] {
    return this.#statements.all(statement);
  }

  /** Durable when it returns; packing is not until its end, as the journal has its readings until then. */
  run(statements: readonly SqlStatement[]): number {
    this.#db.pragma("synchronous = FULL");
    try {
      return this.#writing(() => this.#statements.run(statements));
    } finally {
      this.#db.pragma("synchronous = NORMAL");
    }
  }

  define(defined: readonly SensorKey[]): void {
    this.#noteKeys(defined);
    this.#names.write(this.#kept);
  }

  prepareBackup(nowMs: number): void {
    this.#journal?.sync();
    this.#db.pragma("wal_checkpoint(TRUNCATE)");
    this.#db.pragma("wal_autocheckpoint = 0");
    this.#backupSinceMs = nowMs;
  }

  finishBackup(): void {
    this.#db.pragma("wal_autocheckpoint = 1000");
    this.#backupSinceMs = null;
  }

  copyTo(file: string): void {
    this.#packAll();
    this.#db.prepare("VACUUM INTO ?").run(file);
  }

  /** A damaged file was met while running: sets it aside, saves what can be saved, goes on with a new one. */
  recover(error: unknown, nowMs: number): boolean {
    const file = this.#file();
    if (!isDamage(error) || file === null) return false;
    const unpacked = this.#kept.takeUnpacked();
    this.#db.close();
    this.#db = this.#noted(replaceDamaged(file, nowMs, error));
    this.#statements = new SqliteStatements(this.#db);
    this.#kept = new KeptReadings(this.#db, unpacked);
    this.#pages = new ReadingPages(this.#kept);
    this.#meta = new SqliteMeta(this.#db);
    this.#retention = this.#retain(nowMs);
    this.#names.read(this.#db);
    this.#mend();
    return true;
  }

  takeNotices(): string[] {
    return this.#notices.splice(0);
  }

  close(): void {
    this.#journal?.close();
    this.#db.close();
  }

  #file(): string | null {
    return this.#options.folder === null ? null : path.join(this.#options.folder, "history.sqlite");
  }

  #noted({ db, notice }: OpenedDatabase): Database {
    if (notice !== null) this.#notices.push(notice);
    return db;
  }

  /** The journal has them too: where another process holds the database, they are written to it later. */
  #noteKeys(defined: readonly SensorKey[]): void {
    this.#names.note(defined);
    try {
      this.#writing(() => this.#names.write(this.#kept));
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
  }

  /** Writes to SQLite. What was not written is not believed to be. */
  #writing<T>(write: () => T): T {
    try {
      const result = write();
      this.#trouble.written();
      return result;
    } catch (error) {
      this.#meta.forgetKnown();
      this.#trouble.failed(error);
      throw error;
    }
  }

  /** After a salvage, parts may be there of hours whose others are not, and chunks of sensors whose names are not. */
  #mend(): void {
    this.#db.transaction(() => this.#kept.chunks.mend(this.#retention.receivedHour()))();
    this.#names.nameOrphans(this.#db, this.#kept);
  }

  #replay(): void {
    const applied = this.#meta.get("applied_segment") ?? 0;
    if (this.#journalFolder !== null) {
      const { keys, delivered } = keptRemains(this.#journalFolder);
      this.#names.learn(keys, "keep");
      this.#deliveries.restore(delivered);
    }
    const torn = this.#journal?.replay(({ defined, batch }, segment) => {
      this.#deliveries.remember(batch);
      if (segment <= applied) return;
      this.#names.learn(defined);
      this.#kept.push(batch);
    });
    this.#journal?.continueAfter(applied);
    this.#kept.define(this.#names.all());
    if (torn && torn.damagedSegments > 0)
      this.#notices.push(`${torn.damagedSegments} parts of the journal were damaged`);
  }

  #startPacking(): void {
    if (this.#kept.packing() || this.#kept.unpackedReadings() === 0) return;
    this.#closedSegment = this.#journal?.rotate() ?? 0;
    this.#kept.startPacking();
    this.#unpackedSinceMs = null;
  }

  #finishPacking(): void {
    if (this.#journal === null || this.#journalFolder === null) return;
    this.#meta.set("applied_segment", this.#closedSegment);
    this.#db.pragma("wal_checkpoint(TRUNCATE)");
    keepRemains(this.#journalFolder, { keys: this.#names.all(), delivered: this.#deliveries.delivered() });
    this.#journal.drop(this.#closedSegment, this.#bytes() * KEPT_SHARE);
  }

  #packAll(): void {
    for (const _ of [1, 2]) {
      this.#startPacking();
      while (this.work());
    }
  }

  #rollUpDays(nowMs: number): void {
    const span = this.#kept.chunks.span();
    if (span === null) return;
    const today = Math.min(Math.floor(nowMs / MS_PER_DAY), Math.floor(span.last / 24) + 1);
    const until = this.#rolledUntilDay() ?? Math.floor(span.first / 24);
    for (let day = until; day < today; day++)
      this.#db.transaction(() => {
        for (const key of this.#kept.chunks.keysOf(day * 24, day * 24 + 23)) this.#kept.chunks.rollUpDay(key, day);
        this.#meta.set("rolled_until_day", day + 1);
      })();
  }

  #bytes(): number {
    const pragma = (name: string): number => Number(this.#db.pragma(name, { simple: true }));
    return pragma("page_count") * pragma("page_size");
  }

  #retain(nowMs: number): SqliteRetention {
    return new SqliteRetention(this.#db, this.#kept.chunks.raw, this.#meta, this.#options.keepRawDays, nowMs);
  }

  #rolledUntilDay(): number | null {
    return this.#meta.get("rolled_until_day");
  }
}

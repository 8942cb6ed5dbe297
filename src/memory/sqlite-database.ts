import { existsSync, mkdirSync, renameSync } from "node:fs";
import path from "node:path";
import Sqlite from "better-sqlite3";
import { HyperVoltError } from "../domain/errors.ts";
import { migrationFiles, migrationText } from "./migrations.ts";

export type Database = Sqlite.Database;
export type Statement = Sqlite.Statement<unknown[], unknown>;

/** Long enough for another's short transaction, short enough not to hold up commits. */
const BUSY_MS = 50;
const WITHOUT_ROWID = new Set(["meta", "kept"]);
const DAMAGED = new Set(["SQLITE_CORRUPT", "SQLITE_NOTADB"]);

/** The schema's version is the number of migrations applied, kept in `user_version`. */
export const migrations = (): readonly URL[] => migrationFiles("sqlite");

/**
 * Opens a history database, made if it is not there, and brings its schema forward.
 * @param file null for one in memory
 * @throws HyperVoltError HISTORY_UNAVAILABLE for one made by a newer HyperVolt; SQLite's error otherwise
 */
export function openSqlite(file: string | null): Database {
  if (file !== null) mkdirSync(path.dirname(file), { recursive: true });
  try {
    return openIn("NORMAL", file);
  } catch (error) {
    // On a full disk there is no room for the index that processes share; alone, SQLite keeps it in memory.
    if (file === null || !/^SQLITE_(FULL|IOERR|CANTOPEN)/.test(codeOf(error))) throw error;
    return openIn("EXCLUSIVE", file);
  }
}

function openIn(locking: "NORMAL" | "EXCLUSIVE", file: string | null): Database {
  const db = new Sqlite(file ?? ":memory:", { timeout: BUSY_MS });
  try {
    db.pragma(`locking_mode = ${locking}`);
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = NORMAL");
    db.pragma("cache_size = -8000");
    db.pragma("temp_store = MEMORY");
    db.pragma("journal_size_limit = 4194304");
    migrate(db, migrations().length);
    db.prepare("SELECT count(*) FROM meta").get();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Applies the migrations up to `version`, each in a transaction of its own. */
export function migrate(db: Database, version: number): void {
  const from = Number(db.pragma("user_version", { simple: true }));
  if (from > version)
    throw new HyperVoltError(
      "HISTORY_UNAVAILABLE",
      `the history has schema ${from}, this HyperVolt knows ${version}: it was written by a newer one`,
    );
  for (const [index, file] of migrations().slice(0, version).entries()) {
    if (index < from) continue;
    db.transaction(() => {
      db.exec(migrationText(file));
      db.pragma(`user_version = ${index + 1}`);
    })();
  }
}

export const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
export const isDamage = (error: unknown): boolean => DAMAGED.has(codeOf(error).split("_").slice(0, 2).join("_"));
export const isReadOnly = (error: unknown): boolean => codeOf(error).startsWith("SQLITE_READONLY");
/** Worth another try: another process writes, or the disk is full for now. */
export const isPassing = (error: unknown): boolean =>
  /^SQLITE_(BUSY|LOCKED|FULL|IOERR|CANTOPEN|PROTOCOL)|^E(NOSPC|DQUOT|IO|ROFS|MFILE)$/.test(codeOf(error));

/** Renames a database and its companions so that a new one can take its place. Returns the new name. */
export function setAside(file: string, atMs: number): string {
  let aside = `${file}.damaged-${atMs}`;
  for (let n = 1; existsSync(aside); n++) aside = `${file}.damaged-${atMs}-${n}`;
  for (const suffix of ["", "-wal", "-shm"]) if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  return aside;
}

/**
 * Copies into `db` what can still be read of a damaged database: each table row by row, skipping over what cannot.
 * Rows already in `db` stay.
 */
export function salvage(db: Database, damagedFile: string): { rows: number; gaps: number } {
  let rows = 0;
  let gaps = 0;
  let old: Database;
  try {
    old = new Sqlite(damagedFile, { timeout: BUSY_MS });
    old.unsafeMode();
  } catch {
    return { rows, gaps: 1 };
  }
  try {
    for (const table of tablesOf(db)) {
      const copied = salvageTable(db, old, table);
      rows += copied.rows;
      gaps += copied.gaps;
    }
  } finally {
    old.close();
  }
  return { rows, gaps };
}

const tablesOf = (db: Database): string[] =>
  (
    db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all() as {
      name: string;
    }[]
  ).map(({ name }) => name);

function salvageTable(db: Database, old: Database, table: string): { rows: number; gaps: number } {
  const columns = (db.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => name);
  const insert = db.prepare(
    `INSERT OR IGNORE INTO ${table} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
  );
  let rows = 0;
  const copy = (direction: "ASC" | "DESC"): boolean => {
    try {
      const order = WITHOUT_ROWID.has(table) ? "" : `ORDER BY rowid ${direction}`;
      const found = old.prepare(`SELECT ${columns.join(", ")} FROM ${table} ${order}`).raw();
      for (const row of found.iterate() as IterableIterator<unknown[]>) rows += insert.run(...row).changes;
      return true;
    } catch {
      return false;
    }
  };
  return db.transaction(() => ({ gaps: copy("ASC") || (copy("DESC"), false) ? 0 : 1, rows }))();
}

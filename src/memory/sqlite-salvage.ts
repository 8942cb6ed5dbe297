import path from "node:path";
import { type Database, isDamage, openSqlite, salvage, setAside } from "./sqlite-database.ts";

/** A database that can be worked with; `notice` says what became of a damaged one. */
export type OpenedDatabase = Readonly<{ db: Database; notice: string | null }>;

/** Opens the history's file; a damaged one is replaced. @param file null: in memory */
export function openOrSalvage(file: string | null, nowMs: number): OpenedDatabase {
  try {
    return { db: openSqlite(file), notice: null };
  } catch (error) {
    if (file === null || !isDamage(error)) throw error;
    return replaceDamaged(file, nowMs, error);
  }
}

/** Sets a damaged file aside, which is never deleted, and saves what can be read of it into a new one. */
export function replaceDamaged(file: string, nowMs: number, error: unknown): OpenedDatabase {
  const aside = setAside(file, nowMs);
  const db = openSqlite(file);
  const { rows, gaps } = salvage(db, aside);
  const saved = `${rows} rows saved${gaps > 0 ? `, ${gaps} tables with gaps` : ""}`;
  return { db, notice: `the history was damaged (${String(error)}): set aside as ${path.basename(aside)}, ${saved}` };
}

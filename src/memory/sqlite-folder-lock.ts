import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import Sqlite from "better-sqlite3";
import { HyperVoltError } from "../domain/errors.ts";
import { codeOf } from "./sqlite-database.ts";

export type FolderLock = Readonly<{ release: () => void }>;

/**
 * Makes this process the only one that works on a data folder. The lock is the operating system's, on a small SQLite
 * file: it ends with the process however that ends, so that it is never stale.
 * @throws HyperVoltError DATA_FOLDER_LOCKED; HISTORY_UNAVAILABLE where the folder cannot be made or written
 */
export function lockDataFolder(folder: string): FolderLock {
  const holderFile = path.join(folder, "lock.holder");
  let lock: Sqlite.Database;
  try {
    mkdirSync(folder, { recursive: true });
    lock = new Sqlite(path.join(folder, "lock.sqlite"), { timeout: 0 });
  } catch (cause) {
    throw new HyperVoltError("HISTORY_UNAVAILABLE", `the data folder ${folder} cannot be used: ${String(cause)}`, {
      cause,
    });
  }
  try {
    // Nothing is ever written to it: a full disk can be locked, too.
    lock.pragma("journal_mode = MEMORY");
    lock.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    lock.close();
    if (!codeOf(cause).startsWith("SQLITE_BUSY"))
      throw new HyperVoltError("HISTORY_UNAVAILABLE", `the data folder ${folder} cannot be locked: ${String(cause)}`, {
        cause,
      });
    const holder = holderOf(holderFile);
    throw new HyperVoltError("DATA_FOLDER_LOCKED", `${folder} is in use${holder ? ` by process ${holder}` : ""}`, {
      cause,
    });
  }
  try {
    writeFileSync(holderFile, `${process.pid}\n`);
  } catch {
    // It only names who holds the lock.
  }
  return { release: () => void lock.close() };
}

function holderOf(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return "";
  }
}

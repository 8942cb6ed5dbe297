import { statfsSync } from "node:fs";
import { codeOf, isPassing, isReadOnly } from "./sqlite-database.ts";

const FULL = /^(SQLITE_FULL|ENOSPC|EDQUOT)$/;
/** What waits can be packed and brought into the database's file with that. */
const ROOM_BYTES = 4 * 1024 * 1024;

/** Bytes that may still be written below a folder; null where nobody knows. */
export function freeBytesOf(folder: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}

/**
 * Why the history could not be written the last time. A disk that was full counts as full until there is room to speak
 * of: on one that is nearly full, small writes succeed between large ones that do not.
 */
export class WriteTrouble {
  readonly #freeBytes: () => number | null;
  #now: Readonly<{ code: string; text: string }> | null = null;

  constructor(freeBytes: () => number | null) {
    this.#freeBytes = freeBytes;
  }

  /** In words, or null. */
  current(): string | null {
    return this.#now?.text ?? null;
  }

  /** Something was written. */
  written(): void {
    if (this.#now === null) return;
    if (!FULL.test(this.#now.code) || (this.#freeBytes() ?? ROOM_BYTES) >= ROOM_BYTES) this.#now = null;
  }

  /** Something was not; a wrong statement is no trouble of the disk's. */
  failed(error: unknown): void {
    if (!isPassing(error) && !isReadOnly(error)) return;
    const code = codeOf(error);
    this.#now = { code, text: `${code}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

import { statfsSync } from "node:fs";
import { codeOf, isPassing, isReadOnly } from "./sqlite-database.ts";

const FULL = /^(SQLITE_FULL|ENOSPC|EDQUOT)$/;
/** What waits can be packed and brought into the database's file with that; on a tiny disk, a share of it must do. */
const ROOM_BYTES = 4 * 1024 * 1024;
const ROOM_SHARE = 1 / 4;

/** Whether there is room to speak of on the disk of a folder; true where nobody knows. */
export function hasRoom(folder: string): boolean {
  try {
    const { bavail, blocks, bsize } = statfsSync(folder);
    return bavail * bsize >= Math.min(ROOM_BYTES, blocks * bsize * ROOM_SHARE);
  } catch {
    return true;
  }
}

/**
 * Why the history could not be written the last time. A disk that was full counts as full until there is room to speak
 * of: on one that is nearly full, small writes succeed between large ones that do not.
 */
export class WriteTrouble {
  readonly #hasRoom: () => boolean;
  #now: Readonly<{ code: string; text: string }> | null = null;

  constructor(hasRoom: () => boolean) {
    this.#hasRoom = hasRoom;
  }

  /** In words, or null. */
  current(): string | null {
    return this.#now?.text ?? null;
  }

  /** Something was written. */
  written(): void {
    if (this.#now === null) return;
    if (!FULL.test(this.#now.code) || this.#hasRoom()) this.#now = null;
  }

  /** Something was not; a wrong statement is no trouble of the disk's. */
  failed(error: unknown): void {
    if (!isPassing(error) && !isReadOnly(error)) return;
    const code = codeOf(error);
    this.#now = { code, text: `${code}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

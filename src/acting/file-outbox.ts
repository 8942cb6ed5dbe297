import { open, readFile, rename } from "node:fs/promises";
import path from "node:path";
import type { Log } from "../domain/log.ts";
import { EMPTY_OUTBOX, type OutboxState, type OutboxStore } from "./outbox.ts";

/**
 * Keeps the outbox in one small JSON file, replaced as a whole, so that a crash leaves either the old or the new one.
 * A damaged file is set aside, never deleted.
 */
export function fileOutbox(file: string, log: Log): OutboxStore {
  let writing: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | undefined;
  let newest: OutboxState = EMPTY_OUTBOX;

  const write = async (state: OutboxState): Promise<void> => {
    const draft = `${file}.new`;
    const handle = await open(draft, "w");
    try {
      await handle.writeFile(JSON.stringify(state));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
    const folder = await open(path.dirname(file), "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  };

  return {
    async load() {
      let text: string;
      try {
        text = await readFile(file, "utf8");
      } catch {
        return EMPTY_OUTBOX;
      }
      try {
        const parsed: unknown = JSON.parse(text);
        if (typeof parsed !== "object" || parsed === null) throw new SyntaxError("not an object");
        return { ...EMPTY_OUTBOX, ...parsed };
      } catch (error) {
        await rename(file, `${file}.damaged`);
        log.error("The outbox was damaged and is set aside", { file: `${file}.damaged`, detail: String(error) });
        return EMPTY_OUTBOX;
      }
    },
    /** Writes one after the other; whoever asks while one is under way shares the next, which holds the newest. */
    save(state) {
      newest = state;
      waiting ??= writing
        .catch(() => undefined)
        .then(() => {
          waiting = undefined;
          writing = write(newest);
          return writing;
        });
      return waiting;
    },
  };
}

import { appendFile, mkdir, readFile, rename, stat } from "node:fs/promises";
import path from "node:path";
import type { Clock } from "../domain/clock.ts";
import { isoUtc } from "../domain/civil-time.ts";
import type { Log } from "../domain/log.ts";
import { seldomLog } from "../domain/seldom-log.ts";
import type { AuditEntryDto } from "./messages.ts";
import { holding } from "./search.ts";
import type { CountedPage, PageRequest, TimeRange } from "./views.ts";

export type AuditNote = Readonly<Omit<AuditEntryDto, "id" | "timestamp">>;

/** Every write and every refusal, who and when. */
export interface AuditLog {
  note(note: AuditNote): void;
  list(
    filter: TimeRange & Readonly<{ search?: string | undefined }>,
    page: PageRequest,
  ): Promise<CountedPage<AuditEntryDto>>;
  /** Resolves when everything noted is in the file. */
  close(): Promise<void>;
}

const MOST_BYTES = 4 * 1024 * 1024;
/** The same refusal again within this time is counted in one entry: a flood must not fill the disk. */
const REPEAT_MS = 60_000;
const MOST_OPEN = 500;

/**
 * Audit log as JSON lines in `folder`/audit.jsonl; at 4 MiB the file becomes audit.1.jsonl, and the one before it is
 * let go. Equal refusals within a minute are one entry more, with how often. Reading sees what was noted before.
 */
export function createAuditLog({ folder, clock, log }: Readonly<{ folder: string; clock: Clock; log: Log }>): AuditLog {
  const file = path.join(folder, "audit.jsonl");
  const older = path.join(folder, "audit.1.jsonl");
  const open = new Map<string, { note: AuditNote; untilMs: number; again: number }>();
  let pending: string[] = [];
  let sequence = 0;
  let writing: Promise<void> = Promise.resolve();

  const queue = (note: AuditNote): void => {
    const atMs = clock.nowMs();
    const entry: AuditEntryDto = {
      id: `${atMs.toString(36)}-${(sequence++).toString(36)}`,
      timestamp: isoUtc(atMs),
      ...note,
    };
    pending.push(`${JSON.stringify(entry)}\n`);
    if (pending.length === 1) writing = writing.then(flush).catch(unwritten);
  };
  const seldom = seldomLog(log, clock);
  const unwritten = (error: unknown): void =>
    seldom.error("The audit log cannot be written", { file, error: String(error) });
  const flush = async (): Promise<void> => {
    const text = pending.join("");
    pending = [];
    if (text === "") return;
    await mkdir(folder, { recursive: true });
    const size = await stat(file).then(
      (s) => s.size,
      () => 0,
    );
    if (size > 0 && size + text.length > MOST_BYTES) await rename(file, older);
    await appendFile(file, text, { mode: 0o600 });
  };
  const closeRepeats = (nowMs: number): void => {
    for (const [key, { note, untilMs, again }] of open) {
      if (untilMs > nowMs && open.size <= MOST_OPEN) continue;
      open.delete(key);
      if (again > 0) queue({ ...note, detail: `${note.detail ?? "refused"} (${again} more times within a minute)` });
    }
  };

  return {
    note: (note) => {
      const nowMs = clock.nowMs();
      closeRepeats(nowMs);
      if (note.outcome !== "refused") return queue(note);
      const key = JSON.stringify(note);
      const repeated = open.get(key);
      if (repeated !== undefined) {
        repeated.again++;
        return;
      }
      open.set(key, { note, untilMs: nowMs + REPEAT_MS, again: 0 });
      queue(note);
    },
    list: async ({ search, fromMs = -Infinity, toMs = Infinity }, page) => {
      await writing;
      const texts = await Promise.all([older, file].map((one) => readFile(one, "utf8").catch(() => "")));
      const entries = texts.flatMap(parseLines).filter(({ timestamp }) => {
        const atMs = Date.parse(timestamp);
        return atMs >= fromMs && atMs < toMs;
      });
      return pageOf(holding(entries, search), page);
    },
    close: async () => {
      closeRepeats(Infinity);
      await writing;
    },
  };
}

/** A last line cut off by a crash is left out. */
const parseLines = (text: string): AuditEntryDto[] =>
  text.split("\n").flatMap((line) => {
    try {
      return line === "" ? [] : [JSON.parse(line) as AuditEntryDto];
    } catch {
      return [];
    }
  });

function pageOf<T>(oldestFirst: readonly T[], { order, offset, limit }: PageRequest): CountedPage<T> {
  const ordered = order === "oldest" ? oldestFirst : oldestFirst.toReversed();
  return { count: ordered.length, results: ordered.slice(offset, offset + limit) };
}

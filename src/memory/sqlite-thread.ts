import { Worker } from "node:worker_threads";
import type { Clock } from "../domain/clock.ts";
import { HyperVoltError } from "../domain/errors.ts";
import type { DependencyState, Log } from "../domain/log.ts";
import type { Opened, SqliteEngineOptions } from "./sqlite-engine.ts";
import type { EngineAnswer, EngineCall, EngineCalls, WorkerHello, WorkerStart } from "./sqlite-worker.ts";

/** How long a call is tried again while another process holds the database or the disk is full. */
const PATIENCE_MS = 10_000;
const RETRY_MS = 100;
const SLOWEST_REVIVAL_MS = 5_000;
/** A death that is over is shown this long. */
const TOLD_FOR_MS = 60_000;
export const ENDED = "the history's thread ended unexpectedly";

type Waiting = Readonly<{ resolve: (value: unknown) => void; reject: (error: Error) => void }>;
type Failed = Error & { passing?: boolean };

export type ThreadEvents = Readonly<{
  /** Something the user should see: a file was damaged, or the like. */
  onNotice: (notice: string) => void;
  /** A thread took the place of one that died; what is posted now comes before any call that waits. */
  onRevived: (opened: Opened) => void;
}>;

/** The SQLite engine on its own thread; one that dies is started again at once, its calls in flight reject. */
export class SqliteThread {
  readonly #options: SqliteEngineOptions;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #events: ThreadEvents;
  #worker: Worker | null = null;
  #opening: Promise<Opened> | null = null;
  #opened = false;
  #closed = false;
  #lostSinceMs: number | null = null;
  #backSinceMs: number | null = null;
  #nextId = 1;
  #unpacked = 0;
  #unwritten: Readonly<{ detail: string; sinceMs: number }> | null = null;
  readonly #waiting = new Map<number, Waiting>();

  constructor(options: SqliteEngineOptions, clock: Clock, log: Log, events: ThreadEvents) {
    this.#options = options;
    this.#clock = clock;
    this.#log = log;
    this.#events = events;
  }

  /** What is wrong with the thread, or was a moment ago; null while all is well. */
  trouble(): Pick<DependencyState, "state" | "sinceMs" | "detail"> | null {
    if (this.#lostSinceMs !== null) return { state: "down", sinceMs: this.#lostSinceMs, detail: ENDED };
    if (this.#backSinceMs === null || Math.abs(this.#clock.nowMs() - this.#backSinceMs) > TOLD_FOR_MS) return null;
    return { state: "degraded", sinceMs: this.#backSinceMs, detail: `${ENDED} and was started again` };
  }

  /** Why and since when SQLite cannot be written, though the journal can; null while it can. */
  unwritten(): Readonly<{ detail: string; sinceMs: number }> | null {
    return this.#unwritten;
  }

  get unpackedReadings(): number {
    return this.#unpacked;
  }

  /** @throws HyperVoltError HISTORY_UNAVAILABLE */
  open(): Promise<Opened> {
    this.#opening ??= this.#start();
    return this.#opening;
  }

  /** One try. */
  async once<Op extends keyof EngineCalls>(
    op: Op,
    args: Parameters<EngineCalls[Op]>,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<ReturnType<EngineCalls[Op]>> {
    if (this.#closed) throw new HyperVoltError("HISTORY_UNAVAILABLE", "the history is closed");
    await this.open();
    return this.post(op, args, transfer);
  }

  /** To the thread there is, ahead of all that waits for one. */
  post<Op extends keyof EngineCalls>(
    op: Op,
    args: Parameters<EngineCalls[Op]>,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<ReturnType<EngineCalls[Op]>> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      if (this.#worker === null) return reject(lost(null));
      this.#waiting.set(id, { resolve: resolve as Waiting["resolve"], reject });
      const call: EngineCall = { id, op, args, nowMs: this.#clock.nowMs() };
      this.#worker.postMessage(call, [...transfer]);
    });
  }

  /** Tried again for a while where that may help. @throws HyperVoltError HISTORY_UNAVAILABLE */
  async call<Op extends keyof EngineCalls>(
    op: Op,
    ...args: Parameters<EngineCalls[Op]>
  ): Promise<ReturnType<EngineCalls[Op]>> {
    const untilMs = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        return await this.once(op, args);
      } catch (error) {
        if (!(error as Failed).passing || performance.now() > untilMs)
          throw error instanceof HyperVoltError
            ? error
            : new HyperVoltError("HISTORY_UNAVAILABLE", (error as Error).message, { cause: error });
        await new Promise<void>((retry) => setTimeout(retry, RETRY_MS));
      }
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    const closing = this.#worker ? this.once("close", []) : Promise.resolve();
    this.#closed = true;
    await closing;
    await this.#worker?.terminate();
  }

  #start(): Promise<Opened> {
    const start: WorkerStart = { options: this.#options, nowMs: this.#clock.nowMs() };
    const worker = new Worker(new URL("./sqlite-worker.ts", import.meta.url), { workerData: start, name: "history" });
    this.#worker = worker;
    return new Promise((resolve, reject) => {
      worker.once("message", (hello: WorkerHello) => {
        if ("refused" in hello) {
          this.#opening = null;
          this.#worker = null;
          void worker.terminate();
          reject(new HyperVoltError("HISTORY_UNAVAILABLE", hello.refused));
          return;
        }
        for (const notice of hello.opened.notices) this.#events.onNotice(notice);
        worker.on("message", (answer: EngineAnswer) => this.#settle(answer));
        this.#opened = true;
        if (this.#lostSinceMs !== null) {
          this.#lostSinceMs = null;
          this.#backSinceMs = this.#clock.nowMs();
          this.#log.info("the history's thread was started again");
          this.#events.onRevived(hello.opened);
        }
        resolve(hello.opened);
      });
      worker.on("error", (error) => this.#died(error, reject));
      worker.on("exit", (code) => {
        if (!this.#closed && this.#worker === worker) this.#died(new Error(`exit code ${code}`), reject);
      });
    });
  }

  #died(cause: unknown, reject: (error: Error) => void): void {
    this.#worker = null;
    this.#opening = null;
    this.#unwritten = null;
    const error = lost(cause);
    reject(error);
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
    if (!this.#opened || this.#lostSinceMs !== null) return;
    this.#lostSinceMs = this.#clock.nowMs();
    this.#log.error(`${ENDED}; it is started again`, { detail: String(cause) });
    void this.#revive();
  }

  async #revive(): Promise<void> {
    for (let pauseMs = RETRY_MS; !this.#closed; pauseMs = Math.min(pauseMs * 2, SLOWEST_REVIVAL_MS)) {
      try {
        await this.open();
        return;
      } catch {
        await new Promise<void>((retry) => setTimeout(retry, pauseMs));
      }
    }
  }

  #noteTrouble(detail: string | null): void {
    const before = this.#unwritten;
    if (detail === null) {
      if (before) this.#log.info("the history's database is written again", { ...before });
      this.#unwritten = null;
      return;
    }
    if (!before) this.#log.error("the history's database cannot be written; readings wait in its journal", { detail });
    this.#unwritten = { detail, sinceMs: before?.sinceMs ?? this.#clock.nowMs() };
  }

  #settle(answer: EngineAnswer): void {
    this.#unpacked = answer.unpacked;
    for (const notice of answer.notices) this.#events.onNotice(notice);
    this.#noteTrouble(answer.trouble);
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ("value" in answer) return waiting?.resolve(answer.value);
    const error: Failed = new Error(answer.error);
    error.passing = answer.passing;
    waiting?.reject(error);
  }
}

function lost(cause: unknown): Failed {
  const error: Failed = new HyperVoltError("HISTORY_UNAVAILABLE", ENDED, { cause });
  error.passing = true;
  return error;
}

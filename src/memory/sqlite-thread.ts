import { Worker } from "node:worker_threads";
import type { Clock } from "../domain/clock.ts";
import { HyperVoltError } from "../domain/errors.ts";
import type { Log } from "../domain/log.ts";
import type { Opened, SqliteEngineOptions } from "./sqlite-engine.ts";
import type { EngineAnswer, EngineCall, EngineCalls, WorkerHello, WorkerStart } from "./sqlite-worker.ts";

/** How long a call is tried again while another process holds the database or the disk is full. */
const PATIENCE_MS = 10_000;
const RETRY_MS = 100;

type Waiting = Readonly<{ resolve: (value: unknown) => void; reject: (error: Error) => void }>;
type Failed = Error & { passing?: boolean };

/** The SQLite engine on its own thread; a thread that dies is started again, its calls in flight reject. */
export class SqliteThread {
  readonly #options: SqliteEngineOptions;
  readonly #clock: Clock;
  readonly #log: Log;
  #worker: Worker | null = null;
  #opening: Promise<Opened> | null = null;
  #closed = false;
  #nextId = 1;
  #unpacked = 0;
  readonly #waiting = new Map<number, Waiting>();
  readonly #onNotice: (notice: string) => void;

  constructor(options: SqliteEngineOptions, clock: Clock, log: Log, onNotice: (notice: string) => void) {
    this.#options = options;
    this.#clock = clock;
    this.#log = log;
    this.#onNotice = onNotice;
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
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as Waiting["resolve"], reject });
      const call: EngineCall = { id, op, args, nowMs: this.#clock.nowMs() };
      this.#worker?.postMessage(call, [...transfer]);
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
        for (const notice of hello.opened.notices) this.#onNotice(notice);
        worker.on("message", (answer: EngineAnswer) => this.#settle(answer));
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
    const error: Failed = new HyperVoltError("HISTORY_UNAVAILABLE", "the history's thread ended unexpectedly", {
      cause,
    });
    error.passing = true;
    this.#log.error("the history's thread ended unexpectedly; it is started again", { detail: String(cause) });
    reject(error);
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }

  #settle(answer: EngineAnswer): void {
    this.#unpacked = answer.unpacked;
    for (const notice of answer.notices) this.#onNotice(notice);
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ("value" in answer) return waiting?.resolve(answer.value);
    const error: Failed = new Error(answer.error);
    error.passing = answer.passing;
    waiting?.reject(error);
  }
}

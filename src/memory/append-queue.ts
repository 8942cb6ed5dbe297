import type { Clock } from "../domain/clock.ts";
import { HyperVoltError } from "../domain/errors.ts";
import type { Log } from "../domain/log.ts";
import type { AcknowledgedReading } from "../domain/reading.ts";

export type AppendQueueOptions = Readonly<{
  clock: Clock;
  log: Log;
  /** Writes a batch durably; a rejection means that nothing of it is certain, and it is tried again. */
  commit: (batch: readonly AcknowledgedReading[]) => Promise<void>;
  /** Beyond this many readings not yet committed, `append` rejects. */
  mostPending?: number;
}>;

type Batch = { readings: AcknowledgedReading[]; done: PromiseWithResolvers<void> };

/** Small enough that calling back for each of a batch does not hold up the event loop. */
const BATCH_READINGS = 4_096;
const RETRY_MS = 500;

/**
 * Gathers readings until the end of the tick, and while a batch is being written, until that is done: one write at
 * a time, as large as the load makes it.
 */
export class AppendQueue {
  readonly #options: AppendQueueOptions;
  readonly #mostPending: number;
  #waiting: Batch[] = [];
  #writing = false;
  #scheduled = false;
  #pending = 0;
  #relieved: PromiseWithResolvers<void> | null = null;
  #idle: PromiseWithResolvers<void> | null = null;
  #failure: Readonly<{ detail: string; sinceMs: number }> | null = null;
  #committed = 0;
  #failed = 0;
  #commitMs = 0;

  constructor(options: AppendQueueOptions) {
    this.#options = options;
    this.#mostPending = options.mostPending ?? 200_000;
  }

  figures(): { pendingReadings: number; committedReadings: number; failedCommits: number; commitMs: number } {
    return {
      pendingReadings: this.#pending,
      committedReadings: this.#committed,
      failedCommits: this.#failed,
      commitMs: this.#commitMs,
    };
  }

  /** Why nothing is being committed, or null. */
  failure(): Readonly<{ detail: string; sinceMs: number }> | null {
    return this.#failure;
  }

  append(readings: readonly AcknowledgedReading[]): Promise<void> {
    if (readings.length === 0) return Promise.resolve();
    if (this.#pending + readings.length > this.#mostPending && this.#pending > 0)
      return Promise.reject(
        new HyperVoltError(
          "HISTORY_UNAVAILABLE",
          `${this.#pending} readings wait to be written${this.#failure ? `: ${this.#failure.detail}` : ""}`,
        ),
      );
    this.#pending += readings.length;
    const dones = new Set<Promise<void>>();
    for (let from = 0; from < readings.length;) {
      let batch = this.#waiting.at(-1);
      if (batch === undefined || batch.readings.length >= BATCH_READINGS) {
        batch = { readings: [], done: Promise.withResolvers() };
        this.#waiting.push(batch);
      }
      const to = Math.min(readings.length, from + BATCH_READINGS - batch.readings.length);
      for (; from < to; from++) batch.readings.push(readings[from] as AcknowledgedReading);
      dones.add(batch.done.promise);
    }
    this.#schedule();
    const [only] = dones;
    return dones.size === 1 && only !== undefined ? only : Promise.all(dones).then(() => undefined);
  }

  congested(): boolean {
    return this.#pending > this.#mostPending / 4;
  }

  uncongested(): Promise<void> {
    if (!this.congested()) return Promise.resolve();
    this.#relieved ??= Promise.withResolvers();
    return this.#relieved.promise;
  }

  /** Resolves when nothing is pending. */
  drained(): Promise<void> {
    if (this.#pending === 0) return Promise.resolve();
    this.#idle ??= Promise.withResolvers();
    return this.#idle.promise;
  }

  #schedule(): void {
    if (this.#scheduled || this.#writing) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#write();
    });
  }

  async #write(): Promise<void> {
    const batch = this.#waiting.shift();
    if (batch === undefined) return;
    this.#writing = true;
    const startedMs = performance.now();
    await this.#commit(batch.readings);
    this.#commitMs = performance.now() - startedMs;
    this.#settle(batch);
    this.#writing = false;
    if (this.#waiting.length > 0) this.#schedule();
  }

  async #commit(readings: readonly AcknowledgedReading[]): Promise<void> {
    for (;;) {
      try {
        await this.#options.commit(readings);
        if (this.#failure) this.#options.log.info("the history is written again", { ...this.#failure });
        this.#failure = null;
        return;
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        this.#failed++;
        if (!this.#failure) this.#options.log.error("the history cannot be written", { detail });
        this.#failure = { detail, sinceMs: this.#failure?.sinceMs ?? this.#options.clock.nowMs() };
        await new Promise<void>((retry) => setTimeout(retry, RETRY_MS));
      }
    }
  }

  #settle(batch: Batch): void {
    for (const reading of batch.readings) {
      try {
        reading.committed?.();
      } catch (error) {
        this.#options.log.error("a reading could not be acknowledged", { detail: String(error) });
      }
    }
    this.#committed += batch.readings.length;
    this.#pending -= batch.readings.length;
    batch.done.resolve();
    if (!this.congested()) {
      this.#relieved?.resolve();
      this.#relieved = null;
    }
    if (this.#pending === 0) {
      this.#idle?.resolve();
      this.#idle = null;
    }
  }
}

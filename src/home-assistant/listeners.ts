import type { Log } from "../domain/log.ts";

type Run<Args extends unknown[]> = (...args: Args) => void | Promise<void>;

/** Those who want to be told; one that fails is logged and does not keep the others from being told. */
export class Listeners<Args extends unknown[]> {
  readonly #runs = new Set<Run<Args>>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  add(run: Run<Args>): { stop(): void } {
    this.#runs.add(run);
    return { stop: () => void this.#runs.delete(run) };
  }

  tell(...args: Args): void {
    for (const run of this.#runs) this.tellOne(run, ...args);
  }

  tellOne(run: Run<Args>, ...args: Args): void {
    const failed = (error: unknown): void =>
      this.#log.error("A listener failed", {
        detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
    try {
      Promise.resolve(run(...args)).catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}

import { Worker } from "node:worker_threads";
import { HyperVoltError } from "../../domain/errors.ts";
import type { HomeHistory } from "../../domain/home-history.ts";
import type { NightOutcome } from "./learn-at-night.ts";
import type { FromLearner, LearnerData } from "./learning-worker.ts";

/** What came of a night, for each net. */
export type NightReport = Readonly<{
  lessons: readonly Readonly<{ net: string; signal: string; outcome: NightOutcome }>[];
  /** CPU time the night took, ms. */
  cpuMs: number;
}>;

/** Learns from the home in a worker thread of low priority that lives only as long as the lesson. */
export interface NightLearner extends AsyncDisposable {
  /**
   * Tunes the shipped nets that forecast in slots of `slotMinutes`, for at most `budgetMs` of CPU time.
   * @param onProgress CPU time so far, ms, each time something is safe on the disk
   * @throws HyperVoltError WORKER_FAILED when the thread ends unexpectedly; what it had kept is not lost
   */
  learn(
    history: HomeHistory,
    nowMs: number,
    slotMinutes: number,
    budgetMs: number,
    onProgress?: (cpuMs: number) => void,
  ): Promise<NightReport>;
  /** Keeps where it stands and ends; resolves when the thread has gone. */
  interrupt(): Promise<void>;
}

export type NightLearnerOptions = Readonly<{
  /** Where the home's own nets lie; the only folder written to. */
  folder: string;
  /** Folder of models learned elsewhere; default: the shipped one. */
  modelsDir?: string;
  onWarning?: (text: string) => void;
}>;

/** A thread that does not heed is ended after this. Its files stay whole. */
const HEED_MS = 3_000;
/** A year of a home and one tournament; no more of a small machine's memory. */
const HEAP_MB = 256;

export function createNightLearner(options: NightLearnerOptions): NightLearner {
  let running: { worker: Worker; stop: Int32Array; gone: Promise<void> } | undefined;
  const interrupt = async (): Promise<void> => {
    const ending = running;
    if (!ending) return;
    Atomics.store(ending.stop, 0, 1);
    const late = setTimeout(() => void ending.worker.terminate(), HEED_MS);
    await ending.gone;
    clearTimeout(late);
  };
  return {
    learn(history, nowMs, slotMinutes, budgetMs, onProgress) {
      if (running) return Promise.reject(new HyperVoltError("WORKER_FAILED", "learning: a lesson is under way"));
      const { zone: _zone, ...plain } = history;
      const stop = new Int32Array(new SharedArrayBuffer(4));
      const { folder, modelsDir } = options;
      const worker = new Worker(new URL("./learning-worker.ts", import.meta.url), {
        workerData: { folder, modelsDir, history: plain, nowMs, slotMinutes, budgetMs, stop } satisfies LearnerData,
        resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
      });
      worker.unref();
      const { promise, resolve, reject } = Promise.withResolvers<NightReport>();
      let failure = "ended without a word";
      worker.on("message", (message: FromLearner) => {
        if (message.kind === "warning") options.onWarning?.(message.text);
        else if (message.kind === "progress") onProgress?.(message.cpuMs);
        else if (message.kind === "report") resolve(message.report);
        else failure = message.detail;
      });
      worker.on("error", (error) => (failure = error.message));
      const gone = new Promise<void>((ended) => {
        worker.on("exit", () => {
          running = undefined;
          reject(new HyperVoltError("WORKER_FAILED", `learning: ${failure}`));
          ended();
        });
      });
      running = { worker, stop, gone };
      return promise;
    },
    interrupt,
    [Symbol.asyncDispose]: interrupt,
  };
}

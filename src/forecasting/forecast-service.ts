import { Worker } from "node:worker_threads";
import { HyperVoltError } from "../domain/errors.ts";
import type { Forecast } from "../domain/forecast.ts";
import type { HomeHistory } from "../domain/home-history.ts";
import type { FromWorker, ToWorker } from "./forecast-worker.ts";
import type { RegimeGuess } from "./regimes/regime.ts";

export type ForecastRequest = Readonly<{
  signal: string;
  issuedAtMs: number;
  hours: number;
  stepMinutes: number;
}>;

/** Trains and forecasts in a worker thread, so that the main thread only moves data. */
export interface ForecastService extends AsyncDisposable {
  /**
   * As `Forecaster.forecast`, for several signals of one history at once.
   * @throws HyperVoltError WORKER_FAILED when the worker ends before it has answered; the next call starts another
   */
  forecast(history: HomeHistory, requests: readonly ForecastRequest[]): Promise<readonly Forecast[]>;
  /**
   * What people seem to be doing, by the load up to the end of a history; null while too little is known.
   * @param seenMs starts of quarters of an hour in which a sensor saw somebody; null where there is no such sensor
   * @throws HyperVoltError WORKER_FAILED
   */
  regime(history: HomeHistory, seenMs: readonly number[] | null): Promise<RegimeGuess | null>;
  /** What the home learned has changed: the next forecast reads it anew. What is under way is answered as it is. */
  renew(): void;
  close(): Promise<void>;
}

export type ForecastServiceOptions = Readonly<{
  /** Folder of models learned elsewhere; default: the shipped one. */
  modelsDir?: string;
  /** Folder of what the home itself learned at night (`createNightLearner`); absent: nothing. */
  homeNetsDir?: string;
  /** Told what could not be used, such as a broken file of weights. */
  onWarning?: (message: string) => void;
}>;

/** A forecaster behind a worker thread, started at the first forecast. */
export function createForecastService(options: ForecastServiceOptions = {}): ForecastService {
  let worker: Worker | undefined;
  let nextId = 1;
  type Answer = Extract<FromWorker, { kind: "forecasts" | "regime" }>;
  const waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>();
  const fail = (failed: Worker, detail: string): void => {
    if (worker !== failed) return;
    worker = undefined;
    for (const { reject } of waiting.values()) reject(new HyperVoltError("WORKER_FAILED", `forecasting: ${detail}`));
    waiting.clear();
  };
  const started = (): Worker => {
    if (worker) return worker;
    const made = new Worker(new URL("./forecast-worker.ts", import.meta.url), {
      workerData: { modelsDir: options.modelsDir, homeNetsDir: options.homeNetsDir },
    });
    made.on("message", (message: FromWorker) => {
      if (message.kind === "warning") {
        options.onWarning?.(message.text);
        return;
      }
      const asked = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.kind !== "failed") asked?.resolve(message);
      else asked?.reject(new HyperVoltError("WORKER_FAILED", `forecasting: ${message.detail}`));
    });
    made.on("error", (error) => fail(made, error.message));
    made.on("exit", (code) => fail(made, `exit ${code}`));
    made.unref();
    worker = made;
    return made;
  };
  const close = async (): Promise<void> => {
    const closing = worker;
    if (!closing) return;
    fail(closing, "closed");
    await closing.terminate();
  };
  const ask = (question: (id: number) => ToWorker): Promise<Answer> => {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const id = nextId++;
    const running = started();
    waiting.set(id, { resolve, reject });
    running.ref();
    void promise.then(
      () => waiting.size === 0 && running.unref(),
      () => waiting.size === 0 && running.unref(),
    );
    running.postMessage(question(id));
    return promise;
  };
  return {
    async forecast(history, requests) {
      const { zone: _zone, ...plain } = history;
      const answer = await ask((id) => ({ kind: "forecast", id, history: plain, requests }));
      return answer.kind === "forecasts" ? answer.forecasts : [];
    },
    async regime(history, seenMs) {
      const { zone: _zone, ...plain } = history;
      const loadW = history.columns.get("load_w");
      const columns = new Map(loadW ? [["load_w", loadW]] : []);
      const answer = await ask((id) => ({ kind: "regime", id, history: { ...plain, columns }, seenMs }));
      return answer.kind === "regime" ? answer.guess : null;
    },
    renew: () => worker?.postMessage({ kind: "renew" } satisfies ToWorker),
    close,
    [Symbol.asyncDispose]: close,
  };
}

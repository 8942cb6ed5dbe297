import { parentPort, workerData } from "node:worker_threads";
import { Zone } from "../domain/civil-time.ts";
import type { Forecast } from "../domain/forecast.ts";
import type { HomeHistory } from "../domain/home-history.ts";
import type { ForecastRequest } from "./forecast-service.ts";
import { createForecaster } from "./forecaster.ts";
import { loadModels } from "./model-files.ts";

export type ToWorker = Readonly<{
  id: number;
  history: Omit<HomeHistory, "zone">;
  requests: readonly ForecastRequest[];
}>;
export type FromWorker =
  | Readonly<{ kind: "forecasts"; id: number; forecasts: readonly Forecast[] }>
  | Readonly<{ kind: "failed"; id: number; detail: string }>
  | Readonly<{ kind: "warning"; text: string }>;

/** Body of the worker thread of `createForecastService`; does nothing when imported elsewhere. */
function serve(port: NonNullable<typeof parentPort>): void {
  const { modelsDir } = workerData as { modelsDir?: string };
  const warn = (text: string): void => port.postMessage({ kind: "warning", text } satisfies FromWorker);
  const forecaster = createForecaster({ tickMs: () => performance.now(), models: loadModels(modelsDir, warn) });
  let zone: Zone | undefined;
  port.on("message", ({ id, history, requests }: ToWorker) => {
    try {
      if (zone?.name !== history.site.timezone) zone = new Zone(history.site.timezone);
      const whole = { ...history, zone };
      const forecasts = requests.map(({ signal, issuedAtMs, hours, stepMinutes }) =>
        forecaster.forecast(whole, signal, issuedAtMs, hours, stepMinutes),
      );
      port.postMessage({ kind: "forecasts", id, forecasts } satisfies FromWorker);
    } catch (error) {
      port.postMessage({ kind: "failed", id, detail: String((error as Error).stack) } satisfies FromWorker);
    }
  });
}

if (parentPort) serve(parentPort);

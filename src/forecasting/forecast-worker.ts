import { parentPort, workerData } from "node:worker_threads";
import { Zone } from "../domain/civil-time.ts";
import type { Forecast } from "../domain/forecast.ts";
import type { HomeHistory } from "../domain/home-history.ts";
import type { ForecastRequest } from "./forecast-service.ts";
import { collectGarbage } from "./collect-garbage.ts";
import { createForecaster, type Forecaster } from "./forecaster.ts";
import { loadHomeNets } from "./home-nets/load-home-nets.ts";
import { loadModels } from "./model-files.ts";
import type { RegimeGuess } from "./regimes/regime.ts";
import { RegimeTeller } from "./regimes/tell-regime.ts";

export type ToWorker =
  | Readonly<{
      kind: "forecast";
      id: number;
      history: Omit<HomeHistory, "zone">;
      requests: readonly ForecastRequest[];
    }>
  | Readonly<{ kind: "regime"; id: number; history: Omit<HomeHistory, "zone">; seenMs: readonly number[] | null }>
  /** What was learned at night has changed. */
  | Readonly<{ kind: "renew" }>;
export type FromWorker =
  | Readonly<{ kind: "forecasts"; id: number; forecasts: readonly Forecast[] }>
  | Readonly<{ kind: "regime"; id: number; guess: RegimeGuess | null }>
  | Readonly<{ kind: "failed"; id: number; detail: string }>
  | Readonly<{ kind: "warning"; text: string }>;

/** Nothing was asked for so long: what the forecasts left behind is given back. */
const REST_MS = 3_000;

/** Body of the worker thread of `createForecastService`; does nothing when imported elsewhere. */
function serve(port: NonNullable<typeof parentPort>): void {
  const { modelsDir, homeNetsDir } = workerData as { modelsDir?: string; homeNetsDir?: string };
  const warn = (text: string): void => port.postMessage({ kind: "warning", text } satisfies FromWorker);
  const shipped = loadModels(modelsDir, warn);
  const begin = (): Forecaster => {
    const home = homeNetsDir === undefined ? [] : loadHomeNets(homeNetsDir, shipped.nets ?? [], warn);
    return createForecaster({ tickMs: () => performance.now(), models: { ...shipped, home } });
  };
  let forecaster: Forecaster | undefined;
  const regimes = new RegimeTeller();
  let rest: NodeJS.Timeout | undefined;
  let zone: Zone | undefined;
  port.on("message", (asked: ToWorker) => {
    if (asked.kind === "renew") {
      forecaster = undefined;
      return;
    }
    const { id, history } = asked;
    try {
      if (zone?.name !== history.site.timezone) zone = new Zone(history.site.timezone);
      const whole = { ...history, zone };
      if (asked.kind === "regime") {
        const guess = regimes.tell(whole, asked.seenMs && new Set(asked.seenMs));
        port.postMessage({ kind: "regime", id, guess } satisfies FromWorker);
        return;
      }
      forecaster ??= begin();
      const using = forecaster;
      const forecasts = asked.requests.map(({ signal, issuedAtMs, hours, stepMinutes }) =>
        using.forecast(whole, signal, issuedAtMs, hours, stepMinutes),
      );
      port.postMessage({ kind: "forecasts", id, forecasts } satisfies FromWorker);
      clearTimeout(rest);
      rest = setTimeout(collectGarbage, REST_MS);
    } catch (error) {
      port.postMessage({ kind: "failed", id, detail: String((error as Error).stack) } satisfies FromWorker);
    }
  });
}

if (parentPort) serve(parentPort);

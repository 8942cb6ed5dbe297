import { expect, it } from "vitest";
import { Zone } from "../domain/civil-time.ts";
import type { HomeHistory } from "../domain/home-history.ts";
import { createForecastService } from "./forecast-service.ts";
import { createForecaster } from "./forecaster.ts";
import { loadModels } from "./model-files.ts";

const START_MS = Date.parse("2024-01-15T00:00:00Z");
const history: HomeHistory = {
  site: { id: "home", timezone: "Europe/Berlin", stepMinutes: 60, currency: "EUR" },
  zone: new Zone("Europe/Berlin"),
  startMs: START_MS,
  stepMs: 3_600_000,
  length: 24 * 20,
  columns: new Map([["load_w", Float64Array.from({ length: 480 }, (_, i) => 300 + 200 * Math.sin(i / 3.8) + (i % 7))]]),
};
const request = { signal: "load_w", issuedAtMs: START_MS + 19 * 86_400_000, hours: 24, stepMinutes: 60 };

it("forecasts in its worker what the forecaster forecasts here", async () => {
  await using service = createForecastService();
  const [there] = await service.forecast(history, [request]);
  const here = createForecaster({ models: loadModels(undefined, () => {}) }).forecast(
    history,
    "load_w",
    request.issuedAtMs,
    24,
    60,
  );
  expect(there?.p50).toEqual(here.p50);
  expect(there?.model).toBe(here.model);
});

it("fails what is under way when it is closed, and starts again on the next call", async () => {
  const service = createForecastService();
  const pending = service.forecast(history, [request]);
  const rejected = expect(pending).rejects.toMatchObject({ code: "WORKER_FAILED" });
  await service.close();
  await rejected;
  expect(await service.forecast(history, [request])).toHaveLength(1);
  await service.close();
});

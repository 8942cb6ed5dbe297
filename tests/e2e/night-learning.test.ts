import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { startEmbeddedBroker } from "../../src/demo/aedes-broker.ts";
import { systemClock } from "../../src/commands/system-clock.ts";
import { HomeNetStore } from "../../src/forecasting/home-nets/home-net-store.ts";
import { mulberry32 } from "../../src/forecasting/random.ts";
import { openSqliteHistory } from "../../src/memory/sqlite-history.ts";
import type { AlertDto, ForecastDto, Page } from "../../src/serving/messages.ts";
import { EngineProcess } from "../harness/engine-process.ts";
import { until } from "../harness/home-assistant-core.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DAYS = 220;
const NET = "lstm-load-30";
const WITHIN_MS = 600_000 * Number(process.env["HYPERVOLT_PATIENCE"] ?? 1);
const quiet = { debug: () => {}, info: () => {}, warning: () => {}, error: () => {} };
const timeOfDay = (atMs: number): string => new Date(atMs).toISOString().slice(11, 16);

/** A home's past half-hours, as they come from Home Assistant's recorder: a habit of every third evening, and noise. */
async function putPast(folder: string, endMs: number): Promise<void> {
  const history = await openSqliteHistory({ folder, clock: systemClock, log: quiet, keepRawDays: 400 });
  const random = mulberry32(8);
  const startMs = Math.floor(endMs / DAY_MS - DAYS) * DAY_MS;
  const readings = Array.from({ length: Math.floor((endMs - startMs) / (HOUR_MS / 2)) }, (_, i) => {
    const heats = Math.floor(i / 48) % 3 === 0 && i % 48 >= 34 && i % 48 < 42;
    const value = Math.round(250 * ((heats ? 7 : 1) + 0.6 * random()));
    return { sensorId: "imported:load_w", atMs: startMs + i * (HOUR_MS / 2), value };
  });
  for (let i = 0; i < readings.length; i += 2_000) await history.append(readings.slice(i, i + 2_000));
  await history.close();
}

it("learns at night, is killed in the middle, goes on where it was and forecasts with what it learned", async () => {
  const broker = await startEmbeddedBroker();
  onTestFinished(() => broker.close());
  const nowMs = Date.now();
  const engine = new EngineProcess({
    mqtt_url: broker.url,
    redis_url: "memory",
    timezone: "UTC",
    // it is night
    quiet_from: timeOfDay(nowMs - HOUR_MS),
    quiet_to: timeOfDay(nowMs + 8 * HOUR_MS),
    log_format: "json",
  });
  onTestFinished(async () => {
    await engine.stop("SIGKILL");
    engine.forget();
  });
  await putPast(path.join(engine.folder, "data/history"), nowMs);
  const own = path.join(engine.folder, "data/models", NET);
  const editions = (): string[] => (existsSync(own) ? readdirSync(own).filter((name) => /^\d+$/.test(name)) : []);

  await engine.start();
  await until("a lesson is under way", () => existsSync(path.join(own, "training.bin")), WITHIN_MS);
  await engine.stop("SIGKILL");
  const store = new HomeNetStore(own);
  expect(store.checkpoint()?.stepsDone).toBeGreaterThan(0);
  for (const day of editions()) expect(store.edition(Number(day)).net.weights.length).toBeGreaterThan(0);
  const before = editions().length;

  await engine.start();
  await until(
    "the lesson is learned",
    () => /"Learned from this home".*"kind":"learned"/.test(engine.said()),
    WITHIN_MS,
  );
  const told =
    engine
      .said()
      .split("\n")
      .find((line) => line.includes("Learned from this home")) ?? "";
  expect(JSON.parse(told)).toMatchObject({ net: NET, resumed: true });
  expect(editions().length).toBeGreaterThan(before);
  const { results } = await engine.get<Page<AlertDto>>("/api/alerts");
  const said = results.find(({ title }) => title === "Learned at night");
  expect(said).toMatchObject({ severity: "info", detail: expect.stringMatching(/\d+ days of this home/) });

  // The next start reads what was learned: where it is of use, skill shows it.
  expect(await engine.stop()).toBe(0);
  await engine.start();
  let skill: ForecastDto["skill"] = {};
  await until(
    "there is a forecast",
    async () => {
      const { results: made } = await engine.get<Page<ForecastDto>>("/api/forecasts");
      skill = made.find(({ signal }) => signal === "load_w")?.skill ?? {};
      return Object.keys(skill).length > 0;
    },
    WITHIN_MS,
  );
  expect(Object.keys(skill).includes("home-lstm")).toBe(said?.detail.startsWith("From"));
  expect(await engine.stop()).toBe(0);
});

import { beforeAll, expect, it } from "vitest";
import { Zone } from "../../domain/civil-time.ts";
import type { HomeHistory } from "../../domain/home-history.ts";
import { candidatesWith } from "../candidates.ts";
import { createForecaster } from "../forecaster.ts";
import { scoreCandidate } from "../tournament/held-out-score.ts";
import type { LearnedModels } from "../model-files.ts";
import { trainNets } from "../nets/train-nets.ts";
import { mulberry32 } from "../random.ts";
import { lstm } from "./lstm.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DAYS = 80;
const zone = new Zone("UTC");

/** A home that heats water every other evening, and is noisy otherwise: a habit that no weighted profile knows. */
function home(seed: number): HomeHistory {
  const random = mulberry32(seed);
  const base = 100 + 300 * random();
  const turn = seed % 2;
  const values = Float64Array.from({ length: DAYS * 24 }, (_, i) => {
    const heats = Math.floor(i / 24) % 2 === turn && i % 24 >= 17 && i % 24 < 21;
    return base * ((heats ? 6 : 1) + 0.4 * random());
  });
  const site = { id: `home ${seed}`, timezone: "UTC", stepMinutes: 60, currency: "EUR" };
  return {
    site,
    zone,
    startMs: 19_723 * DAY_MS,
    stepMs: HOUR_MS,
    length: values.length,
    columns: new Map([["load_w", values]]),
  };
}

let models: LearnedModels;
beforeAll(() => {
  const homes = [1, 2, 3, 4].map((seed) => ({
    history: home(seed),
    signal: "load_w",
    untilMs: Number.MAX_SAFE_INTEGER,
  }));
  const { net, scaling } = trainNets(homes, 60, {
    units: 8,
    epochs: 12,
    batch: 16,
    learningRate: 0.02,
    hidden: 0,
    seed: 1,
  });
  models = { trees: [], nets: [{ name: "lstm-load-60", signal: "load", slotMinutes: 60, homes: [], net, scaling }] };
});

it("knows at a home it has never seen what other homes taught it", () => {
  const stranger = home(21);
  const score = scoreCandidate(lstm(models), 60, stranger, "load_w", stranger.startMs + 60 * DAY_MS);
  expect(score?.days).toBe(20);
  expect(score?.nMae).toBeLessThan(0.6 * (score?.weightedMedian ?? 0));
});

it("forecasts the same to the last digit when the history ends at the issue", () => {
  const whole = home(30);
  const issuedAtMs = whole.startMs + 50 * DAY_MS + 7 * HOUR_MS;
  const length = 50 * 24 + 7;
  const values = whole.columns.get("load_w") as Float64Array;
  const cut: HomeHistory = { ...whole, length, columns: new Map([["load_w", values.slice(0, length)]]) };
  const candidates = [...candidatesWith(models).filter(({ id }) => id === "weighted-median"), lstm(models)];
  const forecast = (history: HomeHistory) =>
    createForecaster({ candidates }).forecast(history, "load_w", issuedAtMs, 48, 60);
  const made = forecast(cut);
  expect(made).toEqual(forecast(whole));
  expect(made.skill["lstm"]?.maeW).toBeLessThan(made.skill["weighted-median"]?.maeW ?? 0);
  expect(made.model).toContain("lstm");
});

it("has nothing to say of other signals or other lengths of slot", () => {
  const candidates = [...candidatesWith(models).filter(({ id }) => id === "weighted-median"), lstm(models)];
  const history = home(31);
  const other: HomeHistory = {
    ...history,
    columns: new Map([["carbon_g_kwh", history.columns.get("load_w") as Float64Array]]),
  };
  const made = createForecaster({ candidates }).forecast(other, "carbon_g_kwh", history.startMs + 40 * DAY_MS, 24, 60);
  expect(Object.keys(made.skill)).not.toContain("lstm");
});

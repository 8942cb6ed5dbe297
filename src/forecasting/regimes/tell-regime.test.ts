import { expect, it } from "vitest";
import { Zone } from "../../domain/civil-time.ts";
import type { HomeHistory } from "../../domain/home-history.ts";
import { mulberry32 } from "../random.ts";
import { askForest, FOREST, trainForest } from "./random-forest.ts";
import { regimeQuarters } from "./regime-quarters.ts";
import { REGIMES, type Regime } from "./regime.ts";
import { RegimeTeller } from "./tell-regime.ts";
import { weakLabels } from "./weak-labels.ts";

const zone = new Zone("Europe/Berlin");
const QUARTER_MS = 900_000;
const DAYS = 35;
const START_MS = zone.startOfDayMs(Date.parse("2026-01-12T12:00:00Z"));

/** People who sleep from 23 to 6, work from 8 to 17 on weekdays, and have guests on every tenth day from 15 on. */
const doing = (day: number, hour: number): Regime => {
  if (hour >= 23 || hour < 6) return "asleep";
  if (day % 7 < 5 && hour >= 8 && hour < 17) return "away";
  return day % 10 === 9 && hour >= 15 && hour < 23 ? "guests" : "home";
};

function home(seed = 3): { history: HomeHistory; truth: Regime[] } {
  const random = mulberry32(seed);
  const truth: Regime[] = [];
  const values = Float64Array.from({ length: DAYS * 96 }, (_, i) => {
    const regime = doing(Math.floor(i / 96), (i % 96) / 4);
    truth.push(regime);
    const base = 90 + 40 * random();
    if (regime === "home") return base + 150 + 500 * random() * random() + (random() < 0.1 ? 1_200 : 0);
    return regime === "guests" ? base + 2_200 + 800 * random() : base;
  });
  const site = { id: "home", timezone: zone.name, stepMinutes: 15, currency: "EUR" };
  const columns = new Map([["load_w", values]]);
  return { history: { site, zone, startMs: START_MS, stepMs: QUARTER_MS, length: values.length, columns }, truth };
}

const until = (history: HomeHistory, length: number): HomeHistory => ({
  ...history,
  length,
  columns: new Map([...history.columns].map(([name, values]) => [name, values.slice(0, length)])),
});

it("tells from the load so far what people are doing, on days it has not learned from", () => {
  const { history, truth } = home();
  const teller = new RegimeTeller();
  let [right, asked, dark] = [0, 0, 0];
  for (let i = (DAYS - 3) * 96; i < DAYS * 96; i += 23) {
    const guess = teller.tell(until(history, i + 1), null);
    asked++;
    if (guess?.regime === truth[i]) right++;
    const nobody = guess && guess.certainty >= 0.8 && (guess.regime === "away" || guess.regime === "asleep");
    if (nobody && (truth[i] === "home" || truth[i] === "guests")) dark++;
  }
  expect(right / asked).toBeGreaterThan(0.7);
  expect(dark / asked).toBeLessThan(0.02);
});

it("calls nobody away or asleep while somebody is seen", () => {
  const { history } = home();
  const quarters = Array.from({ length: DAYS * 96 }, (_, i) => START_MS + i * QUARTER_MS);
  const labelled = regimeQuarters(history, new Set(quarters));
  if (!labelled) throw new Error("no quarters");
  const labels = new Set(weakLabels(labelled));
  expect(labels.has(REGIMES.indexOf("away"))).toBe(false);
  expect(labels.has(REGIMES.indexOf("asleep"))).toBe(false);
});

it("says nothing of a home it hardly knows, or one that is silent now", () => {
  const { history } = home();
  expect(new RegimeTeller().tell(until(history, 5 * 96), null)).toBeNull();
  const silent = history.columns.get("load_w") as Float64Array;
  silent[silent.length - 1] = Number.NaN;
  expect(new RegimeTeller().tell(history, null)).toBeNull();
});

it("grows the same forest from the same rows, within its bounds, and learns what no single split can", () => {
  const random = mulberry32(1);
  const rows = 800;
  const features = Float32Array.from({ length: rows * 3 }, () => 2 * random() - 1);
  const label = (row: number): number => ((features[row * 3] ?? 0) * (features[row * 3 + 1] ?? 0) > 0 ? 1 : 0);
  const labels = Uint8Array.from({ length: rows }, (_, row) => label(row));
  const forest = trainForest(features, labels, 3, 2);
  expect(trainForest(features, labels, 3, 2)).toEqual(forest);
  expect(forest.feature.length).toBeLessThan(FOREST.trees * 2 ** (FOREST.depth + 1));
  const right = labels.filter((said, row) => (askForest(forest, features, row)[1] ?? 0) > 0.5 === (said === 1)).length;
  expect(right / rows).toBeGreaterThan(0.95);
});

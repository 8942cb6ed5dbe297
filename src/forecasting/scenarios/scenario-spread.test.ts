import { expect, it } from "vitest";
import { Zone } from "../../domain/civil-time.ts";
import { MS_PER_HOUR } from "../../domain/units.ts";
import { mulberry32 } from "../random.ts";
import { createScenarioSource } from "./scenarios.ts";

const DAYS = 90;
const STEPS = 24;
type Ensemble = Readonly<{ paths: readonly Float64Array[]; weights: Float64Array }>;

/** A home whose days are busy or quiet for days on end and whose evenings wander: what persists must persist in paths. */
function wanderingLoad(): Float64Array {
  const random = mulberry32(11);
  const normal = (): number => Array.from({ length: 12 }, random).reduce((sum, value) => sum + value, -6);
  const load = new Float64Array(DAYS * 24);
  let spell = 0;
  let wander = 0;
  for (let i = 0; i < load.length; i++) {
    if (i % 24 === 0) spell = 0.7 * spell + 0.7 * normal();
    wander = 0.8 * wander + 0.6 * normal();
    const hour = i % 24;
    load[i] = (hour >= 17 && hour < 23 ? 1500 : 500) * Math.exp(0.35 * spell + 0.3 * wander);
  }
  return load;
}

const distance = (a: Float64Array, b: Float64Array): number =>
  Math.sqrt(a.reduce((sum, value, t) => sum + (value - (b[t] ?? 0)) ** 2, 0));

/** Energy score (Gneiting and Raftery 2007): small when paths are near what happened and no wider than they must be. */
function energyScore({ paths, weights }: Ensemble, truth: Float64Array): number {
  let near = 0;
  let spread = 0;
  for (const [i, a] of paths.entries()) {
    near += (weights[i] ?? 0) * distance(a, truth);
    for (const [j, b] of paths.entries()) spread += (weights[i] ?? 0) * (weights[j] ?? 0) * distance(a, b);
  }
  return near - spread / 2;
}

/** How far the paths' changes from hour to hour are from those that happened (variogram score). */
function variogramScore({ paths, weights }: Ensemble, truth: Float64Array): number {
  let score = 0;
  for (let t = 0; t + 1 < STEPS; t++)
    for (let lag = 1; lag <= 4 && t + lag < STEPS; lag++) {
      const change = (path: Float64Array): number => Math.sqrt(Math.abs((path[t] ?? 0) - (path[t + lag] ?? 0)));
      const expected = paths.reduce((sum, path, n) => sum + (weights[n] ?? 0) * change(path), 0);
      score += (change(truth) - expected) ** 2;
    }
  return score;
}

const even = (paths: readonly Float64Array[]): Ensemble => ({
  paths,
  weights: new Float64Array(paths.length).fill(1 / paths.length),
});

it("draws paths that persist and spread as what happened does: nearer to it than raw days or hours drawn one by one", () => {
  const load = wanderingLoad();
  const source = createScenarioSource({
    zone: new Zone("UTC"),
    startMs: Date.UTC(2025, 0, 6),
    stepMs: MS_PER_HOUR,
    columns: new Map([["load_w", load]]),
  });
  const random = mulberry32(1);
  const sum = { energy: [0, 0, 0], variogram: [0, 0, 0] };
  const ranks = new Float64Array(4);
  let issues = 0;
  for (let day = 30; day < DAYS - 1; day++)
    for (const hour of [0, 9, 18]) {
      const issueIndex = day * 24 + hour;
      const drawn = source.draw({ issueIndex, length: STEPS, count: 30, signals: ["load_w"] });
      const ours: Ensemble = { paths: drawn.paths["load_w"] ?? [], weights: drawn.weights ?? new Float64Array(0) };
      const truth = load.slice(issueIndex, issueIndex + STEPS);
      const before = (days: number): Float64Array => load.slice(issueIndex - days * 24, issueIndex - days * 24 + STEPS);
      const raw = even(Array.from({ length: 28 }, (_, k) => before(k + 1)));
      const byHour = even(
        Array.from({ length: 30 }, () =>
          Float64Array.from(truth, (_, t) => ours.paths[Math.floor(random() * ours.paths.length)]?.[t] ?? 0),
        ),
      );
      for (const [k, ensemble] of [ours, raw, byHour].entries()) {
        sum.energy[k] = (sum.energy[k] ?? 0) + energyScore(ensemble, truth);
        sum.variogram[k] = (sum.variogram[k] ?? 0) + variogramScore(ensemble, truth);
      }
      const total = (path: Float64Array): number => path.reduce((all, value) => all + value, 0);
      const rank = ours.paths.reduce(
        (all, path, n) => all + (total(path) < total(truth) ? (ours.weights[n] ?? 0) : 0),
        0,
      );
      const bin = Math.min(3, Math.floor(rank * 4));
      ranks[bin] = (ranks[bin] ?? 0) + 1;
      issues++;
    }
  const [energy = 0, rawEnergy = 0, byHourEnergy = 0] = sum.energy;
  const [variogram = 0, , byHourVariogram = 0] = sum.variogram;
  expect(energy).toBeLessThan(0.97 * rawEnergy);
  expect(energy).toBeLessThan(byHourEnergy);
  expect(variogram).toBeLessThan(0.9 * byHourVariogram);
  // a day's total falls in each quarter of the paths about as often
  for (const count of ranks) expect(count / issues).toBeGreaterThan(0.14);
});

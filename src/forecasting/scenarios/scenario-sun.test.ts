import { expect, it } from "vitest";
import { Zone } from "../../domain/civil-time.ts";
import type { Scenarios } from "../../domain/forecast.ts";
import { MS_PER_HOUR, MS_PER_DAY } from "../../domain/units.ts";
import { mulberry32 } from "../random.ts";
import { drawScenarios, type ScenarioHistory } from "./scenarios.ts";
import { clearSkyWPerM2, sinElevation } from "../sun/sun.ts";

const PLACE = { latitude: 48.8, longitude: 2.3 };
const DAYS = 120;
const PEAK_W = 4_000;

/** Hours of a plant under days that are clear by a share each, from an autumn or a spring on. */
function plant(startMs: number, clearness: (day: number) => number): Float64Array {
  return Float64Array.from({ length: DAYS * 24 }, (_, i) => {
    const atMs = startMs + (i + 0.5) * MS_PER_HOUR;
    return (clearness(Math.floor(i / 24)) * PEAK_W * clearSkyWPerM2(sinElevation(atMs, PLACE))) / 1_000;
  });
}

const home = (startMs: number, powerW: Float64Array): ScenarioHistory => ({
  zone: new Zone("Europe/Paris"),
  startMs,
  stepMs: MS_PER_HOUR,
  site: PLACE,
  columns: new Map([["pv_w", powerW]]),
});

/** Weighted quantile as who reads paths would take it: the least value that so much of the weight lies at or below. */
function quantile(values: readonly number[], weights: Float64Array, share: number): number {
  const order = values.map((_, n) => n).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  let below = 0;
  for (const n of order) {
    below += weights[n] ?? 0;
    if (below >= share) return values[n] ?? Number.NaN;
  }
  return values[order.at(-1) ?? 0] ?? Number.NaN;
}

const meanAt = ({ paths, weights = new Float64Array() }: Scenarios, t: number): number =>
  (paths["pv_w"] ?? []).reduce((sum, path, n) => sum + (weights[n] ?? 0) * (path[t] ?? 0), 0);

it("brings what earlier days gave to where the sun stands now, in spring and in autumn", () => {
  for (const startMs of [Date.UTC(2025, 0, 10), Date.UTC(2025, 7, 1)]) {
    const powerW = plant(startMs, () => 0.9);
    const issueIndex = 100 * 24;
    const drawn = drawScenarios(home(startMs, powerW), { issueIndex, length: 48, count: 60, signals: ["pv_w"] });
    for (let t = 0; t < 48; t++) {
      const truth = powerW[issueIndex + t] ?? 0;
      const mean = meanAt(drawn, t);
      if (truth > 800) expect(Math.abs(mean - truth) / truth).toBeLessThan(0.03);
      if (truth === 0) expect(mean).toBeLessThan(20);
    }
  }
});

it("covers eight in ten of the hours of light by what lies between the tenths of its paths", () => {
  const startMs = Date.UTC(2025, 1, 1);
  const random = mulberry32(5);
  const sky = Array.from({ length: DAYS }, () => 0.2 + 0.8 * random());
  const powerW = plant(startMs, (day) => sky[day] ?? 1);
  let [inside, hours] = [0, 0];
  for (let day = 35; day < DAYS - 2; day++) {
    const issueIndex = day * 24;
    const { paths, weights = new Float64Array() } = drawScenarios(home(startMs, powerW), {
      issueIndex,
      length: 24,
      count: 72,
      signals: ["pv_w"],
    });
    for (let t = 0; t < 24; t++) {
      const truth = powerW[issueIndex + t] ?? 0;
      const values = (paths["pv_w"] ?? []).map((path) => path[t] ?? 0);
      if (truth < 100) continue;
      hours++;
      if (truth >= quantile(values, weights, 0.1) && truth <= quantile(values, weights, 0.9)) inside++;
    }
  }
  expect(inside / hours).toBeGreaterThan(0.76);
  expect(inside / hours).toBeLessThan(0.88);
});

it("takes a meter that is silent at night for darkness, not for the evenings of a brighter month", () => {
  const startMs = Date.UTC(2025, 7, 1);
  const silent = plant(startMs, () => 0.9).map((value) => (value === 0 ? Number.NaN : value));
  const issueIndex = 110 * 24;
  const { paths } = drawScenarios(home(startMs, silent), { issueIndex, length: 24, count: 60, signals: ["pv_w"] });
  for (const path of paths["pv_w"] ?? [])
    path.forEach((value, t) => {
      const atMs = startMs + (issueIndex + t) * MS_PER_HOUR;
      if (sinElevation(atMs, PLACE) < -0.05 && sinElevation(atMs + MS_PER_HOUR, PLACE) < -0.05) expect(value).toBe(0);
    });
});

it("follows the sun, not the clock on the wall, across a change of the clocks", () => {
  const startMs = Date.UTC(2025, 6, 28);
  const powerW = plant(startMs, () => 0.9);
  // the first noon of winter time
  const issueIndex = Math.round((Date.UTC(2025, 9, 26, 6) - startMs) / MS_PER_HOUR);
  expect((Date.UTC(2025, 9, 26) - startMs) / MS_PER_DAY).toBeLessThan(DAYS);
  const drawn = drawScenarios(home(startMs, powerW), { issueIndex, length: 14, count: 30, signals: ["pv_w"] });
  for (let t = 0; t < 14; t++) {
    const truth = powerW[issueIndex + t] ?? 0;
    if (truth > 800) expect(Math.abs(meanAt(drawn, t) - truth) / truth).toBeLessThan(0.03);
  }
});

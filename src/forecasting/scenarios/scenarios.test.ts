import { expect, it } from "vitest";
import { Zone } from "../../domain/civil-time.ts";
import { MS_PER_HOUR } from "../../domain/units.ts";
import { drawScenarios, type ScenarioHistory } from "./scenarios.ts";

const START_MS = Date.UTC(2025, 2, 1);

/** Deterministic noise, 0..1. */
const noise = (i: number): number => Math.abs(Math.sin(i * 12.9898) * 43758.5453) % 1;

function history(days: number, zone = "UTC", columns: Record<string, (i: number) => number> = {}): ScenarioHistory {
  const length = days * 24;
  const of = (value: (i: number) => number): Float64Array => Float64Array.from({ length }, (_, i) => value(i));
  return {
    zone: new Zone(zone),
    startMs: START_MS,
    stepMs: MS_PER_HOUR,
    columns: new Map(
      Object.entries({
        load_w: (i: number) => 300 + 1_500 * noise(i) * (i % 24 > 17 ? 1 : 0.3),
        pv_w: (i: number) =>
          Math.max(0, Math.sin(((i % 24) - 6) / 4)) * 3_000 * (0.3 + 0.7 * noise(Math.floor(i / 24))),
        carbon_g_kwh: (i: number) => 200 + 50 * noise(i + 7),
        import_price: (i: number) => (i % 24 > 15 ? 0.5 : 0.2),
        ...columns,
      }).map(([name, value]) => [name, of(value)]),
    ),
  };
}

it("reads nothing at or after the issue, to the last digit", () => {
  const whole = history(40);
  const issueIndex = 700;
  const cut: ScenarioHistory = {
    ...whole,
    columns: new Map([...whole.columns].map(([name, values]) => [name, values.slice(0, issueIndex)])),
  };
  const request = { issueIndex, length: 30, count: 40 };
  expect(drawScenarios(cut, request)).toEqual(drawScenarios(whole, request));
});

it("gives likelihoods that add up to one, of days alike the recent ones the likeliest", () => {
  const home = history(40, "UTC", { load_w: (i) => (i % 24 > 17 ? 1_200 : 300) });
  const { weights, paths } = drawScenarios(home, { issueIndex: 900, length: 24, count: 60 });
  expect(paths["load_w"]).toHaveLength(60);
  expect(weights?.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
  expect(Math.max(...(weights?.slice(0, 6) ?? []))).toBeGreaterThan(Math.max(...(weights?.slice(40) ?? [])));
});

it("trusts days more before which the sun had shone as it did now: of two, the older one after the same sky", () => {
  const home = history(41, "UTC", {
    load_w: () => 500,
    pv_w: (i) => (Math.floor(i / 24) % 2 === 0 ? 0.2 : 1) * Math.max(0, 2_000 - 500 * Math.abs((i % 24) - 12)),
  });
  const { weights } = drawScenarios(home, { issueIndex: 40 * 24, length: 24, count: 60 });
  // three shifts of the clock a day, newest day first
  const ofDay = (daysBack: number): number =>
    weights?.slice(3 * (daysBack - 1), 3 * daysBack).reduce((sum, weight) => sum + weight, 0) ?? 0;
  expect(ofDay(2)).toBeGreaterThan(2 * ofDay(1));
  expect(ofDay(2)).toBeGreaterThan(2 * ofDay(3));
});

it("starts near what was measured last and keeps each day's own course later on", () => {
  const flat = history(30, "UTC", { load_w: (i) => (i >= 600 ? 2_000 : 500) });
  const { paths, weights } = drawScenarios(flat, { issueIndex: 602, length: 24, count: 72 });
  const mean = (t: number): number =>
    (paths["load_w"] ?? []).reduce((sum, path, n) => sum + (weights?.[n] ?? 0) * (path[t] ?? 0), 0);
  expect(mean(0)).toBeGreaterThan(1_000);
  expect(mean(12)).toBeLessThan(700);
});

it("lets what a home began go on or be over: from each path it is gone at once and for good, at a time of its own", () => {
  const flat = history(30, "UTC", { load_w: (i) => (i >= 600 ? 2_000 : 500) });
  const drawn = drawScenarios(flat, { issueIndex: 601, length: 20, count: 72 }).paths["load_w"] ?? [];
  const lasting = drawn.map((path) => path.findIndex((value) => value < 1_900));
  for (const [n, path] of drawn.entries())
    path.forEach((value, t) => {
      if (t >= (lasting[n] ?? 0)) expect(value).toBeLessThan(600);
    });
  expect(new Set(lasting).size).toBeGreaterThan(3);
  expect(lasting.filter((hours) => hours === 0).length).toBeGreaterThan(10);
});

it("never draws negative load, nor sun at night or above the brightest of the last weeks", () => {
  const home = history(40);
  const { paths } = drawScenarios(home, { issueIndex: 912, length: 24, count: 60 });
  const brightest = Math.max(...(home.columns.get("pv_w") ?? []));
  for (const path of paths["load_w"] ?? []) expect(Math.min(...path)).toBeGreaterThanOrEqual(0);
  for (const path of paths["pv_w"] ?? []) {
    expect(Math.max(...path)).toBeLessThanOrEqual(brightest);
    expect(path[2]).toBe(0);
  }
});

it("spreads as wide as the days it is drawn from", () => {
  const days = Array.from({ length: 30 }, (_, d) => 500 + 1_000 * noise(d));
  const home = history(30, "UTC", { load_w: (i) => (i % 24 === 19 ? (days[Math.floor(i / 24)] ?? 0) : 400) });
  const { paths, weights } = drawScenarios(home, { issueIndex: 28 * 24, length: 24, count: 200 });
  const evening = (paths["load_w"] ?? []).map((path, n) => [path[19] ?? 0, weights?.[n] ?? 0] as const);
  const mean = evening.reduce((sum, [value, weight]) => sum + weight * value, 0);
  const deviation = Math.sqrt(evening.reduce((sum, [value, weight]) => sum + weight * (value - mean) ** 2, 0));
  expect(deviation).toBeGreaterThan(150);
});

it("takes what is known ahead into every path", () => {
  const known = Float64Array.from({ length: 4 }, (_, t) => (t < 2 ? 9 : Number.NaN));
  const { paths } = drawScenarios(history(30), {
    issueIndex: 500,
    length: 4,
    count: 5,
    known: { import_price: known },
  });
  expect(paths["import_price"]).toHaveLength(5);
  for (const path of paths["import_price"] ?? []) {
    expect(Array.from(path.subarray(0, 2))).toEqual([9, 9]);
    expect(path[2]).toBeGreaterThan(0);
  }
});

it("keeps to the wall clock across a change of the clocks", () => {
  const zone = new Zone("Europe/Paris");
  const evening = (i: number): number => (zone.civil(START_MS + i * MS_PER_HOUR).hour === 19 ? 3_000 : 100);
  const home = history(31, "Europe/Paris", { load_w: evening });
  const issueIndex = 29 * 24 + 6;
  const { paths } = drawScenarios(home, { issueIndex, length: 24, count: 1 });
  const at = (paths["load_w"]?.[0] ?? new Float64Array()).indexOf(3_000);
  expect(zone.civil(START_MS + (issueIndex + at) * MS_PER_HOUR).hour).toBe(19);
});

it("goes on as it was with an hour of history, and starts from a prior with none", () => {
  const home = history(30);
  expect([...(drawScenarios(home, { issueIndex: 1, length: 3, count: 9 }).paths["load_w"]?.[0] ?? [])]).toEqual(
    Array.from({ length: 3 }, () => home.columns.get("load_w")?.[0]),
  );
  expect(drawScenarios(home, { issueIndex: 0, length: 3, count: 9 }).paths["load_w"]?.[0]?.[0]).toBe(300);
});

it("reads past gaps", () => {
  const gappy = history(30, "UTC", { load_w: (i) => (i % 50 < 20 ? Number.NaN : 700) });
  const { paths } = drawScenarios(gappy, { issueIndex: 650, length: 30, count: 30 });
  for (const path of paths["load_w"] ?? []) expect(path.every((value) => value === 700)).toBe(true);
});

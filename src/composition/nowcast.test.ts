import { expect, it } from "vitest";
import { Zone } from "../domain/civil-time.ts";
import { MS_PER_HOUR } from "../domain/units.ts";
import { nowcast } from "./nowcast.ts";

const STEP = MS_PER_HOUR / 4;
const history = (column: string, value: number) => ({
  site: { id: "h", timezone: "UTC", stepMinutes: 15, currency: "EUR" },
  zone: new Zone("UTC"),
  startMs: 0,
  stepMs: STEP,
  length: 40,
  columns: new Map([[column, new Float64Array(40).fill(value)]]),
});
const NOW = 40 * STEP;
const ahead = new Float64Array(48).fill(1_000);

it("carries half of the last hour's error of the load on, fading, and less of a quarter's", () => {
  const corrected = nowcast("load_w", ahead, NOW, STEP, history("load_w", 1_400), () => 1_000);
  expect(corrected[0]).toBeGreaterThan(1_120);
  expect(corrected[0]).toBeLessThan(1_200);
  const since = nowcast("load_w", ahead, NOW, STEP, history("load_w", 1_400), (atMs) =>
    atMs < NOW - STEP ? Number.NaN : 1_000,
  );
  expect(since[0]).toBeGreaterThan(1_020);
  expect(since[0]).toBeLessThan(1_060);
  expect(Math.abs((corrected[47] ?? 0) - 1_000)).toBeLessThan(2);
});

it("scales the sun by how clear it was against the forecast, and leaves the night alone", () => {
  const cloudy = nowcast("pv_w", ahead, NOW, STEP, history("pv_w", 500), () => 1_000);
  expect(cloudy[0]).toBeGreaterThan(450);
  expect(cloudy[0]).toBeLessThan(600);
  expect(nowcast("pv_w", ahead, NOW, STEP, history("pv_w", 0), () => 10)).toBe(ahead);
});

it("corrects nothing where nothing was said before", () => {
  expect(nowcast("load_w", ahead, NOW, STEP, history("load_w", 1_400), () => Number.NaN)).toBe(ahead);
});

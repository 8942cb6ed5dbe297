import { expect, it } from "vitest";
import { Zone } from "../domain/civil-time.ts";
import type { HomeHistory } from "../domain/home-history.ts";
import { candidatesWith } from "./candidates.ts";
import { weightedMedian } from "./candidates/profiles.ts";
import { DayFrame, frameSource } from "./day-frame.ts";
import { FEATURE_COUNT, FEATURE_NAMES, featuresOf } from "./features.ts";
import { createForecaster } from "./forecaster.ts";
import { loadModels } from "./model-files.ts";
import { mulberry32 } from "./random.ts";
import { entryOf } from "./tournament/tournament.ts";

const HOUR_MS = 3_600_000;
const DAYS = 60;
const zone = new Zone("Europe/Paris");
const startMs = zone.startOfDayMs(Date.parse("2024-01-08T12:00:00Z"));

/** An hourly home with evenings and noise; `seen` says which hours of which day the meter did not miss. */
function homeSeen(seen: (day: number, hour: number) => boolean, days = DAYS): HomeHistory {
  const random = mulberry32(5);
  const values = Float64Array.from({ length: days * 24 }, (_, i) => {
    const hour = i % 24;
    const loadW = (250 + (hour >= 18 && hour < 23 ? 900 : 0) + (hour === 7 ? 500 : 0)) * (0.6 + 0.8 * random());
    return seen(Math.floor(i / 24), hour) ? loadW : Number.NaN;
  });
  const site = { id: "home", timezone: zone.name, stepMinutes: 60, currency: "EUR", latitude: 48.9, longitude: 2.3 };
  return { site, zone, startMs, stepMs: HOUR_MS, length: values.length, columns: new Map([["load_w", values]]) };
}

function frameOf(history: HomeHistory): DayFrame {
  const endMs = startMs + history.length * HOUR_MS;
  return new DayFrame(frameSource(history, "load_w", 60, endMs), 0, history.length / 24 + 1);
}

const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

it.each([
  ["the last three days", (day: number) => day < DAYS - 3],
  ["the last evening", (day: number, hour: number) => day < DAYS - 1 || hour < 17],
  ["the last week and every fifth hour", (day: number, hour: number) => day < DAYS - 7 && (day * 24 + hour) % 5 > 0],
])("no model takes %s that the meter missed for hours without any load", (_name, seen) => {
  const frame = frameOf(homeSeen(seen));
  const usual = total(entryOf(weightedMedian, frame, frame, 1)?.p50 ?? new Float64Array());
  const wrong = candidatesWith(loadModels(undefined, () => {})).flatMap((candidate) => {
    const entry = entryOf(candidate, frame, frame, 1);
    const shares = entry ? [total(entry.p50) / usual, total(entry.mean) / usual] : [];
    return shares.some((share) => !(share > 0.75 && share < 1.35)) ? [{ id: candidate.id, shares }] : [];
  });
  expect(wrong).toEqual([]);
});

it("describes a day to come without a hole, whatever of the last days is missing", () => {
  const features = featuresOf(frameOf(homeSeen((day, hour) => day < 40 || (day === 55 && hour < 9))), 1);
  const missing = new Set<string>();
  features.forEach((value, i) => {
    if (Number.isNaN(value)) missing.add(FEATURE_NAMES[i % FEATURE_COUNT] ?? "");
  });
  expect([...missing]).toEqual(["temperature of yesterday", "temperature of yesterday above that of 7 days"]);
});

it("gives a home of a few hours and days a band that holds what comes", () => {
  const whole = homeSeen(() => true, 14);
  const values = whole.columns.get("load_w") ?? new Float64Array();
  for (const knownHours of [6, 24, 48, 96]) {
    const issuedAtMs = startMs + knownHours * HOUR_MS;
    const made = createForecaster().forecast(whole, "load_w", issuedAtMs, 72, 60);
    let within = 0;
    for (let t = 0; t < 72; t++) {
      const truth = values[knownHours + t] ?? 0;
      if (truth >= (made.p10[t] ?? 0) && truth <= (made.p90[t] ?? 0)) within++;
    }
    expect(within / 72, `${knownHours} h`).toBeGreaterThan(0.68);
  }
});

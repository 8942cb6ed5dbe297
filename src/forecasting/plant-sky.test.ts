import { expect, it } from "vitest";
import { Zone } from "../domain/civil-time.ts";
import { DayFrame, frameSource } from "./day-frame.ts";
import { plantSkyOf } from "./plant-sky.ts";
import { mulberry32 } from "./random.ts";
import { clearBeamWPerM2, clearSkyWPerM2, sunVector } from "./sun.ts";

const HOUR_MS = 3_600_000;
const START_MS = Date.parse("2024-02-01T00:00:00Z");
const PLACE = { latitude: 48, longitude: 0 };

/** A plane tilted by so many degrees, facing so many from north over east, under a clear sky. */
function givesW(atMs: number, tilt: number, facing: number): number {
  const { east, north, up } = sunVector(atMs, PLACE);
  if (up <= 0) return 0;
  const [t, f] = [(tilt * Math.PI) / 180, (facing * Math.PI) / 180];
  const met = Math.sin(t) * (Math.sin(f) * east + Math.cos(f) * north) + Math.cos(t) * up;
  const beam = clearBeamWPerM2(up);
  return 4 * (beam * Math.max(0, met) + clearSkyWPerM2(up) - beam * up);
}

function frameOf(days: number, place: Partial<typeof PLACE>, tilt: number, facing: number): DayFrame {
  const random = mulberry32(3);
  const cloudOfDay = Array.from({ length: days }, () => (random() < 0.3 ? 1 : 0.2 + 0.7 * random()));
  const values = Float64Array.from(
    { length: days * 24 },
    (_, i) => (cloudOfDay[Math.floor(i / 24)] ?? 1) * givesW(START_MS + (i + 0.5) * HOUR_MS, tilt, facing),
  );
  const site = { id: "x", timezone: "UTC", stepMinutes: 60, currency: "EUR", ...place };
  const columns = new Map([["pv_w", values]]);
  const history = { site, zone: new Zone("UTC"), startMs: START_MS, stepMs: HOUR_MS, length: values.length, columns };
  return new DayFrame(frameSource(history, "pv_w", 60, START_MS + (days + 2) * 24 * HOUR_MS), 0, days + 1);
}

it.each([
  ["west", 30, 270],
  ["east", 30, 90],
  ["south", 40, 180],
])("sees by the production alone that a plant looks to the %s, whatever the clouds do", (_, tilt, facing) => {
  const frame = frameOf(90, PLACE, tilt, facing);
  const sky = plantSkyOf(frame, frame.known) ?? new Float64Array(24);
  // the forecast row is the day after the last: 90 days on, one row later for the day before the history
  const truth = Float64Array.from(sky, (_v, c) => givesW(START_MS + (90 * 24 + c + 0.5) * HOUR_MS, tilt, facing));
  const [whole, wholeTruth] = [sky, truth].map((values) => values.reduce((sum, value) => sum + value, 0));
  for (const [c, value] of truth.entries())
    expect(Math.abs((sky[c] ?? 0) / (whole ?? 1) - value / (wholeTruth ?? 1)), `hour ${c}`).toBeLessThan(0.02);
});

it("takes a plant for one on a usual roof while little is known of it, and says nothing where the place is unknown", () => {
  const few = frameOf(1, PLACE, 30, 90);
  const noon = plantSkyOf(few, few.known) ?? new Float64Array(24);
  expect((noon[9] ?? 0) / (noon[14] ?? 1)).toBeCloseTo(1, 0);
  expect(plantSkyOf(frameOf(40, {}, 30, 90), 41)).toBeUndefined();
});

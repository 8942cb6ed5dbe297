import fc from "fast-check";
import { expect, it } from "vitest";
import { MOST_ATTRIBUTE_BYTES, planAttributes } from "./plan-attributes.ts";

const START_MS = Date.UTC(2026, 2, 28, 23);

function planOf(steps: number, stepMinutes: number, batteries: number, devices: number, scale: number) {
  const column = (value: (i: number) => number): number[] => Array.from({ length: steps }, (_, i) => value(i));
  return {
    startMs: START_MS,
    stepMinutes,
    importW: column((i) => (i * 37.7 * scale) % 90_000),
    exportW: column(() => 0),
    loadW: column((i) => 400 + i * scale),
    pvW: column((i) => i % 7),
    price: column((i) => 0.2 + i / 7_919),
    carbonGPerKwh: column((i) => 300 + i),
    batteries: Array.from({ length: batteries }, (_, b) => ({
      id: `battery_${b}`,
      powerW: column((i) => -i * scale),
      soc: column((i) => i / steps),
    })),
    devices: Array.from({ length: devices }, (_, d) => ({ id: `device_${d}`, on: column((i) => (i + d) % 2) })),
  };
}

it("stays within 8 KiB, with columns of one length, whatever the plan", () => {
  const plans = fc.tuple(
    fc.integer({ min: 1, max: 600 }),
    fc.constantFrom(5, 15, 30, 60),
    fc.integer({ min: 0, max: 8 }),
    fc.integer({ min: 0, max: 32 }),
    fc.integer({ min: 1, max: 100 }),
  );
  fc.assert(
    fc.property(plans, (args) => {
      const attributes = planAttributes(planOf(...args));
      expect(Buffer.byteLength(JSON.stringify(attributes))).toBeLessThanOrEqual(MOST_ATTRIBUTE_BYTES);
      const lengths = new Set(
        Object.values(attributes).flatMap((value) => (Array.isArray(value) ? [value.length] : [])),
      );
      expect(lengths.size).toBe(1);
    }),
    { numRuns: 60 },
  );
});

it("loses nothing of a plan that fits, but decimals that mean nothing", () => {
  const attributes = planAttributes(planOf(4, 15, 1, 1, 1));
  expect(attributes).toMatchObject({
    start: "2026-03-28T23:00:00Z",
    step_minutes: 15,
    import_w: [0, 38, 75, 113],
    price: [0.2, 0.2001, 0.2003, 0.2004],
    battery_0_w: [0, -1, -2, -3],
    battery_0_soc: [0, 0.25, 0.5, 0.75],
    device_0_on: [0, 1, 0, 1],
  });
});

it("keeps a whole day of a home with many things, by making steps longer", () => {
  const attributes = planAttributes(planOf(576, 5, 4, 12, 50));
  const steps = (attributes["import_w"] as unknown[]).length;
  expect(steps * Number(attributes["step_minutes"])).toBeGreaterThanOrEqual(24 * 60);
});

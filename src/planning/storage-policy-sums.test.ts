import fc from "fast-check";
import { expect, it } from "vitest";
import { applyCommand, type StoragePaths, type StorageProgram } from "./storage-policy-program.ts";
import type { StageLimits, Store, StoreCommand } from "./storage-policy-stage.ts";
import { createStageSums } from "./storage-policy-sums.ts";

const LEVELS = 9;
const USABLE_WH = 4_000;
const watts = (max: number) => fc.integer({ min: 0, max: max / 50 }).map((steps) => steps * 50);
const path = fc.record({
  loadW: watts(4_000),
  pvW: fc.oneof(fc.constant(0), watts(5_000)),
  importPerKwh: fc.double({ min: -0.2, max: 0.8, noNaN: true }),
  exportPerKwh: fc.double({ min: -0.1, max: 0.4, noNaN: true }),
  weight: fc.double({ min: 0.1, max: 1, noNaN: true }),
});
const store = fc.record({
  usableWh: fc.constant(USABLE_WH),
  maxChargeW: watts(3_000),
  maxDischargeW: watts(3_000),
  minChargeW: fc.constantFrom(0, 0, 600),
  chargeEfficiency: fc.constantFrom(1, 0.9),
  dischargeEfficiency: fc.constantFrom(1, 0.8),
  wearPerKwh: fc.constantFrom(0, 0.05),
  mayExport: fc.boolean(),
  mayChargeFromGrid: fc.boolean(),
}) satisfies fc.Arbitrary<Store>;
const unlimited: StageLimits = {
  maxImportW: Infinity,
  maxExportW: Infinity,
  maxAcW: Infinity,
  curtailable: false,
  bounded: false,
};
const limits = fc.constantFrom<StageLimits>(
  unlimited,
  { ...unlimited, maxImportW: 3_000, bounded: true },
  { ...unlimited, maxAcW: 2_500, maxExportW: 1_000, curtailable: true, bounded: true },
);
const all = Infinity;
const command = fc.oneof(
  fc.constant<StoreCommand>({ kind: "hold" }),
  fc.constant<StoreCommand>({ kind: "follow", maxChargeW: all, maxDischargeW: all }),
  fc.constant<StoreCommand>({ kind: "follow", maxChargeW: all, maxDischargeW: 0 }),
  watts(3_000).map((maxDischargeW): StoreCommand => ({ kind: "follow", maxChargeW: all, maxDischargeW })),
  watts(3_000).map((powerW): StoreCommand => ({ kind: "charge", powerW, maxW: 3_000 })),
  watts(3_000).map((powerW): StoreCommand => ({ kind: "discharge", powerW })),
);

it("gives, command by command and level by level, what trying each on every path one by one gives", () => {
  fc.assert(
    fc.property(
      fc.array(path, { minLength: 1, maxLength: 6 }),
      store,
      limits,
      fc.array(command, { minLength: 1, maxLength: 6 }),
      fc.constantFrom(0.25, 1),
      fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: LEVELS, maxLength: LEVELS }),
      (drawn, ofStore, ofLimits, commands, hours, after) => {
        const flat = (of: (one: (typeof drawn)[number]) => number) => Float64Array.from(drawn, of);
        const paths: StoragePaths = {
          count: drawn.length,
          length: 1,
          weights: flat((one) => one.weight),
          kinds: 1,
          kindOf: new Int32Array(drawn.length),
          hours: Float64Array.of(hours),
          loadW: flat((one) => one.loadW),
          pvW: flat((one) => one.pvW),
          importPerKwh: flat((one) => one.importPerKwh),
          exportPerKwh: flat((one) => one.exportPerKwh),
        };
        const program: StorageProgram = { paths, store: ofStore, limits: ofLimits, commands };
        const perLevelWh = USABLE_WH / (LEVELS - 1);
        const sums = createStageSums(program, LEVELS, perLevelWh);
        sums.begin(0, Float64Array.of(...after, after.at(-1) ?? 0));
        drawn.forEach(({ weight }, n) => sums.add(n, weight));
        const costs = sums.end();
        const valueAt = (storedWh: number): number => {
          const place = Math.min(Math.max(storedWh / perLevelWh, 0), LEVELS - 1);
          const low = Math.min(LEVELS - 2, Math.floor(place));
          return (after[low] ?? 0) * (low + 1 - place) + (after[low + 1] ?? 0) * (place - low);
        };
        const outcome = { powerW: 0, storedWh: 0, stepCost: 0 };
        for (const [c, one] of commands.entries())
          for (let level = 0; level < LEVELS; level++) {
            const expected = drawn.reduce((sum, { weight }, n) => {
              applyCommand(program, one, n, 0, level * perLevelWh, 0, outcome);
              return sum + weight * (outcome.stepCost + valueAt(outcome.storedWh));
            }, 0);
            expect(costs[c * LEVELS + level]).toBeCloseTo(expected, 6);
          }
      },
    ),
    { numRuns: 400, seed: 5 },
  );
});

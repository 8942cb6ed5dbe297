import fc from "fast-check";
import { expect, it } from "vitest";
import type { Battery } from "./plan-problem.ts";
import type { BatteryCommand } from "./plan.ts";
import { settlementOf, settleStep, type StoragePlant } from "./storage-rule.ts";

const battery: Battery = {
  id: "home",
  capacityWh: 10_000,
  initialSoc: 0.5,
  minSoc: 0.1,
  maxSoc: 0.9,
  maxChargeW: 3_000,
  maxDischargeW: 4_000,
  chargeEfficiency: 0.9,
  dischargeEfficiency: 0.8,
};
const plant: StoragePlant = { batteries: [battery] };
const prices = { importPerKwh: 0.3, exportPerKwh: 0.1 };
const follow: BatteryCommand = { kind: "follow", maxChargeW: 3_000, maxDischargeW: 4_000 };
const settle = (given: StoragePlant, command: BatteryCommand, soc: number, loadW: number, pvW: number) =>
  settleStep(given, [command], [soc], loadW, pvW, 1, prices);

it("covers the net load when following, with the losses of discharging", () => {
  const flows = settle(plant, follow, 0.5, 1_500, 500);
  expect(flows).toMatchObject({ importW: 0, exportW: 0, batteryW: [-1_000] });
  expect(flows.socs[0]).toBeCloseTo(0.5 - 1_000 / 0.8 / 10_000, 12);
});

it("imports what is left when following runs the battery to its lowest charge", () => {
  const flows = settle(plant, follow, 0.15, 4_000, 0);
  expect(flows.batteryW[0]).toBeCloseTo(-500 * 0.8, 9);
  expect(flows.importW).toBeCloseTo(3_600, 9);
  expect(flows.socs[0]).toBeCloseTo(0.1, 12);
});

it("stores surplus up to the highest charge and exports the rest", () => {
  const flows = settle(plant, follow, 0.81, 0, 2_000);
  expect(flows.batteryW[0]).toBeCloseTo(900 / 0.9, 9);
  expect(flows.exportW).toBeCloseTo(1_000, 9);
});

it("raises a charge to take surplus, within its range", () => {
  const command: BatteryCommand = { kind: "charge", powerW: 500, minW: 0, maxW: 2_000 };
  expect(settle(plant, command, 0.5, 0, 1_200).batteryW).toEqual([1_200]);
  expect(settle(plant, command, 0.5, 0, 2_900).batteryW).toEqual([2_000]);
  expect(settle(plant, command, 0.5, 1_000, 0).batteryW).toEqual([500]);
});

it("never lets charging break the fuse, and leaves a load that does to the grid", () => {
  const fused: StoragePlant = { ...plant, grid: { maxImportW: 2_500 } };
  const command: BatteryCommand = { kind: "charge", powerW: 3_000, minW: 0, maxW: 3_000 };
  expect(settle(fused, command, 0.5, 2_000, 0)).toMatchObject({ importW: 2_500, batteryW: [500] });
  expect(settle(fused, command, 0.5, 2_600, 0)).toMatchObject({ importW: 2_600, batteryW: [0] });
});

it("neither discharges into an export nor charges from an import where that is not allowed", () => {
  const strict: StoragePlant = { batteries: [{ ...battery, mayExport: false, mayChargeFromGrid: false }] };
  const discharge: BatteryCommand = { kind: "discharge", powerW: 4_000, minW: 0, maxW: 4_000 };
  const charge: BatteryCommand = { kind: "charge", powerW: 3_000, minW: 0, maxW: 3_000 };
  expect(settle(strict, discharge, 0.5, 700, 0)).toMatchObject({ exportW: 0, batteryW: [-700] });
  expect(settle(strict, discharge, 0.5, 0, 700).batteryW[0]).toBeCloseTo(0, 12);
  expect(settle(strict, charge, 0.5, 500, 800)).toMatchObject({ importW: 0, batteryW: [300] });
});

it("charges not at all rather than below the least charging power", () => {
  const ev: StoragePlant = { batteries: [{ ...battery, minChargeW: 1_400 }] };
  expect(settle(ev, follow, 0.5, 0, 1_000).batteryW).toEqual([0]);
  expect(settle(ev, follow, 0.5, 0, 1_500).batteryW).toEqual([1_500]);
});

it("curtails what may not or should not be exported, only where PV can be curtailed", () => {
  const full = { batteries: [{ ...battery, initialSoc: 0.9 }], grid: { maxExportW: 1_000 }, pv: { curtailable: true } };
  expect(settleStep(full, [follow], [0.9], 0, 3_000, 1, prices)).toMatchObject({ exportW: 1_000, pvUsedW: 1_000 });
  const costly = { importPerKwh: 0.3, exportPerKwh: -0.05 };
  expect(settleStep(full, [follow], [0.9], 500, 3_000, 1, costly)).toMatchObject({ exportW: 0, pvUsedW: 500 });
  const rigid = { ...full, pv: { curtailable: false } };
  expect(settleStep(rigid, [follow], [0.9], 500, 3_000, 1, costly)).toMatchObject({ exportW: 2_500, pvUsedW: 3_000 });
});

it("stores PV that a hybrid inverter cannot pass on, also while the home imports", () => {
  const hybrid: StoragePlant = { ...plant, inverter: { maxAcW: 5_000 } };
  expect(settle(hybrid, follow, 0.3, 5_500, 6_000)).toMatchObject({ batteryW: [1_000], pvUsedW: 6_000, importW: 500 });
});

it("follows neither way where load and sun are equal", () => {
  expect(settle(plant, follow, 0.5, 700, 700)).toMatchObject({ importW: 0, exportW: 0 });
});

it("lets a second battery take what the first leaves", () => {
  const two: StoragePlant = { batteries: [battery, { ...battery, id: "second" }] };
  const flows = settleStep(two, [follow, follow], [0.5, 0.5], 5_000, 0, 0.1, prices);
  expect(flows.batteryW).toEqual([-4_000, -1_000]);
});

it("prices import with carbon, export without, and wear by what was discharged", () => {
  const worn: StoragePlant = { batteries: [{ ...battery, wearPerKwh: 0.05 }] };
  const flows = settleStep(worn, [follow], [0.5], 1_000, 0, 0.5, prices);
  expect(
    settlementOf(worn, flows, 0.5, { importPrice: 0.3, exportPrice: 0.1, carbonGPerKwh: 400 }, 2).objective,
  ).toBeCloseTo(0.025, 12);
  const bought = { ...flows, importW: 1_000, exportW: 0, batteryW: [0] };
  expect(settlementOf(worn, bought, 0.5, { importPrice: 0.3, exportPrice: 0.1, carbonGPerKwh: 400 }, 2)).toEqual({
    cost: 0.15,
    carbonKg: 0.2,
    objective: 0.55,
  });
});

const anyCommand = fc.oneof(
  fc.constant<BatteryCommand>({ kind: "hold" }),
  fc.record({ kind: fc.constant("follow" as const), maxChargeW: fc.nat(5_000), maxDischargeW: fc.nat(5_000) }),
  fc.record({
    kind: fc.constantFrom("charge" as const, "discharge" as const),
    powerW: fc.nat(5_000),
    minW: fc.constant(0),
    maxW: fc.nat(5_000),
  }),
);

it("balances energy and keeps every limit of the battery, whatever the command", () => {
  fc.assert(
    fc.property(
      anyCommand,
      fc.double({ min: 0.1, max: 0.9, noNaN: true }),
      fc.nat(8_000),
      fc.nat(8_000),
      fc.constantFrom(0.25, 1),
      fc.boolean(),
      (command, soc, loadW, pvW, hours, curtailable) => {
        const given: StoragePlant = { ...plant, pv: { curtailable }, inverter: { maxAcW: 9_000 } };
        const flows = settleStep(given, [command], [soc], loadW, pvW, hours, prices);
        const [powerW = 0] = flows.batteryW;
        const [after = 0] = flows.socs;
        expect(flows.importW - flows.exportW).toBeCloseTo(loadW + powerW - flows.pvUsedW, 6);
        expect(Math.min(flows.importW, flows.exportW)).toBe(0);
        expect(powerW).toBeLessThanOrEqual(battery.maxChargeW);
        expect(powerW).toBeGreaterThanOrEqual(-battery.maxDischargeW);
        const changeWh = hours * (powerW > 0 ? powerW * 0.9 : powerW / 0.8);
        expect(after).toBeCloseTo(soc + changeWh / battery.capacityWh, 9);
        expect(after).toBeGreaterThanOrEqual(0.1 - 1e-9);
        expect(after).toBeLessThanOrEqual(0.9 + 1e-9);
        expect(Math.abs(flows.pvUsedW - powerW)).toBeLessThanOrEqual(9_000 + 1e-6);
      },
    ),
  );
});

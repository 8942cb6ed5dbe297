import { expect, it } from "vitest";
import { Zone } from "../domain/civil-time.ts";
import type { LedgerEntry } from "../domain/ledger.ts";
import type { Battery } from "../domain/plan-problem.ts";
import { MS_PER_DAY, MS_PER_HOUR } from "../domain/units.ts";
import { createLedger, type Ledger, type LedgerStore } from "./ledger.ts";
import type { SettledBattery, SettledHome } from "./settled-home.ts";

const DAY_MS = Date.UTC(2026, 0, 26);

/** Keeps entries and course as JSON, as a database would. */
function shelf(): LedgerStore & { entries: LedgerEntry[] } {
  const entries: LedgerEntry[] = [];
  let course = "null";
  return {
    entries,
    appendLedger: async (more) => void entries.push(...more),
    lastLedgerEntry: async () => entries.at(-1) ?? null,
    ledger: async () => ({ count: entries.length, results: entries }),
    ledgerTotals: async ({ fromMs = -Infinity, advisory }) => {
      const found = entries.filter((one) => one.startMs >= fromMs && (advisory ?? one.advisory) === one.advisory);
      const sum = (key: "cost" | "baselineCost" | "carbonG" | "baselineCarbonG" | "savedCost" | "savedCarbonG") =>
        found.reduce((total, entry) => total + entry[key], 0);
      return {
        fromMs: found[0]?.startMs ?? null,
        toMs: found.at(-1)?.endMs ?? null,
        cost: sum("cost"),
        baselineCost: sum("baselineCost"),
        carbonG: sum("carbonG"),
        baselineCarbonG: sum("baselineCarbonG"),
        savedCost: sum("savedCost"),
        savedCarbonG: sum("savedCarbonG"),
      };
    },
    loadCourse: async () => JSON.parse(course) as unknown,
    saveCourse: async (kept) => void (course = JSON.stringify(kept)),
  };
}

let nowMs = DAY_MS;
const clock = { nowMs: () => nowMs, after: () => ({ cancel: () => {} }) };
const open = (store: LedgerStore = shelf()): Promise<Ledger> =>
  createLedger({ store, clock, zone: new Zone("UTC"), currency: "EUR" });

const BATTERY: Battery = {
  id: "home",
  capacityWh: 5_000,
  initialSoc: 0,
  maxChargeW: 3_000,
  maxDischargeW: 3_000,
  chargeEfficiency: 1,
  dischargeEfficiency: 1,
};
const battery = (more: Partial<SettledBattery> = {}): SettledBattery => ({
  battery: BATTERY,
  powerW: 0,
  soc: 0,
  controlled: true,
  advice: null,
  ...more,
});

/** An hour of a home; `at` counts hours from midnight. */
const hour = (at: number, more: Partial<SettledHome> = {}): SettledHome => ({
  startMs: DAY_MS + at * MS_PER_HOUR,
  endMs: DAY_MS + (at + 1) * MS_PER_HOUR,
  mode: "auto",
  gridW: 0,
  loadW: null,
  pvW: null,
  pricePerKwh: 0.3,
  exportPricePerKwh: 0.08,
  carbonGPerKwh: 400,
  measuredShare: 1,
  batteries: [battery()],
  dimmed: [],
  shifted: [],
  ...more,
});

/** At 0.10 the empty battery is charged with 2 kWh from the grid, which nobody would have done otherwise. */
const charged = hour(0, {
  gridW: 2_000,
  pricePerKwh: 0.1,
  carbonGPerKwh: 100,
  batteries: [battery({ powerW: 2_000, soc: 0.4 })],
});

it("shows energy charged ahead beside the savings until it is used, and then counts it there", async () => {
  nowMs = DAY_MS + MS_PER_HOUR;
  const ledger = await open();
  await ledger.settle(charged);
  const first = await ledger.report(false);
  expect(first.total.savedCost).toBeCloseTo(-0.2, 9);
  expect(first.stored.total.energyWh).toBeCloseTo(2_000, 9);
  expect(first.stored.total.cost).toBeCloseTo(2 * 0.1, 9);
  expect(first.stored.total.carbonG).toBeCloseTo(2 * 100, 9);
  // At 0.50 the home uses 2 kW, all from the battery.
  await ledger.settle(hour(1, { gridW: 0, pricePerKwh: 0.5, batteries: [battery({ powerW: -2_000, soc: 0 })] }));
  const { total, stored, today } = await ledger.report(false);
  expect(total.savedCost).toBeCloseTo(2 * 0.5 - 2 * 0.1, 9);
  expect(today.savedCost).toBe(total.savedCost);
  expect(stored.total).toEqual({ energyWh: 0, cost: 0, carbonG: 0 });
});

it("counts a battery run down as owed: what is missing is worth what filling it again costs, losses included", async () => {
  nowMs = DAY_MS + MS_PER_HOUR;
  const ledger = await open();
  const lossy = { ...BATTERY, initialSoc: 0.8, chargeEfficiency: 0.8, dischargeEfficiency: 0.9, maxDischargeW: 1_000 };
  // It gave 1.8 kW where by itself it gives what it covers: 0.9 kW. 1 kWh more is gone from it.
  await ledger.settle(
    hour(0, { gridW: -900, pricePerKwh: 0.4, batteries: [battery({ battery: lossy, powerW: -1_800, soc: 0.4 })] }),
  );
  const { total, stored } = await ledger.report(false);
  expect(total.savedCost).toBeCloseTo(0.9 * 0.08, 9);
  expect(stored.total.energyWh).toBeCloseTo(-1_000, 6);
  expect(stored.total.cost).toBeCloseTo((-1 / 0.8) * 0.4, 9);
  expect(stored.total.carbonG).toBeCloseTo((-1 / 0.8) * 400, 6);
});

it("tells today's part of it from what lay there at midnight", async () => {
  nowMs = DAY_MS + MS_PER_DAY + MS_PER_HOUR;
  const ledger = await open();
  await ledger.settle({ ...charged, startMs: charged.startMs + 23 * MS_PER_HOUR, endMs: DAY_MS + MS_PER_DAY });
  const batteries = [battery({ powerW: 1_000, soc: 0.6 })];
  await ledger.settle(hour(24, { gridW: 1_000, pricePerKwh: 0.1, carbonGPerKwh: 100, batteries }));
  const { stored } = await ledger.report(false);
  expect(stored.total.energyWh).toBeCloseTo(3_000, 6);
  expect(stored.today.energyWh).toBeCloseTo(1_000, 6);
  expect(stored.today.cost).toBeCloseTo(0.1, 9);
});

it("keeps what lay in the battery on record when the mode changes, each mode its own", async () => {
  nowMs = DAY_MS + 2 * MS_PER_HOUR;
  const store = shelf();
  const ledger = await open(store);
  await ledger.settle(charged);
  await ledger.settle(hour(1, { mode: "off", batteries: [battery({ soc: 0.4 })] }));
  expect((await ledger.report(false)).stored.total.energyWh).toBeCloseTo(2_000, 9);
  expect((await ledger.report(true)).stored.total.energyWh).toBe(0);
  await ledger.close();
  expect((await (await open(store)).report(false)).stored.total.cost).toBeCloseTo(0.2, 9);
});

it("says in advise mode what would lie there had the advice been followed", async () => {
  nowMs = DAY_MS + MS_PER_HOUR;
  const ledger = await open();
  const advice = { kind: "charge", powerW: 2_000, minW: 0, maxW: 3_000 } as const;
  await ledger.settle(hour(0, { mode: "advise", gridW: 0, batteries: [battery({ advice, controlled: false })] }));
  const { total, stored } = await ledger.report(true);
  expect(total.savedCost).toBeCloseTo(-2 * 0.3, 9);
  expect(stored.total.energyWh).toBeCloseTo(2_000, 9);
  expect(stored.total.cost).toBeCloseTo(2 * 0.3, 9);
});

it("gives no energy for nothing: what was charged while nobody watched is in both courses", async () => {
  const store = shelf();
  const before = await open(store);
  await before.settle(hour(0, { gridW: 500, batteries: [battery({ battery: { ...BATTERY, initialSoc: 0 } })] }));
  await before.close();
  const ledger = await open(store);
  // Two hours later the battery holds 2 kWh, and now covers 2 kW: so it would have without HyperVolt.
  const entry = await ledger.settle(
    hour(3, { gridW: 0, pricePerKwh: 0.5, batteries: [battery({ powerW: -2_000, soc: 0 })] }),
  );
  expect(entry).toMatchObject({ gridW: 0, baselineGridW: 0, savedCost: 0 });
  expect((await ledger.report(false)).stored.total.energyWh).toBeCloseTo(0, 6);
});

it("counts nothing where the meter was silent, whatever the battery did, and goes on after it", async () => {
  const ledger = await open();
  await ledger.settle(hour(0, { gridW: 500 }));
  const batteries = [battery({ powerW: 2_000, soc: 0.4 })];
  const silent = await ledger.settle(
    hour(1, { gridW: null, batteries, dimmed: [{ deviceId: "l", powerW: 1, otherwiseW: 9 }] }),
  );
  expect(silent).toMatchObject({ cost: 0, baselineCost: 0, savedCost: 0, savedCarbonG: 0, measuredShare: 0 });
  const after = await ledger.settle(hour(2, { gridW: 0, batteries: [battery({ powerW: -2_000, soc: 0 })] }));
  expect(after).toMatchObject({ baselineGridW: 0, savedCost: 0 });
});

it("takes a battery whose power is not known for a while to do the same in both courses", async () => {
  const ledger = await open();
  await ledger.settle(charged);
  const unknown = await ledger.settle(hour(1, { gridW: 700, batteries: [battery({ powerW: null, soc: 0.5 })] }));
  expect(unknown).toMatchObject({ gridW: 700, baselineGridW: 700, savedCost: 0 });
  nowMs = DAY_MS + 2 * MS_PER_HOUR;
  expect((await ledger.report(false)).stored.total.energyWh).toBeCloseTo(2_000, 6);
});

it("begins anew where the home is when the battery's own figures were corrected", async () => {
  const ledger = await open();
  await ledger.settle(charged);
  const larger = battery({ battery: { ...BATTERY, capacityWh: 10_000 }, powerW: -1_000, soc: 0.1 });
  const entry = await ledger.settle(hour(1, { gridW: 0, pricePerKwh: 0.5, batteries: [larger] }));
  expect(entry).toMatchObject({ baselineGridW: 0, savedCost: 0 });
  nowMs = DAY_MS + 2 * MS_PER_HOUR;
  expect((await ledger.report(false)).stored.total.energyWh).toBeCloseTo(2_000, 6);
});

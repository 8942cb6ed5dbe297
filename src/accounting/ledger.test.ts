import fc from "fast-check";
import { expect, it } from "vitest";
import { Zone } from "../domain/civil-time.ts";
import type { Clock } from "../domain/clock.ts";
import type { LedgerEntry } from "../domain/ledger.ts";
import type { Battery } from "../domain/plan-problem.ts";
import { MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import type { OtherCourse } from "./other-course.ts";
import { createLedger, type Ledger, type LedgerStore } from "./ledger.ts";
import type { SettledBattery, SettledHome } from "./settled-home.ts";

const DAY_MS = Date.UTC(2026, 0, 26);
const STEP_MS = 5 * MS_PER_MINUTE;
const clock: Clock = { nowMs: () => DAY_MS + MS_PER_DAY - 1, after: () => ({ cancel: () => {} }) };
const zone = new Zone("UTC");

type Shelf = LedgerStore & { entries: LedgerEntry[] };
/** Everything goes through JSON, as it would through a database. */
function shelf(): Shelf {
  const entries: LedgerEntry[] = [];
  let course = "null";
  const within = (fromMs = -Infinity, toMs = Infinity) =>
    entries.filter(({ startMs }) => startMs >= fromMs && startMs < toMs);
  return {
    entries,
    appendLedger: async (more) => void entries.push(...(JSON.parse(JSON.stringify(more)) as LedgerEntry[])),
    lastLedgerEntry: async () => entries.at(-1) ?? null,
    ledger: async ({ fromMs, toMs }, { offset, limit }) => {
      const found = within(fromMs, toMs);
      return { count: found.length, results: found.slice(offset, offset + limit) };
    },
    ledgerTotals: async ({ fromMs, toMs, advisory }) => {
      const found = within(fromMs, toMs).filter((entry) => advisory === undefined || entry.advisory === advisory);
      const sum = (of: (entry: LedgerEntry) => number) => found.reduce((total, entry) => total + of(entry), 0);
      return {
        fromMs: found[0]?.startMs ?? null,
        toMs: found.at(-1)?.endMs ?? null,
        cost: sum((one) => one.cost),
        baselineCost: sum((one) => one.baselineCost),
        carbonG: sum((one) => one.carbonG),
        baselineCarbonG: sum((one) => one.baselineCarbonG),
        savedCost: sum((one) => one.savedCost),
        savedCarbonG: sum((one) => one.savedCarbonG),
      };
    },
    loadCourse: async () => JSON.parse(course) as unknown,
    saveCourse: async (kept) => void (course = JSON.stringify(kept)),
  };
}

const open = async (store: LedgerStore = shelf()): Promise<Ledger> =>
  createLedger({ store, clock, zone, currency: "EUR" });

/** An interval of a plain home; `at` counts intervals from midnight. */
const home = (at: number, more: Partial<SettledHome> = {}, stepMs = STEP_MS): SettledHome => ({
  startMs: DAY_MS + at * stepMs,
  endMs: DAY_MS + (at + 1) * stepMs,
  mode: "auto",
  gridW: 600,
  loadW: null,
  pvW: null,
  pricePerKwh: 0.3,
  exportPricePerKwh: 0.08,
  carbonGPerKwh: 400,
  measuredShare: 1,
  batteries: [],
  dimmed: [],
  shifted: [],
  ...more,
});
const hourly = (at: number, more: Partial<SettledHome> = {}): SettledHome => home(at, more, MS_PER_HOUR);

const BATTERY: Battery = {
  id: "home",
  capacityWh: 5_000,
  initialSoc: 0.5,
  minSoc: 0,
  maxSoc: 1,
  maxChargeW: 2_000,
  maxDischargeW: 2_000,
  chargeEfficiency: 1,
  dischargeEfficiency: 1,
};
const battery = (more: Partial<SettledBattery> = {}): SettledBattery => ({
  battery: BATTERY,
  powerW: 0,
  soc: 0.5,
  controlled: true,
  advice: null,
  ...more,
});

async function settleAll(ledger: Ledger, homes: readonly SettledHome[]): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = [];
  for (const one of homes) {
    const entry = await ledger.settle(one);
    if (entry !== null) entries.push(entry);
  }
  return entries;
}
const sum = (entries: readonly LedgerEntry[], of: (entry: LedgerEntry) => number): number =>
  entries.reduce((total, entry) => total + of(entry), 0);

it("saves nothing where HyperVolt did nothing, whatever flowed", async () => {
  const ledger = await open();
  const uncontrolled = battery({ controlled: false, powerW: 1_234, soc: 0.7 });
  const [one, two, three] = await settleAll(ledger, [
    home(0),
    home(1, { gridW: -900, pvW: 3_000 }),
    home(2, { batteries: [uncontrolled] }),
  ]);
  expect(one).toMatchObject({ cost: 0.015, baselineCost: 0.015, carbonG: 20, savedCost: 0, savedCarbonG: 0 });
  expect(two).toMatchObject({ gridW: -900, savedCost: 0, carbonG: 0, savedCarbonG: 0 });
  expect(three).toMatchObject({ savedCost: 0, savedCarbonG: 0 });
});

it("gives no credit for exported carbon, and pays export at its own price", async () => {
  const [entry] = await settleAll(await open(), [hourly(0, { gridW: -2_000, pvW: 2_500 })]);
  expect(entry?.carbonG).toBe(0);
  expect(entry?.cost).toBeCloseTo(-0.16, 9);
});

it("counts a moved load when it has run, at the price and carbon of the time it would have run at", async () => {
  const cheap = { pricePerKwh: 0.1, carbonGPerKwh: 100 };
  const dear = { pricePerKwh: 0.4, carbonGPerKwh: 500 };
  const homes = [
    hourly(0, dear),
    hourly(1, dear),
    // 2 kW for two hours, which would have begun three hours earlier.
    hourly(3, { ...cheap, gridW: 2_600, shifted: [{ deviceId: "washer", powerW: 2_000, shiftMs: -3 * MS_PER_HOUR }] }),
    hourly(4, { ...cheap, gridW: 2_600, shifted: [{ deviceId: "washer", powerW: 2_000, shiftMs: -3 * MS_PER_HOUR }] }),
  ];
  const ledger = await open();
  const entries = await settleAll(ledger, [...homes.slice(0, 2), hourly(2, dear), ...homes.slice(2)]);
  expect(entries.slice(0, 3).map(({ savedCost }) => savedCost)).toEqual([0, 0, 0]);
  expect(sum(entries, (one) => one.savedCost)).toBeCloseTo(4 * (0.4 - 0.1), 9);
  expect(sum(entries, (one) => one.savedCarbonG)).toBeCloseTo(4 * (500 - 100), 9);
  expect(sum(entries, (one) => one.baselineGridW - one.gridW)).toBeCloseTo(0, 6);
  expect(ledger.otherwise().map(({ gridW }) => gridW)).toEqual([2_600, 2_600, 600, 600, 600]);
});

it("leaves a load where it ran when the time it would have run at was never settled", async () => {
  const entries = await settleAll(await open(), [
    hourly(5, { gridW: 2_600, shifted: [{ deviceId: "washer", powerW: 2_000, shiftMs: -3 * MS_PER_HOUR }] }),
  ]);
  expect(entries[0]).toMatchObject({ savedCost: 0, savedCarbonG: 0, baselineGridW: 2_600 });
});

it("lets the battery of the other course follow the house", async () => {
  // HyperVolt held the battery at a cheap hour and used it at a dear one; alone it would have emptied at the cheap hour.
  const homes = [
    hourly(0, { gridW: 1_000, pricePerKwh: 0.1, batteries: [battery({ powerW: 0, soc: 0.5 })] }),
    hourly(1, { gridW: 1_000, pricePerKwh: 0.1, batteries: [battery({ powerW: 0, soc: 0.5 })] }),
    hourly(2, { gridW: 1_000, pricePerKwh: 0.1, batteries: [battery({ powerW: 0, soc: 0.5 })] }),
    hourly(3, { gridW: 0, pricePerKwh: 0.5, batteries: [battery({ powerW: -2_000, soc: 0.1 })] }),
  ];
  const entries = await settleAll(await open(), homes);
  expect(entries.map(({ baselineGridW }) => baselineGridW)).toEqual([0, 0, 500, 2_000]);
  expect(sum(entries, (one) => one.cost)).toBeCloseTo(0.3, 9);
  expect(sum(entries, (one) => one.baselineCost)).toBeCloseTo(0.05 + 1, 9);
});

it("tells in advise mode what following the advice would have saved, and keeps it apart", async () => {
  const hold = { kind: "hold" } as const;
  const discharge = { kind: "discharge", powerW: 2_000, minW: 0, maxW: 2_000 } as const;
  const advised = (advice: SettledBattery["advice"], powerW: number, soc: number) => [
    battery({ controlled: false, advice, powerW, soc }),
  ];
  const store = shelf();
  const ledger = await open(store);
  const homes = [
    // In truth the battery followed at once; the advice was to keep it for the dear hour.
    hourly(0, { mode: "advise", gridW: 0, pricePerKwh: 0.1, batteries: advised(hold, -2_500 + 500, 0.1) }),
    hourly(1, { mode: "advise", gridW: 2_000, pricePerKwh: 0.5, batteries: advised(discharge, 0, 0.1) }),
  ];
  const entries = await settleAll(ledger, homes);
  expect(entries.map(({ advisory }) => advisory)).toEqual([true, true]);
  expect(entries.map(({ baselineGridW }) => baselineGridW)).toEqual([0, 2_000]);
  expect(entries.map(({ gridW }) => gridW)).toEqual([2_000, 0]);
  expect(sum(entries, (one) => one.savedCost)).toBeCloseTo(2 * 0.5 - 2 * 0.1, 9);
  expect((await ledger.report(true)).total.savedCost).toBeCloseTo(0.8, 9);
  expect((await ledger.report(false)).total.savedCost).toBe(0);
});

it("counts an advised later run only when its time has come, and owes its energy until then", async () => {
  const ledger = await open();
  const ran = {
    gridW: 2_600,
    pricePerKwh: 0.4,
    shifted: [{ deviceId: "washer", powerW: 2_000, shiftMs: 2 * MS_PER_HOUR }],
  };
  const [now] = await settleAll(ledger, [hourly(0, { mode: "advise", ...ran })]);
  expect(now).toMatchObject({ baselineGridW: 2_600, gridW: 600 });
  expect(ledger.owedWh()).toBe(2_000);
  const later = await settleAll(ledger, [
    hourly(1, { mode: "advise" }),
    hourly(2, { mode: "advise", pricePerKwh: 0.1 }),
  ]);
  expect(later.map(({ gridW }) => gridW)).toEqual([600, 2_600]);
  expect(ledger.owedWh()).toBe(0);
  expect(sum([now!, ...later], (one) => one.savedCost)).toBeCloseTo(2 * 0.4 - 2 * 0.1, 9);
});

it("counts dimmed lights by what they would draw otherwise", async () => {
  const [entry] = await settleAll(await open(), [
    hourly(0, { gridW: 500, dimmed: [{ deviceId: "light.desk", powerW: 4, otherwiseW: 12 }] }),
  ]);
  expect(entry?.baselineGridW).toBe(508);
});

it("takes the meter from load, sun and batteries where there is none, and counts nothing where nothing is known", async () => {
  const known = { gridW: null, loadW: 900, pvW: 200, batteries: [battery({ powerW: 300, controlled: false })] };
  const [derived, unknown] = await settleAll(await open(), [home(0, known), home(1, { gridW: null })]);
  expect(derived).toMatchObject({ gridW: 1_000, measuredShare: 1 });
  expect(unknown).toMatchObject({ gridW: 0, cost: 0, savedCost: 0, measuredShare: 0 });
});

it("settles a time once", async () => {
  const store = shelf();
  const ledger = await open(store);
  const entries = await Promise.all([home(0), home(0), home(1), home(0)].map((one) => ledger.settle(one)));
  expect(entries.map((entry) => entry !== null)).toEqual([true, false, true, false]);
  expect(store.entries).toHaveLength(2);
});

it("refuses an interval with a figure that is none", async () => {
  const ledger = await open();
  for (const wrong of [
    { gridW: Number.NaN },
    { pricePerKwh: Infinity },
    { endMs: DAY_MS },
    { endMs: DAY_MS + MS_PER_DAY },
  ])
    await expect(ledger.settle({ ...home(0), ...wrong })).rejects.toThrow("not usable");
});

it("reports today by the home's own calendar", async () => {
  const store = shelf();
  const ledger = await createLedger({
    store,
    clock: { ...clock, nowMs: () => DAY_MS + 2 * MS_PER_HOUR },
    zone: new Zone("Asia/Tokyo"),
    currency: "JPY",
  });
  // In Tokyo the day began at 15:00 UTC of the day before.
  await settleAll(ledger, [hourly(-10), hourly(-9), hourly(-8)]);
  const { today, total } = await ledger.report(false);
  expect(today.fromMs).toBe(DAY_MS - 9 * MS_PER_HOUR);
  expect(total.cost).toBeCloseTo(3 * 0.18, 9);
  expect(today.cost).toBeCloseTo(2 * 0.18, 9);
});

it("shows any later change of any figure, a lost entry and a lost end", async () => {
  const store = shelf();
  const ledger = await open(store);
  await settleAll(
    ledger,
    Array.from({ length: 2_500 }, (_, i) => home(i)),
  );
  expect(await ledger.verify()).toEqual({ whole: true, entries: 2_500, broken: null });
  const truth = structuredClone(store.entries);
  const restore = () => store.entries.splice(0, store.entries.length, ...structuredClone(truth));
  for (const field of Object.keys(truth[0]!) as (keyof LedgerEntry)[]) {
    const entry = store.entries[1_234]! as Record<string, unknown>;
    entry[field] =
      typeof entry[field] === "number"
        ? entry[field] + 1e-9 * Math.max(1, entry[field] * 1e-3)
        : typeof entry[field] === "boolean"
          ? !entry[field]
          : "0".repeat(64);
    const { whole, broken } = await ledger.verify();
    expect(whole, field).toBe(false);
    expect([truth[1_234]!.startMs, truth[1_235]!.startMs, store.entries[1_234]!.startMs], field).toContain(
      broken?.startMs,
    );
    restore();
  }
  store.entries.splice(100, 1);
  expect((await ledger.verify()).broken).toEqual({
    startMs: truth[101]!.startMs,
    why: "does not follow the entry before it",
  });
  restore();
  store.entries.pop();
  expect((await ledger.verify()).whole).toBe(false);
  expect((await ledger.report(false)).verified).toBe(false);
  restore();
  expect((await ledger.verify()).whole).toBe(true);
});

const interval = fc.record({
  gridW: fc.double({ min: -5_000, max: 8_000, noNaN: true }),
  batteryW: fc.double({ min: -2_000, max: 2_000, noNaN: true }),
  pricePerKwh: fc.double({ min: -0.2, max: 0.6, noNaN: true }),
  carbonGPerKwh: fc.double({ min: 0, max: 800, noNaN: true }),
  washerW: fc.constantFrom(0, 0, 0, 2_000),
  back: fc.integer({ min: 1, max: 30 }),
  lampW: fc.constantFrom(0, 10),
});
type Drawn = typeof interval extends fc.Arbitrary<infer T> ? T : never;
const drawnHomes = (drawn: readonly Drawn[], mode: "auto" | "advise"): SettledHome[] =>
  drawn.map(({ gridW, batteryW, pricePerKwh, carbonGPerKwh, washerW, back, lampW }, at) =>
    home(at, {
      mode,
      gridW,
      pricePerKwh,
      carbonGPerKwh,
      batteries: [
        battery({
          powerW: batteryW,
          soc: 0.5,
          advice: mode === "advise" ? { kind: "follow", maxChargeW: 1_500, maxDischargeW: 1_500 } : null,
        }),
      ],
      dimmed: lampW === 0 ? [] : [{ deviceId: "lamp", powerW: lampW / 2, otherwiseW: lampW }],
      shifted:
        washerW === 0
          ? []
          : [{ deviceId: "washer", powerW: washerW, shiftMs: (mode === "auto" ? -1 : 1) * back * STEP_MS }],
    }),
  );

it("keeps the energy balance of both courses, whatever happens", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(interval, { minLength: 2, maxLength: 60 }),
      fc.constantFrom("auto", "advise"),
      async (drawn, mode) => {
        const store = shelf();
        const ledger = await open(store);
        const homes = drawnHomes(drawn, mode);
        const entries = await settleAll(ledger, homes);
        await ledger.close();
        const hours = STEP_MS / MS_PER_HOUR;
        const otherW = (entry: LedgerEntry) => (mode === "auto" ? entry.baselineGridW : entry.gridW);
        const trueW = (entry: LedgerEntry) => (mode === "auto" ? entry.gridW : entry.baselineGridW);
        const otherWh = sum(entries, otherW) * hours;
        const truthWh = sum(entries, trueW) * hours;
        expect(otherWh).toBeCloseTo(
          ledger.otherwise().reduce((wh, { gridW }) => wh + gridW * hours, 0),
          3,
        );
        const { course } = ((await store.loadCourse()) as { running: { course: OtherCourse } }).running;
        // The battery is lossless here: what it gave or took otherwise is what is stored otherwise.
        const batteryWh = homes.reduce((wh, one) => wh + (one.batteries[0]?.powerW ?? 0) * hours, 0);
        const lampWh = homes.reduce(
          (wh, one) => wh + ((one.dimmed[0]?.otherwiseW ?? 0) - (one.dimmed[0]?.powerW ?? 0)) * hours,
          0,
        );
        const storedWh = (course.endSocs[0]! - course.socs[0]!) * 5_000;
        expect(otherWh - storedWh).toBeCloseTo(truthWh - batteryWh + lampWh - ledger.owedWh(), 3);
        expect(course.endSocs[0]).toBeGreaterThanOrEqual(0);
        expect(course.endSocs[0]).toBeLessThanOrEqual(1);
        for (const entry of entries) {
          expect(entry.savedCost).toBe(entry.baselineCost - entry.cost);
        }
        expect((await ledger.verify()).whole).toBe(true);
      },
    ),
    { numRuns: 150, seed: 7 },
  );
});

it("gives the same figures to the last digit when it is closed and opened again in between", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(interval, { minLength: 3, maxLength: 40 }), fc.nat(), async (drawn, cut) => {
      const homes = drawnHomes(drawn, "auto");
      const at = 1 + (cut % (homes.length - 1));
      const [through, restarted] = [shelf(), shelf()];
      await settleAll(await open(through), homes);
      const before = await open(restarted);
      await settleAll(before, homes.slice(0, at));
      await before.close();
      await settleAll(await open(restarted), homes.slice(at));
      expect(restarted.entries).toEqual(through.entries);
    }),
    { numRuns: 60, seed: 11 },
  );
});

it("keeps its memory of the past short over months", async () => {
  const ledger = await open();
  await settleAll(
    ledger,
    Array.from({ length: 2_000 }, (_, i) => home(i, { batteries: [battery({ powerW: 100 })] })),
  );
  expect(ledger.otherwise().length).toBeLessThanOrEqual(361);
});

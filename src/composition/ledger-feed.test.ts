import { expect, it } from "vitest";
import type { Ledger } from "../accounting/ledger.ts";
import type { SettledHome } from "../accounting/settled-home.ts";
import { Zone } from "../domain/civil-time.ts";
import type { ControllableDevice, EntityState } from "../domain/entity.ts";
import { MS_PER_MINUTE, MS_PER_SECOND } from "../domain/units.ts";
import type { HomeFlows } from "./home-model.ts";
import { createLedgerFeed, type LedgerFeedParts, type MeteredBattery } from "./ledger-feed.ts";

const NOON_MS = Date.UTC(2026, 0, 26, 12);
const flows = (gridW: number | null): HomeFlows => ({
  gridW,
  loadW: gridW,
  pvW: null,
  batteryW: null,
  soc: null,
  gridAtMs: null,
});
const washer: ControllableDevice = {
  deviceId: "washer",
  entityId: "switch.washer",
  name: "Washer",
  kind: "washing_machine",
  areaId: null,
  maxW: 2_000,
  dimmable: false,
  shift: { window: ["08:00", "18:00"], runMinutes: 60, weekdays: [0, 1, 2, 3, 4, 5, 6], contiguous: true },
};
const battery: MeteredBattery = {
  battery: {
    id: "home",
    capacityWh: 5_000,
    initialSoc: 0.5,
    maxChargeW: 2_000,
    maxDischargeW: 2_000,
    chargeEfficiency: 1,
    dischargeEfficiency: 1,
  },
  powerW: 300,
  soc: 0.5,
  steerable: true,
};

/** A feed into a ledger that takes everything, with a home that can be changed between ticks. */
function house(more: Partial<LedgerFeedParts> = {}) {
  const settled: SettledHome[] = [];
  const ledger = { settle: async (home: SettledHome) => void settled.push(home) } as unknown as Ledger;
  const state = { price: 0.1, held: new Set<string>(), batteries: [] as MeteredBattery[], washer: "off", sinceMs: 0 };
  const feed = createLedgerFeed({
    ledger,
    zone: new Zone("UTC"),
    mode: () => "auto",
    prices: () => ({ pricePerKwh: state.price, exportPricePerKwh: 0.05, carbonGPerKwh: 100 }),
    devices: () => [washer],
    entity: (entityId): EntityState => ({
      entityId,
      state: state.washer,
      attributes: {},
      lastChangedMs: state.sinceMs,
      lastUpdatedMs: state.sinceMs,
      contextId: null,
    }),
    meteredW: () => null,
    allowed: () => ["switch.washer"],
    held: () => state.held,
    batteries: () => state.batteries,
    commands: () => ({}),
    onSettled: () => {},
    onFailed: (error) => {
      throw error;
    },
    ...more,
  });
  /** Ticks every ten seconds over [from, to] minutes after noon. */
  const run = async (from: number, to: number, gridW: (atMs: number) => number | null = () => 500): Promise<void> => {
    for (let at = NOON_MS + from * MS_PER_MINUTE; at <= NOON_MS + to * MS_PER_MINUTE; at += 10 * MS_PER_SECOND)
      await feed.note(flows(gridW(at)), at);
  };
  return { settled, state, run };
}
const minutesOf = ({ startMs, endMs }: SettledHome): number[] =>
  [startMs, endMs].map((atMs) => (atMs - NOON_MS) / MS_PER_MINUTE);

it("settles by the marks of the clock, each interval at the price that held in it", async () => {
  const { settled, state, run } = house();
  await run(57, 59 + 5 / 6);
  state.price = 0.5;
  await run(60, 66);
  expect(settled.map(minutesOf)).toEqual([
    [57, 60],
    [60, 65],
  ]);
  expect(settled.map(({ pricePerKwh }) => pricePerKwh)).toEqual([0.1, 0.5]);
  expect(settled.every(({ measuredShare }) => measuredShare === 1)).toBe(true);
});

it("takes the mean of what was measured when a reading is missing, and says how much that was", async () => {
  const { settled, run } = house();
  await run(0, 5, (atMs) => (atMs > NOON_MS + 4 * MS_PER_MINUTE ? null : 600));
  expect(settled[0]?.gridW).toBeCloseTo(600, 9);
  expect(settled[0]?.measuredShare).toBeCloseTo(0.8, 9);
});

it("leaves out the time in which nobody looked, and goes on after it", async () => {
  const { settled, run } = house();
  await run(0, 2);
  await run(42, 50);
  expect(settled.map(minutesOf)).toEqual([
    [0, 5],
    [42, 45],
    [45, 50],
  ]);
  expect(settled[0]?.measuredShare).toBeCloseTo(0.4, 9);
});

it("settles no time twice when the clock is set back, and none of years when it is set right", async () => {
  const { settled, run } = house();
  await run(30, 36);
  await run(10, 16);
  expect(settled.map(minutesOf)).toEqual([
    [30, 35],
    [10, 15],
  ]);
  const early = house();
  await early.run(-10 * 365 * 24 * 60, -10 * 365 * 24 * 60 + 1);
  await early.run(0, 5);
  expect(early.settled.map(({ startMs, endMs }) => endMs - startMs).every((ms) => ms <= 5 * MS_PER_MINUTE)).toBe(true);
});

it("counts of a moved run what its own meter showed, and nothing while the machine stood still", async () => {
  for (const [meteredW, powerW] of [
    [350, [350]],
    [0, []],
  ] as const) {
    const { settled, state, run } = house({ meteredW: () => meteredW });
    Object.assign(state, { washer: "on", sinceMs: NOON_MS });
    await run(0, 5);
    expect(settled[0]?.shifted.map((one) => one.powerW)).toEqual(powerW);
  }
});

it("counts a run as moved when HyperVolt began it, not when a person did", async () => {
  for (const [held, shiftMs] of [
    [[], [-4 * 60 * MS_PER_MINUTE]],
    [["washer"], []],
  ] as const) {
    const { settled, state, run } = house();
    Object.assign(state, { washer: "on", sinceMs: NOON_MS, held: new Set(held) });
    await run(0, 5);
    expect(settled[0]?.shifted.map((one) => one.shiftMs)).toEqual(shiftMs);
    // Hands off for a while only: the run stays that person's.
    state.held = new Set();
    await run(5 + 1 / 6, 10);
    expect(settled[1]?.shifted.map((one) => one.shiftMs)).toEqual(shiftMs);
  }
});

it("meters every battery by itself, and keeps one that falls silent in the account as not known", async () => {
  const { settled, state, run } = house();
  const second = { ...battery, battery: { ...battery.battery, id: "garage" }, powerW: -700, steerable: false };
  state.batteries = [battery, second];
  await run(0, 5);
  state.batteries = [second];
  await run(5 + 1 / 6, 10);
  expect(settled[0]?.batteries.map(({ powerW, controlled }) => [powerW, controlled])).toEqual([
    [300, true],
    [-700, false],
  ]);
  expect(settled[1]?.batteries.map(({ powerW, soc }) => [powerW, soc])).toEqual([
    [null, null],
    [-700, 0.5],
  ]);
});

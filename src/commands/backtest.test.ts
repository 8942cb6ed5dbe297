import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { Zone } from "../domain/civil-time.ts";
import type { HomeHistory, Site } from "../domain/home-history.ts";
import { MS_PER_HOUR } from "../domain/units.ts";
import { storageCommands } from "../composition/storage-commands.ts";
import { backtest, runBacktestCommand, type BacktestResult } from "./backtest.ts";
import { prepareHome } from "./backtest-home.ts";
import { parsePlant } from "./backtest-plant.ts";
import { pricesKnownUntil } from "./backtest-prices.ts";
import { dueRuns, stepProfileW } from "./backtest-runs.ts";
import { simulate, type SimulatedStep } from "./backtest-simulation.ts";
import { hypervoltStrategy } from "./backtest-strategy.ts";

const START_MS = Date.UTC(2025, 4, 1);
const noise = (i: number): number => Math.abs(Math.sin(i * 78.233) * 43758.5453) % 1;

const columnsOf = (length: number): Record<string, Float64Array> => {
  const of = (value: (i: number) => number): Float64Array => Float64Array.from({ length }, (_, i) => value(i));
  return {
    load_w: of((i) => 200 + 1_800 * noise(i) * (i % 24 > 16 ? 1 : 0.4)),
    pv_w: of(
      (i) => Math.max(0, Math.sin(((i % 24) - 6) / 3.9)) * 3_500 * (0.2 + 0.8 * noise(Math.floor(i / 24) + 900)),
    ),
    import_price: of((i) => (i % 24 > 16 && i % 24 < 22 ? 0.5 : 0.2 + 0.02 * noise(i + 5))),
    export_price: of(() => 0.05),
    carbon_g_kwh: of((i) => 300 + 100 * noise(i + 3)),
  };
};

function historyOf(columns: Record<string, Float64Array>, site: Partial<Site> = {}): HomeHistory {
  const timezone = site.timezone ?? "UTC";
  return {
    site: { id: "test", timezone, stepMinutes: 60, currency: "EUR", ...site },
    zone: new Zone(timezone),
    startMs: START_MS,
    stepMs: MS_PER_HOUR,
    length: columns["load_w"]?.length ?? 0,
    columns: new Map(Object.entries(columns)),
  };
}

const BATTERY = {
  id: "home",
  capacityWh: 6_000,
  initialSoc: 0.2,
  maxChargeW: 3_000,
  maxDischargeW: 3_000,
  chargeEfficiency: 0.95,
  dischargeEfficiency: 0.95,
};
const PLANT = {
  objective: { carbonPricePerKg: 0.2 },
  batteries: [{ ...BATTERY, wearPerKwh: 0.01, finalValuePerKwh: 0.1 }],
  loads: [
    { id: "washer", powerW: 1_200, minutes: 120, contiguous: true, window: ["09:00", "20:00"], days: ["mon", "thu"] },
    { id: "ev", powerW: 2_000, minutes: 150, window: ["22:00", "07:00"] },
  ],
};
const plantOf = (plant: unknown) => parsePlant(JSON.stringify(plant), "plant.json");
const options = { foresight: "none", replanSteps: 1, tickMs: () => 0 } as const;
const at = (day: number, hour = 0): number => START_MS + (day * 24 + hour) * MS_PER_HOUR;

async function run(
  history: HomeHistory,
  plant: unknown,
  fromDay: number,
  toDay: number,
  foresight: "none" | "perfect" = "none",
) {
  const steps: SimulatedStep[] = [];
  const result = await backtest(prepareHome(history, at(fromDay), at(toDay)), plantOf(plant), {
    ...options,
    foresight,
    onStep: (step) => steps.push(step),
  });
  return { result, steps };
}

/** Only what HyperVolt does, step by step. */
function followed(history: HomeHistory, given: unknown, fromDay: number, toDay: number): SimulatedStep[] {
  const home = prepareHome(history, at(fromDay), at(toDay));
  const plant = plantOf(given);
  const runs = dueRuns(home, plant.loads);
  const steps: SimulatedStep[] = [];
  const record = { planMs: [], absoluteErrorW: 0, forecastSteps: 0 };
  simulate(home, plant, runs, hypervoltStrategy(home, plant, runs, { ...options, record }), (step) => steps.push(step));
  return steps;
}

it("saves what it can: no worse than no control and the rule, no better than perfect foresight", async () => {
  const { result } = await run(historyOf(columnsOf(24 * 20)), PLANT, 10, 13);
  expect(result.perfect.objective).toBeLessThanOrEqual(result.hypervolt.objective + 1e-6);
  expect(result.hypervolt.objective).toBeLessThan(result.noControl.objective);
  expect(result.hypervolt.objective).toBeLessThan(result.rule.objective);
  expect(result.captured).toBeGreaterThan(0.8);
});

it("follows the net load while it has seen less than three days", () => {
  const steps = followed(historyOf(columnsOf(24 * 6)), { batteries: [BATTERY] }, 0, 4);
  const follow = { kind: "follow", maxChargeW: 3_000, maxDischargeW: 3_000 };
  expect(steps.slice(0, 72).every(({ commands }) => JSON.stringify(commands) === JSON.stringify([follow]))).toBe(true);
  expect(steps.slice(72).some(({ commands }) => commands[0]?.kind !== "follow")).toBe(true);
});

it("knows nothing of load, sun and carbon at or after a step", () => {
  const columns = columnsOf(24 * 16);
  const spoiltFrom = 24 * 12 + 21;
  const spoilt = Object.fromEntries(
    Object.entries(columns).map(([name, values]) => [
      name,
      name.endsWith("_price") ? values : values.map((value, i) => (i < spoiltFrom ? value : 5_000 * noise(i + 99))),
    ]),
  );
  const until = (steps: readonly SimulatedStep[]): unknown =>
    steps.filter(({ step }) => step <= spoiltFrom).map(({ commands, loadsW }) => ({ commands, loadsW }));
  const known = followed(historyOf(columns), PLANT, 12, 13);
  const blind = followed(historyOf(spoilt), PLANT, 12, 13);
  expect(until(blind)).toEqual(until(known));
  expect(blind.at(-1)).not.toEqual(known.at(-1));
});

it("measures what runs: a home that knows as much is told the same, hour by hour", () => {
  const columns = columnsOf(24 * 16);
  const steps = followed(historyOf(columns), { batteries: [BATTERY] }, 12, 14);
  const told = new Set<string>();
  // the last day of a backtest looks no further than its end
  for (const [i, { step, commands }] of steps.slice(0, -23).entries()) {
    const ahead = (name: string): Float64Array => columns[name]?.slice(step, step + 48) ?? new Float64Array();
    const nothing = new Float64Array(48);
    const known = {
      import_price: ahead("import_price"),
      export_price: ahead("export_price"),
      carbon_g_kwh: nothing.map(() => Number.NaN),
    };
    const past = Object.entries(columns).map(([name, values]) => [name, values.slice(0, step)] as const);
    const decided = storageCommands({
      history: { timezone: "UTC", startMs: START_MS, stepMs: MS_PER_HOUR, length: step, columns: new Map(past) },
      batteries: [{ ...BATTERY, initialSoc: steps[i - 1]?.flows?.socs[0] ?? BATTERY.initialSoc }],
      startMs: START_MS + step * MS_PER_HOUR,
      plannedLoadW: nothing,
      known,
      expected: known,
      grid: { maxImportW: null, maxExportW: null },
      carbonPricePerKg: 0,
      currency: "EUR",
    });
    expect(decided.commands).toEqual({ home: commands[0] });
    told.add(commands[0]?.kind ?? "");
  }
  expect(told.size).toBeGreaterThan(1);
});

it("knows day-ahead prices to the end of the day, and from 13:00 local to the end of the next", () => {
  const history = historyOf(columnsOf(24 * 16), { knownPrices: "day-ahead", timezone: "Europe/Paris" });
  const home = prepareHome(history, at(10), at(15));
  const localMidnight = (day: number): number => day * 24 - 2;
  expect(pricesKnownUntil(home, localMidnight(12) + 12)).toBe(localMidnight(13));
  expect(pricesKnownUntil(home, localMidnight(12) + 13)).toBe(localMidnight(14));
  expect(pricesKnownUntil(prepareHome(historyOf(columnsOf(400)), at(10), at(15)), 250)).toBe(Infinity);
});

it("does not look at day-ahead prices before they are published", () => {
  const columns = columnsOf(24 * 16);
  const noon = 24 * 12 + 12;
  const spoilt = { ...columns, import_price: columns["import_price"]?.map((p, i) => (i < 24 * 13 ? p : 1 - p)) };
  const commands = (prices: Record<string, Float64Array | undefined>): unknown =>
    followed(historyOf(prices as Record<string, Float64Array>, { knownPrices: "day-ahead" }), PLANT, 12, 13)
      .filter(({ step }) => step <= noon)
      .map((step) => step.commands);
  expect(commands(spoilt)).toEqual(commands(columns));
});

it("runs each load once on its days within its window, also past midnight, and wholly", () => {
  const history = historyOf(columnsOf(24 * 20));
  const steps = followed(history, PLANT, 10, 14);
  const runs = dueRuns(prepareHome(history, at(10), at(14)), plantOf(PLANT).loads);
  const energyWh = [0, 0];
  for (const { step, loadsW } of steps)
    loadsW.forEach((powerW, load) => {
      if (powerW === 0) return;
      energyWh[load] = (energyWh[load] ?? 0) + powerW;
      expect(runs.some((due) => due.load === load && due.earliestStep <= step && step < due.latestStep)).toBe(true);
    });
  expect(
    runs.filter(({ load }) => load === 1).map(({ earliestStep, latestStep }) => [earliestStep % 24, latestStep % 24]),
  ).toEqual(Array.from({ length: 3 }, () => [22, 7]));
  expect(energyWh).toEqual([1 * 2_400, 3 * 5_000]);
});

it("starts loads when their window opens where nothing is controlled", async () => {
  const columns = columnsOf(24 * 12);
  const plain = { loads: [{ id: "washer", powerW: 1_000, minutes: 60, contiguous: true, window: ["18:00", "23:00"] }] };
  const { result } = await run(historyOf(columns), plain, 10, 11);
  const step = 10 * 24 + 18;
  const without = (await run(historyOf(columns), {}, 10, 11)).result.noControl;
  const netW = (columns["load_w"]?.[step] ?? 0) - (columns["pv_w"]?.[step] ?? 0);
  const extraW = Math.max(0, netW + 1_000) - Math.max(0, netW);
  expect(result.noControl.carbonKg - without.carbonKg).toBeCloseTo(
    (extraW * (columns["carbon_g_kwh"]?.[step] ?? 0)) / 1e6,
    9,
  );
  expect(result.hypervolt.objective).toBeLessThan(result.noControl.objective);
});

it("gives a run's last step the mean of what is left of it", () => {
  const load = plantOf(PLANT).loads[1];
  expect(load && stepProfileW(load, MS_PER_HOUR)).toEqual([2_000, 2_000, 1_000]);
});

it("leaves steps out that were not recorded, and counts them", async () => {
  const columns = columnsOf(24 * 13);
  const gap = 24 * 12 + 5;
  const gappy = {
    ...columns,
    load_w: columns["load_w"]?.map((w, i) => (i === gap ? Number.NaN : w)) ?? new Float64Array(),
  };
  const { result, steps } = await run(historyOf(gappy), { batteries: [BATTERY] }, 12, 13);
  expect(result.missingSteps).toBe(1);
  expect(steps.find(({ step }) => step === gap)?.flows).toBeUndefined();
  expect((await run(historyOf(columns), { batteries: [BATTERY] }, 12, 14)).result.missingSteps).toBe(24);
});

it("foresees that nothing happens in steps that were not recorded", async () => {
  const columns = columnsOf(24 * 14);
  const load = columns["load_w"] ?? new Float64Array();
  const third = { ...columns, load_w: load.map((w, i) => (i >= 24 * 12 && i % 3 === 0 ? Number.NaN : w)) };
  const { result } = await run(historyOf(third), { batteries: [BATTERY] }, 12, 14);
  expect(result.perfect.objective).toBeLessThanOrEqual(result.rule.objective + 1e-9);
  expect(result.perfect.objective).toBeLessThanOrEqual(result.hypervolt.objective + 1e-9);
});

it("keeps several batteries, a fuse, an inverter and curtailment within their limits", async () => {
  const hard = {
    grid: { maxImportW: 2_800, maxExportW: 500 },
    pv: { curtailable: true },
    inverter: { maxAcW: 3_000 },
    batteries: [
      { ...BATTERY, mayExport: false, minSoc: 0.1 },
      { ...BATTERY, id: "second", capacityWh: 2_000, maxChargeW: 1_000, mayChargeFromGrid: false, minChargeW: 300 },
    ],
  };
  const { steps, result } = await run(historyOf(columnsOf(24 * 16)), hard, 12, 14);
  for (const { flows } of steps) {
    if (!flows) continue;
    const [first = 0, second = 0] = flows.batteryW;
    expect(flows.importW).toBeLessThanOrEqual(2_800 + 1e-6);
    expect(flows.exportW).toBeLessThanOrEqual(500 + 1e-6);
    expect(Math.abs(flows.pvUsedW - first - second)).toBeLessThanOrEqual(3_000 + 1e-6);
    if (first < 0) expect(flows.exportW).toBeLessThan(1e-6);
    if (second > 0) expect(flows.importW).toBeLessThan(1e-6);
    expect(second <= 0 || second >= 300 - 1e-6).toBe(true);
  }
  expect(result.hypervolt.objective).toBeLessThan(result.noControl.objective);
  expect(result.perfect.objective).toBeLessThanOrEqual(result.hypervolt.objective + 1e-6);
});

async function command(plant: unknown, more: string[] = [], csv?: string) {
  const folder = await mkdtemp(path.join(tmpdir(), "hypervolt-backtest-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = (name: string): string => path.join(folder, name);
  const columns = columnsOf(24 * 14);
  const names = Object.keys(columns);
  const rows = Array.from({ length: 24 * 14 }, (_, i) =>
    [new Date(START_MS + i * MS_PER_HOUR).toISOString().replace(".000", ""), ...names.map((n) => columns[n]?.[i])].join(
      ",",
    ),
  );
  await writeFile(file("home.csv"), csv ?? [["time", ...names].join(","), ...rows].join("\n"));
  await writeFile(file("home.json"), JSON.stringify({ id: "home", timezone: "UTC", stepMinutes: 60, currency: "EUR" }));
  await writeFile(file("plant.json"), JSON.stringify(plant));
  let out = "";
  let err = "";
  const onOut = vi.spyOn(process.stdout, "write").mockImplementation((text) => ((out += String(text)), true));
  const onErr = vi.spyOn(process.stderr, "write").mockImplementation((text) => ((err += String(text)), true));
  const status = await runBacktestCommand([
    `--series=${file("home.csv")}`,
    `--site=${file("home.json")}`,
    `--plant=${file("plant.json")}`,
    "--from=2025-05-11T00:00:00Z",
    "--to=2025-05-12T12:00:00Z",
    `--steps-out=${file("steps.csv")}`,
    ...more,
  ]).finally(() => {
    onOut.mockRestore();
    onErr.mockRestore();
  });
  return { status, out, err, columns, steps: () => readFile(file("steps.csv"), "utf8") };
}

it("writes steps from which its totals follow", async () => {
  const { status, out, steps, columns } = await command(PLANT);
  expect(status).toBe(0);
  const result = JSON.parse(out) as BacktestResult;
  const [header = "", ...rows] = (await steps()).trimEnd().split("\n");
  expect(header).toBe("time,load_w,pv_w,import_w,export_w,home_w,home_soc,washer_w,ev_w,command");
  expect(rows).toHaveLength(36);
  const sum = { cost: 0, carbonKg: 0, wear: 0, soc: 0 };
  rows.forEach((row, k) => {
    const [, load, pv, imported, exported, battery, soc, washer, ev] = row.split(",").map(Number) as number[];
    const i = 240 + k;
    expect((imported ?? 0) - (exported ?? 0)).toBeCloseTo(
      (load ?? 0) + (washer ?? 0) + (ev ?? 0) + (battery ?? 0) - (pv ?? 0),
      5,
    );
    sum.cost +=
      ((imported ?? 0) * (columns["import_price"]?.[i] ?? 0) - (exported ?? 0) * (columns["export_price"]?.[i] ?? 0)) /
      1_000;
    sum.carbonKg += ((imported ?? 0) * (columns["carbon_g_kwh"]?.[i] ?? 0)) / 1e6;
    sum.wear += (Math.max(0, -(battery ?? 0)) / 1_000) * 0.01;
    sum.soc = soc ?? 0;
  });
  expect(result.hypervolt.cost).toBeCloseTo(sum.cost, 6);
  expect(result.hypervolt.carbonKg).toBeCloseTo(sum.carbonKg, 6);
  expect(result.hypervolt.objective).toBeCloseTo(sum.cost + 0.2 * sum.carbonKg + sum.wear - 0.1 * 6 * sum.soc, 6);
});

it("reports perfect foresight as HyperVolt's own where it was asked for", async () => {
  const { out } = await command(PLANT, ["--foresight", "perfect", "--replan", "120"]);
  const result = JSON.parse(out) as BacktestResult;
  expect(result.hypervolt).toEqual(result.perfect);
  expect(result.captured).toBe(1);
});

it("refuses a plant that breaks the contract, naming every fault by its path, and writes nothing", async () => {
  const { status, out, err } = await command({
    batteries: [{ ...BATTERY, capacityWh: -1, colour: "red" }],
    loads: [{ id: "a", powerW: 5, window: ["25:00", "07:00"] }],
  });
  expect({ status, out }).toEqual({ status: 2, out: "" });
  expect(err).toContain("plant.json: $.batteries[0].capacityWh");
  expect(err).toContain("plant.json: $.batteries[0].colour: is not a field of a plant");
  expect(err).toContain("plant.json: $.loads[0].window[0]");
});

it("refuses a broken history by file and line, and wrong arguments", async () => {
  const broken = await command(PLANT, [], "time,load_w,import_price\n2025-05-11T00:30:00Z,1,x\n");
  expect(broken).toMatchObject({ status: 2, out: "" });
  expect(broken.err).toContain("home.csv:2");
  expect(await command(PLANT, ["--foresight", "some"])).toMatchObject({ status: 2, out: "" });
  expect(await command(PLANT, ["--to", "2025-05-01"])).toMatchObject({ status: 2, out: "" });
});

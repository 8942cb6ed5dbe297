/**
 * How fast the planner is, and how right. One run compares, on the same machine:
 *   1. every problem of data/oracles: objective against its known optimum, time against the reference tool's;
 *   2. re-plans of a rolling horizon of 96 steps, with and without the plan in force as a start;
 *   3. 288 steps, two batteries, six loads, to 0.5 % from cold.
 *
 *   node bench/plan.ts [--json FILE]      HYPERVOLT_DATA, HYPERVOLT_TOOLS, HYPERVOLT_PYTHON (default python3)
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseProblemOrThrow } from "../src/planning/parse-problem.ts";
import { createPlanner, type Planner, type RichPlan, type RichProblem } from "../src/planning/planner.ts";

const ROOT = path.resolve(import.meta.dirname, "..");
const data = process.env["HYPERVOLT_DATA"] ?? path.resolve(ROOT, "../shared/data");
const tools = process.env["HYPERVOLT_TOOLS"] ?? path.resolve(ROOT, "../shared/tools");
const python = process.env["HYPERVOLT_PYTHON"] ?? "python3";
const oracles = path.join(data, "oracles");

type Timing = Readonly<{ name: string; ms: number; referenceMs: number | undefined; error: number }>;

const quantile = (values: readonly number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))] ?? Number.NaN;
const median = (values: readonly number[]): number => quantile(values, 0.5);

function referenceMs(file: string): number | undefined {
  const run = spawnSync(python, [path.join(tools, "reference_plan.py"), "solve", file], { encoding: "utf8" });
  if (run.status !== 0) return undefined;
  return (JSON.parse(run.stdout) as { solveMs: number }).solveMs;
}

async function timeOracles(planner: Planner): Promise<Timing[]> {
  const timings: Timing[] = [];
  for (const name of readdirSync(oracles).filter((file) => file.endsWith(".json"))) {
    const file = path.join(oracles, name);
    const raw = JSON.parse(readFileSync(file, "utf8")) as { optimum: { objective: number } };
    const problem = parseProblemOrThrow(raw);
    const times: number[] = [];
    let plan: RichPlan | undefined;
    for (let round = 0; round < 3; round++) {
      plan = await planner.plan(problem);
      times.push(plan.solveMs);
    }
    const error = (plan?.objective ?? Number.NaN) - raw.optimum.objective;
    timings.push({ name, ms: median(times), referenceMs: referenceMs(file), error });
  }
  return timings;
}

/** A problem shifted by `steps`: forecasts move a little, as they do from one plan to the next. */
function rolled(problem: RichProblem, steps: number, round: number): RichProblem {
  const roll = (values: readonly number[] | undefined, wobble: number): number[] | undefined =>
    values?.map((_, t) => {
      const value = values[(t + steps) % values.length] ?? 0;
      return value * (1 + wobble * Math.sin(13 * t + 7 * round));
    });
  const stepMs = Number(problem.stepMinutes) * 60_000;
  const { series } = problem;
  const pvW = roll(series.pvW, 0.1);
  const exportPricePerKwh = roll(series.exportPricePerKwh, 0);
  const carbonGPerKwh = roll(series.carbonGPerKwh, 0);
  return {
    ...problem,
    start: new Date(Date.parse(problem.start) + steps * stepMs).toISOString().replace(".000Z", "Z"),
    series: {
      loadW: roll(series.loadW, 0.1) ?? [],
      importPricePerKwh: roll(series.importPricePerKwh, 0) ?? [],
      ...(pvW ? { pvW } : {}),
      ...(exportPricePerKwh ? { exportPricePerKwh } : {}),
      ...(carbonGPerKwh ? { carbonGPerKwh } : {}),
    },
  };
}

async function timeReplans(planner: Planner, gap: number): Promise<{ cold: number[]; warm: number[] }> {
  const cold: number[] = [];
  const warm: number[] = [];
  for (const name of readdirSync(oracles).filter((file) => file.includes("96x15"))) {
    const problem = parseProblemOrThrow(JSON.parse(readFileSync(path.join(oracles, name), "utf8")));
    let previous = await planner.plan(problem, { gap });
    for (let round = 1; round <= 5; round++) {
      const next = rolled(problem, round, round);
      cold.push((await planner.plan(next, { gap, explain: false })).solveMs);
      previous = await planner.plan(next, { gap, previous, explain: false });
      warm.push(previous.solveMs);
    }
  }
  return { cold, warm };
}

/** Three days, two batteries, six loads, prices that fall below zero on the second. */
function longProblem(day: number): RichProblem {
  const steps = 288;
  const hourOf = (t: number): number => (t / 4) % 24;
  const noise = (t: number, k: number): number => Math.sin(12.9898 * t + 78.233 * (k + day)) ** 2;
  const prices = Array.from({ length: steps }, (_, t) => {
    const evening = Math.exp(-((hourOf(t) - 19) ** 2) / 6);
    const noon = Math.exp(-((hourOf(t) - 13) ** 2) / 8);
    return 0.2 + 0.2 * evening - (t >= 96 && t < 192 ? 0.3 : 0.1) * noon + 0.02 * noise(t, 1);
  });
  const battery = {
    initialSoc: 0.4,
    minSoc: 0.1,
    chargeEfficiency: 0.95,
    dischargeEfficiency: 0.95,
    finalValuePerKwh: 0.15,
  };
  return {
    kind: "hypervolt/plan-problem/v1",
    id: `long-${day}`,
    timezone: "Europe/Paris",
    currency: "EUR",
    start: "2026-05-01T22:00:00Z",
    stepMinutes: 15,
    series: {
      loadW: Array.from({ length: steps }, (_, t) => 300 + 900 * noise(t, 2)),
      pvW: Array.from(
        { length: steps },
        (_, t) => Math.max(0, 5500 * Math.sin((Math.PI * (hourOf(t) - 6)) / 12)) * (0.6 + 0.4 * noise(t >> 3, 3)),
      ),
      importPricePerKwh: prices,
      exportPricePerKwh: prices.map((price) => 0.4 * price),
      carbonGPerKwh: prices.map((price) => 100 + 600 * Math.max(0, price)),
    },
    objective: { carbonPricePerKg: 0.1 },
    grid: { maxImportW: 9200, maxExportW: 5000 },
    pv: { curtailable: true },
    batteries: [
      { id: "home", capacityWh: 9800, maxChargeW: 5000, maxDischargeW: 5000, mayExport: false, ...battery },
      { id: "shed", capacityWh: 5000, maxChargeW: 2500, maxDischargeW: 2500, wearPerKwh: 0.02, ...battery },
    ],
    loads: [
      { id: "dishwasher", powerW: 1800, steps: 6, earliestStep: 40, latestStep: 96, contiguous: true },
      { id: "washer", profileW: [2000, 400, 300, 1500, 300], earliestStep: 100, latestStep: 180 },
      { id: "dryer", powerW: 2400, steps: 5, earliestStep: 120, latestStep: 230, contiguous: true },
      { id: "pool", powerW: 1100, steps: 24, earliestStep: 0, latestStep: 96 },
      { id: "heater", powerW: 2000, steps: 12, earliestStep: 96, latestStep: 192 },
      { id: "dehumidifier", powerW: 400, steps: 40, earliestStep: 0, latestStep: 288 },
    ],
  };
}

async function timeLong(planner: Planner): Promise<number[]> {
  const times: number[] = [];
  for (let day = 0; day < 7; day++)
    times.push((await planner.plan(longProblem(day), { gap: 0.005, timeLimitMs: 60_000 })).solveMs);
  return times;
}

function row(cells: readonly string[], widths: readonly number[]): string {
  return cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join("  ");
}

if (!existsSync(oracles)) {
  console.log(`skipped: no problems in ${oracles} (set HYPERVOLT_DATA)`);
} else {
  const planner = await createPlanner();
  const timings = await timeOracles(planner);
  const widths = [42, 9, 13, 12];
  console.log(row(["problem", "ours ms", "reference ms", "off optimum"], widths));
  for (const { name, ms, referenceMs: other, error } of timings)
    console.log(row([name, ms.toFixed(1), other?.toFixed(1) ?? "-", error.toExponential(1)], widths));
  const steps96 = timings.filter(({ name }) => name.includes("96x15"));
  const known = (list: readonly Timing[]): number[] => list.flatMap((it) => it.referenceMs ?? []);
  const summary = {
    median96: median(steps96.map((it) => it.ms)),
    median96Reference: median(known(steps96)),
    medianAll: median(timings.map((it) => it.ms)),
    medianAllReference: median(known(timings)),
    p99All: quantile(
      timings.map((it) => it.ms),
      0.99,
    ),
    worstError: Math.max(...timings.map((it) => Math.abs(it.error))),
  };
  const replans = await timeReplans(planner, 1e-2);
  const exact = await timeReplans(planner, 1e-4);
  const long = await timeLong(planner);
  await planner.close();
  const both = (times: readonly number[]): string => `${median(times).toFixed(0)} / ${Math.max(...times).toFixed(0)}`;
  console.log(`
median over the 96-step problems   ${summary.median96.toFixed(0)} ms, reference ${summary.median96Reference.toFixed(0)} ms
median over all                    ${summary.medianAll.toFixed(0)} ms, reference ${summary.medianAllReference.toFixed(0)} ms; p99 ${summary.p99All.toFixed(0)} ms
furthest off the optimum           ${summary.worstError.toExponential(1)}
re-plans, 96 steps, median / worst to 1 %: cold ${both(replans.cold)} ms, from the plan in force ${both(replans.warm)} ms
                                 to 0.01 %: cold ${both(exact.cold)} ms, from the plan in force ${both(exact.warm)} ms
288 steps, 2 batteries, 6 loads, to 0.5 %  ${both(long)} ms`);
  const [flag, file] = process.argv.slice(2);
  if (flag === "--json" && file)
    writeFileSync(file, `${JSON.stringify({ timings, summary, replans, exact, long }, null, 1)}\n`);
}

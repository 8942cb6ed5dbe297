import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { once } from "node:events";
import path from "node:path";
import { HyperVoltError } from "../domain/errors.ts";
import { parseHomeHistory } from "../domain/home-history-file.ts";
import { isoUtc } from "../domain/civil-time.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import { createPlanner } from "../planning/planner.ts";
import { instantArgument, numberArgument, parseArguments, requiredArgument } from "./arguments.ts";
import { daysOf, missingStepsOf, prepareHome, type BacktestHome } from "./backtest-home.ts";
import { parsePlant, type BacktestPlant } from "./backtest-plant.ts";
import { plannedWithForesight } from "./backtest-perfect.ts";
import { dueRuns, type DueRun } from "./backtest-runs.ts";
import { fixedStrategy, simulate, type SimulatedStep, type Strategy, type Totals } from "./backtest-simulation.ts";
import { stepsHeader, stepsRow } from "./backtest-steps.ts";
import { hypervoltStrategy, type PlanningRecord, type StrategyOptions } from "./backtest-strategy.ts";
import { openLines } from "./open-lines.ts";
import { sayWarnings } from "./say-warnings.ts";
import { terminalProgress } from "./terminal-progress.ts";

const SHORTEST_DEFAULT_REPLAN_MINUTES = 15;

const USAGE = `hypervolt backtest --series CSV --site JSON --plant JSON --from T --to T
                   [--foresight none|perfect] [--replan MINUTES] [--steps-out CSV]

What HyperVolt would have done on a home's history, and what it would have cost; JSON on standard output.

  --series CSV          the history
  --site JSON           what is known of the home: time zone, step, currency, how far ahead prices are known
  --plant JSON          objective, grid, pv, inverter, batteries as in a planning problem, and recurring loads
  --from T, --to T      the period, ISO-8601 with an offset: 2025-02-14T00:00:00+01:00
  --foresight perfect   plan with what was to come, for comparison (default: none)
  --replan MINUTES      from one plan to the next (default: each step, but no more often than every 15 minutes)
  --steps-out CSV       what happened in each step`;

export type BacktestResult = Readonly<{
  kind: "hypervolt/backtest/v1";
  site: string;
  from: string;
  to: string;
  days: number;
  noControl: Totals;
  rule: Totals;
  hypervolt: Totals;
  perfect: Totals;
  captured: number | null;
  plans: number;
  planMsMedian: number;
  planMsP99: number;
  forecastMaeW: number;
  wallMs: number;
  missingSteps: number;
}>;

export type BacktestOptions = Readonly<{
  foresight: "none" | "perfect";
  /** Steps from one plan to the next. */
  replanSteps: number;
  /** A running time, ms. */
  tickMs: () => number;
  onProgress?: (share: number) => void;
  /** Each step of the run with HyperVolt. */
  onStep?: (step: SimulatedStep) => void;
}>;

/**
 * `hypervolt backtest` (contract backtest.md).
 * @returns exit status: 0 written, 2 the input was refused, 1 anything else
 */
export async function runBacktestCommand(argv: readonly string[]): Promise<number> {
  try {
    const text = { type: "string" } as const;
    const values = parseArguments(
      argv,
      { series: text, site: text, plant: text, from: text, to: text, foresight: text, replan: text, "steps-out": text },
      USAGE,
    );
    if (values.help === true) {
      process.stdout.write(`${USAGE}\n`);
      return 0;
    }
    const foresight = values.foresight ?? "none";
    if (foresight !== "none" && foresight !== "perfect")
      throw new HyperVoltError("USAGE", `--foresight takes none or perfect, not "${foresight}"`);
    const fromMs = instantArgument("from", requiredArgument("from", values.from, USAGE)) ?? 0;
    const toMs = instantArgument("to", requiredArgument("to", values.to, USAGE)) ?? 0;
    if (toMs <= fromMs) throw new HyperVoltError("USAGE", "--to is not after --from");
    const files = [
      requiredArgument("series", values.series, USAGE),
      requiredArgument("site", values.site, USAGE),
      requiredArgument("plant", values.plant, USAGE),
    ] as const;
    using csv = openLines(files[0]);
    const [site, plantText] = await Promise.all([readInput(files[1]), readInput(files[2])]);
    const { plant, history, warnings } = parseInputs(csv, site, plantText, files);
    sayWarnings(warnings);
    const home = prepareHome(history, fromMs, toMs);
    const stepMinutes = history.stepMs / MS_PER_MINUTE;
    const replanMinutes = numberArgument(
      "replan",
      values.replan,
      Math.max(stepMinutes, SHORTEST_DEFAULT_REPLAN_MINUTES),
      1,
      60 * 24 * 7,
    );
    const progress = terminalProgress(process.stderr);
    const stepsOut = values["steps-out"] === undefined ? undefined : [stepsHeader(plant)];
    const result = await backtest(home, plant, {
      foresight,
      replanSteps: Math.max(1, Math.round(replanMinutes / stepMinutes)),
      tickMs: () => performance.now(),
      onProgress: (share) => progress.show(share, `${isoUtc(fromMs + share * (toMs - fromMs)).slice(0, 10)}`),
      onStep: (step) => void stepsOut?.push(stepsRow(home, plant, step)),
    });
    progress.end();
    if (stepsOut && values["steps-out"] !== undefined) await writeLines(values["steps-out"], stepsOut);
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    return 0;
  } catch (error) {
    const refused =
      error instanceof HyperVoltError && ["USAGE", "SERIES_INVALID", "PROBLEM_INVALID"].includes(error.code);
    process.stderr.write(`${error instanceof HyperVoltError ? error.message : String((error as Error).stack)}\n`);
    return refused ? 2 : 1;
  }
}

/** Both files' faults at once. */
function parseInputs(csv: Iterable<string>, site: string, plantText: string, files: readonly [string, string, string]) {
  const faults: string[] = [];
  const attempt = <T>(parse: () => T): T | undefined => {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof HyperVoltError)) throw error;
      faults.push(error.detail.trim());
      return undefined;
    }
  };
  const plant = attempt(() => parsePlant(plantText, path.basename(files[2])));
  const parsed = attempt(() =>
    parseHomeHistory(csv, site, { csv: path.basename(files[0]), site: path.basename(files[1]) }),
  );
  if (!plant || !parsed)
    throw new HyperVoltError(plant ? "SERIES_INVALID" : "PROBLEM_INVALID", `\n${faults.join("\n")}`);
  return { plant, ...parsed };
}

/** Runs the four ways through a period: without control, by rule, with HyperVolt, with perfect foresight. */
export async function backtest(
  home: BacktestHome,
  plant: BacktestPlant,
  options: BacktestOptions,
): Promise<BacktestResult> {
  const startedMs = options.tickMs();
  const runs = dueRuns(home, plant.loads);
  const record: PlanningRecord = { planMs: [], absoluteErrorW: 0, forecastSteps: 0 };
  const bare = { ...plant, batteries: [] };
  const noControl = simulate(home, bare, runs, fixedStrategy(bare, "hold"));
  const rule = simulate(home, plant, runs, fixedStrategy(plant, "follow"));
  const steps = home.endStep - home.firstStep;
  const watched = (strategy: Strategy): Totals =>
    simulate(home, plant, runs, strategy, (step) => {
      options.onStep?.(step);
      options.onProgress?.((step.step + 1 - home.firstStep) / steps);
    });
  const { replanSteps, tickMs } = options;
  const foreseeing = await perfectStrategy(home, plant, runs, { replanSteps, tickMs, record });
  const perfect = options.foresight === "perfect" ? watched(foreseeing()) : simulate(home, plant, runs, foreseeing());
  if (options.foresight === "none") Object.assign(record, { planMs: [], absoluteErrorW: 0, forecastSteps: 0 });
  const hypervolt =
    options.foresight === "perfect"
      ? perfect
      : watched(hypervoltStrategy(home, plant, runs, { foresight: "none", replanSteps, tickMs, record }));
  const savable = noControl.objective - perfect.objective;
  const sorted = record.planMs.toSorted((a, b) => a - b);
  const quantile = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return {
    kind: "hypervolt/backtest/v1",
    site: home.history.site.id,
    from: isoUtc(home.fromMs),
    to: isoUtc(home.toMs),
    days: daysOf(home),
    noControl,
    rule,
    hypervolt,
    perfect,
    captured: Math.abs(savable) > 1e-9 ? (noControl.objective - hypervolt.objective) / savable : null,
    plans: sorted.length,
    planMsMedian: quantile(0.5),
    planMsP99: quantile(0.99),
    forecastMaeW: record.forecastSteps > 0 ? record.absoluteErrorW / record.forecastSteps : 0,
    wallMs: options.tickMs() - startedMs,
    missingSteps: missingStepsOf(home),
  };
}

/**
 * The better of two ways to use perfect foresight: the stochastic programme over the one true path, exact for a
 * battery alone, and the planner over blocks where runs or several batteries have to be fitted together.
 */
async function perfectStrategy(
  home: BacktestHome,
  plant: BacktestPlant,
  runs: readonly DueRun[],
  options: Omit<StrategyOptions, "foresight">,
): Promise<() => Strategy> {
  const programmed = (): Strategy => hypervoltStrategy(home, plant, runs, { ...options, foresight: "perfect" });
  if (runs.length === 0 && plant.batteries.length <= 1) return programmed;
  const planner = await createPlanner();
  try {
    const planned = await plannedWithForesight(home, plant, runs, planner);
    const costOf = (strategy: Strategy): number => simulate(home, plant, runs, strategy).objective;
    return costOf(planned) <= costOf(programmed()) ? () => planned : programmed;
  } finally {
    await planner.close();
  }
}

async function readInput(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new HyperVoltError("USAGE", `cannot read ${file}: ${(error as Error).message}`);
  }
}

async function writeLines(file: string, lines: readonly string[]): Promise<void> {
  const out = createWriteStream(file);
  const done = once(out, "finish");
  out.end(`${lines.join("\n")}\n`);
  await done;
}

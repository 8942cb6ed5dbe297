import type { Scenarios } from "../domain/forecast.ts";
import type { Battery } from "../domain/plan-problem.ts";
import type { BatteryCommand } from "../domain/plan.ts";
import { MS_PER_HOUR } from "../domain/units.ts";
import { createScenarioSource } from "../forecasting/scenarios/scenarios.ts";
import { decideAt, solveStoragePolicy, STORAGE_FUTURES, type StoragePolicy } from "../planning/storage-policy.ts";
import { placeRuns, powerOf, type PendingRun, type PlacedRun } from "../planning/storage-policy-loads.ts";
import type { BacktestHome } from "./backtest-home.ts";
import type { BacktestPlant } from "./backtest-plant.ts";
import { knownPrices } from "./backtest-prices.ts";
import type { DueRun } from "./backtest-runs.ts";
import type { RunState, Strategy } from "./backtest-simulation.ts";

const PERFECT_BLOCK_HOURS = 7 * 24;
const PERFECT_HORIZON_HOURS = 48;
const PERFECT_LEVELS = 201;
/** Runs and storage are planned around each other so many times. */
const PERFECT_ROUNDS = 3;

/** What planning took and how well it knew the load. */
export type PlanningRecord = { planMs: number[]; absoluteErrorW: number; forecastSteps: number };

export type StrategyOptions = Readonly<{
  foresight: "none" | "perfect";
  /** Steps from one plan to the next. */
  replanSteps: number;
  /** A running time in ms, for `planMs`. */
  tickMs: () => number;
  record: PlanningRecord;
}>;

/** HyperVolt on a simulated clock: scenarios, runs placed over them, the stochastic programme, its command for the step. */
export function hypervoltStrategy(
  home: BacktestHome,
  plant: BacktestPlant,
  runs: readonly DueRun[],
  options: StrategyOptions,
): Strategy {
  const { history } = home;
  const perfect = options.foresight === "perfect";
  const stepsIn = (hours: number): number => Math.max(1, Math.round((hours * MS_PER_HOUR) / history.stepMs));
  const source = createScenarioSource(history);
  const replanSteps = perfect ? stepsIn(PERFECT_BLOCK_HOURS) : options.replanSteps;
  const horizon = stepsIn(perfect ? PERFECT_HORIZON_HOURS : STORAGE_FUTURES.hours) + replanSteps - 1;
  let policy: StoragePolicy | undefined;
  let plannedAt = -Infinity;
  let on = new Map<DueRun, ReadonlySet<number>>();

  const following = Object.fromEntries(
    plant.batteries.map(({ id, maxChargeW, maxDischargeW }): [string, BatteryCommand] => [
      id,
      { kind: "follow", maxChargeW, maxDischargeW },
    ]),
  );
  const stillLearning = (step: number): boolean => !perfect && step < stepsIn(STORAGE_FUTURES.leastHistoryHours);

  const futures = (step: number, length: number): Scenarios =>
    perfect
      ? whatHappened(home, step, length)
      : source.draw({ issueIndex: step, length, count: STORAGE_FUTURES.paths, known: knownPrices(home, step, length) });

  const plan = (step: number, batteries: readonly Battery[], open: readonly RunState[]): StoragePolicy => {
    const length = Math.min(horizon, home.endStep - step);
    const scenarios = futures(step, length);
    recordLoadError(options.record, home, step, scenarios);
    const started = startedLoadsW(open, length);
    const solve = (plannedLoadW: Float64Array): StoragePolicy =>
      solveStoragePolicy({
        plant: { ...plant, batteries },
        scenarios,
        carbonPricePerKg: plant.carbonPricePerKg,
        plannedLoadW,
        endsWithScenarios: step + length >= home.endStep,
        currency: history.site.currency,
        ...(perfect ? { levels: PERFECT_LEVELS, fine: true } : {}),
      });
    const pending = pendingRuns(runs, open, step, length);
    const withPlaced = (placed: readonly PlacedRun[]): StoragePolicy => {
      const planned = powerOf(placed, length);
      return solve(started.map((powerW, t) => powerW + (planned[t] ?? 0)));
    };
    let placed = stillPlaced(pending, on, step);
    let solved = withPlaced(placed);
    for (let round = 0; round < (perfect ? PERFECT_ROUNDS : 1) && pending.size > 0; round++) {
      const before = placed;
      placed = placeRuns(solved, [...pending.keys()], before);
      if (samePlaces(before, placed)) break;
      solved = withPlaced(placed);
    }
    on = new Map(
      placed.flatMap(({ run, steps }) => {
        const due = pending.get(run);
        return due ? [[due, new Set(steps.map((t) => step + t))] as const] : [];
      }),
    );
    return solved;
  };

  return {
    decide(step, socs, open) {
      const startedMs = options.tickMs();
      const batteries = plant.batteries.map((battery, b) => ({
        ...battery,
        initialSoc: socs[b] ?? battery.initialSoc,
      }));
      const replan = policy === undefined || step - plannedAt >= replanSteps;
      if (policy === undefined || replan) {
        policy = plan(step, batteries, open);
        plannedAt = step;
      }
      const { commands } = stillLearning(step)
        ? { commands: following }
        : decideAt(policy, batteries, step - plannedAt);
      if (replan) options.record.planMs.push(options.tickMs() - startedMs);
      return {
        commands: batteries.map(({ id }): BatteryCommand => commands[id] ?? { kind: "hold" }),
        on: open.filter(({ run }) => on.get(run)?.has(step)).map(({ run }) => run),
      };
    },
  };
}

/** What is still to be placed: runs whose window is open or opens within the horizon, as steps from now. */
function pendingRuns(
  runs: readonly DueRun[],
  open: readonly RunState[],
  step: number,
  length: number,
): Map<PendingRun, DueRun> {
  const pending = new Map<PendingRun, DueRun>();
  const add = (run: DueRun, doneSteps: number): void => {
    pending.set(
      {
        id: run.id,
        profileW: run.profileW.slice(doneSteps),
        contiguous: run.contiguous,
        earliestStep: Math.max(0, run.earliestStep - step),
        latestStep: run.latestStep - step,
      },
      run,
    );
  };
  for (const { run, doneSteps } of open) if (!(run.contiguous && doneSteps > 0)) add(run, doneSteps);
  for (const run of runs) if (run.earliestStep > step && run.latestStep <= step + length) add(run, 0);
  return pending;
}

/** Where the last plan put the runs that are still to come. */
function stillPlaced(
  pending: ReadonlyMap<PendingRun, DueRun>,
  on: ReadonlyMap<DueRun, ReadonlySet<number>>,
  step: number,
): PlacedRun[] {
  return [...pending].flatMap(([run, due]) => {
    const steps = [...(on.get(due) ?? [])].filter((at) => at >= step).map((at) => at - step);
    return steps.length === run.profileW.length ? [{ run, steps }] : [];
  });
}

const samePlaces = (before: readonly PlacedRun[], after: readonly PlacedRun[]): boolean =>
  before.length === after.length &&
  after.every(({ run, steps }) => before.find((other) => other.run === run)?.steps.join() === steps.join());

/** Power of runs that have started, over the steps to come. */
function startedLoadsW(open: readonly RunState[], length: number): Float64Array {
  const planned = new Float64Array(length);
  for (const { run, doneSteps } of open.filter((state) => state.run.contiguous && state.doneSteps > 0))
    for (let t = 0; t < Math.min(length, run.profileW.length - doneSteps); t++)
      planned[t] = (planned[t] ?? 0) + (run.profileW[doneSteps + t] ?? 0);
  return planned;
}

/**
 * The one path that came true. In steps that were not recorded nothing happens: they carry no load and no sun, and
 * prices at which no battery does anything.
 */
function whatHappened(home: BacktestHome, step: number, length: number): Scenarios {
  const slice = (values: Float64Array, missing = 0): Float64Array[] => [
    Float64Array.from({ length }, (_, t) => (home.missing[step + t] === 1 ? missing : (values[step + t] ?? 0))),
  ];
  const dear = home.importPrice.reduce((most, price) => (2 * Math.abs(price) > most ? 2 * Math.abs(price) : most), 1);
  const { history } = home;
  return {
    startMs: history.startMs + step * history.stepMs,
    stepMs: history.stepMs,
    paths: {
      load_w: slice(home.loadW),
      pv_w: slice(home.pvW),
      import_price: slice(home.importPrice, dear),
      export_price: slice(home.exportPrice, -dear),
      carbon_g_kwh: slice(home.carbonGPerKwh),
    },
  };
}

function recordLoadError(record: PlanningRecord, home: BacktestHome, step: number, scenarios: Scenarios): void {
  const paths = scenarios.paths["load_w"] ?? [];
  const steps = Math.min(paths[0]?.length ?? 0, Math.round((24 * MS_PER_HOUR) / scenarios.stepMs));
  for (let t = 0; t < steps; t++) {
    if (home.missing[step + t] !== 0) continue;
    let mean = 0;
    paths.forEach((path, n) => (mean += (scenarios.weights?.[n] ?? 1 / paths.length) * (path[t] ?? 0)));
    record.absoluteErrorW += Math.abs(mean - (home.loadW[step + t] ?? 0));
    record.forecastSteps++;
  }
}

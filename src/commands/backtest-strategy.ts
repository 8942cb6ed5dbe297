import type { Scenarios } from "../domain/forecast.ts";
import type { BatteryCommand } from "../domain/plan.ts";
import { MS_PER_HOUR } from "../domain/units.ts";
import { createScenarioSource } from "../forecasting/scenarios.ts";
import { decideAt, solveStoragePolicy, type StoragePolicy } from "../planning/storage-policy.ts";
import type { BacktestHome } from "./backtest-home.ts";
import type { BacktestPlant } from "./backtest-plant.ts";
import { knownPrices } from "./backtest-prices.ts";
import type { RunState, Strategy } from "./backtest-simulation.ts";

const HORIZON_HOURS = 30;
const SCENARIOS = 72;
const PERFECT_BLOCK_HOURS = 7 * 24;
const PERFECT_LEVELS = 201;

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

/** HyperVolt on a simulated clock: scenarios, the stochastic programme, its command for the step. */
export function hypervoltStrategy(home: BacktestHome, plant: BacktestPlant, options: StrategyOptions): Strategy {
  const { history } = home;
  const perfect = options.foresight === "perfect";
  const stepsIn = (hours: number): number => Math.max(1, Math.round((hours * MS_PER_HOUR) / history.stepMs));
  const source = createScenarioSource(history);
  const replanSteps = perfect ? stepsIn(PERFECT_BLOCK_HOURS) : options.replanSteps;
  const horizon = stepsIn(HORIZON_HOURS) + replanSteps - 1;
  let policy: StoragePolicy | undefined;
  let plannedAt = -Infinity;

  const futures = (step: number, length: number): Scenarios =>
    perfect
      ? whatHappened(home, step, length)
      : source.draw({ issueIndex: step, length, count: SCENARIOS, known: knownPrices(home, step, length) });

  return {
    decide(step, socs, open) {
      const startedMs = options.tickMs();
      const batteries = plant.batteries.map((battery, b) => ({
        ...battery,
        initialSoc: socs[b] ?? battery.initialSoc,
      }));
      const replan = policy === undefined || step - plannedAt >= replanSteps;
      if (replan) {
        const length = Math.min(horizon, home.endStep - step);
        const scenarios = futures(step, length);
        policy = solveStoragePolicy({
          plant: { ...plant, batteries },
          scenarios,
          carbonPricePerKg: plant.carbonPricePerKg,
          plannedLoadW: startedLoadsW(open, length),
          endsWithScenarios: step + length >= home.endStep,
          currency: history.site.currency,
          ...(perfect ? { levels: PERFECT_LEVELS, fine: true } : {}),
        });
        plannedAt = step;
        recordLoadError(options.record, home, step, scenarios);
      }
      if (!policy) return { commands: [], on: [] };
      const { commands } = decideAt(policy, batteries, step - plannedAt);
      if (replan) options.record.planMs.push(options.tickMs() - startedMs);
      return {
        commands: batteries.map(({ id }): BatteryCommand => commands[id] ?? { kind: "hold" }),
        on: open.map(({ run }) => run),
      };
    },
  };
}

/** Power of runs that have started, over the steps to come. */
function startedLoadsW(open: readonly RunState[], length: number): Float64Array {
  const planned = new Float64Array(length);
  for (const { run, doneSteps } of open)
    for (let t = 0; t < Math.min(length, run.profileW.length - doneSteps); t++)
      planned[t] = (planned[t] ?? 0) + (run.profileW[doneSteps + t] ?? 0);
  return planned;
}

/** The one path that came true; steps that were not recorded carry no load and no price. */
function whatHappened(home: BacktestHome, step: number, length: number): Scenarios {
  const slice = (values: Float64Array): Float64Array[] => [
    Float64Array.from({ length }, (_, t) => (home.missing[step + t] === 1 ? 0 : (values[step + t] ?? 0))),
  ];
  const { history } = home;
  return {
    startMs: history.startMs + step * history.stepMs,
    stepMs: history.stepMs,
    paths: {
      load_w: slice(home.loadW),
      pv_w: slice(home.pvW),
      import_price: slice(home.importPrice),
      export_price: slice(home.exportPrice),
      carbon_g_kwh: slice(home.carbonGPerKwh),
    },
  };
}

function recordLoadError(record: PlanningRecord, home: BacktestHome, step: number, scenarios: Scenarios): void {
  const paths = scenarios.paths["load_w"] ?? [];
  const steps = Math.min(paths[0]?.length ?? 0, Math.round((24 * MS_PER_HOUR) / scenarios.stepMs));
  for (let t = 0; t < steps; t++) {
    if (home.missing[step + t] !== 0) continue;
    let sum = 0;
    for (const path of paths) sum += path[t] ?? 0;
    record.absoluteErrorW += Math.abs(sum / paths.length - (home.loadW[step + t] ?? 0));
    record.forecastSteps++;
  }
}

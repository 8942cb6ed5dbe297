import { isoUtc } from "../domain/civil-time.ts";
import type { Battery } from "../domain/plan-problem.ts";
import type { BatteryCommand } from "../domain/plan.ts";
import { MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import type { Planner, RichProblem } from "../planning/planner.ts";
import type { BacktestHome } from "./backtest-home.ts";
import type { BacktestPlant } from "./backtest-plant.ts";
import type { DueRun } from "./backtest-runs.ts";
import type { Strategy } from "./backtest-simulation.ts";

const BLOCK_HOURS = 48;
const LOOK_AHEAD_HOURS = 24;
const SOLVE = { timeLimitMs: 1_500, gap: 1e-3, explain: false } as const;
/** What a kWh left at a block's horizon is worth, as a share of the median price of import. */
const LEFT_OVER_SHARE = 0.8;

type RichLoads = NonNullable<RichProblem["loads"]>;
type Schedule = { powersW: Map<number, readonly number[]>; on: Map<DueRun, Set<number>> };

/**
 * Perfect foresight for what storage alone does not describe, runs and several batteries together: the exact planner
 * over blocks of true values, each looking a day beyond its end. Batteries get its powers as commands.
 */
export async function plannedWithForesight(
  home: BacktestHome,
  plant: BacktestPlant,
  runs: readonly DueRun[],
  planner: Planner,
): Promise<Strategy> {
  const stepsIn = (hours: number): number => Math.max(1, Math.round((hours * MS_PER_HOUR) / home.history.stepMs));
  const schedule: Schedule = { powersW: new Map(), on: new Map(runs.map((run) => [run, new Set()])) };
  let socs = plant.batteries.map(({ initialSoc }) => initialSoc);
  for (let step = home.firstStep; step < home.endStep;) {
    const commit = Math.min(stepsIn(BLOCK_HOURS), home.endStep - step);
    const length = Math.min(commit + stepsIn(LOOK_AHEAD_HOURS), home.endStep - step);
    const { problem, byId } = blockProblem(home, plant, runs, schedule, socs, step, length, commit);
    const plan = await planner.plan(problem, SOLVE);
    for (let t = 0; t < commit; t++) {
      const planned = plan.steps[t];
      if (!planned) break;
      schedule.powersW.set(
        step + t,
        plant.batteries.map(({ id }) => planned.batteries[id]?.powerW ?? 0),
      );
      for (const [id, run] of byId) if ((planned.loads[id] ?? 0) > 0) schedule.on.get(run)?.add(step + t);
      if (t === commit - 1) socs = plant.batteries.map(({ id }, b) => planned.batteries[id]?.soc ?? socs[b] ?? 0);
    }
    step += commit;
  }
  return {
    decide: (step, _socs, open) => ({
      commands: (schedule.powersW.get(step) ?? []).map(commandOf),
      on: open.filter(({ run }) => schedule.on.get(run)?.has(step)).map(({ run }) => run),
    }),
  };
}

const commandOf = (powerW: number): BatteryCommand => {
  if (powerW === 0) return { kind: "hold" };
  const atW = Math.abs(powerW);
  return { kind: powerW > 0 ? "charge" : "discharge", powerW: atW, minW: atW, maxW: atW };
};

function blockProblem(
  home: BacktestHome,
  plant: BacktestPlant,
  runs: readonly DueRun[],
  schedule: Schedule,
  socs: readonly number[],
  step: number,
  length: number,
  commit: number,
): { problem: RichProblem; byId: Map<string, DueRun> } {
  const { history } = home;
  const ends = step + length >= home.endStep;
  const prices = Array.from(home.importPrice.subarray(step, step + length)).filter((price) => !Number.isNaN(price));
  const sorted = prices.toSorted((a, b) => a - b);
  const unrecorded = 2 * Math.max(0, sorted.at(-1) ?? 0);
  const truth = (values: Float64Array, missing: number): number[] =>
    Array.from({ length }, (_, t) => (home.missing[step + t] === 1 ? missing : (values[step + t] ?? missing)));
  const byId = new Map<string, DueRun>();
  const loads = runs.flatMap((run, index): RichLoads => {
    const doneSteps = schedule.on.get(run)?.size ?? 0;
    const left = run.profileW.slice(doneSteps);
    const started = run.contiguous && doneSteps > 0;
    if (left.length === 0 || run.latestStep <= step || run.earliestStep >= step + length) return [];
    if (run.latestStep > step + length && run.earliestStep >= step + commit) return [];
    const id = `${run.id}@${index}`;
    byId.set(id, run);
    const window = {
      earliestStep: Math.max(0, run.earliestStep - step),
      latestStep: Math.min(length, run.latestStep - step),
    };
    const mean = left.reduce((sum, powerW) => sum + powerW, 0) / left.length;
    return run.contiguous
      ? [{ id, profileW: left, contiguous: true, ...window, ...(started && { started }) }]
      : [{ id, powerW: mean, steps: left.length, contiguous: false, ...window }];
  });
  const batteries = plant.batteries.map(({ finalMinSoc, finalValuePerKwh, ...battery }, b): Battery => ({
    ...battery,
    initialSoc: socs[b] ?? battery.initialSoc,
    ...(ends && finalMinSoc !== undefined && { finalMinSoc }),
    ...(ends
      ? finalValuePerKwh !== undefined && { finalValuePerKwh }
      : { finalValuePerKwh: LEFT_OVER_SHARE * Math.max(0, sorted[sorted.length >> 1] ?? 0) }),
  }));
  return {
    byId,
    problem: {
      kind: "hypervolt/plan-problem/v1",
      id: `${history.site.id} from step ${step}`,
      timezone: history.site.timezone,
      currency: history.site.currency,
      start: isoUtc(history.startMs + step * history.stepMs),
      stepMinutes: history.stepMs / MS_PER_MINUTE,
      series: {
        loadW: truth(home.loadW, 0),
        pvW: truth(home.pvW, 0),
        importPricePerKwh: truth(home.importPrice, unrecorded),
        exportPricePerKwh: truth(home.exportPrice, 0),
        carbonGPerKwh: truth(home.carbonGPerKwh, 0),
      },
      objective: { carbonPricePerKg: plant.carbonPricePerKg },
      grid: { maxImportW: plant.grid.maxImportW ?? null, maxExportW: plant.grid.maxExportW ?? null },
      pv: { curtailable: plant.pv.curtailable ?? false },
      ...(plant.inverter && { inverter: plant.inverter }),
      batteries,
      loads,
    },
  };
}

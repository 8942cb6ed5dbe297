import type { BatteryCommand } from "../domain/plan.ts";
import { settlementOf, settleStep, type StepFlows } from "../domain/storage-rule.ts";
import { G_PER_KG, W_PER_KW } from "../domain/units.ts";
import type { BacktestHome } from "./backtest-home.ts";
import type { BacktestPlant } from "./backtest-plant.ts";
import type { DueRun } from "./backtest-runs.ts";

export type Totals = Readonly<{ cost: number; carbonKg: number; objective: number }>;

/** A run as far as it has come. */
export type RunState = Readonly<{ run: DueRun; doneSteps: number }>;

export type StepDecision = Readonly<{
  /** One per battery, in the plant's order. */
  commands: readonly BatteryCommand[];
  /** Runs to be on in this step; what has started or can wait no longer is on anyway. */
  on: readonly DueRun[];
}>;

/** Decides at the start of each step, in order of time. */
export interface Strategy {
  decide(step: number, socs: readonly number[], open: readonly RunState[]): StepDecision;
}

/** A step as it went; `flows` is undefined where the step was not recorded. */
export type SimulatedStep = Readonly<{
  step: number;
  commands: readonly BatteryCommand[];
  flows: StepFlows | undefined;
  /** By load of the plant, mean W. */
  loadsW: readonly number[];
}>;

/** Runs a strategy over a period: the physics of contract plan.md, nothing else. */
export function simulate(
  home: BacktestHome,
  plant: BacktestPlant,
  runs: readonly DueRun[],
  strategy: Strategy,
  onStep: (step: SimulatedStep) => void = () => {},
): Totals {
  const totals = { cost: 0, carbonKg: 0, objective: 0 };
  let socs: readonly number[] = plant.batteries.map(({ initialSoc }) => initialSoc);
  let open: RunState[] = [];
  let nextRun = 0;
  for (let step = home.firstStep; step < home.endStep; step++) {
    for (let run = runs[nextRun]; run && run.earliestStep <= step; run = runs[++nextRun])
      open.push({ run, doneSteps: 0 });
    const { commands, on } = strategy.decide(step, socs, open);
    const loadsW = plant.loads.map(() => 0);
    open = open.map((state) => {
      const { run, doneSteps } = state;
      if (!mustRun(state, step) && !on.includes(run)) return state;
      loadsW[run.load] = (loadsW[run.load] ?? 0) + (run.profileW[doneSteps] ?? 0);
      return { run, doneSteps: doneSteps + 1 };
    });
    open = open.filter(({ run, doneSteps }) => doneSteps < run.profileW.length);
    if (home.missing[step] === 1) {
      onStep({ step, commands, flows: undefined, loadsW });
      continue;
    }
    const price = {
      importPrice: home.importPrice[step] ?? 0,
      exportPrice: home.exportPrice[step] ?? 0,
      carbonGPerKwh: home.carbonGPerKwh[step] ?? 0,
    };
    const flows = settleStep(
      plant,
      commands,
      socs,
      (home.loadW[step] ?? 0) + loadsW.reduce((sum, powerW) => sum + powerW, 0),
      home.pvW[step] ?? 0,
      home.hours,
      {
        importPerKwh: price.importPrice + (plant.carbonPricePerKg * price.carbonGPerKwh) / G_PER_KG,
        exportPerKwh: price.exportPrice,
      },
    );
    const settled = settlementOf(plant, flows, home.hours, price, plant.carbonPricePerKg);
    totals.cost += settled.cost;
    totals.carbonKg += settled.carbonKg;
    totals.objective += settled.objective;
    socs = flows.socs;
    onStep({ step, commands, flows, loadsW });
  }
  plant.batteries.forEach((battery, b) => {
    totals.objective -= ((battery.finalValuePerKwh ?? 0) * battery.capacityWh * (socs[b] ?? 0)) / W_PER_KW;
  });
  return totals;
}

/** Started and contiguous, or out of time: on, whatever is decided. */
export function mustRun({ run, doneSteps }: RunState, step: number): boolean {
  const remaining = run.profileW.length - doneSteps;
  return (run.contiguous && doneSteps > 0) || step + remaining >= run.latestStep;
}

/** Runs start when their window opens; batteries get one and the same command. */
export const fixedStrategy = (plant: BacktestPlant, command: "hold" | "follow"): Strategy => {
  const commands = plant.batteries.map(({ maxChargeW, maxDischargeW }): BatteryCommand =>
    command === "hold" ? { kind: "hold" } : { kind: "follow", maxChargeW, maxDischargeW },
  );
  return { decide: (_step, _socs, open) => ({ commands, on: open.map(({ run }) => run) }) };
};

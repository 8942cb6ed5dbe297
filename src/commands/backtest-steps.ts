import { isoUtc } from "../domain/civil-time.ts";
import type { BatteryCommand } from "../domain/plan.ts";
import type { BacktestHome } from "./backtest-home.ts";
import type { BacktestPlant } from "./backtest-plant.ts";
import type { SimulatedStep } from "./backtest-simulation.ts";

/** Header of `--steps-out` (contract backtest.md). */
export const stepsHeader = (plant: BacktestPlant): string =>
  [
    "time,load_w,pv_w,import_w,export_w",
    ...plant.batteries.flatMap(({ id }) => [`${id}_w`, `${id}_soc`]),
    ...plant.loads.map(({ id }) => `${id}_w`),
    "command",
  ].join(",");

/** One row: mean powers in W, `pv_w` as used, state of charge at the end; empty where the step was not recorded. */
export function stepsRow(home: BacktestHome, plant: BacktestPlant, step: SimulatedStep): string {
  const { flows } = step;
  const time = isoUtc(home.history.startMs + step.step * home.history.stepMs);
  const loads = step.loadsW.map(round);
  if (!flows) return [time, "", "", "", "", ...plant.batteries.flatMap(() => ["", ""]), ...loads, "missing"].join(",");
  return [
    time,
    round(home.loadW[step.step] ?? 0),
    round(flows.pvUsedW),
    round(flows.importW),
    round(flows.exportW),
    ...plant.batteries.flatMap((_, b) => [round(flows.batteryW[b] ?? 0), round(flows.socs[b] ?? 0)]),
    ...loads,
    step.commands
      .map((command, b) => `${step.commands.length > 1 ? `${plant.batteries[b]?.id}=` : ""}${words(command)}`)
      .join("; "),
  ].join(",");
}

const round = (value: number): string => String(Math.round(value * 1e9) / 1e9);

function words(command: BatteryCommand): string {
  const watts = (powerW: number): string => `${Math.round(powerW)}`;
  switch (command.kind) {
    case "hold":
      return "hold";
    case "follow":
      return `follow -${watts(command.maxDischargeW)}..${watts(command.maxChargeW)}`;
    case "charge":
    case "discharge":
      return `${command.kind} ${watts(command.powerW)} (${watts(command.minW)}..${watts(command.maxW)})`;
  }
}

import type { Zone } from "../domain/civil-time.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import type { BacktestHome } from "./backtest-home.ts";
import type { RecurringLoad } from "./backtest-plant.ts";

/** One run that is due: of load `load` (index), on in steps of [earliestStep, latestStep) of the history's grid. */
export type DueRun = Readonly<{
  load: number;
  id: string;
  /** Mean power in each step of the run, W. */
  profileW: readonly number[];
  contiguous: boolean;
  earliestStep: number;
  latestStep: number;
}>;

/**
 * Every run of a period, in order of its window's opening. A run whose window does not lie wholly in the period is left
 * out; a window too short for its run is widened at its end.
 */
export function dueRuns(home: BacktestHome, loads: readonly RecurringLoad[]): DueRun[] {
  const { zone, startMs, stepMs } = home.history;
  const stepAt = (atMs: number): number => (atMs - startMs) / stepMs;
  const runs: DueRun[] = [];
  const lastDay = zone.dayNumber(home.toMs);
  for (let day = zone.dayNumber(home.fromMs) - 1; day <= lastDay; day++)
    for (const [load, recurring] of loads.entries()) {
      if (!recurring.weekdays.includes((((day + 3) % 7) + 7) % 7)) continue;
      const [openMs, closeMs] = windowMs(zone, day, recurring.window);
      const profileW = stepProfileW(recurring, stepMs);
      const earliestStep = Math.ceil(stepAt(openMs) - 1e-9);
      const latestStep = Math.max(Math.floor(stepAt(closeMs) + 1e-9), earliestStep + profileW.length);
      if (earliestStep < home.firstStep || latestStep > home.endStep) continue;
      runs.push({ load, id: recurring.id, profileW, contiguous: recurring.contiguous, earliestStep, latestStep });
    }
  return runs.sort((a, b) => a.earliestStep - b.earliestStep || a.load - b.load);
}

function windowMs(zone: Zone, day: number, [open, close]: readonly [number, number]): [number, number] {
  const at = (minute: number): number => zone.instantMs(day + Math.floor(minute / 1440), minute % 1440);
  return [at(open), at(close > open ? close : close + 1440)];
}

/** A run's mean power in each of its steps, W; its last step may be partly used. */
export function stepProfileW({ profileW, minutes }: RecurringLoad, stepMs: number): number[] {
  const stepMinutes = stepMs / MS_PER_MINUTE;
  const totalMinutes = minutes ?? profileW.length * stepMinutes;
  const partMinutes = totalMinutes / profileW.length;
  return Array.from({ length: Math.ceil(totalMinutes / stepMinutes - 1e-9) }, (_, step) => {
    let wattMinutes = 0;
    profileW.forEach((powerW, part) => {
      const from = Math.max(step * stepMinutes, part * partMinutes);
      const to = Math.min((step + 1) * stepMinutes, (part + 1) * partMinutes);
      wattMinutes += Math.max(0, to - from) * powerW;
    });
    return wattMinutes / stepMinutes;
  });
}

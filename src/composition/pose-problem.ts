import { isoUtc, type Zone } from "../domain/civil-time.ts";
import type { ControllableDevice } from "../domain/entity.ts";
import type { Battery } from "../domain/plan-problem.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import type { RichLoad, RichPlan, RichProblem } from "../planning/rich-problem.ts";
import { type Occurrence, occurrencesOf, type RunBook } from "./run-book.ts";

/** A run of a load in the problem: which window it is for. */
export type PosedRun = Readonly<{ loadId: string; device: ControllableDevice; occurrence: Occurrence }>;
/** A run as planned. */
export type PlannedRun = Readonly<{
  device: ControllableDevice;
  occurrence: Occurrence;
  startMs: number;
  endMs: number;
  onSteps: readonly number[];
}>;

export type PoseInput = Readonly<{
  id: string;
  startMs: number;
  stepMs: number;
  zone: Zone;
  currency: string;
  /** One value per step; W and per kWh. */
  loadW: Float64Array;
  pvW: Float64Array;
  importPrice: Float64Array;
  exportPrice: Float64Array;
  carbonGPerKwh: Float64Array;
  carbonPricePerKg: number;
  maxImportW: number | null;
  maxExportW: number | null;
  batteries: readonly Battery[];
  devices: readonly ControllableDevice[];
  runs: RunBook;
  /** Runs announced before, which cost something to move. */
  announced: readonly PlannedRun[];
}>;

/** What moving an announced run must at least save. */
const CHANGE_COST = 0.01;

/** The planning problem of the hours ahead: the home's forecasts, tariff, batteries, and each run that is still to come. */
export function poseProblem(input: PoseInput): { problem: RichProblem; runs: readonly PosedRun[] } {
  const { startMs, stepMs, zone } = input;
  const steps = input.loadW.length;
  const endMs = startMs + steps * stepMs;
  const runs: PosedRun[] = [];
  const loads: RichLoad[] = [];
  for (const device of input.devices) {
    if (!device.shift) continue;
    for (const occurrence of occurrencesOf(device, zone, startMs, endMs)) {
      const minutes = input.runs.minutesLeft(device, occurrence);
      const running = input.runs.running(device, occurrence);
      const needed = Math.max(1, Math.round((minutes * MS_PER_MINUTE) / stepMs));
      if (minutes <= 0 || occurrence.endMs > endMs) continue;
      const earliest = Math.max(0, Math.ceil((occurrence.startMs - startMs) / stepMs));
      const latest = Math.min(steps, Math.floor((occurrence.endMs - startMs) / stepMs));
      if (latest <= 0 && !running) continue;
      const loadId = `${device.deviceId}@${isoUtc(occurrence.startMs)}`;
      runs.push({ loadId, device, occurrence });
      const before = input.announced.find(
        (run) => run.device.deviceId === device.deviceId && run.occurrence.startMs === occurrence.startMs,
      );
      const onSteps = before?.onSteps
        .map((step) => step + Math.round((before.startMs - startMs) / stepMs) - (before.onSteps[0] ?? 0))
        .filter((step) => step >= 0 && step < steps);
      loads.push({
        id: loadId,
        powerW: device.maxW,
        steps: needed,
        earliestStep: running ? 0 : Math.min(earliest, steps),
        latestStep: running ? Math.max(latest, needed) : Math.max(latest, 0),
        contiguous: device.shift.contiguous,
        ...(running && device.shift.contiguous && { started: true }),
        ...(onSteps && onSteps.length > 0 && !running && { announced: { onSteps, changeCost: CHANGE_COST } }),
      });
    }
  }
  const problem: RichProblem = {
    kind: "hypervolt/plan-problem/v1",
    id: input.id,
    timezone: zone.name,
    currency: input.currency,
    start: isoUtc(startMs),
    stepMinutes: stepMs / MS_PER_MINUTE,
    series: {
      loadW: [...input.loadW],
      pvW: [...input.pvW],
      importPricePerKwh: [...input.importPrice],
      exportPricePerKwh: [...input.exportPrice],
      carbonGPerKwh: [...input.carbonGPerKwh],
    },
    objective: { carbonPricePerKg: input.carbonPricePerKg },
    grid: { maxImportW: input.maxImportW, maxExportW: input.maxExportW },
    batteries: input.batteries,
    loads,
  };
  return { problem, runs };
}

/** When each posed run is on in a plan. */
export function plannedRuns(plan: RichPlan, posed: readonly PosedRun[], startMs: number, stepMs: number): PlannedRun[] {
  return posed.flatMap(({ loadId, device, occurrence }) => {
    const onSteps = plan.steps.flatMap((step, i) => ((step.loads[loadId] ?? 0) > 1 ? [i] : []));
    const first = onSteps[0];
    const last = onSteps.at(-1);
    if (first === undefined || last === undefined) return [];
    return [{ device, occurrence, onSteps, startMs: startMs + first * stepMs, endMs: startMs + (last + 1) * stepMs }];
  });
}

import type { Zone } from "../domain/civil-time.ts";
import type { ControllableDevice } from "../domain/entity.ts";
import { MS_PER_DAY } from "../domain/units.ts";
import { deviceIdOf, loadIdOf, type StartedRun } from "../planning/device-loads.ts";
import type { RichPlan } from "../planning/rich-problem.ts";
import { type Occurrence, occurrencesOf, type RunBook } from "./run-book.ts";

/** A run as planned; `loadId` is the plan's name of it. */
export type PlannedRun = Readonly<{
  loadId: string;
  device: ControllableDevice;
  occurrence: Occurrence;
  startMs: number;
  endMs: number;
  onSteps: readonly number[];
}>;

/** When each run is on in a plan. */
export function plannedRuns(
  plan: RichPlan,
  devices: readonly ControllableDevice[],
  zone: Zone,
  startMs: number,
  stepMs: number,
): PlannedRun[] {
  const endMs = startMs + plan.steps.length * stepMs;
  return Object.keys(plan.steps[0]?.loads ?? {}).flatMap((loadId): PlannedRun[] => {
    const device = devices.find(({ deviceId }) => deviceId === deviceIdOf(loadId) && deviceId !== loadId);
    const occurrence =
      device &&
      occurrencesOf(device, zone, startMs - MS_PER_DAY, endMs).find(
        (one) => loadIdOf(device.deviceId, zone, one.startMs) === loadId,
      );
    if (!device || !occurrence) return [];
    const onSteps = plan.steps.flatMap((step, i) => ((step.loads[loadId] ?? 0) > 1 ? [i] : []));
    const [first, last] = [onSteps[0], onSteps.at(-1)];
    if (first === undefined || last === undefined) return [];
    return [
      { loadId, device, occurrence, onSteps, startMs: startMs + first * stepMs, endMs: startMs + (last + 1) * stepMs },
    ];
  });
}

/** What the planner must know of runs that have begun or are over, from what was seen. */
export function startedRuns(
  devices: readonly ControllableDevice[],
  book: RunBook,
  zone: Zone,
  nowMs: number,
): StartedRun[] {
  return devices.flatMap((device) =>
    occurrencesOf(device, zone, nowMs - MS_PER_DAY, nowMs + 1).flatMap((occurrence): StartedRun[] => {
      const leftMinutes = book.minutesLeft(device, occurrence);
      const ranMs = ((device.shift?.runMinutes ?? 0) - leftMinutes) * 60_000;
      if (leftMinutes <= 0) return [{ deviceId: device.deviceId, startedMs: occurrence.startMs, endedMs: nowMs }];
      return book.running(device, occurrence)
        ? [{ deviceId: device.deviceId, startedMs: Math.max(occurrence.startMs, nowMs - ranMs) }]
        : [];
    }),
  );
}

import type { Zone } from "../domain/civil-time.ts";
import type { ControllableDevice } from "../domain/entity.ts";
import type { DueLoads } from "../acting/load-shifting.ts";
import type { PlanInForce } from "./planning-cycle.ts";
import type { RunBook } from "./run-book.ts";

/**
 * What the plan in force says about each shiftable load now, with its reason and the best alternative in words. A run
 * that has begun goes on until it is done, whatever the plan's steps say of its last minutes.
 */
export function dueLoadsOf(
  inForce: PlanInForce,
  devices: readonly ControllableDevice[],
  runs: RunBook,
  zone: Zone,
  currency: string,
  nowMs: number,
): DueLoads {
  const loadsW: Record<string, number> = {};
  const reasons: Record<string, { reason: string; alternative: string | null }> = {};
  for (const device of devices) {
    if (!device.shift) continue;
    const planned = inForce.runs.find(
      (run) => run.device.deviceId === device.deviceId && covers(run.onSteps, inForce, nowMs),
    );
    const going = inForce.runs.find(
      (run) =>
        run.device.deviceId === device.deviceId &&
        runs.running(device, run.occurrence) &&
        device.shift?.contiguous === true,
    );
    const run = planned ?? going;
    const left = run ? runs.minutesLeft(device, run.occurrence) : 0;
    loadsW[device.deviceId] = run && left > 0 ? device.maxW : 0;
    const next = run ?? inForce.runs.find((one) => one.device.deviceId === device.deviceId);
    if (!next) continue;
    const { loadId } = next;
    const found = inForce.plan.reasons.find(({ what }) => what.includes(loadId));
    if (!found) continue;
    const alternative = found.alternative;
    reasons[device.deviceId] = {
      reason: found.why.replaceAll(loadId, device.name),
      alternative: alternative
        ? `${zone.iso(inForce.startMs + alternative.step * inForce.stepMs).slice(11, 16)}: ${alternative.extraCost.toFixed(2)} ${currency} and ${alternative.extraCarbonKg.toFixed(2)} kg CO2e more`
        : null,
    };
  }
  return {
    loadsW,
    reasons,
    untilMs: inForce.startMs + (Math.floor((nowMs - inForce.startMs) / inForce.stepMs) + 1) * inForce.stepMs,
  };
}

const covers = (onSteps: readonly number[], { startMs, stepMs }: PlanInForce, nowMs: number): boolean =>
  onSteps.includes(Math.floor((nowMs - startMs) / stepMs));

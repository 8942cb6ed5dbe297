import type { Plan } from "../domain/plan.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import type { ActingDevice } from "./acting-home.ts";
import type { Setting } from "./setting.ts";
import type { Want } from "./want.ts";

/** Below this share of its full power an appliance that is on does nothing. */
const IDLE_SHARE = 0.05;
/** A programme that still draws power may take this many times what was said of it. */
const LONGER = 1.5;

/** What the plan in force says about now. */
export type DueLoads = Readonly<{
  /** Power per load id in the current step, W; 0: off. */
  loadsW: Readonly<Record<string, number>>;
  /** Why, by load id, with the best alternative in words. */
  reasons: Readonly<Record<string, Readonly<{ reason: string; alternative: string | null }>>>;
  /** End of the current step. */
  untilMs: number;
}>;

/** The current step of a plan; undefined where the plan does not cover the instant. */
export function dueLoads(plan: Plan, atMs: number): DueLoads | undefined {
  const starts = plan.steps.map((step) => Date.parse(step.start));
  const index = starts.findLastIndex((startMs) => startMs <= atMs);
  const step = plan.steps[index];
  const startMs = starts[index];
  if (!step || startMs === undefined) return undefined;
  const lengthMs =
    (starts[index + 1] ?? startMs) - startMs || startMs - (starts[index - 1] ?? startMs - 15 * MS_PER_MINUTE);
  const untilMs = startMs + lengthMs;
  if (atMs >= untilMs) return undefined;
  const reasons: Record<string, { reason: string; alternative: string | null }> = {};
  for (const loadId of Object.keys(step.loads)) {
    const found = plan.reasons.findLast(({ step: at, what }) => at <= index && what.startsWith(`${loadId} `));
    if (found)
      reasons[loadId] = {
        reason: found.why,
        alternative: found.alternative
          ? describeAlternative(found.alternative.extraCost, starts[found.alternative.step])
          : null,
      };
  }
  return { loadsW: step.loads, reasons, untilMs };
}

const describeAlternative = (extraCost: number, startMs: number | undefined): string =>
  `${startMs === undefined ? "another time" : `at ${new Date(startMs).toISOString().slice(11, 16)} UTC`}: ${extraCost.toFixed(2)} dearer`;

export type LoadFacts = Readonly<{
  device: ActingDevice;
  setting: Setting | undefined;
  /** HyperVolt turned it on, then; null where it did not. */
  startedAtMs: number | null;
  /** What it draws now, W; null where no meter tells. */
  powerW: number | null;
}>;

/**
 * On or off, as the plan says for now. A run that has begun is finished; an appliance somebody started by itself is not
 * cut off in the middle.
 */
export function loadWant(
  due: DueLoads,
  { device, setting, startedAtMs, powerW }: LoadFacts,
  nowMs: number,
): Want | null {
  const dueW = due.loadsW[device.deviceId];
  if (dueW === undefined) return null;
  const wantsOn = dueW > 0;
  const known = due.reasons[device.deviceId];
  const want = (kind: "turn_on" | "turn_off", reason: string): Want => ({
    deviceId: device.deviceId,
    action: { kind },
    source: "plan",
    reason,
    alternative: known?.alternative ?? null,
    inputs: { plannedW: dueW, measuredW: powerW },
  });
  if (wantsOn) return want("turn_on", known?.reason ?? "The plan runs it now.");
  if (!setting) return null;
  const contiguous = device.shift?.contiguous ?? false;
  const runMs = (device.shift?.runMinutes ?? 0) * MS_PER_MINUTE;
  if (setting.on && contiguous) {
    if (startedAtMs !== null && nowMs - startedAtMs < runMs) return null;
    const draws = powerW !== null && powerW > device.maxW * IDLE_SHARE;
    if (draws && (startedAtMs === null || nowMs - startedAtMs < runMs * LONGER)) return null;
  }
  return want("turn_off", "The plan has a better time for it.");
}

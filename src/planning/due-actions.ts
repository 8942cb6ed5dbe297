import type { DeviceAction } from "../domain/decision.ts";
import type { ControllableDevice } from "../domain/entity.ts";
import type { PlanReason } from "../domain/plan.ts";
import { deviceIdOf } from "./device-loads.ts";
import type { RichPlan, RichProblem } from "./rich-problem.ts";

/** Something a plan wants done to a device at a time. `reason` and `alternative` as the user reads them. */
export type DueAction = Readonly<{
  deviceId: string;
  /** The load or light of the plan. */
  loadId: string;
  atMs: number;
  action: DeviceAction;
  /** What the device will draw from then on, W. */
  powerW: number;
  reason: string;
  alternative: string | null;
}>;

/** Appliances that end their programme by themselves: cutting their power would interrupt it. */
const ENDS_BY_ITSELF = new Set<ControllableDevice["kind"]>(["dishwasher", "washing_machine"]);
const ON_W = 0.5;

/**
 * Every switching a plan asks for, in order of time. Runs already under way at the start of the plan are not started
 * again, and no appliance that ends by itself is switched off.
 */
export function dueActions(problem: RichProblem, plan: RichPlan, devices: readonly ControllableDevice[]): DueAction[] {
  const byId = new Map(devices.map((device) => [device.deviceId, device]));
  const started = new Set((problem.loads ?? []).filter((load) => load.started === true).map((load) => load.id));
  const lights = new Map((problem.lights ?? []).map((light) => [light.id, light]));
  const actions: DueAction[] = [];
  for (const loadId of Object.keys(plan.steps[0]?.loads ?? {})) {
    const device = byId.get(deviceIdOf(loadId));
    if (!device) continue;
    const light = lights.get(loadId);
    let beforeW = started.has(loadId) ? Infinity : 0;
    for (const [t, step] of plan.steps.entries()) {
      const powerW = step.loads[loadId] ?? 0;
      const action = light
        ? Math.abs(powerW - beforeW) > ON_W
          ? brightness(powerW / light.maxW)
          : undefined
        : switching(powerW > ON_W, beforeW > ON_W, ENDS_BY_ITSELF.has(device.kind));
      beforeW = powerW;
      if (!action) continue;
      const why = reasonFor(plan.reasons, loadId, t);
      actions.push({
        deviceId: device.deviceId,
        loadId,
        atMs: Date.parse(step.start),
        action,
        powerW,
        reason: why?.why ?? (powerW > ON_W ? "the plan runs it now" : "the plan has it off now"),
        alternative: why?.alternative ? alternativeText(problem, plan, why.alternative) : null,
      });
    }
  }
  return actions.sort((a, b) => a.atMs - b.atMs);
}

/** Actions whose time has come: at or before `nowMs`, and not older than `graceMs`. */
export function actionsDue(actions: readonly DueAction[], nowMs: number, graceMs: number): DueAction[] {
  return actions.filter(({ atMs }) => atMs <= nowMs && atMs > nowMs - graceMs);
}

function switching(on: boolean, wasOn: boolean, endsByItself: boolean): DeviceAction | undefined {
  if (on === wasOn) return undefined;
  if (on) return { kind: "turn_on" };
  return endsByItself ? undefined : { kind: "turn_off" };
}

const brightness = (share: number): DeviceAction =>
  share <= 0 ? { kind: "turn_off" } : { kind: "set_brightness", level: Math.round(share * 100) };

function reasonFor(reasons: readonly PlanReason[], loadId: string, step: number): PlanReason | undefined {
  return reasons.find((it) => it.step === step && it.what.startsWith(`${loadId} `));
}

function alternativeText(
  problem: RichProblem,
  plan: RichPlan,
  alternative: NonNullable<PlanReason["alternative"]>,
): string {
  const at = plan.steps[alternative.step]?.start;
  const time = at
    ? new Intl.DateTimeFormat("en-GB", { timeZone: problem.timezone, hour: "2-digit", minute: "2-digit" }).format(
        Date.parse(at),
      )
    : "another time";
  const { extraCost, extraCarbonKg } = alternative;
  return `at ${time}: ${extraCost >= 0 ? "+" : ""}${extraCost.toFixed(2)} ${problem.currency}, ${extraCarbonKg >= 0 ? "+" : ""}${extraCarbonKg.toFixed(2)} kg CO2`;
}

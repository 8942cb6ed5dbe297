import type { Clock } from "../domain/clock.ts";
import type { BatteryCommand } from "../domain/plan.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import type { ActingMemory } from "./acting-memory.ts";
import { batteryWants, type SwitchedBattery } from "./battery-wants.ts";
import { ChargePulses } from "./charge-pulses.ts";
import { limitsOf, mayPulse } from "./device-limits.ts";
import type { DeviceView } from "./device-view.ts";
import type { GivingBack } from "./giving-back.ts";
import { loadWant } from "./load-shifting.ts";
import type { Situation } from "./situation.ts";
import type { SourceGuard } from "./source-guard.ts";
import type { Want } from "./want.ts";

/** Without a plan that holds, things stay as they are for this long, then go back to their safe state. */
const NO_PLAN_MS = 30 * MS_PER_MINUTE;
const NO_PLAN = "There has been no plan for half an hour";

type FollowerParts = Readonly<{
  clock: Clock;
  memory: ActingMemory;
  view: DeviceView;
  givingBack: GivingBack;
  guard: SourceGuard;
}>;

/** What the plan wants of loads, batteries and sources now; without a plan for long, everything goes back. */
export class PlanFollower {
  readonly #parts: FollowerParts;
  readonly #pulses = new ChargePulses();
  #noPlanSinceMs: number | null = null;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
  }

  wants(situation: Situation): Want[] {
    const { clock, givingBack, guard, view } = this.#parts;
    const lost = this.#isLost(situation);
    const transfers = guard.wants(lost ? guard.release(NO_PLAN) : situation.sources);
    const { due } = situation;
    if (!due) {
      const back = lost ? givingBack.wants(`${NO_PLAN}: back as it was.`, ({ kind }) => kind !== "light") : [];
      return [...transfers, ...back];
    }
    const loads = view.all().flatMap((device) => {
      const powerW = situation.devicePowerW[device.deviceId] ?? null;
      const startedAtMs = this.#startedAtMs(device.deviceId);
      const setting = view.setting(device.deviceId);
      const want = loadWant(due, { device, setting, startedAtMs, powerW }, clock.nowMs());
      return want ? [want] : [];
    });
    return [
      ...transfers,
      ...loads,
      ...situation.batteries.flatMap((battery) =>
        batteryWants({ ...battery, command: this.#commandNow(battery) }, view.setting),
      ),
    ];
  }

  #isLost({ due }: Situation): boolean {
    const nowMs = this.#parts.clock.nowMs();
    this.#noPlanSinceMs = due ? null : (this.#noPlanSinceMs ?? nowMs);
    return this.#noPlanSinceMs !== null && nowMs - this.#noPlanSinceMs >= NO_PLAN_MS;
  }

  /** A charge at less than full power is one at full power for a part of the step; meanwhile the battery is held. */
  #commandNow(battery: SwitchedBattery): BatteryCommand {
    const { batteryId, command, chargeDeviceId } = battery;
    if (command.kind !== "charge" || chargeDeviceId === null) {
      this.#pulses.forget(batteryId);
      return command;
    }
    const { clock, memory, view } = this.#parts;
    const nowMs = clock.nowMs();
    const isOn = this.#pulses.isOn(
      batteryId,
      {
        powerW: command.powerW,
        fullW: battery.maxChargeW,
        stepEndMs: battery.stepEndMs,
        measuredW: battery.powerW,
        charging: view.setting(chargeDeviceId)?.on === true,
        mayBegin: mayPulse(
          limitsOf(view.device(chargeDeviceId)),
          memory.ownSwitchesMs.get(chargeDeviceId) ?? [],
          nowMs,
        ),
      },
      nowMs,
    );
    return isOn ? command : { kind: "hold" };
  }

  /** When HyperVolt turned a device on; null where it did not. */
  #startedAtMs(deviceId: string): number | null {
    const last = this.#parts.memory.commands.get(deviceId);
    const done = last?.outcome === "confirmed" || last?.outcome === "in_flight";
    return last?.action.kind === "turn_on" && done ? last.sentAtMs : null;
  }
}

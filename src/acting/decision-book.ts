import type { Clock } from "../domain/clock.ts";
import type { Decision, DecisionStatus, DeviceAction } from "../domain/decision.ts";
import type { ActingDevice } from "./acting-home.ts";
import type { Want } from "./want.ts";

/** Makes decisions of wants, and says what is advised or withheld once, not at every tick. */
export class DecisionBook {
  readonly #clock: Clock;
  readonly #tell: (decision: Decision) => void;
  readonly #said = new Map<string, string>();
  #count = 0;

  constructor(clock: Clock, tell: (decision: Decision) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  decide(want: Want, device: ActingDevice, status: DecisionStatus, detail: string | null): Decision {
    const atMs = this.#clock.nowMs();
    return {
      decisionId: `${atMs.toString(36)}-${(this.#count++).toString(36)}`,
      atMs,
      deviceId: want.deviceId,
      entityId: device.entityId,
      action: want.action,
      reason: want.reason,
      alternative: want.alternative ?? null,
      inputs: want.inputs ?? {},
      status,
      statusDetail: detail,
      contextId: null,
    };
  }

  /** `topic` is what would make it news: the cause, not its wording, which may count down. */
  say(want: Want, device: ActingDevice, status: "advised" | "withheld", detail: string | null, topic: string): void {
    const said = `${status} ${topic} ${newsOf(want.action)}`;
    if (this.#said.get(want.deviceId) === said) return;
    this.#said.set(want.deviceId, said);
    this.#tell(this.decide(want, device, status, detail));
  }

  /** Something else happened to the device: the same advice would be news again. */
  forget(deviceId: string): void {
    this.#said.delete(deviceId);
  }
}

/** Dimming by a few percent is no news; by ten it is. */
const newsOf = (action: DeviceAction): string =>
  action.kind === "set_brightness" ? `dim ${Math.round(action.level / 10)}` : action.kind;

import type { ActingDevice } from "./acting-home.ts";
import type { ActingMemory } from "./acting-memory.ts";
import type { DeviceView } from "./device-view.ts";
import { restoreWant } from "./safe-state.ts";
import type { Want } from "./want.ts";

/** Gives devices back as they were found: at the end, without a plan, outside `auto`, and what an earlier run left. */
export class GivingBack {
  readonly #memory: ActingMemory;
  readonly #view: DeviceView;
  readonly #isGuarded: (deviceId: string) => boolean;
  /** Promises of an earlier run that are still to be kept; some devices show themselves only after a while. */
  readonly #leftBehind = new Set<string>();

  /** @param parts.isGuarded  the device is one of a transfer switch: it moves with the others, never by itself */
  constructor(parts: Readonly<{ memory: ActingMemory; view: DeviceView; isGuarded: (deviceId: string) => boolean }>) {
    this.#memory = parts.memory;
    this.#view = parts.view;
    this.#isGuarded = parts.isGuarded;
  }

  /** What is to be done so that every promise is kept; forgets those that are kept already. */
  wants(reason: string, only?: (device: ActingDevice) => boolean): Want[] {
    const wants: Want[] = [];
    for (const [deviceId, promise] of this.#memory.promises) {
      const device = this.#view.device(deviceId);
      if (!device || (only && !only(device)) || this.#isGuarded(deviceId)) continue;
      const setting = this.#view.setting(deviceId);
      const want = restoreWant(device, promise, setting, reason);
      if (want) wants.push(want);
      else if (setting) this.#memory.promises.delete(deviceId);
    }
    return wants;
  }

  /** Every promise there is was made by an earlier run. */
  remember(): void {
    for (const deviceId of this.#memory.promises.keys()) this.#leftBehind.add(deviceId);
  }

  /** Once for each device, as soon as it can be seen: what an earlier run had promised. */
  leftBehind(): Want[] {
    if (this.#leftBehind.size === 0) return [];
    const wants = this.wants("HyperVolt had ended unexpectedly: back as it was.", ({ deviceId }) =>
      this.#leftBehind.has(deviceId),
    );
    for (const deviceId of this.#leftBehind)
      if (this.#view.setting(deviceId) || !this.#view.device(deviceId)) this.#leftBehind.delete(deviceId);
    return wants;
  }
}

import { MS_PER_MINUTE, MS_PER_SECOND } from "../domain/units.ts";
import type { ActingDevice } from "./acting-home.ts";
import type { Want } from "./want.ts";

/** A reading older than this says nothing about the fuse. */
const FRESH_MS = 90 * MS_PER_SECOND;
/** A fuse carries this much more for a while; above it there is no waiting for a second reading. */
const AT_ONCE = 1.1;
/** After shedding, nothing is turned on for this long. */
const CALM_MS = 10 * MS_PER_MINUTE;
/** What may be shed, the first first. */
const SHED_ORDER = ["ev", "water_heater", "heat_pump", "battery", "other", "switch"] as const;

export type FuseReading = Readonly<{ gridW: number; atMs: number }>;

/** Watches the main fuse. Readings in W, + is import. */
export class FuseGuard {
  #overSinceMs: number | null = null;
  #lastReadingMs = 0;
  #shedAtMs = Number.NEGATIVE_INFINITY;

  /**
   * What must be turned off so that the fuse holds: after two readings above it, or one far above it.
   * @param running  devices that are on and may be acted on
   */
  shed(limitW: number | null, reading: FuseReading | null, running: readonly ActingDevice[], nowMs: number): Want[] {
    if (limitW === null || !reading || nowMs - reading.atMs > FRESH_MS || reading.gridW <= limitW) {
      this.#overSinceMs = null;
      return [];
    }
    if (reading.atMs === this.#lastReadingMs) return [];
    this.#lastReadingMs = reading.atMs;
    const first = this.#overSinceMs === null;
    this.#overSinceMs ??= reading.atMs;
    if (first && reading.gridW < limitW * AT_ONCE) return [];
    let excessW = reading.gridW - limitW;
    const wants: Want[] = [];
    const order = (device: ActingDevice): number => (SHED_ORDER as readonly string[]).indexOf(device.kind);
    const sheddable = running
      .filter((device) => order(device) >= 0 && device.maxW > 0)
      .sort((a, b) => order(a) - order(b) || b.maxW - a.maxW);
    for (const device of sheddable) {
      if (excessW <= 0) break;
      excessW -= device.maxW;
      wants.push({
        deviceId: device.deviceId,
        action: { kind: "turn_off" },
        source: "fuse",
        reason: `The home draws ${Math.round(reading.gridW)} W, the main fuse allows ${Math.round(limitW)} W.`,
        inputs: { gridW: Math.round(reading.gridW), limitW },
      });
    }
    if (wants.length > 0) this.#shedAtMs = nowMs;
    return wants;
  }

  /** Why a device must not be turned on now, or null. `promisedW`: what was turned on since the reading. */
  refuses(
    limitW: number | null,
    reading: FuseReading | null,
    device: ActingDevice,
    promisedW: number,
    nowMs: number,
  ): string | null {
    if (limitW === null || device.kind === "light") return null;
    if (nowMs - this.#shedAtMs < CALM_MS) return "the main fuse was overloaded a moment ago";
    if (!reading || nowMs - reading.atMs > FRESH_MS) return null;
    const expectedW = reading.gridW + promisedW + device.maxW;
    return expectedW > limitW ? `${Math.round(expectedW)} W would be too much for the main fuse` : null;
  }
}

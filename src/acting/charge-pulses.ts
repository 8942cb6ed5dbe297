import { MS_PER_HOUR, MS_PER_MINUTE, MS_PER_SECOND } from "../domain/units.ts";

/** From this share of full power on, a charge is no pulse. */
const FULL_SHARE = 0.97;
/** After a longer gap nothing is known of what happened meanwhile. */
const GAP_MS = 2 * MS_PER_MINUTE;
/** From the wish to charge until it does: the switch that holds it opens first. */
const LEAD_MS = 15 * MS_PER_SECOND;
/** What a battery may really draw while it charges, as shares of what was said of it. */
const [LEAST_SHARE, MOST_SHARE] = [0.2, 1.2];

/** A charge as the plan wants it, and the battery as it stands. Powers in W; + charges. */
export type ChargeTask = Readonly<{
  /** Mean power over the step. */
  powerW: number;
  /** With its switch on. */
  fullW: number;
  stepEndMs: number;
  /** Null where no meter tells. */
  measuredW: number | null;
  /** Its switch is on. */
  charging: boolean;
  /** The limits of its switch leave room for one pulse: on and off again. */
  mayBegin: boolean;
}>;

type Known = Readonly<{
  atMs: number;
  /** Charged so far, less what was wanted so far; Wh. */
  aheadWh: number;
  wantedW: number;
  charging: boolean;
  fullW: number;
}>;

/**
 * Charging at less than full power with a switch that knows only on and off: at full power for a part of each step, so
 * that the step's energy is what the plan wants. A step that begins off ends on and the next goes on from there: one
 * switch a step. What a pulse gave too little or too much, as the switch may rest for its least time, the next makes up for.
 */
export class ChargePulses {
  readonly #known = new Map<string, Known>();

  /** Whether a battery's switch is to be on now. */
  isOn(batteryId: string, task: ChargeTask, nowMs: number): boolean {
    const before = this.#known.get(batteryId);
    const known = before && nowMs - before.atMs <= GAP_MS ? before : undefined;
    const fullW = realFullW(task, known);
    const hours = known ? (nowMs - known.atMs) / MS_PER_HOUR : 0;
    const most = fullW / 4;
    const aheadWh = known ? known.aheadWh + hours * (chargedW(task, known) - known.wantedW) : 0;
    const { powerW, charging } = task;
    this.#known.set(batteryId, {
      atMs: nowMs,
      aheadWh: Math.min(most, Math.max(-most, aheadWh)),
      wantedW: powerW,
      charging,
      fullW,
    });
    if (powerW >= fullW * FULL_SHARE) return true;
    const hoursLeft = Math.max(0, task.stepEndMs - nowMs) / MS_PER_HOUR;
    const missingWh = powerW * hoursLeft - aheadWh;
    if (charging) return missingWh > 0;
    return task.mayBegin && missingWh > 0 && missingWh >= fullW * (hoursLeft - LEAD_MS / MS_PER_HOUR);
  }

  /** It is told something else than to charge. */
  forget(batteryId: string): void {
    this.#known.delete(batteryId);
  }
}

/** Power since the last look, after which the switch was moved if at all: as measured now, else as it stands. */
const chargedW = ({ measuredW, charging }: ChargeTask, known: Known): number =>
  measuredW ?? (charging ? known.fullW : 0);

/** What it really charges at: as measured while it did so. */
function realFullW({ fullW, measuredW, charging }: ChargeTask, known: Known | undefined): number {
  if (!known) return fullW;
  if (!charging || !known.charging || measuredW === null || measuredW < fullW * LEAST_SHARE) return known.fullW;
  return Math.min(measuredW, fullW * MOST_SHARE);
}

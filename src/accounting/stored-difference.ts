import { MS_PER_HOUR, W_PER_KW } from "../domain/units.ts";
import type { OtherCourse } from "./other-course.ts";

/**
 * What lies in the batteries with HyperVolt beyond what would lie there without it: as stored, Wh, and what that is
 * expected to be worth, in currency and gCO2e. Negative: less lies there. An estimate, never part of what was saved.
 */
export type Stored = Readonly<{ energyWh: number; cost: number; carbonG: number }>;

export const NOTHING_STORED: Stored = { energyWh: 0, cost: 0, carbonG: 0 };

export const addStored = (a: Stored, b: Stored, sign: 1 | -1 = 1): Stored => ({
  energyWh: a.energyWh + sign * b.energyWh,
  cost: a.cost + sign * b.cost,
  carbonG: a.carbonG + sign * b.carbonG,
});

/**
 * The difference between the two courses' batteries, valued at the mean price and intensity of grid electricity over
 * the course's last hours: what is there more will save that after the loss of discharging, what is missing costs that
 * with the loss of charging it again.
 * @param trueSocs measured state of charge at the end of the course, null where it is not known: then nothing differs
 * @param withUs   the measured course is the one with HyperVolt (`auto`), else the other one is (`advise`)
 */
export function storedDifference(
  { batteries, endSocs, intervals }: OtherCourse,
  trueSocs: readonly (number | null)[],
  withUs: boolean,
): Stored {
  let [hours, price, intensity] = [0, 0, 0];
  for (const { startMs, endMs, pricePerKwh, carbonGPerKwh } of intervals) {
    const length = (endMs - startMs) / MS_PER_HOUR;
    hours += length;
    price += pricePerKwh * length;
    intensity += carbonGPerKwh * length;
  }
  return batteries.reduce((sum, { capacityWh, chargeEfficiency, dischargeEfficiency }, b) => {
    const trueSoc = trueSocs[b] ?? null;
    const otherSoc = endSocs[b];
    if (trueSoc === null || otherSoc === undefined || hours === 0) return sum;
    const energyWh = (withUs ? 1 : -1) * (trueSoc - otherSoc) * capacityWh;
    const gridKwh = (energyWh > 0 ? energyWh * dischargeEfficiency : energyWh / chargeEfficiency) / W_PER_KW;
    return addStored(sum, { energyWh, cost: (gridKwh * price) / hours, carbonG: (gridKwh * intensity) / hours });
  }, NOTHING_STORED);
}

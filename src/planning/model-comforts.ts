import type { Terms } from "./linear-model.ts";
import { KW_PER_W, type ModelBuild, type TankColumns } from "./model-build.ts";
import type { DimmableLight, HeatTank } from "./rich-problem.ts";

/**
 * Dimming hurts more the deeper it goes: three bands of the way down to dark, with these shares of the full cost.
 * Convex, so no whole numbers are needed.
 */
export const DIMMING_BANDS = [
  { width: 0.25, costShare: 0.0625 },
  { width: 0.25, costShare: 0.1875 },
  { width: 0.5, costShare: 0.75 },
] as const;

/** Adds a dimmable light; the columns are its mean power per step, kW, or -1 while it is off. */
export function addLight(build: ModelBuild, light: DimmableLight): Int32Array {
  const { model, instance, balance } = build;
  return Int32Array.from({ length: instance.stepCount }, (_, t) => {
    const wanted = light.wanted[t] ?? 0;
    if (wanted <= 0) return -1;
    const wantedKw = wanted * light.maxW * KW_PER_W;
    const power = model.column(light.floor * wantedKw, wantedKw);
    const hourlyCost = light.comfortCostPerHour * (instance.hours[t] ?? 0) * wanted;
    const lit: Terms = [power, 1];
    for (const { width, costShare } of DIMMING_BANDS)
      lit.push(model.column(0, width * wantedKw, (hourlyCost * costShare) / Math.max(width * wantedKw, 1e-9)), 1);
    model.row(wantedKw, wantedKw, lit);
    balance[t]?.push(power, -1);
    return power;
  });
}

export const DEFAULT_SHORTAGE_PER_KWH = 2;

/**
 * Adds a store of heat: stored[t] = stored[t-1] * (1 - loss)^h + h * power * efficiency - drawn[t]. Falling below
 * the floor costs the shortage price per kWh and step-hour; what is drawn from an empty tank stays undelivered.
 */
export function addTank(build: ModelBuild, tank: HeatTank): TankColumns {
  const { model, instance, balance } = build;
  const heaterKw = tank.heaterW * KW_PER_W;
  const shortagePerKwh = tank.shortagePerKwh ?? DEFAULT_SHORTAGE_PER_KWH;
  const power = new Int32Array(instance.stepCount);
  const stored = new Int32Array(instance.stepCount);
  const heating = new Int32Array(instance.stepCount).fill(-1);
  for (const [t, h] of instance.hours.entries()) {
    const kept = Math.pow(1 - tank.lossPerHour, h);
    const p = (power[t] = model.column(0, heaterKw));
    const q = (stored[t] = model.column(0, Math.max(tank.capacityWh, tank.initialWh) * KW_PER_W));
    const drawnKwh = (tank.drawWh[t] ?? 0) * KW_PER_W;
    const undelivered = model.column(0, drawnKwh, 10 * shortagePerKwh);
    const short = model.column(0, Infinity, h * shortagePerKwh);
    const change = [q, 1, p, -h * tank.efficiency, undelivered, -1];
    const before = t > 0 ? stored[t - 1] : undefined;
    const startKwh = before === undefined ? kept * tank.initialWh * KW_PER_W : 0;
    model.row(startKwh - drawnKwh, startKwh - drawnKwh, before === undefined ? change : [...change, before, -kept]);
    model.row(tank.minWh * KW_PER_W, Infinity, [q, 1, short, 1]);
    if (tank.modulating !== true) model.row(0, 0, [p, 1, (heating[t] = model.binary()), -heaterKw]);
    balance[t]?.push(p, -1);
  }
  return { power, stored, heating };
}

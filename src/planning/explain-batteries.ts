import type { PlanReason } from "../domain/plan.ts";
import type { PlanFlows, PlanOutcome } from "./plan-flows.ts";
import type { InstanceBattery, PlanInstance } from "./plan-instance.ts";

/** Power below this is rest, and a rest no longer than this belongs to what surrounds it. */
const REST_W = 20;
const LONGEST_REST_HOURS = 0.5;
/** Stretches that move less than this are not worth a word, kWh. */
const LEAST_KWH = 0.05;
const MOST_STRETCHES = 8;

type Stretch = Readonly<{ charges: boolean; from: number; end: number; kwh: number }>;

/** For the largest stretches of charging and discharging of each battery, where from, what for and at what price. */
export function batteryReasons(instance: PlanInstance, flows: PlanFlows, outcome: PlanOutcome): PlanReason[] {
  return instance.batteries.flatMap((battery, b) => {
    const stretches = stretchesOf(instance, flows.chargeW[b], flows.dischargeW[b]);
    const told = [...stretches].sort((x, y) => y.kwh - x.kwh).slice(0, MOST_STRETCHES);
    return told.map((stretch): PlanReason => {
      const { clockTime } = instance;
      const span = `from ${clockTime(stretch.from)} to ${clockTime(stretch.end)}`;
      const why = stretch.charges
        ? chargeText(instance, flows, outcome, b, battery, stretch, stretches)
        : dischargeText(instance, flows, outcome, b, stretch);
      return {
        step: stretch.from,
        what: `${battery.id} ${stretch.charges ? "charges" : "discharges"}`,
        why: `${span}, ${stretch.kwh.toFixed(1)} kWh: ${why}`,
      };
    });
  });
}

function stretchesOf({ hours }: PlanInstance, chargeW?: Float64Array, dischargeW?: Float64Array): Stretch[] {
  const stretches: { charges: boolean; from: number; end: number; kwh: number }[] = [];
  let restHours = 0;
  for (const [t, h] of hours.entries()) {
    const powerW = (chargeW?.[t] ?? 0) - (dischargeW?.[t] ?? 0);
    const last = stretches.at(-1);
    if (Math.abs(powerW) <= REST_W) {
      restHours += h;
      continue;
    }
    const kwh = (Math.abs(powerW) * h) / 1000;
    if (last && last.charges === powerW > 0 && restHours <= LONGEST_REST_HOURS) {
      last.end = t + 1;
      last.kwh += kwh;
    } else stretches.push({ charges: powerW > 0, from: t, end: t + 1, kwh });
    restHours = 0;
  }
  return stretches.filter(({ kwh }) => kwh >= LEAST_KWH);
}

function chargeText(
  instance: PlanInstance,
  flows: PlanFlows,
  outcome: PlanOutcome,
  b: number,
  battery: InstanceBattery,
  stretch: Stretch,
  stretches: readonly Stretch[],
): string {
  const { currency } = instance.problem;
  const [grid, price] = metered(
    instance,
    stretch,
    (t) => Math.min(flows.chargeW[b]?.[t] ?? 0, outcome.importW[t] ?? 0),
    instance.importPricePerKwh,
  );
  const share = grid / Math.max(stretch.kwh, 1e-9);
  const source =
    share > 0.95
      ? `from the grid at ${price.toFixed(2)} ${currency}/kWh`
      : share < 0.05
        ? "from what your roof gives beyond the home's need"
        : `${Math.round((1 - share) * 100)} % from your roof, the rest from the grid at ${price.toFixed(2)} ${currency}/kWh`;
  const use = stretches.find((it) => !it.charges && it.from >= stretch.end);
  if (use) {
    const [, saved] = metered(instance, use, (t) => flows.dischargeW[b]?.[t] ?? 0, instance.importPricePerKwh);
    return `${source}, for use from ${instance.clockTime(use.from)}, when the grid costs ${saved.toFixed(2)} ${currency}/kWh`;
  }
  if (battery.finalMinSoc !== undefined || battery.readyBy) return `${source}, to reach the charge wished for`;
  return battery.finalValuePerKwh > 0
    ? `${source}; what is stored is worth ${battery.finalValuePerKwh.toFixed(2)} ${currency}/kWh afterwards`
    : source;
}

function dischargeText(
  instance: PlanInstance,
  flows: PlanFlows,
  outcome: PlanOutcome,
  b: number,
  stretch: Stretch,
): string {
  const { currency } = instance.problem;
  const dischargeW = (t: number): number => flows.dischargeW[b]?.[t] ?? 0;
  const [sold, revenue] = metered(
    instance,
    stretch,
    (t) => Math.min(dischargeW(t), outcome.exportW[t] ?? 0),
    instance.exportPricePerKwh,
  );
  const [, saved] = metered(instance, stretch, dischargeW, instance.importPricePerKwh);
  const home = `the grid costs ${saved.toFixed(2)} ${currency}/kWh then`;
  if (sold < 0.05 * stretch.kwh) return home;
  return sold > 0.95 * stretch.kwh
    ? `sold at ${revenue.toFixed(2)} ${currency}/kWh`
    : `${home}, and ${sold.toFixed(1)} kWh are sold at ${revenue.toFixed(2)} ${currency}/kWh`;
}

/** Energy of a flow over a stretch, kWh, and its mean price. */
function metered(
  { hours }: PlanInstance,
  { from, end }: Stretch,
  powerW: (t: number) => number,
  pricePerKwh: Float64Array,
): [kwh: number, pricePerKwh: number] {
  let kwh = 0;
  let paid = 0;
  for (let t = from; t < end; t++) {
    const energy = (powerW(t) * (hours[t] ?? 0)) / 1000;
    kwh += energy;
    paid += energy * (pricePerKwh[t] ?? 0);
  }
  return [kwh, kwh > 0 ? paid / kwh : 0];
}

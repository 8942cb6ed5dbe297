import type { Battery, DeferrableLoad, PlanProblem } from "../../src/domain/plan-problem.ts";
import { type Draw, drawing, seededRandom } from "./seeded-random.ts";

/** How big a random home's problem may get; a reference solver that proves every optimum needs small ones. */
export type HomeSize = Readonly<{ stepCounts: readonly number[]; mostBatteries: number; mostLoads: number }>;

/** With every price below zero a home is worth wasting energy in, and its best plan hard to prove. */
export const TINY_HOME: HomeSize = { stepCounts: [24], mostBatteries: 2, mostLoads: 3 };
export const SMALL_HOME: HomeSize = { stepCounts: [24, 36, 48], mostBatteries: 3, mostLoads: 4 };
export const DAY_HOME: HomeSize = { stepCounts: [48, 96], mostBatteries: 3, mostLoads: 5 };

/** What prices do over the day; each makes other opposite flows attractive. */
export const PRICE_KINDS = ["tariff", "exchange", "noon below zero", "below zero", "flat", "net metering"] as const;
export type PriceKind = (typeof PRICE_KINDS)[number];

/**
 * A home with any mixture of what a problem may hold (contract plan.md): several batteries and vehicles, runs and
 * interruptible loads, a hybrid inverter, limits, rules, steps of different lengths, a night of a clock change.
 * The same seed, the same problem.
 */
export function randomHome(seed: number, size: HomeSize = SMALL_HOME, only?: PriceKind): PlanProblem {
  const draw = drawing(seededRandom(7_919 * seed + 13));
  const { between, whole, maybe, oneOf } = draw;
  const stepCount = oneOf(size.stepCounts);
  const prices = only ?? oneOf(PRICE_KINDS);
  const hours = stepHours(stepCount, draw);
  const middles = hours.map((h, t) => hours.slice(0, t).reduce((sum, it) => sum + it, 0) + h / 2);
  const hourOf = (t: number): number => (middles[t] ?? 0) % 24;
  const series = (value: (t: number) => number, digits = 2): number[] =>
    hours.map((_, t) => Math.round(value(t) * 10 ** digits) / 10 ** digits);
  const sunW = maybe(0.8) ? between(1_000, 9_000) : 0;
  const importPricePerKwh = series((t) => priceAt(prices, hourOf(t), draw), 4);
  const share = between(0.2, 0.6);
  const better = maybe(0.1);
  const limited = maybe(0.5);
  const stepMinutes = hours.map((h) => Math.round(60 * h));
  return {
    kind: "hypervolt/plan-problem/v1",
    id: `${prices} home ${seed}`,
    timezone: "Europe/Berlin",
    currency: "EUR",
    start: oneOf(["2026-03-28T23:00:00Z", "2026-10-24T22:00:00Z", "2026-07-01T05:30:00Z"]),
    stepMinutes: new Set(stepMinutes).size === 1 ? (stepMinutes[0] ?? 60) : stepMinutes,
    series: {
      loadW: series(
        (t) => 300 + 500 * between(0, 1) + 1_500 * Math.exp(-((hourOf(t) - 19) ** 2) / 5) * between(0.5, 1),
      ),
      ...(sunW > 0
        ? { pvW: series((t) => Math.max(0, sunW * Math.sin((Math.PI * (hourOf(t) - 6)) / 12)) * between(0.3, 1)) }
        : {}),
      importPricePerKwh,
      exportPricePerKwh: importPricePerKwh.map((price, t) => {
        if (prices === "net metering") return price;
        if (prices === "tariff" || prices === "flat") return 0.08;
        return Math.round(1e4 * (share * price + (better && t % 7 === 0 ? 0.3 : 0))) / 1e4;
      }),
      carbonGPerKwh: series((t) => 220 + 80 * Math.sin(hourOf(t) / 3) + between(0, 40)),
    },
    objective: { carbonPricePerKg: oneOf([0, 0.1, 0.3]) },
    grid: {
      maxImportW: limited ? oneOf([6_000, 9_200, 11_500]) : null,
      maxExportW: maybe(0.4) ? oneOf([2_000, 5_000]) : null,
    },
    pv: { curtailable: maybe(0.7) },
    ...(maybe(0.3) ? { inverter: { maxAcW: Math.round(between(2_500, 7_000)) } } : {}),
    batteries: Array.from({ length: whole(0, size.mostBatteries) }, (_, b) =>
      maybe(0.25) ? randomVehicle(`car ${b}`, draw) : randomStore(`store ${b}`, draw),
    ),
    loads: Array.from({ length: whole(0, size.mostLoads) }, (_, l) => randomLoad(`load ${l}`, stepCount, draw)),
  };
}

/** Even steps, or steps that grow longer the farther they are, as forecasts grow vaguer. */
function stepHours(stepCount: number, { oneOf, maybe }: Draw): number[] {
  if (!maybe(0.3)) {
    const h = stepCount >= 96 ? 0.25 : oneOf([0.25, 0.5, 1]);
    return Array.from({ length: stepCount }, () => h);
  }
  const third = Math.floor(stepCount / 3);
  return Array.from({ length: stepCount }, (_, t) => (t < third ? 5 / 60 : t < 2 * third ? 0.5 : 1));
}

function priceAt(kind: PriceKind, hour: number, { between }: Draw): number {
  const evening = Math.exp(-((hour - 19) ** 2) / 6);
  const noon = Math.exp(-((hour - 13) ** 2) / 8);
  const exchange = 0.2 + 0.2 * evening - 0.12 * noon + between(-0.02, 0.02);
  switch (kind) {
    case "tariff":
      return hour < 6 || hour >= 22 ? 0.12 : hour >= 17 && hour < 21 ? 0.38 : 0.24;
    case "exchange":
      return exchange;
    case "noon below zero":
      return exchange - 0.35 * noon;
    case "below zero":
      return -0.05 - 0.25 * Math.sin(hour / 4) ** 2 - between(0, 0.05);
    case "flat":
      return 0.3;
    case "net metering":
      return hour >= 7 && hour < 22 ? 0.28 : 0.16;
  }
}

function randomStore(id: string, { between, maybe, oneOf }: Draw): Battery {
  const unusual = between(0, 1);
  return {
    id,
    capacityWh: oneOf([5_000, 9_800, 13_500]),
    initialSoc: unusual < 0.05 ? 0.04 : unusual > 0.95 ? 0.97 : Math.round(between(0.12, 0.88) * 1e3) / 1e3,
    minSoc: 0.1,
    maxSoc: maybe(0.8) ? 1 : 0.9,
    maxChargeW: oneOf([2_500, 3_680, 5_000]),
    maxDischargeW: oneOf([2_500, 3_680, 5_000]),
    ...(maybe(0.1) ? { minChargeW: 600 } : {}),
    chargeEfficiency: oneOf([0.9, 0.95, 0.95, 1]),
    dischargeEfficiency: oneOf([0.9, 0.95, 0.95, 1]),
    wearPerKwh: oneOf([0, 0.02, 0.04]),
    mayExport: maybe(0.6),
    mayChargeFromGrid: maybe(0.75),
    ...(maybe(0.3) ? { finalMinSoc: 0.3 } : {}),
    ...(maybe(0.7) ? { finalValuePerKwh: 0.15 } : {}),
  };
}

function randomVehicle(id: string, { between, maybe, oneOf }: Draw): Battery {
  return {
    id,
    capacityWh: oneOf([38_000, 52_000, 77_000]),
    initialSoc: Math.round(between(0.2, 0.6) * 1e3) / 1e3,
    maxChargeW: oneOf([3_680, 7_400, 11_000]),
    maxDischargeW: maybe(0.2) ? 5_000 : 0,
    minChargeW: 1_380,
    chargeEfficiency: 0.9,
    dischargeEfficiency: 0.9,
    ...(maybe(0.5) ? { mayExport: false } : {}),
    ...(maybe(0.2) ? { mayChargeFromGrid: false } : {}),
    ...(maybe(0.4) ? { finalMinSoc: Math.round(between(0.2, 0.7) * 100) / 100 } : {}),
    finalValuePerKwh: between(0.05, 0.3),
  };
}

function randomLoad(id: string, stepCount: number, { between, whole, maybe, oneOf }: Draw): DeferrableLoad {
  const length = whole(2, Math.min(8, Math.floor(stepCount / 4)));
  const earliestStep = maybe(0.3) ? 0 : whole(0, stepCount - 2 * length);
  const window = { earliestStep, latestStep: whole(earliestStep + length, stepCount) };
  if (maybe(0.25)) return { id, profileW: Array.from({ length }, () => Math.round(between(50, 2_500))), ...window };
  return { id, powerW: oneOf([400, 800, 1_200, 2_000]), steps: length, contiguous: maybe(0.5), ...window };
}

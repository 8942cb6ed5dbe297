import type { DayFrame } from "./day-frame.ts";
import { signalKind } from "./signal-kind.ts";
import { kindLoadW, yearlyKwhOf } from "./home-kind.ts";
import { clearSkyWPerM2, sinElevation } from "./sun.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";

/** Mean load of the homes the shipped models were trained on, by hour of the local day, as a share of the daily mean. */
const LOAD_SHAPE = [
  0.68, 0.58, 0.53, 0.51, 0.51, 0.56, 0.78, 1.0, 1.03, 0.96, 0.93, 0.95, 0.98, 0.95, 0.91, 0.95, 1.11, 1.38, 1.56, 1.58,
  1.52, 1.4, 1.18, 0.9,
] as const;

/** What is assumed of a home nothing is known about. */
export type HomePrior = Readonly<{
  /** Yearly consumption, kWh. */
  yearlyKwh: number;
  pvKwp: number;
  pricePerKwh: number;
  carbonGPerKwh: number;
}>;

export const DEFAULT_PRIOR: HomePrior = { yearlyKwh: 3500, pvKwp: 4, pricePerKwh: 0.28, carbonGPerKwh: 250 };

/** Share of clear-sky production that an average day brings. */
const AVERAGE_CLEARNESS = 0.55;

/** The shipped prior of a signal for one row: what to expect of a home without history. */
export function priorDay(frame: DayFrame, row: number, prior: HomePrior = DEFAULT_PRIOR): Float64Array {
  const { source, slots } = frame;
  const kind = signalKind(source.signal, source.site.currency).name;
  return Float64Array.from({ length: slots }, (_, c) => {
    switch (kind) {
      case "load": {
        const hour = (frame.slotOf(c) * source.slotMinutes) / 60;
        if (source.signal !== "load_w") return 100 * (LOAD_SHAPE[Math.floor(hour) % 24] ?? 1);
        const level = (yearlyKwhOf(source.site.kind, prior.yearlyKwh) * 1000) / 8760;
        const atMs = frame.startMsOf(row, c);
        return level * (LOAD_SHAPE[Math.floor(hour) % 24] ?? 1) + kindLoadW(source.site, hour, atMs);
      }
      case "pv": {
        const middleMs = frame.startMsOf(row, c) + (source.slotMinutes * MS_PER_MINUTE) / 2;
        const peakW = (source.site.pvKwp ?? prior.pvKwp) * 1000;
        const irradiance = source.place ? clearSkyWPerM2(sinElevation(middleMs, source.place)) : middayShape(frame, c);
        return (peakW * AVERAGE_CLEARNESS * irradiance) / 1000;
      }
      case "price":
        return source.signal.startsWith("export") ? 0.25 * prior.pricePerKwh : prior.pricePerKwh;
      case "carbon":
        return prior.carbonGPerKwh;
      case "other":
        return 0;
    }
  });
}

/** Irradiance of an equinox day, W/m2, for a home of unknown place. */
function middayShape(frame: DayFrame, c: number): number {
  const hour = (frame.slotOf(c) * frame.source.slotMinutes) / 60;
  return 700 * Math.max(0, Math.cos(((hour - 12.5) / 12) * Math.PI));
}

/**
 * The prior brought to the level of what is known: all that can be said from a few hours, and what fills the slots no
 * day has covered yet.
 * @returns one value per slot, always finite
 */
export function scaledPrior(frame: DayFrame, lead: number, prior: HomePrior = DEFAULT_PRIOR): Float64Array {
  const { known, slots } = frame;
  const target = priorDay(frame, known + lead - 1, prior);
  const kind = signalKind(frame.source.signal, frame.source.site.currency).name;
  const level = { seen: 0, expected: 0, count: 0 };
  const hours: { seen: number; expected: number; count: number }[] = [];
  const slotsPerHour = Math.max(1, Math.round(slots / 24));
  for (let row = Math.max(0, known - 7); row < known; row++) {
    const usual = priorDay(frame, row, prior);
    for (let c = 0; c < slots; c++) {
      const value = frame.at(row, c);
      if (Number.isNaN(value)) continue;
      const hour = (hours[Math.floor((row * slots + c) / slotsPerHour)] ??= { seen: 0, expected: 0, count: 0 });
      for (const sum of [level, hour]) {
        sum.seen += value;
        sum.expected += usual[c] ?? 0;
        sum.count++;
      }
    }
  }
  if (level.count === 0) return target;
  if (kind === "price" || kind === "other" || level.expected <= 0) return target.fill(level.seen / level.count);
  let usualMean = 0;
  for (const value of target) usualMean += value / slots;
  if (kind === "load") return scaledBy(target, usualShare(hours.filter(Boolean), usualMean));
  // two hours of the prior as evidence of their own
  const own = (usualMean * slots) / 12;
  return scaledBy(target, (level.seen + own) / (level.expected + own));
}

const scaledBy = (values: Float64Array, factor: number): Float64Array => values.map((value) => value * factor);

/** Hours of the prior that count as evidence of their own, and what no home falls below, as a share of its mean. */
const OWN_HOURS = 4;
const LEAST_SHARE = 0.05;

/**
 * How much more or less than usual a home draws: in the middle of its hours, so that neither an oven nor a boiler by night
 * makes the whole day theirs.
 */
function usualShare(
  hours: readonly Readonly<{ seen: number; expected: number; count: number }>[],
  usualMean: number,
): number {
  const least = LEAST_SHARE * usualMean;
  const logs = hours
    .map(({ seen, expected, count }) => Math.log((seen / count + least) / (expected / count + least)))
    .sort((a, b) => a - b);
  const half = logs.length >> 1;
  const middle = logs.length % 2 === 1 ? (logs[half] ?? 0) : ((logs[half - 1] ?? 0) + (logs[half] ?? 0)) / 2;
  return Math.exp((middle * logs.length) / (logs.length + OWN_HOURS));
}

import type { DayFrame } from "../day-frame.ts";
import { signalKind } from "../signal-kind.ts";
import { kindLoadW, yearlyKwhOf } from "./home-kind.ts";
import { regionOf, usualPricePerKwh } from "./regions.ts";
import { plantOutlook, type PlantOutlook } from "./usual-plant.ts";
import type { Site } from "../../domain/home-history.ts";
import { MS_PER_MINUTE } from "../../domain/units.ts";
import { givenRowOf } from "../candidates/pv-forecast.ts";

/** Mean load of the homes the shipped models were trained on, by hour of the local day, as a share of the daily mean. */
const LOAD_SHAPE = [
  0.68, 0.58, 0.53, 0.51, 0.51, 0.56, 0.78, 1.0, 1.03, 0.96, 0.93, 0.95, 0.98, 0.95, 0.91, 0.95, 1.11, 1.38, 1.56, 1.58,
  1.52, 1.4, 1.18, 0.9,
] as const;

/** Where neither zone, place nor currency says what is usual. */
const USUAL_HOME = { yearlyKwh: 3500, plainKwh: 3000, carbonGPerKwh: 250 } as const;
const USUAL_PEAK_W = 4000;
/** Share of clear-sky production that an average day brings, where the place is unknown. */
const AVERAGE_CLEARNESS = 0.55;
/** What is paid for a kWh that is fed in, as a share of what one costs. */
const EXPORT_SHARE = 0.25;

/** Quantiles of what comes, as shares of what is expected. */
type Spread = Readonly<{ p10: number; p50: number; p90: number }>;

/** Homes that nobody has measured: they differ from each other by a factor of two, and their hours as much again. */
const UNKNOWN_HOME: Spread = { p10: 0.2, p50: 0.72, p90: 2.6 };
/** Where not even the country is known, they differ more. */
const HOME_ANYWHERE: Spread = { p10: 0.18, p50: 0.72, p90: 3.2 };
/** Homes of a kind that was said differ less. */
const KNOWN_KIND: Spread = { p10: 0.26, p50: 0.74, p90: 2.1 };
/** A single device or circuit may be anything. */
const UNKNOWN_DEVICE: Spread = { p10: 0, p50: 0.6, p90: 4 };
const TARIFF: Spread = { p10: 0.35, p50: 1, p90: 1.5 };
const FEED_IN: Spread = { p10: 0, p50: 1, p90: 2.5 };
const GRID: Spread = { p10: 0.5, p50: 0.97, p90: 1.55 };
/** Production that somebody else forecast, for a plant nobody has measured; and of the day's best hour, above. */
const GIVEN: Spread = { p10: 0.3, p50: 1, p90: 1.7 };
const GIVEN_ABOVE = 0.2;

/** All parts of a prior, one value per slot. */
export type PriorParts = Readonly<Record<keyof PlantOutlook, Float64Array>>;

/** The shipped prior of a signal for one row: the mean to expect of a home without history. */
export function priorDay(frame: DayFrame, row: number): Float64Array {
  const { source, slots } = frame;
  const { site, signal } = source;
  const kind = signalKind(signal, site.currency).name;
  const usual = regionOf(site) ?? USUAL_HOME;
  return Float64Array.from({ length: slots }, (_, c) => {
    switch (kind) {
      case "load": {
        const hour = (frame.slotOf(c) * source.slotMinutes) / 60;
        if (signal !== "load_w") return 100 * (LOAD_SHAPE[Math.floor(hour) % 24] ?? 1);
        const level = (yearlyKwhOf(site.kind, usual) * 1000) / 8760;
        const atMs = frame.startMsOf(row, c);
        return level * (LOAD_SHAPE[Math.floor(hour) % 24] ?? 1) + kindLoadW(site, hour, atMs);
      }
      case "pv":
        return sunOf(frame, row, c).mean;
      case "price":
        return (signal.startsWith("export") ? EXPORT_SHARE : 1) * usualPricePerKwh(site.currency);
      case "carbon":
        return usual.carbonGPerKwh;
      case "other":
        return 0;
    }
  });
}

/** What to expect of a plant that nobody has measured, W. */
function sunOf(frame: DayFrame, row: number, c: number): PlantOutlook {
  const { site, place, slotMinutes } = frame.source;
  const peakW = site.pvKwp === undefined ? undefined : site.pvKwp * 1000;
  if (place) {
    // whichever hour a row begins at, it is the same sun
    const ofDay = frame.timeless(`usual plant ${frame.dayOf(row, c)}`, (): PlantOutlook[] => []);
    const atMs = frame.startMsOf(row, c);
    return (ofDay[frame.slotOf(c)] ??= plantOutlook(site, peakW, USUAL_PEAK_W, atMs, slotMinutes * MS_PER_MINUTE));
  }
  const clearW = ((peakW ?? USUAL_PEAK_W) * middayShape(frame, c)) / 1000;
  const mean = AVERAGE_CLEARNESS * clearW;
  return { p10: 0.15 * mean, p50: mean, p90: clearW, mean };
}

/**
 * All parts of what to expect of a home that nobody has measured, one value per slot: wide, since nothing is known.
 * @returns undefined as soon as one value is known
 */
export const priorParts = (frame: DayFrame, lead: number): PriorParts | undefined =>
  frame.values.some((value) => !Number.isNaN(value)) ? undefined : outlookOf(frame, frame.known + lead - 1);

/** What a row would be expected to be if nobody had measured; what somebody else forecast comes before the climate. */
export function outlookOf(frame: DayFrame, row: number): PriorParts {
  const { site, signal } = frame.source;
  const expected = signal === "pv_w" ? undefined : priorDay(frame, row);
  const given = givenRowOf(frame, row);
  const most = given?.reduce((peak, value) => (value > peak ? value : peak), 0) ?? 0;
  const usual = spreadOf(signal, site);
  const parts = Array.from({ length: frame.slots }, (_, c): PlantOutlook => {
    const said = given?.[c] ?? Number.NaN;
    if (!Number.isNaN(said)) {
      const { p10, p50, p90 } = spreadBy(GIVEN, said);
      return { p10, p50, p90: p90 + GIVEN_ABOVE * (said > 0 ? most : 0), mean: said };
    }
    const mean = expected?.[c];
    return mean === undefined ? sunOf(frame, row, c) : { ...spreadBy(usual, mean), mean };
  });
  const part = (name: keyof PlantOutlook): Float64Array => Float64Array.from(parts, (one) => one[name]);
  return { p10: part("p10"), p50: part("p50"), p90: part("p90"), mean: part("mean") };
}

const spreadBy = ({ p10, p50, p90 }: Spread, value: number): Spread => ({
  p10: p10 * value,
  p50: p50 * value,
  p90: p90 * value,
});

function spreadOf(signal: string, site: Site): Spread {
  const { name } = signalKind(signal, site.currency);
  if (name === "price") return signal.startsWith("export") ? FEED_IN : TARIFF;
  if (name === "carbon") return GRID;
  if (signal !== "load_w") return UNKNOWN_DEVICE;
  if (site.kind?.people !== undefined || site.kind?.dwelling !== undefined) return KNOWN_KIND;
  return regionOf(site) ? UNKNOWN_HOME : HOME_ANYWHERE;
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
export function scaledPrior(frame: DayFrame, lead: number): Float64Array {
  const { known, slots } = frame;
  const target = priorDay(frame, known + lead - 1);
  const kind = signalKind(frame.source.signal, frame.source.site.currency).name;
  const level = { seen: 0, expected: 0, count: 0 };
  const hours: { seen: number; expected: number; count: number }[] = [];
  const slotsPerHour = Math.max(1, Math.round(slots / 24));
  for (let row = Math.max(0, known - 7); row < known; row++) {
    const usual = priorDay(frame, row);
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

import { MS_PER_MINUTE } from "../domain/units.ts";
import type { DayFrame } from "./day-frame.ts";
import { levelOf } from "./level.ts";
import { PROFILE_NAMES, profilesOf } from "./profile-table.ts";
import { meanClearSkyWPerM2, sinElevation } from "./sun/sun.ts";

const DAY_LAGS = [1, 2, 3, 4, 5, 6] as const;
const WEEK_LAGS = [1, 2, 3, 4] as const;
const TAIL_HOURS = [1, 3, 6, 24] as const;

/** What the models on features see of one slot to forecast; all values are relative to the home's level. */
export const FEATURE_NAMES: readonly string[] = [
  ...DAY_LAGS.map((days) => `lag ${days} d`),
  ...WEEK_LAGS.map((weeks) => `same weekday ${weeks} w ago`),
  "lag 1 d, half an hour around",
  "lag 1 d, an hour around",
  "lag 1 w, half an hour around",
  "lag 1 d, slot before",
  "lag 1 d, slot after",
  ...PROFILE_NAMES,
  "mean of 7 d",
  "median of 7 d",
  "largest of 7 d",
  "mean of 28 d",
  "deviation of 28 d",
  "slow median an hour before",
  "slow median an hour after",
  "mean of yesterday",
  "mean of the day before",
  "mean of 7 days",
  "mean of 3 weeks before",
  "mean of the same weekday last week",
  "least of yesterday",
  "least of 7 days",
  "largest of yesterday",
  ...TAIL_HOURS.map((hours) => `last ${hours} h above usual`),
  "last value",
  "level of the target slot's yesterday above usual",
  "hour",
  "hours since issue",
  "weekday",
  "kind of day",
  "kind of the day before",
  "sine of the sun's elevation",
  "clear sky, W/m2",
  "length of day",
  "temperature of yesterday",
  "temperature of yesterday above that of 7 days",
  "usual spread",
];
export const FEATURE_COUNT = FEATURE_NAMES.length;

/**
 * Features of every slot of the row `lead` after the last known one, row-major, slots * FEATURE_COUNT. What the meter
 * missed counts as usual at its time of day: trees that were hardly ever shown gaps take a missing value for a very small
 * one. NaN is what cannot be said at all.
 */
export function featuresOf(frame: DayFrame, lead: number): Float32Array {
  return frame.memo(`features ${lead}`, () => compute(frame, lead));
}

function compute(frame: DayFrame, lead: number): Float32Array {
  const { slots, known, source } = frame;
  const { centre, scale } = levelOf(frame);
  const target = known + lead - 1;
  const last = known - 1;
  const profiles = profilesOf(frame, lead);
  const relative = (value: number | undefined): number => ((value ?? Number.NaN) - centre) / scale;
  const measured = (row: number, c: number): number => (frame.at(row, c) - centre) / scale;
  const usual = (c: number): number => relative(profiles.fastMedian[(c + slots) % slots]);
  const at = (row: number, c: number): number => orElse(measured(row, c), usual(c));
  const meanAround = (row: number, c: number, reach: number): number => {
    let sum = 0;
    let count = 0;
    for (let d = -reach; d <= reach; d++) {
      const value = at(row, c + d);
      if (Number.isNaN(value)) continue;
      sum += value;
      count++;
    }
    return count > 0 ? sum / count : Number.NaN;
  };
  const perHour = Math.max(1, Math.round(60 / source.slotMinutes));
  const halfHour = Math.max(1, Math.round(perHour / 2));
  const days = dayStatistics(frame, centre, scale, profiles.fastMedian);
  const tails = tailsOf(frame, perHour);
  const out = new Float32Array(slots * FEATURE_COUNT);
  const column = new Float64Array(28);
  const usualDay = days.usual();
  const weekMean = orElse(days.meanOf(last - 6, last), usualDay.mean);
  const weekLeast = orElse(days.leastOf(last - 6, last), usualDay.least);
  for (let c = 0; c < slots; c++) {
    let k = c * FEATURE_COUNT;
    const put = (value: number): void => {
      out[k++] = value;
    };
    for (const days_ of DAY_LAGS) put(at(known - days_, c));
    for (const weeks of WEEK_LAGS) put(at(target - 7 * weeks, c));
    put(meanAround(last, c, halfHour));
    put(meanAround(last, c, perHour));
    put(meanAround(target - 7, c, halfHour));
    put(at(last, c - 1));
    put(at(last, c + 1));
    for (const name of PROFILE_NAMES) put(relative(profiles[name][c]));
    putColumn(put, column, usual(c), (age) => measured(last - age, c));
    put(relative(profiles.slowMedian[(c + slots - perHour) % slots]));
    put(relative(profiles.slowMedian[(c + perHour) % slots]));
    put(orElse(days.mean(last), weekMean));
    put(orElse(days.mean(last - 1), weekMean));
    put(weekMean);
    put(orElse(days.meanOf(last - 27, last - 7), weekMean));
    put(orElse(days.mean(target - 7), weekMean));
    put(orElse(days.least(last), weekLeast));
    put(weekLeast);
    put(orElse(days.largest(last), usualDay.largest));
    for (const hours of TAIL_HOURS) put(orElse(tails(hours) / scale, 0));
    put(at(last, slots - 1));
    put(orElse(measured(last, c) - relative(profiles.slowMean[c]), 0));
    const hour = (frame.slotOf(c) * source.slotMinutes) / 60;
    put(hour);
    put((c * source.slotMinutes) / 60);
    put(frame.weekdayOf(target, c));
    put(frame.kindOf(target, c));
    put(frame.kindOf(target - 1, c));
    const startMs = frame.startMsOf(target, c);
    const slotMs = source.slotMinutes * MS_PER_MINUTE;
    put(source.place ? sinElevation(startMs + slotMs / 2, source.place) : Number.NaN);
    put(source.place ? meanClearSkyWPerM2(startMs, slotMs, source.place, 2) : Number.NaN);
    put(dayLengthOf(frame, target));
    put(days.temperature(last));
    put(days.temperature(last) - days.temperatureOf(last - 6, last));
    put((relative(profiles.slow90[c]) - relative(profiles.slow10[c])) as number);
  }
  return out;
}

const orElse = (value: number, other: number): number => (Number.isNaN(value) ? other : value);

/** Mean, median and largest of the last 7 rows, mean and deviation of the last 28, at one slot; `usual` where none is known. */
function putColumn(
  put: (value: number) => void,
  scratch: Float64Array,
  usual: number,
  valueAt: (age: number) => number,
): void {
  let sum7 = 0;
  let sum28 = 0;
  let squares = 0;
  let count7 = 0;
  let count28 = 0;
  for (let age = 0; age < 28; age++) {
    const value = valueAt(age);
    if (Number.isNaN(value)) continue;
    if (age < 7) {
      scratch[count7++] = value;
      sum7 += value;
    }
    count28++;
    sum28 += value;
    squares += value * value;
  }
  const week = scratch.subarray(0, count7).sort();
  put(count7 > 0 ? sum7 / count7 : usual);
  put(count7 > 0 ? ((week[(count7 - 1) >> 1] ?? 0) + (week[count7 >> 1] ?? 0)) / 2 : usual);
  put(week[count7 - 1] ?? usual);
  const mean28 = count28 > 0 ? sum28 / count28 : usual;
  put(mean28);
  put(count28 > 0 ? Math.sqrt(Math.max(0, squares / count28 - mean28 * mean28)) : 0);
}

type DayStatistics = Readonly<{ mean: number; least: number; largest: number }>;

/**
 * Mean, least and largest relative value of whole rows, hours that were missed as usual; NaN for a row that was missed
 * as a whole. Temperatures where known.
 */
function dayStatistics(frame: DayFrame, centre: number, scale: number, usual: Float64Array) {
  const { slots } = frame;
  const statisticsOf = (valueAt: (c: number) => number): DayStatistics => {
    let sum = 0;
    let count = 0;
    let least = Number.POSITIVE_INFINITY;
    let largest = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < slots; c++) {
      const value = valueAt(c);
      if (Number.isNaN(value)) continue;
      sum += value;
      count++;
      if (value < least) least = value;
      if (value > largest) largest = value;
    }
    return count > 0 ? { mean: sum / count, least, largest } : { mean: NaN, least: NaN, largest: NaN };
  };
  const raw = (row: number): DayStatistics =>
    frame.memo(`day ${row}`, () => {
      const measured = statisticsOf((c) => frame.at(row, c));
      return Number.isNaN(measured.mean) ? measured : statisticsOf((c) => orElse(frame.at(row, c), usual[c] ?? NaN));
    });
  const temperature = frame.other("temperature_c");
  const dayTemperature = (row: number): number => {
    if (!temperature || row < 0) return Number.NaN;
    return frame.memo(`temperature ${row}`, () => {
      let sum = 0;
      let count = 0;
      for (let c = 0; c < slots; c++) {
        const value = temperature[row * slots + c] ?? Number.NaN;
        if (Number.isNaN(value)) continue;
        sum += value;
        count++;
      }
      return sum / count;
    });
  };
  const over = (from: number, to: number, value: (row: number) => number): number => {
    let sum = 0;
    let count = 0;
    for (let row = from; row <= to; row++) {
      const one = value(row);
      if (Number.isNaN(one)) continue;
      sum += one;
      count++;
    }
    return sum / count;
  };
  const relative = (value: number): number => (value - centre) / scale;
  return {
    usual: (): DayStatistics => {
      const { mean, least, largest } = statisticsOf((c) => usual[c] ?? NaN);
      return { mean: relative(mean), least: relative(least), largest: relative(largest) };
    },
    mean: (row: number) => relative(raw(row).mean),
    least: (row: number) => relative(raw(row).least),
    largest: (row: number) => relative(raw(row).largest),
    meanOf: (from: number, to: number) => relative(over(from, to, (row) => raw(row).mean)),
    leastOf: (from: number, to: number) => relative(over(from, to, (row) => raw(row).least)),
    temperature: dayTemperature,
    temperatureOf: (from: number, to: number) => over(from, to, dayTemperature),
  };
}

/** How far the last hours before the issue were above the mean of the 28 days before at the same slots. */
function tailsOf(frame: DayFrame, perHour: number): (hours: number) => number {
  const { slots, known } = frame;
  const above = new Float64Array(slots);
  for (let c = 0; c < slots; c++) {
    let sum = 0;
    let count = 0;
    for (let row = Math.max(0, known - 29); row < known - 1; row++) {
      const value = frame.at(row, c);
      if (Number.isNaN(value)) continue;
      sum += value;
      count++;
    }
    above[c] = frame.at(known - 1, c) - sum / count;
  }
  return (hours) => {
    let sum = 0;
    let count = 0;
    for (let c = Math.max(0, slots - hours * perHour); c < slots; c++) {
      const value = above[c] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      sum += value;
      count++;
    }
    return sum / count;
  };
}

/** Hours of daylight at the place of the home on the day of a row. */
function dayLengthOf(frame: DayFrame, row: number): number {
  const { place } = frame.source;
  if (!place) return Number.NaN;
  const day = frame.dayOf(row, 0);
  return frame.timeless(`daylight ${day}`, () => {
    const declination = -0.40928 * Math.cos((2 * Math.PI * (day + 10)) / 365.25);
    const cosine = -Math.tan((place.latitude * Math.PI) / 180) * Math.tan(declination);
    return (24 / Math.PI) * Math.acos(Math.min(Math.max(cosine, -1), 1));
  });
}

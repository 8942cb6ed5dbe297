/** Longest time a power may stay the same to the last digit before the meter counts as stuck, hours. */
const STUCK_HOURS = 24;
/** A power above this, and above eight times the usual daily peak, is a meter that was reset, W. */
const LEAST_SPIKE_W = 20_000;
const SPIKE_FACTOR = 8;
const PEAK_DAYS = 28;

/**
 * Takes out of a power what a meter cannot have meant: one value held for more than a day although it varied before,
 * leaps far above every usual peak, and nothing at all in a home that never drew nothing. Each value is judged by what came before it alone. In place.
 * @param values days * slots, in order of time; NaN is missing
 */
export function maskImplausible(values: Float64Array, slots: number, isPv: boolean): void {
  maskSpikes(values, slots);
  if (!isPv) maskFirstZeros(values, slots);
  const longest = Math.round((STUCK_HOURS / 24) * slots);
  let held = 0;
  let varied = false;
  let previous = Number.NaN;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isNaN(value)) {
      held = 0;
      previous = Number.NaN;
      continue;
    }
    if (value === previous) held++;
    else {
      if (!Number.isNaN(previous)) varied = true;
      held = 0;
    }
    previous = value;
    // a plant under snow gives nothing for days
    if (held >= longest && varied && !(isPv && value === 0)) values[i] = Number.NaN;
  }
}

/** Days that say whether a home's load is ever nothing, and on how many of them it may have been a meter's silence. */
const ZERO_DAYS = 14;
const FEWEST_MEASURED = 7;
const MOST_SILENT = 2;
/** Nothing for this long may still be a value rounded off, hours. */
const SILENT_HOURS = 2;

/** Nothing at all, in a home that never drew nothing: a meter that has gone silent, or a power cut, which tells nothing. */
function maskFirstZeros(values: Float64Array, slots: number): void {
  const before: { hasZero: boolean }[] = [];
  let silent = 0;
  for (let first = 0; first < values.length; first += slots) {
    const day = values.subarray(first, first + slots);
    const lately = before.slice(-ZERO_DAYS);
    const isMeasured = day.some((value) => !Number.isNaN(value));
    const hasZero = day.includes(0);
    const isNew = lately.length >= FEWEST_MEASURED && lately.filter((one) => one.hasZero).length <= MOST_SILENT;
    for (let c = 0; c < day.length; c++) {
      silent = day[c] === 0 ? silent + 1 : 0;
      if (isNew && silent > (SILENT_HOURS * slots) / 24) day[c] = Number.NaN;
    }
    if (isMeasured) before.push({ hasZero });
  }
}

function maskSpikes(values: Float64Array, slots: number): void {
  const peaks: number[] = [];
  for (let first = 0; first < values.length; first += slots) {
    const recent = peaks.slice(-PEAK_DAYS).sort((a, b) => a - b);
    const usual = recent.length >= 3 ? (recent[recent.length >> 1] ?? 0) : Number.POSITIVE_INFINITY;
    const most = Math.max(LEAST_SPIKE_W, SPIKE_FACTOR * usual);
    let peak = Number.NEGATIVE_INFINITY;
    for (let i = first; i < Math.min(first + slots, values.length); i++) {
      const value = values[i] as number;
      if (value > most) values[i] = Number.NaN;
      else if (value > peak) peak = value;
    }
    if (peak > Number.NEGATIVE_INFINITY) peaks.push(peak);
  }
}

/** Days of a forecast that say what is usual of it, how old they may be, and how many there must be. */
const USUAL_DAYS = 14;
const OLDEST_DAYS = 60;
const FEWEST_DAYS = 3;
/** A time of day matters from this share of the best one on, and has gone dead below this share of what is usual there. */
const MATTERS = 0.2;
const DEAD = 0.01;
/** So many days with light tell how much there may be, and a forecast so many times as high has lost its unit. */
const TELLING_DAYS = 30;
const UNIT_LOST = 4;
/** The same for the days after one that has: dark ones are less far off. */
const UNIT_STILL_LOST = 1.25;

/**
 * Takes out of a forecast that somebody gives what it cannot mean: hours at nothing that were never near it in the days
 * before, as a service leaves when it fails, for under the darkest sky there is more; and leaps far above all of the last
 * two months. In place.
 * @param values days * slots, in order of time; NaN is missing
 */
export function maskBrokenForecast(values: Float64Array, slots: number): void {
  let isLost = false;
  const alive: { day: number; said: Float64Array; peak: number }[] = [];
  for (let day = 0; day * slots < values.length; day++) {
    const today = values.subarray(day * slots, (day + 1) * slots);
    const recent = alive.filter((one) => day - one.day <= OLDEST_DAYS);
    const days = recent.slice(-USUAL_DAYS);
    if (recent.length >= TELLING_DAYS) {
      const most = (isLost ? UNIT_STILL_LOST : UNIT_LOST) * Math.max(...recent.map(({ peak }) => peak));
      isLost = today.some((value) => value > most);
      // in another unit all of a day is
      if (isLost) for (let c = 0; c < today.length; c++) if ((today[c] ?? 0) > 0) today[c] = Number.NaN;
    }
    if (days.length >= FEWEST_DAYS) {
      const usual = Float64Array.from({ length: slots }, (_, c) => medianOf(days.map(({ said }) => said[c] ?? NaN)));
      const best = usual.reduce((most, value) => (value > most ? value : most), 0);
      for (let c = 0; c < today.length; c++) {
        const matters = (usual[c] ?? 0) >= MATTERS * best && best > 0;
        if (matters && (today[c] ?? 0) <= DEAD * (usual[c] ?? 0)) today[c] = Number.NaN;
      }
    }
    const peak = today.reduce((most, value) => (value > most ? value : most), 0);
    if (peak > 0) alive.push({ day, said: today, peak });
  }
}

function medianOf(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  return known[known.length >> 1] ?? Number.NaN;
}

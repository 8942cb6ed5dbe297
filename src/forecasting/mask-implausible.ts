/** Longest time a power may stay the same to the last digit before the meter counts as stuck, hours. */
const STUCK_HOURS = 24;
/** A power above this, and above eight times the usual daily peak, is a meter that was reset, W. */
const LEAST_SPIKE_W = 20_000;
const SPIKE_FACTOR = 8;
const PEAK_DAYS = 28;

/**
 * Takes out of a power what a meter cannot have meant: one value held for more than a day although it varied before,
 * and leaps far above every usual peak. Each value is judged by what came before it alone. In place.
 * @param values days * slots, in order of time; NaN is missing
 */
export function maskImplausible(values: Float64Array, slots: number, isPv: boolean): void {
  maskSpikes(values, slots);
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

import { MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import type { Place } from "./prior/place.ts";
import { sunOfDay } from "./sun/sun.ts";

/** From index `from` of a history on, its instants are `errorMs` later than when things happened. */
export type ClockSpell = Readonly<{ from: number; errorMs: number }>;

/** How far a clock leaps when the season's time begins or ends. */
const LEAP_MS = MS_PER_HOUR;
/** Errors that a clock may have at all, in leaps, and the evidence a wrong one must have for itself, in hours per day. */
const ERRORS = [0, 1, -1, 2, -2] as const;
const WRONG_MARGIN = 0.2;
/** Share of the peak that nothing but the sun brings, and what an hour by day without any tells beside one at night with. */
const SUNLIT = 0.004;
const MISSING_BY_DAY = 0.1;
const FEWEST_DAYS = 7;
/** Days whose second best values are what the plant may give at a time of day. */
const ENVELOPE_DAYS = 14;
/** Hours by which the days since a leap must fit it better (cumulated sum, Page 1954): on any day, and when clocks are changed. */
const LEAP_EVIDENCE = 3;
const SEASONAL_EVIDENCE = 1;
/** Share of a leap that the middle of a week's production must have moved for the leap to stand. */
const CONFIRMING_SHARE = 0.4;
/** Shares of the peak: above the envelope by MARGIN is not yet odd, by MARGIN + WHOLLY it surely is. */
const ABOVE_ENVELOPE = 1.15;
const MARGIN = 0.015;
const WHOLLY = 0.05;
/** Shares of the peak at which a plant ought to give something, and below which it gives nothing. */
const OUGHT = 0.04;
const NOTHING = 0.002;
/** Share of the peak that a day must reach to tell anything. */
const TELLING = 0.04;
const DOWN = -0.01;
const UP = 0.08;
const MOST_DAYS = 400;

/**
 * Tells by a plant's own production how far the clock of its history was off: some meters keep the time of the other
 * season, and some follow it although the history says they do not. A leap is seen when production comes an hour
 * earlier or later than the plant gave anything in the two weeks before; how far the clock is off altogether, by what
 * comes while the sun is down.
 * @param powerW production, W per interval; NaN is missing
 * @param until  nothing at or after this index is read
 * @returns at least one spell, the first from index 0
 */
export function readMeterClock(
  powerW: Float64Array,
  startMs: number,
  stepMs: number,
  until: number,
  place: Place,
): readonly ClockSpell[] {
  if (LEAP_MS % stepMs !== 0 || stepMs < MS_PER_MINUTE) return [{ from: 0, errorMs: 0 }];
  const days = new SunDays(powerW, startMs, stepMs, Math.min(until, powerW.length), place);
  const leaps = leapsOf(days);
  const errorMs = usualErrorMs(days, leaps);
  const spells: ClockSpell[] = [];
  for (let d = 0; d < days.count; d++)
    if (d === 0 || leaps[d] !== leaps[d - 1])
      spells.push({ from: d === 0 ? 0 : days.fromOf(d), errorMs: errorMs + (leaps[d] ?? 0) * LEAP_MS });
  return spells.length > 0 ? spells : [{ from: 0, errorMs }];
}

/** A history cut at midnights by the sun. */
class SunDays {
  readonly #powerW: Float64Array;
  readonly #until: number;
  readonly #first: number;
  readonly #startMs: number;
  readonly #stepMs: number;
  readonly #place: Place;
  readonly perDay: number;
  readonly perLeap: number;
  readonly hours: number;
  readonly count: number;
  /** A high daily peak, which a single odd reading does not move, W. */
  readonly peakW: number;
  readonly #peaks: Float64Array;

  constructor(powerW: Float64Array, startMs: number, stepMs: number, until: number, place: Place) {
    this.#powerW = powerW;
    this.#until = until;
    this.#startMs = startMs;
    this.#stepMs = stepMs;
    this.#place = place;
    this.perDay = MS_PER_DAY / stepMs;
    this.perLeap = LEAP_MS / stepMs;
    this.hours = stepMs / MS_PER_HOUR;
    const offsetMs = Math.round(((place.longitude / 15) * MS_PER_HOUR) / stepMs) * stepMs;
    const first = Math.ceil((Math.floor((startMs + offsetMs) / MS_PER_DAY) * MS_PER_DAY - offsetMs - startMs) / stepMs);
    const all = Math.max(0, Math.ceil((until - first) / this.perDay));
    const skipped = Math.max(0, all - MOST_DAYS);
    this.#first = first + skipped * this.perDay;
    this.count = all - skipped;
    this.#peaks = Float64Array.from({ length: this.count }, (_, d) => {
      let peak = 0;
      for (let s = 0; s < this.perDay; s++) if (this.at(d, s) > peak) peak = this.at(d, s);
      return peak;
    });
    this.peakW = this.#peaks.toSorted()[Math.floor(0.9 * (this.count - 1))] ?? 0;
  }

  fromOf(day: number): number {
    return Math.max(0, this.#first + day * this.perDay);
  }

  /** Production of interval `s` of a day; those before and after lie in other days. */
  at(day: number, s: number): number {
    const index = this.#first + day * this.perDay + s;
    return index < 0 || index >= this.#until ? Number.NaN : (this.#powerW[index] ?? Number.NaN);
  }

  tells(day: number): boolean {
    return (this.#peaks[day] ?? 0) > TELLING * this.peakW;
  }

  /** Days of [from, until) that tell anything. */
  tellingIn(from: number, until: number): number {
    let count = 0;
    for (let d = from; d < until; d++) if (this.tells(d)) count++;
    return count;
  }

  /** Median over the days of [from, until) of the mean time of a day's production, in intervals. */
  usualMiddle(from: number, until: number): number {
    const middles: number[] = [];
    for (let d = from; d < until; d++) {
      let sum = 0;
      let moment = 0;
      for (let s = 0; s < this.perDay; s++) {
        const value = this.at(d, s);
        if (!(value > 0)) continue;
        sum += value;
        moment += value * s;
      }
      if (this.tells(d)) middles.push(moment / sum);
    }
    return middles.sort((a, b) => a - b)[middles.length >> 1] ?? Number.NaN;
  }

  /** Whether clocks are changed on this day or were on the one before, somewhere: Sundays of spring and autumn. */
  mayChangeClocks(day: number): boolean {
    const noon = new Date(this.#startMs + (this.#first + (day + 0.5) * this.perDay) * this.#stepMs);
    return noon.getUTCDay() <= 1 && [2, 3, 8, 9, 10].includes(noon.getUTCMonth());
  }

  /** Sine of the sun's elevation at the start of interval `s`. */
  sineOf(day: number): (s: number) => number {
    const sine = sunOfDay(this.#startMs + (this.#first + day * this.perDay) * this.#stepMs, this.#place);
    return (s) => sine(s * this.#stepMs);
  }
}

/** The leaps in force on each day, relative to the first. */
function leapsOf(days: SunDays): Int8Array {
  const leaps = new Int8Array(days.count);
  const envelope = new Float64Array(days.perDay);
  const score = { later: 0, earlier: 0 };
  const since = { later: 0, earlier: 0 };
  let open: { from: number; leap: number } | undefined;
  for (let d = 1; d < days.count; d++) {
    if (open && days.tellingIn(open.from, d) >= FEWEST_DAYS) {
      if (!middleWentAlong(days, open.from, d, open.leap)) leaps.fill((leaps[d - 1] ?? 0) - open.leap, open.from, d);
      open = undefined;
    }
    const now = leaps[d - 1] ?? 0;
    leaps[d] = now;
    if (!days.tells(d) || !fillEnvelope(days, leaps, d, envelope)) continue;
    const stays = oddHours(days, d, now, envelope);
    for (const [name, leap] of [
      ["later", 1],
      ["earlier", -1],
    ] as const) {
      const better = stays - oddHours(days, d, now + leap, envelope);
      if (score[name] <= 0) since[name] = d;
      score[name] = Math.max(0, score[name] + better);
      if (score[name] <= (days.mayChangeClocks(since[name]) ? SEASONAL_EVIDENCE : LEAP_EVIDENCE)) continue;
      leaps.fill(now + leap, since[name], d + 1);
      open = { from: since[name], leap };
      score.later = score.earlier = 0;
      break;
    }
  }
  return leaps;
}

/** Whether the middle of the days' production came later by most of a leap, or earlier: clouds and shadows do not move it so far. */
function middleWentAlong(days: SunDays, from: number, until: number, leap: number): boolean {
  const before = days.usualMiddle(Math.max(0, from - ENVELOPE_DAYS), from);
  const since = days.usualMiddle(from, until);
  return ((since - before) / days.perLeap) * leap > CONFIRMING_SHARE;
}

/** The second best of the last two weeks at each time by the sun; false where too few days tell. */
function fillEnvelope(days: SunDays, leaps: Int8Array, day: number, into: Float64Array): boolean {
  const second = into.fill(0);
  const best = new Float64Array(days.perDay);
  let telling = 0;
  for (let d = day - 1; d >= 0 && day - d <= 2 * ENVELOPE_DAYS && telling < ENVELOPE_DAYS; d--) {
    if (!days.tells(d)) continue;
    telling++;
    const shift = (leaps[d] ?? 0) * days.perLeap;
    for (let s = 0; s < days.perDay; s++) {
      const value = days.at(d, s + shift);
      if (!(value > (second[s] as number))) continue;
      second[s] = Math.min(value, best[s] as number);
      if (value > (best[s] as number)) best[s] = value;
    }
  }
  return telling >= FEWEST_DAYS;
}

/** Hours of a day in which the plant gave more than it could, or nothing where it ought to. */
function oddHours(days: SunDays, day: number, leap: number, envelope: Float64Array): number {
  const { peakW, perDay, perLeap, hours } = days;
  let odd = 0;
  for (let s = 0; s < perDay; s++) {
    const value = days.at(day, s + leap * perLeap);
    const most = envelope[s] as number;
    if (value > NOTHING * peakW)
      odd += Math.min(Math.max((value - ABOVE_ENVELOPE * most) / peakW - MARGIN, 0) / WHOLLY, 1);
    else if (most > OUGHT * peakW && !Number.isNaN(value)) odd += 1;
  }
  return odd * hours;
}

/** The error in which the least production comes at night and the least is missing by day; 0 while little is known. */
function usualErrorMs(days: SunDays, leaps: Int8Array): number {
  const { peakW, perDay, perLeap, hours } = days;
  const against = new Float64Array(ERRORS.length);
  let telling = 0;
  for (let d = 0; d < days.count; d++) {
    if (!days.tells(d)) continue;
    telling++;
    const sine = days.sineOf(d);
    for (let s = 0; s < perDay; s++) {
      const value = days.at(d, s + (leaps[d] ?? 0) * perLeap);
      const gives = value > SUNLIT * peakW;
      if (!gives && !(value < NOTHING * peakW)) continue;
      for (const [k, error] of ERRORS.entries()) {
        const [begins, ends] = [sine(s - error * perLeap), sine(s + 1 - error * perLeap)];
        const odd = gives
          ? Number(Math.max(begins, ends) < DOWN)
          : MISSING_BY_DAY * Number(Math.min(begins, ends) > UP);
        against[k] = (against[k] ?? 0) + odd * hours;
      }
    }
  }
  if (telling < FEWEST_DAYS) return 0;
  let best = 0;
  const costOf = (k: number): number => (against[k] ?? 0) / telling + WRONG_MARGIN * Math.abs(ERRORS[k] ?? 0);
  for (const k of ERRORS.keys()) if (costOf(k) < costOf(best)) best = k;
  return (ERRORS[best] ?? 0) * LEAP_MS;
}

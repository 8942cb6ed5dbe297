import { fixedCandidate, type Candidate } from "../candidate.ts";
import type { DayFrame } from "../day-frame.ts";

/** Days looked back on, and how many of them may break the pattern (a new season's prices, say). */
const LOOK_BACK_DAYS = 28;
const MOST_BREAKS = 4;
const FEWEST_DAYS = 3;

/** Ways in which a tariff may tell days apart, the simplest first. */
const SCHEMES: readonly ((frame: DayFrame, row: number, c: number) => number)[] = [
  () => 0,
  (frame, row, c) => (frame.weekdayOf(row, c) >= 5 ? 1 : 0),
  (frame, row, c) => (frame.weekdayOf(row, c) >= 5 || frame.kindOf(row, c) === 2 ? 1 : 0),
  (frame, row, c) => (frame.weekdayOf(row, c) === 6 ? 1 : 0),
  (frame, row, c) => (frame.kindOf(row, c) === 2 ? 2 : frame.kindOf(row, c)),
  (frame, row, c) => frame.weekdayOf(row, c),
];

/**
 * A signal that repeats to the last digit, such as a time-of-use tariff: each slot as on the last day of its class, if
 * some way to class days has explained whole days exactly. Where it speaks, it is right; it is used alone.
 */
export const repeating: Candidate = fixedCandidate("repeating", FEWEST_DAYS, isTariffLike, (frame, lead) => {
  const scheme = schemeOf(frame);
  if (!scheme) return undefined;
  const row = frame.known + lead - 1;
  const values = Float64Array.from({ length: frame.slots }, (_, c) => lastOfClass(frame, row, c, frame.known, scheme));
  return { p50: values, mean: values, p10: values, p90: values };
});

type Scheme = (typeof SCHEMES)[number];

function schemeOf(frame: DayFrame): Scheme | undefined {
  return frame.memo<{ scheme: Scheme | undefined }>(`repeating`, () => {
    let least = Number.POSITIVE_INFINITY;
    let scheme: Scheme | undefined;
    for (const candidate of SCHEMES) {
      const breaks = breaksOf(frame, candidate);
      if (breaks < least) {
        least = breaks;
        scheme = candidate;
      }
    }
    return { scheme: least <= MOST_BREAKS ? scheme : undefined };
  }).scheme;
}

/** Days of the look-back that a scheme did not foretell; infinite when it had too few to foretell. */
function breaksOf(frame: DayFrame, scheme: Scheme): number {
  let breaks = 0;
  let judged = 0;
  for (let row = Math.max(1, frame.known - LOOK_BACK_DAYS); row < frame.known; row++) {
    let seen = 0;
    let wrong = 0;
    for (let c = 0; c < frame.slots; c++) {
      const value = frame.at(row, c);
      if (Number.isNaN(value)) continue;
      const said = lastOfClass(frame, row, c, row, scheme);
      if (Number.isNaN(said)) continue;
      seen++;
      if (Math.abs(said - value) > 1e-9) wrong++;
    }
    if (seen === 0) continue;
    judged++;
    if (wrong > 0 && ++breaks > MOST_BREAKS) return Number.POSITIVE_INFINITY;
  }
  return judged >= FEWEST_DAYS && breaks * 5 <= judged ? breaks : Number.POSITIVE_INFINITY;
}

/** The slot's value on the last row before `before` that is of the same class as `row`. */
function lastOfClass(frame: DayFrame, row: number, c: number, before: number, scheme: Scheme): number {
  const wanted = scheme(frame, row, c);
  for (let past = before - 1; past >= Math.max(0, before - LOOK_BACK_DAYS); past--) {
    if (scheme(frame, past, c) !== wanted) continue;
    const value = frame.at(past, c);
    if (!Number.isNaN(value)) return value;
  }
  return Number.NaN;
}

/** A power that repeats is a stuck meter, not a pattern. */
function isTariffLike(frame: DayFrame): boolean {
  return !frame.source.signal.endsWith("_w");
}

import { clamp } from "../../domain/units.ts";
import { PARTS, type DayParts } from "../tournament/blended-day.ts";
import type { Candidate } from "../candidate.ts";
import type { DayFrame } from "../day-frame.ts";
import { gateOf, issueDay } from "../issue-day.ts";
import { keepPossible } from "../limits.ts";
import { signalKind } from "../signal-kind.ts";

/** Hours before the issue that tell how clear the day is. Settings: decision 15. */
const LOOK_BACK_HOURS = 2;
/** They count beside so much of the day's best hour that was as forecast: a morning's first light tells little. */
const AS_SAID = 0.2;
const LEAST_CLEARNESS = 0.1;
const MOST_CLEARNESS = 2.5;
/** What is left an hour later of what the last hours were off by. */
const LEFT_PER_HOUR = 0.87;
/** How much of it is carried on before the home's own days say, and how far homes differ (standard deviation). */
const USUAL_SHARE = 0.7;
const USUAL_SPREAD = 0.4;
const MOST_SHARE = 1.2;
const FEWEST_DAYS = 5;
/** How far the range follows the error that is left, as the days that judged it also taught it; and how narrow it becomes at most. */
const FOLLOWED = 0.5;
const NARROWEST = 0.6;

/** How much of what the last hours were off by is carried on to the rest of a day, and how much less the rest errs then. */
type Carrying = Readonly<{ share: number; errorLeft: number }>;

/**
 * Brings what has shone so far today into the forecast of the rest of today, in place: the day may be as clear, or as
 * dark, as its last hours were against what midnight had expected of them. How far that holds is learned from the
 * home's own days: where mist lifts at ten, a dark morning says little.
 * @param frame    anchored at the issue
 * @param training anchored at local midnight, known up to the issue
 * @param parts    the row that begins at the issue, one value per slot
 */
export function followSun(
  candidates: readonly Candidate[],
  frame: DayFrame,
  training: DayFrame,
  parts: Record<keyof DayParts, Float64Array>,
): void {
  const { anchorSlot: now, slots, known } = frame;
  if (now === 0 || known === 0) return;
  const midnight = issueDay(candidates, training, training, 1).parts;
  const soFar = Float64Array.from({ length: now }, (_, c) => frame.at(known - 1, slots - now + c));
  const clearness = clearnessBefore(midnight.p50, soFar, now);
  if (Number.isNaN(clearness)) return;
  const { share, errorLeft } = carryingAt(candidates, training, now);
  for (let c = 0; now + c < slots; c++) {
    const factor = 1 + share * leftAfter(c, slots) * (clearness - 1);
    const [p10, p50, p90, mean] = PARTS.map(
      (part) => (((midnight[part][now + c] ?? 0) + (parts[part][c] ?? 0)) / 2) * factor,
    ) as [number, number, number, number];
    parts.p50[c] = p50;
    parts.p10[c] = p50 - errorLeft * (p50 - p10);
    parts.p90[c] = p50 + errorLeft * (p90 - p50);
    parts.mean[c] = mean;
  }
  const kind = signalKind(frame.source.signal, frame.source.site.currency);
  for (const part of PARTS) keepPossible(frame, 1, kind, parts[part]);
}

const leftAfter = (c: number, slots: number): number => LEFT_PER_HOUR ** (((c + 0.5) * 24) / slots);

/** What shone in the last hours before a slot, as a share of what was expected; NaN where nothing was measured. */
function clearnessBefore(said: Float64Array, truth: Float64Array, now: number): number {
  const slotsBack = Math.round((LOOK_BACK_HOURS * said.length) / 24);
  let [seen, expected, count] = [0, 0, 0];
  for (let c = Math.max(0, now - slotsBack); c < now; c++) {
    const value = truth[c] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    seen += value;
    expected += said[c] ?? 0;
    count++;
  }
  const beside = AS_SAID * count * said.reduce((most, value) => Math.max(most, value), 0);
  return beside > 0 ? clamp((seen + beside) / (expected + beside), LEAST_CLEARNESS, MOST_CLEARNESS) : Number.NaN;
}

/**
 * Regression of what the rest of each judged day was off by on what its last hours before this slot were, with what is
 * usual as its prior: where the home's days say clearly how much is carried on, nothing else counts.
 */
function carryingAt(candidates: readonly Candidate[], training: DayFrame, now: number): Carrying {
  return training.memo(`sun carried on ${now}`, () => {
    const days = gateOf(candidates, training, 1).judged.flatMap(({ made, truth }) => restOf(made.p50, truth, now));
    const sumOf = (part: (day: RestOfDay) => number): number => days.reduce((sum, day) => sum + part(day), 0);
    const squares = sumOf(({ carriedW }) => carriedW ** 2);
    if (days.length < FEWEST_DAYS || squares === 0) return { share: USUAL_SHARE, errorLeft: 1 };
    const together = sumOf(({ carriedW, offW }) => carriedW * offW);
    const variance = sumOf(({ carriedW, offW }) => (offW - (together / squares) * carriedW) ** 2) / (days.length - 1);
    const worth = variance / USUAL_SPREAD ** 2;
    const share = clamp((together + USUAL_SHARE * worth) / (squares + worth), 0, MOST_SHARE);
    const errorOf = (by: number): number =>
      sumOf(({ later }) => later.reduce((sum, [carry, off]) => sum + Math.abs(off - by * carry), 0));
    const [before, after] = [errorOf(0), errorOf(share)];
    const trusted = days.length / (days.length + FEWEST_DAYS);
    return { share, errorLeft: before > 0 ? clamp(1 - FOLLOWED * trusted * (1 - after / before), NARROWEST, 1) : 1 };
  });
}

/** What would be carried on to the rest of a day in full, and what midnight's forecast of it was off by; in all, and slot by slot. */
type RestOfDay = Readonly<{
  carriedW: number;
  offW: number;
  later: readonly (readonly [carry: number, off: number])[];
}>;

/** @returns nothing of a day whose last hours before the slot were not measured */
function restOf(said: Float64Array, truth: Float64Array, now: number): RestOfDay[] {
  const clearness = clearnessBefore(said, truth, now);
  if (Number.isNaN(clearness)) return [];
  const later: [number, number][] = [];
  let [carriedW, offW] = [0, 0];
  for (let c = now; c < said.length; c++) {
    const expected = said[c] ?? 0;
    const off = (truth[c] ?? Number.NaN) - expected;
    if (Number.isNaN(off)) continue;
    const carry = expected * leftAfter(c - now, said.length) * (clearness - 1);
    later.push([carry, off]);
    carriedW += carry;
    offW += off;
  }
  return [{ carriedW, offW, later }];
}

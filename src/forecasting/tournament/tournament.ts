import type { Candidate, DayForecast, FittedCandidate } from "../candidate.ts";
import { PROFILE_CANDIDATES } from "../candidates/profiles.ts";
import { givenRowOf } from "../candidates/pv-forecast.ts";
import type { DayFrame } from "../day-frame.ts";
import { keepPossible } from "../limits.ts";
import { scaledPrior } from "../prior/prior.ts";
import { signalKind } from "../signal-kind.ts";

/** A candidate's forecast of one row with every value present and possible. */
export type Entry = Readonly<{ p50: Float64Array; mean: Float64Array; p10?: Float64Array; p90?: Float64Array }>;

/** Days of history from which models on half hours and finer are fitted half as often. */
const SETTLED_DAYS = 120;

/**
 * The row at which a candidate that refits every `refitDays` was last fitted for an issue at row `known`: fixed days
 * of the calendar, so that one issue and a run of issues agree.
 */
export function fitRow(candidate: Candidate, frame: DayFrame): number {
  const { known } = frame;
  if (!Number.isFinite(candidate.refitDays)) return known;
  const day = frame.source.firstDay + known;
  const every = candidate.refitDays * (known >= SETTLED_DAYS && frame.slots > 24 ? 2 : 1);
  return Math.max(known - (((day % every) + every) % every), candidate.needsDays);
}

/**
 * A candidate as fitted for an issue, by the rows up to its fit day.
 * @param training frame anchored at local midnight that holds at least those rows
 */
export function fitted(candidate: Candidate, training: DayFrame): FittedCandidate | undefined {
  if (training.known < candidate.needsDays || !candidate.suits(training)) return undefined;
  const frame = training.until(fitRow(candidate, training));
  return frame.memo<{ model: FittedCandidate | undefined }>(`fit ${candidate.id}`, () => ({
    model: candidate.fit(frame),
  })).model;
}

/**
 * What a candidate says of the row `lead` after the last known one of `frame`.
 * @param training the midnight-anchored frame it may learn from, known up to the issue
 */
export function entryOf(candidate: Candidate, frame: DayFrame, training: DayFrame, lead: number): Entry | undefined {
  const key = `entry ${candidate.id} ${lead}`;
  return frame.memo<{ entry: Entry | undefined }>(key, () => {
    const said = fitted(candidate, training)?.forecast(frame, lead);
    return { entry: said && completed(said, frame, lead) };
  }).entry;
}

function completed(said: DayForecast, frame: DayFrame, lead: number): Entry {
  const kind = signalKind(frame.source.signal, frame.source.site.currency);
  const fill = (values: Float64Array): Float64Array => {
    const filled = values.slice();
    if (filled.some(Number.isNaN)) {
      const known = filledProfile(frame, lead);
      for (let c = 0; c < filled.length; c++) if (Number.isNaN(filled[c])) filled[c] = known[c] ?? 0;
    }
    keepPossible(frame, lead, kind, filled);
    return filled;
  };
  return {
    p50: fill(said.p50),
    mean: fill(said.mean),
    ...(said.p10 && said.p90 ? { p10: fill(said.p10), p90: fill(said.p90) } : {}),
  };
}

/**
 * The weighted median where there is one; for slots no day has covered what somebody else forecast, or the prior at the
 * home's level.
 */
export function filledProfile(frame: DayFrame, lead: number): Float64Array {
  return frame.memo(`filled ${lead}`, () => {
    const median = PROFILE_CANDIDATES[0]?.fit(frame)?.forecast(frame, lead)?.p50 ?? new Float64Array(frame.slots);
    if (!median.some(Number.isNaN)) return median;
    const prior = scaledPrior(frame, lead);
    const given = givenRowOf(frame, frame.known + lead - 1);
    const unseen = (c: number): number => {
      const said = given?.[c] ?? Number.NaN;
      return Number.isNaN(said) ? (prior[c] ?? 0) : said;
    };
    return median.map((value, c) => (Number.isNaN(value) ? unseen(c) : value));
  });
}

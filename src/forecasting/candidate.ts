import type { DayFrame } from "./day-frame.ts";

/**
 * The 24 wall-clock hours of one row, one value per slot, in the signal's unit. `p50` is meant for absolute error,
 * `mean` for squared error. NaN where the candidate has nothing to say.
 */
export type DayForecast = Readonly<{
  p50: Float64Array;
  mean: Float64Array;
  p10?: Float64Array;
  p90?: Float64Array;
}>;

/** A candidate that has learned what it can from a frame. */
export interface FittedCandidate {
  /**
   * Forecasts row `frame.known + lead - 1` from the rows before `frame.known`. The frame may be anchored at another
   * time of day, and know later days, than the one it was fitted on.
   * @param lead 1 for the 24 hours after the issue, 2 for the next, ...
   * @returns undefined when it has nothing to say
   */
  forecast(frame: DayFrame, lead: number): DayForecast | undefined;
}

/**
 * One way to forecast a home. To add a model, write one file with one of these and name it in `candidates.ts`.
 * Everything it does is a function of the frame alone: the same frame gives the same forecast, to the last digit.
 * A frame holds nothing at or after its issue time, except forecast columns, place and calendar.
 */
export interface Candidate {
  /** As shown in `skill`. */
  readonly id: string;
  /** Days between two fits; Infinity when it learns nothing. Fits happen on fixed days of the calendar. */
  readonly refitDays: number;
  /** Days of history it needs before it is asked. */
  readonly needsDays: number;
  /** Weight it has in a blend before there is evidence; the strongest have 1. */
  readonly standing: number;
  /** The same for PV, where less can be learned; default: `standing`. */
  readonly standingForPv?: number;
  /** Whether it has anything to say about this signal of this home. */
  suits(frame: DayFrame): boolean;
  /** Learns from all rows of the frame. */
  fit(frame: DayFrame): FittedCandidate | undefined;
}

/** A candidate that learns nothing. */
export function fixedCandidate(
  id: string,
  needsDays: number,
  suits: Candidate["suits"],
  forecast: FittedCandidate["forecast"],
  standing = 0.02,
): Candidate {
  return { id, refitDays: Number.POSITIVE_INFINITY, needsDays, standing, suits, fit: () => ({ forecast }) };
}

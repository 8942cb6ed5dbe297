import type { Candidate } from "../candidate.ts";
import { fixedCandidate } from "../candidate.ts";
import type { DayFrame } from "../day-frame.ts";

const LOOK_BACK_DAYS = 42;
const AGE_DAYS = 14;
/** Watts of evidence for "no bias" in each slot. */
const PRIOR_SHARE = 0.15;

/** The column of a forecast of this signal that was given, such as `pv_forecast_w` for `pv_w`. */
const columnFor = (frame: DayFrame): Float64Array | undefined =>
  frame.other(frame.source.signal.replace(/_w$/, "_forecast_w"));

/** The forecast somebody else gave, as it is. */
export const givenForecast: Candidate = fixedCandidate("given-forecast", 1, hasForecast, (frame, lead) => {
  const values = givenRowOf(frame, frame.known + lead - 1);
  return values && { p50: values, mean: values };
});

/** The forecast somebody else gave, corrected at each time of day by what it has been off by lately. */
export const correctedForecast: Candidate = fixedCandidate(
  "corrected-forecast",
  5,
  hasForecast,
  (frame, lead) => {
    const given = givenRowOf(frame, frame.known + lead - 1);
    if (!given) return undefined;
    const factors = frame.memo(`bias`, () => biasOf(frame));
    const values = given.map((value, c) => value * (factors[c] ?? 1));
    return { p50: values, mean: values };
  },
  1,
);

function hasForecast(frame: DayFrame): boolean {
  return frame.source.signal.endsWith("_w") && columnFor(frame) !== undefined;
}

/** What somebody else forecast for a row; undefined where nobody did. */
export function givenRowOf(frame: DayFrame, row: number): Float64Array | undefined {
  const column = columnFor(frame);
  const values = column?.slice(row * frame.slots, (row + 1) * frame.slots).map((value) => Math.max(value, 0));
  return values?.some((value) => !Number.isNaN(value)) ? values : undefined;
}

/** Production over forecast, per slot and its neighbours, held near 1 where little is known. */
function biasOf(frame: DayFrame): Float64Array {
  const column = columnFor(frame);
  const { slots, known } = frame;
  const seen = new Float64Array(slots);
  const said = new Float64Array(slots);
  for (let row = Math.max(0, known - LOOK_BACK_DAYS); row < known; row++) {
    const weight = Math.exp(-(known - row) / AGE_DAYS);
    for (let c = 0; c < slots; c++) {
      const value = frame.at(row, c);
      const forecast = Math.max(column?.[row * slots + c] ?? Number.NaN, 0);
      if (Number.isNaN(value) || Number.isNaN(forecast)) continue;
      seen[c] = (seen[c] ?? 0) + weight * value;
      said[c] = (said[c] ?? 0) + weight * forecast;
    }
  }
  let largest = 0;
  for (const value of said) largest = Math.max(largest, value);
  return Float64Array.from({ length: slots }, (_, c) => {
    let above = PRIOR_SHARE * largest;
    let below = PRIOR_SHARE * largest;
    for (let d = -2; d <= 2; d++) {
      const near = d === 0 ? 1 : 0.5;
      above += near * (seen[c + d] ?? 0);
      below += near * (said[c + d] ?? 0);
    }
    return below > 0 ? Math.min(Math.max(above / below, 0.3), 3) : 1;
  });
}

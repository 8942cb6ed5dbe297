import type { Candidate } from "../candidate.ts";
import type { DayFrame, FrameSource } from "../day-frame.ts";
import type { DayParts } from "../tournament/blended-day.ts";
import { gateOf } from "../issue-day.ts";
import { learnStepSpread, spreadSteps, type StepSpread } from "./step-spread.ts";

/** What happened in steps of a length, day by day. */
export type StepTruth = Readonly<{
  stepsADay: number;
  /** Of a row of the midnight-anchored frame; NaN where it is not known. */
  dayOf: (row: number) => Float64Array;
}>;

/** Whole days of steps shorter than slots, as the history has them. @param fine the history laid out in these steps */
export const shorterSteps = (fine: FrameSource): StepTruth => ({
  stepsADay: fine.slots,
  dayOf: (row) => fine.values.subarray(row * fine.slots, (row + 1) * fine.slots),
});

/** Steps of several slots: their means, where most of them are known. */
export function longerSteps({ source, slots }: DayFrame, several: number): StepTruth {
  const stepsADay = slots / several;
  return {
    stepsADay,
    dayOf: (row) =>
      Float64Array.from({ length: stepsADay }, (_, step) => {
        const first = row * slots + step * several;
        const known = source.values.subarray(first, first + several).filter((value) => !Number.isNaN(value));
        return known.length > several / 2 ? known.reduce((sum, value) => sum + value, 0) / known.length : Number.NaN;
      }),
  };
}

/**
 * Brings what slots spread to what steps of another length do, in place, as the days that were judged teach it.
 * @param parts  a forecast laid on steps
 * @param ahead  the row ahead of each step, 0 the first
 * @param hours  the wall-clock hour of each step
 */
export function spreadOnSteps(
  candidates: readonly Candidate[],
  training: DayFrame,
  truth: StepTruth,
  parts: DayParts,
  { ahead, hours }: Readonly<{ ahead: Uint8Array; hours: Uint8Array }>,
): void {
  const steps = parts.p50.length;
  for (let first = 0; first < steps;) {
    const lead = (ahead[first] ?? 0) + 1;
    let end = first + 1;
    while (end < steps && ahead[end] === ahead[first]) end++;
    const [p10, p50, p90, mean] = [parts.p10, parts.p50, parts.p90, parts.mean].map((values) =>
      values.subarray(first, end),
    ) as [Float64Array, Float64Array, Float64Array, Float64Array];
    const spread = spreadOf(candidates, training, lead, truth);
    if (spread) spreadSteps(spread, training, { parts: { p10, p50, p90, mean }, hours: hours.subarray(first, end) });
    first = end;
  }
}

function spreadOf(
  candidates: readonly Candidate[],
  training: DayFrame,
  lead: number,
  { stepsADay, dayOf }: StepTruth,
): StepSpread | undefined {
  return training.memo<{ spread: StepSpread | undefined }>(`step spread ${lead} ${stepsADay}`, () => {
    const { judged, bands } = gateOf(candidates, training, lead);
    const rowOf = (day: number): number => (judged[day]?.origin.known ?? 0) + lead - 1;
    return { spread: learnStepSpread(judged, bands, (day) => dayOf(rowOf(day)), stepsADay) };
  }).spread;
}

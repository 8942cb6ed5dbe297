import { fixedCandidate, type Candidate } from "../candidate.ts";
import type { DayFrame } from "../day-frame.ts";
import { profilesOf, type ProfileName } from "../profile-table.ts";

const always = (): boolean => true;

const weighted = (id: string, p50: ProfileName, mean: ProfileName, standingForPv: number): Candidate => ({
  ...fixedCandidate(
    id,
    1,
    always,
    (frame, lead) => {
      const profiles = profilesOf(frame, lead);
      return { p50: profiles[p50], mean: profiles[mean] };
    },
    0.15,
  ),
  standingForPv,
});

/** The weighted median that no forecast may be worse than; bands from the slower weighting. */
export const weightedMedian: Candidate = fixedCandidate(
  "weighted-median",
  1,
  always,
  (frame, lead) => {
    const { fastMedian, fastMean, slow10, slow90 } = profilesOf(frame, lead);
    return { p50: fastMedian, mean: fastMean, p10: slow10, p90: slow90 };
  },
  0.3,
);

/** The last days' median: the first to follow when people go away or come back. */
export const quickMedian: Candidate = weighted("weighted-median-quick", "lastDaysMedian", "lastDaysMean", 0.3);

/** Profiles of the last eight weeks, from the quickest to follow to the steadiest. */
export const PROFILE_CANDIDATES: readonly Candidate[] = [
  weightedMedian,
  weighted("weighted-median-slow", "slowMedian", "slowMean", 0.02),
  quickMedian,
  weighted("weekday-median", "weekdayMedian", "weekdayMean", 0.02),
  fixedCandidate("median-56", 1, always, (frame, lead) => {
    const { evenMedian, slowMean } = profilesOf(frame, lead);
    return { p50: evenMedian, mean: slowMean };
  }),
  fixedCandidate("median-28", 8, always, (frame) => {
    const rows = lastRows(frame, 28);
    const p50 = Float64Array.from({ length: frame.slots }, (_, c) => medianOf(rows.map((row) => frame.at(row, c))));
    return { p50, mean: p50 };
  }),
  sameSlot("seasonal-naive", 1, (frame) => [frame.known - 1]),
  sameSlot("last-week", 7, (frame, lead) => [frame.known - 7 + ((lead - 1) % 7)]),
  sameSlot("moving-average-7", 2, (frame) => lastRows(frame, 7)),
  sameSlot("moving-average-28", 8, (frame) => lastRows(frame, 28)),
  sameSlot("same-weekday-4", 8, (frame, lead) =>
    [0, 7, 14, 21].map((back) => frame.known - 7 + ((lead - 1) % 7) - back),
  ),
];

const lastRows = (frame: DayFrame, count: number): number[] =>
  Array.from({ length: Math.min(count, frame.known) }, (_, k) => frame.known - 1 - k);

function medianOf(values: readonly number[]): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const half = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 ? (sorted[half] ?? 0) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}

/** The mean of the same slot over some known rows. */
function sameSlot(
  id: string,
  needsDays: number,
  rowsOf: (frame: DayFrame, lead: number) => readonly number[],
): Candidate {
  return fixedCandidate(id, needsDays, always, (frame, lead) => {
    const rows = rowsOf(frame, lead).filter((row) => row >= 0);
    const mean = Float64Array.from({ length: frame.slots }, (_, c) => {
      let sum = 0;
      let count = 0;
      for (const row of rows) {
        const value = frame.at(row, c);
        if (Number.isNaN(value)) continue;
        sum += value;
        count++;
      }
      return count > 0 ? sum / count : Number.NaN;
    });
    return { p50: mean, mean };
  });
}

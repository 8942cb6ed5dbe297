import type { DayFrame } from "./day-frame.ts";
import { SlotWindow, type ProfileWeights } from "./slot-window.ts";

/** Weightings of the last 56 days; the first is the forecast that nothing may be worse than. */
const FAST: ProfileWeights = { ageDays: 6, neighbour: 0.5, otherKind: 0.6, otherWeekday: 1 };
const SLOW: ProfileWeights = { ageDays: 20, neighbour: 0.5, otherKind: 0.4, otherWeekday: 1 };
const LAST_DAYS: ProfileWeights = { ageDays: 2.5, neighbour: 0.5, otherKind: 0.7, otherWeekday: 1 };
const WEEKDAY: ProfileWeights = { ageDays: 30, neighbour: 0.5, otherKind: 0.08, otherWeekday: 0.3 };
const EVEN: ProfileWeights = { ageDays: 60, neighbour: 0.5, otherKind: 0.8, otherWeekday: 1 };

export const PROFILE_NAMES = [
  "fastMedian",
  "slow10",
  "slow25",
  "slowMedian",
  "slow75",
  "slow90",
  "lastDaysMedian",
  "weekdayMedian",
  "evenMedian",
  "fastMean",
  "slowMean",
  "weekdayMean",
  "lastDaysMean",
] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];
export type Profiles = Readonly<Record<ProfileName, Float64Array>>;

const HALF = [0.5] as const;
const SLOW_SHARES = [0.1, 0.25, 0.5, 0.75, 0.9] as const;

/** Weighted profiles of the row `lead` after the last known one, from the last 56 days. NaN where they are empty. */
export function profilesOf(frame: DayFrame, lead: number): Profiles {
  return frame.memo(`profiles ${lead}`, () => computeProfiles(frame, lead));
}

function computeProfiles(frame: DayFrame, lead: number): Profiles {
  const { slots } = frame;
  const made = Object.fromEntries(PROFILE_NAMES.map((name) => [name, new Float64Array(slots)])) as Profiles;
  const window = new SlotWindow();
  const one = new Float64Array(1);
  const five = new Float64Array(5);
  const median = (weights: ProfileWeights): number => {
    window.quantiles(weights, HALF, one);
    return one[0] ?? Number.NaN;
  };
  for (let c = 0; c < slots; c++) {
    window.fill(frame, c, lead);
    made.fastMedian[c] = median(FAST);
    window.quantiles(SLOW, SLOW_SHARES, five);
    made.slow10[c] = five[0] ?? Number.NaN;
    made.slow25[c] = five[1] ?? Number.NaN;
    made.slowMedian[c] = five[2] ?? Number.NaN;
    made.slow75[c] = five[3] ?? Number.NaN;
    made.slow90[c] = five[4] ?? Number.NaN;
    made.lastDaysMedian[c] = median(LAST_DAYS);
    made.weekdayMedian[c] = median(WEEKDAY);
    made.evenMedian[c] = median(EVEN);
    made.fastMean[c] = window.mean(FAST);
    made.slowMean[c] = window.mean(SLOW);
    made.weekdayMean[c] = window.mean(WEEKDAY);
    made.lastDaysMean[c] = window.mean(LAST_DAYS);
  }
  return made;
}

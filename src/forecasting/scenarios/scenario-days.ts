import type { ScenarioCalendar } from "./scenario-calendar.ts";
import type { Analog } from "./scenario-signals.ts";

/** What is read for one path, and how likely that path is. */
export type WeightedAnalog = Readonly<{
  weight: number;
  /** The day it stands for, counted back from that of the issue. */
  daysBack: number;
  /** For what depends on the grid: the same time of an earlier day. */
  sameTime: Analog;
  /** For what depends on people: the same, or a step earlier or later. */
  shifted: Analog;
}>;

/** Days over which a day's likelihood to tell of today falls to 1/e. */
const FADE_DAYS = 16;
/** A working day tells so much less of a free one, and the other way round. */
const OTHER_DAY_CLASS = 0.5;
/** People do not keep the minute: the same day a little earlier or later counts half. */
const SHIFTS = [
  { steps: 0, weight: 1 },
  { steps: -1, weight: 0.5 },
  { steps: 1, weight: 0.5 },
] as const;
const MOST_DAYS = 56;

/**
 * The likeliest earlier days to go on like, newest first; weights add up to 1. Nothing at or after the issue is read.
 * @param likeness of the day before an earlier step to the last one, 0..1
 */
export function analogsOf(
  calendar: ScenarioCalendar,
  issueIndex: number,
  length: number,
  count: number,
  likeness: (earlier: number) => number,
): WeightedAnalog[] {
  const day = calendar.dayOf(issueIndex);
  const slot = calendar.slotOf(issueIndex);
  const free = calendar.weekdayOf(day) >= 5;
  const candidates: { daysBack: number; issue: number; shift: number; weight: number }[] = [];
  for (let daysBack = 1; daysBack <= MOST_DAYS; daysBack++) {
    const issue = calendar.indexOf(day - daysBack, slot);
    if (issue < 1) break;
    const alike = (calendar.weekdayOf(day - daysBack) >= 5 === free ? 1 : OTHER_DAY_CLASS) * likeness(issue);
    for (const { steps, weight } of SHIFTS)
      candidates.push({ daysBack, issue, shift: steps, weight: weight * alike * Math.exp(-daysBack / FADE_DAYS) });
  }
  const kept = candidates.toSorted((a, b) => b.weight - a.weight).slice(0, count);
  const total = kept.reduce((sum, { weight }) => sum + weight, 0);
  const steps = new Map<number, Int32Array>();
  return kept
    .toSorted((a, b) => a.daysBack - b.daysBack || a.shift - b.shift)
    .map(({ daysBack, issue, shift, weight }) => {
      const same = steps.get(daysBack) ?? analogSteps(calendar, issueIndex, length, daysBack);
      steps.set(daysBack, same);
      const moved = shift === 0 ? same : same.map((i) => (i + shift >= 0 && i + shift < issueIndex ? i + shift : i));
      return {
        weight: weight / total,
        daysBack,
        sameTime: { issue, steps: same },
        shifted: { issue: Math.min(Math.max(1, issue + shift), issueIndex), steps: moved },
      };
    });
}

/** The same local time `daysBack` earlier, further days back where that is not yet past. */
function analogSteps(calendar: ScenarioCalendar, issueIndex: number, length: number, daysBack: number): Int32Array {
  const steps = new Int32Array(length);
  let day = calendar.dayOf(issueIndex);
  let slot = calendar.slotOf(issueIndex);
  for (let t = 0; t < length; t++) {
    let back = daysBack;
    let index = calendar.indexOf(day - back, slot);
    while (index >= issueIndex) index = calendar.indexOf(day - ++back, slot);
    steps[t] = Math.max(0, index);
    slot++;
    if (slot >= calendar.stepsPerDay) {
      slot = 0;
      day++;
    }
  }
  return steps;
}

/** How what the last hours differ from an earlier day's carries on. */
export type Carry = Readonly<{
  /** Share of the last hour's difference that is left each hour later. */
  fadePerHour: number;
  /** Share of the difference in the last day's mean that stays. */
  levelShare: number;
  /**
   * Each path keeps a difference whole, for a time of its own or not at all, instead of all paths a fading part of it:
   * the same on average. What people run goes on or is over; where it was added to all paths, none would tell of its end.
   */
  lastsOrEnds: boolean;
}>;

/** Where each path reads: the step it stands for at the issue, and its steps; indexes into the history. */
export type Analog = Readonly<{ issue: number; steps: Int32Array }>;

/**
 * The same for every home: of several, those under which drawn sums over the next hours scored best (CRPS), for the sun on
 * a roof in California and one in France.
 */
export const CARRY: Readonly<Record<string, Carry>> = {
  load_w: { fadePerHour: 0.45, levelShare: 0.2, lastsOrEnds: true },
  pv_w: { fadePerHour: 0.85, levelShare: 0.15, lastsOrEnds: false },
  carbon_g_kwh: { fadePerHour: 0.97, levelShare: 0, lastsOrEnds: false },
};
export const OTHER_CARRY: Carry = { fadePerHour: 0.9, levelShare: 0, lastsOrEnds: false };

const HOURS_PER_DAY = 24;
/** Multiples of these, less their whole part, lie evenly in the unit square however many are taken (Roberts, R2). */
const EVENLY = [0.7548776662466927, 0.5698402909980532] as const;

/** Sum over the `count` steps before a step. */
export function sumBefore(values: Float64Array, end: number, count: number): number {
  let sum = 0;
  for (let i = Math.max(0, end - count); i < end; i++) sum += values[i] ?? 0;
  return sum;
}

/**
 * Each earlier day's values, moved by what now differs from then: the last hour's difference fading, the last day's
 * mean staying in part; on every path so, or on so many paths.
 */
export function levelPaths(
  values: Float64Array,
  issueIndex: number,
  analogs: readonly Analog[],
  carry: Carry,
  stepsPerHour: number,
  least: number,
): Float64Array[] {
  const anHour = Math.max(1, Math.round(stepsPerHour));
  const aDay = Math.max(1, Math.round(24 * stepsPerHour));
  const fade = carry.fadePerHour ** (1 / stepsPerHour);
  const lastHour = sumBefore(values, issueIndex, anHour) / anHour;
  const lastDay = sumBefore(values, issueIndex, aDay) / aDay;
  const made = new Map<Int32Array, Float64Array>();
  return analogs.map(({ issue, steps }, n) => {
    const same = made.get(steps);
    if (same && !carry.lastsOrEnds) return same;
    const inHour = lastHour - sumBefore(values, issue, anHour) / Math.min(anHour, Math.max(1, issue));
    const inDay = issue >= aDay ? lastDay - sumBefore(values, issue, aDay) / aDay : 0;
    const [endsAt, dayEndsAt] = EVENLY.map((part) => ((n + 1) * part) % 1) as [number, number];
    const stays = inDay * (carry.lastsOrEnds ? Number(dayEndsAt < carry.levelShare) : carry.levelShare);
    const path = new Float64Array(steps.length);
    let left = 1;
    for (let t = 0; t < path.length; t++) {
      left *= fade;
      const shift = inHour * (carry.lastsOrEnds ? Number(endsAt < left) : left);
      const value = (values[steps[t] as number] as number) + shift + stays;
      path[t] = Math.max(least, value);
    }
    made.set(steps, path);
    return path;
  });
}

/**
 * Missing values read, for the first hour of a gap, as the last one, then as the same step of the day before; only what
 * came before is used.
 * @param isNone whether a missing value at a step is none at all, as the sun's at night
 */
export function fillGaps(
  values: Float64Array,
  stepsPerDay: number,
  prior: number,
  isNone: (index: number) => boolean = () => false,
): Float64Array {
  const filled = Float64Array.from(values);
  const held = Math.max(1, Math.round(stepsPerDay / HOURS_PER_DAY));
  let last = prior;
  let missing = 0;
  for (let i = 0; i < filled.length; i++) {
    missing = Number.isNaN(filled[i]) ? missing + 1 : 0;
    if (missing > 0) filled[i] = isNone(i) ? 0 : ((missing > held ? filled[i - stepsPerDay] : undefined) ?? last);
    last = filled[i] ?? last;
  }
  return filled;
}

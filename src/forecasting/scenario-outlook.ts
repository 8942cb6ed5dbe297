/** What somebody forecast of the sun, then and now. */
export type SunOutlook = Readonly<{
  /** By how much more sun is to be expected at a step than came at an earlier one, W; 0 where nobody said so of both. */
  change(index: number, earlier: number): number;
  /** How alike what is forecast from the issue on is to what was forecast from an earlier step on, 0..1. */
  likeness(earlier: number): number;
}>;

export const NO_OUTLOOK: SunOutlook = { change: () => 0, likeness: () => 1 };

/**
 * Of a difference between two forecasts so much comes true: of several shares the one under which drawn sums scored best
 * (CRPS) at a home in France.
 */
const COMES_TRUE = 0.7;
/** Days over which the usual difference from one to the next is found; known for less than half of them it tells nothing. */
const USUAL_DAYS = 28;

/**
 * Reads a solar forecast that somebody gave the home, such as a weather service.
 * @param past  what was forecast for the steps before the issue, W; NaN where nothing was
 * @param ahead what is forecast from the issue on, W per step; NaN where nothing is
 */
export function sunOutlook(
  past: Float64Array | undefined,
  ahead: Float64Array | undefined,
  issueIndex: number,
  stepsPerDay: number,
): SunOutlook {
  if (!past || !ahead || ahead.every(Number.isNaN)) return NO_OUTLOOK;
  const said = (index: number): number => (index < issueIndex ? past[index] : ahead[index - issueIndex]) ?? Number.NaN;
  /** Sum of differences over a day, as far as forecasts of both are known; undefined where none is. */
  const distanceBetween = (index: number, earlier: number): number | undefined => {
    let distance: number | undefined;
    for (let t = 0; t < stepsPerDay; t++) {
      const between = Math.abs(said(index + t) - said(earlier + t));
      if (!Number.isNaN(between)) distance = (distance ?? 0) + between;
    }
    return distance;
  };
  let usual = 0;
  let days = 0;
  for (let back = 1; back <= USUAL_DAYS && issueIndex - (back + 1) * stepsPerDay >= 0; back++) {
    const distance = distanceBetween(issueIndex - back * stepsPerDay, issueIndex - (back + 1) * stepsPerDay);
    if (distance === undefined) continue;
    usual += distance;
    days++;
  }
  if (days < USUAL_DAYS / 2 || usual === 0) return NO_OUTLOOK;
  return {
    change(index, earlier) {
      const change = COMES_TRUE * (said(index) - said(earlier));
      return Number.isNaN(change) ? 0 : change;
    },
    likeness(earlier) {
      const distance = distanceBetween(issueIndex, earlier);
      return Math.exp(distance === undefined ? -1 : (-distance * days) / usual);
    },
  };
}

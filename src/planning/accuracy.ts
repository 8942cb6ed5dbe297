/** How close to the best counts as the best where nobody says otherwise: as a share of the objective… */
export const DEFAULT_GAP = 1e-4;
/** …and in money, where it can be had: three quarters of 1e-4. */
const CLOSE = 7.5e-5;
/** Finer than this share of the objective is beyond what the solver's tolerances say. */
const FINEST = 2e-6;
/** Closer than this in money is the same. */
export const ABSOLUTE_GAP = 1e-6;

/**
 * How far from the best a plan may be before the search for a better one ends. Whoever asks for the default or finer
 * means the best plan, which is meant in money too; whoever asks for less means speed.
 * @param gap relative gap asked for
 */
export function aimedAllowance(gap: number, objective: number): number {
  const size = Math.abs(objective);
  const inMoney = gap <= DEFAULT_GAP ? Math.max(CLOSE, FINEST * size) : Infinity;
  return Math.max(ABSOLUTE_GAP, Math.min(gap * size, inMoney));
}

/** How far from the best a plan may be that counts as proven. */
export const provenAllowance = (gap: number, objective: number): number =>
  Math.max(ABSOLUTE_GAP, gap * Math.abs(objective));

import { MS_PER_MINUTE } from "../../domain/units.ts";

/** A typical run of an appliance, learned from its power meter: mean and full power while it runs, W, and its length. */
export type LearnedRun = Readonly<{ powerW: number; maxW: number; minutes: number; runs: number }>;

const LEAST_W = 8;
/** Less than this share of what it draws at its most, or than twice its standby, is no run. */
const IDLE_SHARE = 0.01;
const STANDBY_QUANTILE = 0.1;
/** A pause of a program, not the end of a run. */
const PAUSE_MS = 20 * MS_PER_MINUTE;
const SHORTEST_MS = 10 * MS_PER_MINUTE;
const FEWEST_RUNS = 3;

/**
 * Learns what one run of an appliance is: the median of its finished runs.
 * @param points  mean power, W, of consecutive steps; gaps in the measurement are left out
 * @param stepMs  step of the points
 * @returns null before three runs were seen
 */
export function learnRun(
  points: readonly Readonly<{ startMs: number; mean: number }>[],
  stepMs: number,
): LearnedRun | null {
  const mostW = quantile(
    points.map(({ mean }) => mean).filter((w) => w > LEAST_W),
    0.98,
  );
  if (!(mostW > 0)) return null;
  const standbyW = quantile(
    points.map(({ mean }) => mean),
    STANDBY_QUANTILE,
  );
  const onW = Math.max(LEAST_W, mostW * IDLE_SHARE, 2 * standbyW);
  const runs: { startMs: number; endMs: number; energy: number; maxW: number }[] = [];
  for (const { startMs, mean } of points) {
    if (mean < onW) continue;
    const last = runs.at(-1);
    if (last && startMs - last.endMs <= PAUSE_MS) {
      last.endMs = startMs + stepMs;
      last.energy += mean * stepMs;
      last.maxW = Math.max(last.maxW, mean);
    } else runs.push({ startMs, endMs: startMs + stepMs, energy: mean * stepMs, maxW: mean });
  }
  const lastMs = points.at(-1)?.startMs ?? 0;
  // The first may have begun before, and the last may go on.
  const whole = runs.filter(
    ({ startMs, endMs }) =>
      startMs > (points[0]?.startMs ?? 0) && endMs + PAUSE_MS <= lastMs + stepMs && endMs - startMs >= SHORTEST_MS,
  );
  if (whole.length < FEWEST_RUNS) return null;
  const minutes = quantile(
    whole.map(({ startMs, endMs }) => (endMs - startMs) / MS_PER_MINUTE),
    0.5,
  );
  return {
    minutes,
    powerW: quantile(
      whole.map(({ startMs, endMs, energy }) => energy / (endMs - startMs)),
      0.5,
    ),
    maxW: quantile(
      whole.map(({ maxW }) => maxW),
      0.5,
    ),
    runs: whole.length,
  };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

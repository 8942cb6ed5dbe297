/** Steps of a plan or a forecast: the start of each step and the end of the last; steps may differ in length. */
export type TimeGrid = Readonly<{
  /** Start of step 0, UTC epoch ms. */
  startMs: number;
  /** Length of each step, ms. */
  stepsMs: readonly number[];
}>;

export const uniformGrid = (startMs: number, stepMs: number, length: number): TimeGrid => ({
  startMs,
  stepsMs: Array.from({ length }, () => stepMs),
});

/** Start of each step, UTC epoch ms. */
export function stepStartsMs(grid: TimeGrid): number[] {
  let atMs = grid.startMs;
  return grid.stepsMs.map((stepMs) => {
    const startMs = atMs;
    atMs += stepMs;
    return startMs;
  });
}

/** End of the last step, UTC epoch ms. */
export const gridEndMs = (grid: TimeGrid): number => grid.stepsMs.reduce((atMs, stepMs) => atMs + stepMs, grid.startMs);

/** Index of the step that holds an instant, or -1. */
export function stepAt(grid: TimeGrid, atMs: number): number {
  let startMs = grid.startMs;
  if (atMs < startMs) return -1;
  for (const [index, stepMs] of grid.stepsMs.entries()) {
    startMs += stepMs;
    if (atMs < startMs) return index;
  }
  return -1;
}

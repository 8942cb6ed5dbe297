/** Time as the rooms see it: passed in, so that tests and the demo can run on a clock of their own. */
export interface Clock {
  /** UTC epoch, ms. */
  nowMs(): number;
  /**
   * Runs `task` once, `delayMs` of this clock's time from now; `cancel` forgets it. A simulated clock waits for the
   * promise a task returns before it goes on; a task never rejects.
   */
  after(delayMs: number, task: () => void | Promise<void>): { cancel(): void };
}

/** Runs `task` every `periodMs` of this clock's time, never two at once; the next run is armed when one has ended. */
export function every(clock: Clock, periodMs: number, task: () => void | Promise<void>): { cancel(): void } {
  let cancelled = false;
  let armed: { cancel(): void };
  const arm = (): void => {
    armed = clock.after(periodMs, () =>
      Promise.resolve()
        .then(task)
        .finally(() => {
          if (!cancelled) arm();
        }),
    );
  };
  arm();
  return {
    cancel: () => {
      cancelled = true;
      armed.cancel();
    },
  };
}

import { type Clock, every } from "../domain/clock.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";

/** What is due after a night without HyperVolt is done soon, but not while everything else starts. */
const FIRST_AFTER_MS = 5_000;

/** Runs a task soon and then every minute. The task never rejects. */
export function soonAndEvery(clock: Clock, task: () => Promise<void>): { cancel(): void } {
  const first = clock.after(FIRST_AFTER_MS, task);
  const regular = every(clock, MS_PER_MINUTE, task);
  return {
    cancel: () => {
      first.cancel();
      regular.cancel();
    },
  };
}

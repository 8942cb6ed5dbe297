import type { Clock } from "../domain/clock.ts";

/** The machine's own time. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after(delayMs, task) {
    const timer = setTimeout(() => void task(), Math.min(delayMs, 2_147_483_647));
    return { cancel: () => clearTimeout(timer) };
  },
};

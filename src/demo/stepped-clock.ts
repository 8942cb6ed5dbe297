import type { Clock } from "../domain/clock.ts";

type Timer = { atMs: number; order: number; task: () => void | Promise<void>; cancelled: boolean };

/**
 * A clock that stands still until it is moved on. Moving on runs what is due in order, each task to its end before the
 * next, so that what happens does not depend on how fast the machine is.
 */
export type SteppedClock = Clock & Readonly<{ advanceTo(atMs: number): Promise<void> }>;

/**
 * @param longestWaitMs  how long a task may keep simulated time standing, in real ms: one that itself waits for this
 *                       clock must not stop it for ever
 */
export function steppedClock(startMs: number, longestWaitMs: number): SteppedClock {
  let nowMs = startMs;
  let order = 0;
  const timers: Timer[] = [];
  return {
    nowMs: () => nowMs,
    after(delayMs, task) {
      const timer: Timer = { atMs: nowMs + Math.max(0, delayMs), order: order++, task, cancelled: false };
      const at = timers.findIndex((other) => other.atMs > timer.atMs);
      if (at < 0) timers.push(timer);
      else timers.splice(at, 0, timer);
      return { cancel: () => void (timer.cancelled = true) };
    },
    async advanceTo(atMs) {
      for (let next = timers[0]; next && next.atMs <= atMs; next = timers[0]) {
        timers.shift();
        if (next.cancelled) continue;
        nowMs = Math.max(nowMs, next.atMs);
        await settled(Promise.resolve(next.task()), longestWaitMs);
      }
      nowMs = Math.max(nowMs, atMs);
    },
  };
}

async function settled(task: Promise<void>, longestWaitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, longestWaitMs);
  });
  await Promise.race([task, tooLong]);
  clearTimeout(timer);
}

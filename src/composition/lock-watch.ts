import type { Clock } from "../domain/clock.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";

/** Locks that end sooner after one another are taken together. */
const APART_MS = MS_PER_MINUTE;

export type LockWatch = Readonly<{
  /** Looks what is locked now; what is found ends on its own, later looks or not. */
  look: () => void;
  cancel: () => void;
}>;

/**
 * Tells the moment a lock ends: a device has been on or off for long enough, a source has been closed for its dwell, a
 * person's time with a device is over. What is possible again then need not wait for the next plan.
 * @param endsMs  when what is locked now becomes free; what is past is ignored
 * @param onEnd   at most once a minute
 */
export function watchLocks(
  parts: Readonly<{ clock: Clock; endsMs: () => readonly number[]; onEnd: () => Promise<void> }>,
): LockWatch {
  const { clock } = parts;
  let toldMs = Number.NEGATIVE_INFINITY;
  let next: Readonly<{ atMs: number; timer: { cancel(): void } }> | null = null;
  const tell = async (): Promise<void> => {
    next = null;
    toldMs = clock.nowMs();
    await parts.onEnd();
  };
  return {
    look() {
      const nowMs = clock.nowMs();
      const ahead = parts.endsMs().filter((atMs) => atMs > nowMs);
      if (ahead.length === 0) return;
      const atMs = Math.max(Math.min(...ahead), toldMs + APART_MS);
      if (next && next.atMs <= atMs) return;
      next?.timer.cancel();
      next = { atMs, timer: clock.after(atMs - nowMs, tell) };
    },
    cancel: () => next?.timer.cancel(),
  };
}

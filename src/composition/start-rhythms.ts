import { type Clock, every } from "../domain/clock.ts";
import type { Log } from "../domain/log.ts";
import { MS_PER_DAY, MS_PER_MINUTE, MS_PER_SECOND } from "../domain/units.ts";
import { watchLocks } from "./lock-watch.ts";
import type { PlanningCycle } from "./planning-cycle.ts";

const TICK_MS = 10 * MS_PER_SECOND;
const PLAN_MS = 5 * MS_PER_MINUTE;
const VERIFY_MS = MS_PER_DAY;
const FIRST_VERIFY_MS = 2 * MS_PER_MINUTE;
const KEEP_MS = 15 * MS_PER_MINUTE;

/** The two rhythms: every 10 s follow the home, every 5 min plan anew, or when a lock ends; and now and then keep what a restart needs. */
export function startRhythms(
  clock: Clock,
  log: Log,
  work: Readonly<{
    tick: () => Promise<void>;
    planning: PlanningCycle;
    /** When what is locked now may be switched again. */
    lockEndsMs: () => readonly number[];
    keep: () => Promise<void>;
    verify: () => Promise<unknown>;
  }>,
): Disposable {
  const guarded = (what: string, run: () => Promise<unknown>) => async (): Promise<void> => {
    try {
      await run();
    } catch (error) {
      log.error(`${what} failed`, { error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  };
  const locks = watchLocks({
    clock,
    endsMs: work.lockEndsMs,
    onEnd: guarded("Planning", () => work.planning.replan("a device may be switched again")),
  });
  const tick = async (): Promise<void> => {
    await work.tick();
    locks.look();
  };
  const rhythms = [
    every(clock, TICK_MS, guarded("The tick", tick)),
    every(
      clock,
      PLAN_MS,
      guarded("Planning", () => work.planning.replan("every five minutes")),
    ),
    every(clock, VERIFY_MS, guarded("Verifying the ledger", work.verify)),
    every(clock, KEEP_MS, guarded("Keeping the runs", work.keep)),
  ];
  const first = clock.after(FIRST_VERIFY_MS, guarded("Verifying the ledger", work.verify));
  return { [Symbol.dispose]: () => [...rhythms, first, locks].forEach((rhythm) => rhythm.cancel()) };
}

import type { Clock } from "../domain/clock.ts";
import type { Zone } from "../domain/civil-time.ts";
import type { LedgerEntry } from "../domain/ledger.ts";
import { brokenBy, chained, GENESIS } from "./hash-chain.ts";
import { keptLedger, type KeptLedger, type StoredByMode } from "./kept-course.ts";
import { METHOD, METHOD_KIND } from "./method.ts";
import { arrivingWh, courseGridW } from "./other-course.ts";
import { assertUsable, settled } from "./settle-interval.ts";
import type { SettledHome } from "./settled-home.ts";
import { addStored, NOTHING_STORED, storedDifference, type Stored } from "./stored-difference.ts";

/** Where the ledger is kept. A second entry with the same start would replace the first. */
export interface LedgerStore {
  appendLedger(entries: readonly LedgerEntry[]): Promise<void>;
  lastLedgerEntry(): Promise<LedgerEntry | null>;
  /** By start; at most 1,000 at once. */
  ledger(
    range: Readonly<{ fromMs?: number | undefined; toMs?: number | undefined }>,
    page: Readonly<{ offset: number; limit: number; order?: "oldest" | "newest" | undefined }>,
  ): Promise<Readonly<{ count: number; results: readonly LedgerEntry[] }>>;
  ledgerTotals(
    range: Readonly<{ fromMs?: number | undefined; toMs?: number | undefined; advisory?: boolean | undefined }>,
  ): Promise<StoredTotals>;
  /** What was saved last, JSON; undefined or null before. */
  loadCourse(): Promise<unknown>;
  saveCourse(course: unknown): Promise<void>;
}
export type StoredTotals = Readonly<{
  /** Null without entries. */
  fromMs: number | null;
  toMs: number | null;
  cost: number;
  baselineCost: number;
  carbonG: number;
  baselineCarbonG: number;
  savedCost: number;
  savedCarbonG: number;
}>;

export type LedgerReport = Readonly<{
  today: StoredTotals;
  total: StoredTotals;
  /** In the batteries, not yet counted: what came to lie there beyond the other course, today and in all. */
  stored: Readonly<{ today: Stored; total: Stored }>;
  currency: string;
  /** The figures are of the time HyperVolt only advised: what would have been saved. */
  advisory: boolean;
  /** How the figures come about, for a person. */
  method: string;
  /** Which method it is: another text is another kind. */
  methodKind: string;
  verified: boolean;
}>;

export type Verification = Readonly<{
  whole: boolean;
  entries: number;
  /** Start and fault of the first entry that does not hold. */
  broken: Readonly<{ startMs: number; why: string }> | null;
}>;

export interface Ledger {
  /** Settles an interval; null where its time is settled already. @throws HyperVoltError HISTORY_UNAVAILABLE */
  settle(home: SettledHome): Promise<LedgerEntry | null>;
  /** Today and in all, of what was saved while HyperVolt acted, or of what its advice would have saved. */
  report(advisory: boolean): Promise<LedgerReport>;
  /** Reads the whole ledger and checks its chain; `report` tells the last result. */
  verify(): Promise<Verification>;
  /** Grid power of the other course over the last 30 h at most, as far as it is known now, W. */
  otherwise(): readonly Readonly<{ startMs: number; endMs: number; gridW: number }>[];
  /** Energy the other course still has to use for loads that ran already, Wh. */
  owedWh(): number;
  /** Saves what a restart needs. */
  close(): Promise<void>;
}

export type LedgerParts = Readonly<{ store: LedgerStore; clock: Clock; zone: Zone; currency: string }>;

/** The course is saved every so many intervals, and while a load is on its way: SD cards wear. */
const SAVE_EVERY = 6;
const VERIFY_PAGE = 1_000;

/**
 * The ledger of what was used and what would have been used without HyperVolt, interval by interval and hash-chained.
 * Calls are served one after the other.
 */
export async function createLedger({ store, clock, zone, currency }: LedgerParts): Promise<Ledger> {
  let last = await store.lastLedgerEntry();
  let kept: KeptLedger = keptLedger(await store.loadCourse());
  let verified = true;
  let unsaved = 0;
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const run = queue.then(task);
    queue = run.catch(() => undefined);
    return run;
  };

  const settle = async (home: SettledHome): Promise<LedgerEntry | null> => {
    assertUsable(home);
    if (last !== null && home.startMs < last.endMs) return null;
    const next = settled(home, onDay(kept, zone.startOfDayMs(home.startMs)));
    const entry = chained(next.figures, last?.hash ?? GENESIS);
    await store.appendLedger([entry]);
    const ended = kept.closed !== next.kept.closed;
    kept = next.kept;
    last = entry;
    const moving = home.shifted.length > 0 || (kept.running?.course.arriving.length ?? 0) > 0;
    if (++unsaved >= SAVE_EVERY || moving || ended) await save();
    return entry;
  };
  const save = async (): Promise<void> => {
    await store.saveCourse(kept);
    unsaved = 0;
  };

  const verify = async (): Promise<Verification> => {
    let before: LedgerEntry | null = null;
    let entries = 0;
    let broken: Verification["broken"] = null;
    // What comes in meanwhile is left for the next time: it is read up to a fixed end.
    const toMs = last === null ? 0 : last.startMs + 1;
    let fromMs: number | undefined;
    for (let more = true; more && broken === null;) {
      const { results } = await store.ledger({ fromMs, toMs }, { offset: 0, limit: VERIFY_PAGE, order: "oldest" });
      for (const entry of results) {
        const why = brokenBy(entry, before);
        if (why !== null) broken ??= { startMs: entry.startMs, why };
        before = entry;
        entries++;
        fromMs = entry.startMs + 1;
      }
      more = results.length === VERIFY_PAGE;
    }
    if (broken === null && last !== null && before?.hash !== last.hash)
      broken = { startMs: last.startMs, why: "is missing" };
    verified = broken === null;
    return { whole: verified, entries, broken };
  };

  return {
    settle: (home) => inTurn(() => settle(home)),
    report: async (advisory) => {
      const [today, total] = await Promise.all([
        store.ledgerTotals({ fromMs: zone.startOfDayMs(clock.nowMs()), advisory }),
        store.ledgerTotals({ advisory }),
      ]);
      const mode = advisory ? "advise" : "auto";
      const now = storedIn(kept)[mode];
      const { dayMs, stored } = kept.dayStart;
      const sinceMidnight =
        dayMs === zone.startOfDayMs(clock.nowMs()) ? addStored(now, stored[mode], -1) : NOTHING_STORED;
      return {
        today,
        total,
        stored: { today: sinceMidnight, total: now },
        currency,
        advisory,
        method: METHOD,
        methodKind: METHOD_KIND,
        verified,
      };
    },
    verify: () => inTurn(verify),
    otherwise: () => (kept.running === null ? [] : courseGridW(kept.running.course)),
    owedWh: () => (kept.running === null ? 0 : arrivingWh(kept.running.course)),
    close: () => inTurn(save),
  };
}

/** What lies in the batteries beyond the other courses, ended and running. */
function storedIn({ running, closed }: KeptLedger): StoredByMode {
  if (running === null) return closed;
  const { mode, course, trueSocs } = running;
  return { ...closed, [mode]: addStored(closed[mode], storedDifference(course, trueSocs, mode === "auto")) };
}

/** Notes what lies there when a local day begins. */
const onDay = (kept: KeptLedger, dayMs: number): KeptLedger =>
  kept.dayStart.dayMs === dayMs ? kept : { ...kept, dayStart: { dayMs, stored: storedIn(kept) } };

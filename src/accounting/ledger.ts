import type { Clock } from "../domain/clock.ts";
import type { Zone } from "../domain/civil-time.ts";
import { HyperVoltError } from "../domain/errors.ts";
import type { LedgerEntry } from "../domain/ledger.ts";
import { clamp, MS_PER_HOUR } from "../domain/units.ts";
import { brokenBy, chained, GENESIS } from "./hash-chain.ts";
import { gridCost } from "./grid-cost.ts";
import { keptCourse, type KeptCourse } from "./kept-course.ts";
import { METHOD } from "./method.ts";
import { addInterval, arrivingWh, courseGridW, newCourse, type CourseInterval } from "./other-course.ts";
import type { SettledBattery, SettledHome } from "./settled-home.ts";

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
  currency: string;
  /** The figures are of the time HyperVolt only advised: what would have been saved. */
  advisory: boolean;
  /** How the figures come about, for a person. */
  method: string;
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

/** A longer interval than this is a gap that was not watched. */
const MOST_INTERVAL_MS = 6 * MS_PER_HOUR;
/** The course is saved every so many intervals, and while a load is on its way: SD cards wear. */
const SAVE_EVERY = 6;
const VERIFY_PAGE = 1_000;

/**
 * The ledger of what was used and what would have been used without HyperVolt, interval by interval and hash-chained.
 * Calls are served one after the other.
 */
export async function createLedger({ store, clock, zone, currency }: LedgerParts): Promise<Ledger> {
  let last = await store.lastLedgerEntry();
  let kept: KeptCourse | null = keptCourse(await store.loadCourse());
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
    const next = settled(home, kept);
    const entry = chained(next.figures, last?.hash ?? GENESIS);
    await store.appendLedger([entry]);
    kept = next.kept;
    last = entry;
    const moving = home.shifted.length > 0 || (kept?.course.arriving.length ?? 0) > 0;
    if (++unsaved >= SAVE_EVERY || moving) await save();
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
      return { today, total, currency, advisory, method: METHOD, verified };
    },
    verify: () => inTurn(verify),
    otherwise: () => (kept === null ? [] : courseGridW(kept.course)),
    owedWh: () => (kept === null ? 0 : arrivingWh(kept.course)),
    close: () => inTurn(save),
  };
}

type Settled = { figures: Omit<LedgerEntry, "hash" | "previousHash">; kept: KeptCourse | null };

/** The figures of an interval, and the other course after it. */
function settled(home: SettledHome, before: KeptCourse | null): Settled {
  const { startMs, endMs, mode, pricePerKwh, exportPricePerKwh, carbonGPerKwh } = home;
  const hours = (endMs - startMs) / MS_PER_HOUR;
  const gridW = meteredGridW(home);
  const actual = gridCost(gridW ?? 0, hours, home);
  const base = { startMs, endMs, pricePerKwh, exportPricePerKwh, carbonGPerKwh, advisory: mode !== "auto" };
  const measuredShare = gridW === null ? 0 : home.measuredShare;
  if (mode === "off" || (gridW === null && before === null))
    return {
      kept: null,
      figures: figuresOf(
        { ...base, measuredShare },
        { gridW: gridW ?? 0, ...actual },
        { gridW: gridW ?? 0, ...actual },
      ),
    };

  const steered = home.batteries.filter((one) => isSteered(one, mode));
  const known = before !== null && continues(before, home, steered) ? before : begun(home, steered, before);
  const measuredW = steered.reduce((sum, { powerW }) => sum + (powerW ?? 0), 0);
  const interval: CourseInterval = {
    startMs,
    endMs,
    netW: (gridW ?? 0) - measuredW,
    pvW: home.pvW ?? 0,
    pricePerKwh,
    exportPricePerKwh,
    carbonGPerKwh,
    movedW: home.dimmed.reduce((sum, { powerW, otherwiseW }) => sum + otherwiseW - powerW, 0),
    // Nothing is known of an interval nobody measured: a battery is left alone in it.
    commands: steered.map(({ advice }) => (gridW === null ? { kind: "hold" } : mode === "advise" ? advice : null)),
  };
  const { course, booked } = addInterval(known.course, interval, home.shifted);
  const otherwise = { gridW: booked.gridWh / hours, cost: booked.cost, carbonG: booked.carbonG };
  const was = { gridW: gridW ?? 0, ...actual };
  return {
    kept: { mode: known.mode, course },
    figures:
      mode === "auto"
        ? figuresOf({ ...base, measuredShare }, was, otherwise)
        : figuresOf({ ...base, measuredShare }, otherwise, was),
  };
}

type Side = Readonly<{ gridW: number; cost: number; carbonG: number }>;
function figuresOf(
  base: Pick<
    LedgerEntry,
    "startMs" | "endMs" | "pricePerKwh" | "exportPricePerKwh" | "carbonGPerKwh" | "advisory" | "measuredShare"
  >,
  withUs: Side,
  without: Side,
): Settled["figures"] {
  return {
    ...base,
    gridW: exact(withUs.gridW),
    baselineGridW: exact(without.gridW),
    cost: exact(withUs.cost),
    baselineCost: exact(without.cost),
    carbonG: exact(withUs.carbonG),
    baselineCarbonG: exact(without.carbonG),
    savedCost: exact(without.cost) - exact(withUs.cost),
    savedCarbonG: exact(without.carbonG) - exact(withUs.carbonG),
  };
}
/** Nothing below a nanounit; no negative zero, which a database would not give back. */
const exact = (value: number): number => Math.round(value * 1e9) / 1e9 + 0;

/** At the meter, or what load, PV and batteries come to; null where neither is known. */
function meteredGridW({ gridW, loadW, pvW, batteries }: SettledHome): number | null {
  if (gridW !== null) return gridW;
  if (loadW === null) return null;
  return loadW - (pvW ?? 0) + batteries.reduce((sum, { powerW }) => sum + (powerW ?? 0), 0);
}

const isSteered = (
  { powerW, controlled, advice }: SettledHome["batteries"][number],
  mode: SettledHome["mode"],
): boolean => powerW !== null && (mode === "auto" ? controlled : advice !== null);

/** The other course goes on while the mode and the batteries are the same and no time is missing. */
const continues = (before: KeptCourse, home: SettledHome, steered: SettledHome["batteries"]): boolean =>
  before.mode === home.mode &&
  home.startMs - (before.course.intervals.at(-1)?.endMs ?? home.startMs) <= MOST_INTERVAL_MS &&
  JSON.stringify(before.course.batteries.map(({ id }) => id)) ===
    JSON.stringify(steered.map(({ battery }) => battery.id));

/** Begins where the home is now; what is still to arrive in the same mode arrives. */
function begun(home: SettledHome, steered: SettledHome["batteries"], before: KeptCourse | null): KeptCourse {
  const mode = home.mode === "auto" ? "auto" : "advise";
  const hours = (home.endMs - home.startMs) / MS_PER_HOUR;
  const course = newCourse(
    steered.map(({ battery }) => battery),
    steered.map((one) => socAtStart(one, hours)),
    before?.mode === mode ? before.course.arriving : [],
  );
  return { mode, course };
}

/** State of charge when the interval began, from the one at its end and what flowed. */
function socAtStart({ battery, soc, powerW }: SettledBattery, hours: number): number {
  if (soc === null) return battery.initialSoc;
  const flowW = powerW ?? 0;
  const inWh = flowW * hours * (flowW > 0 ? battery.chargeEfficiency : 1 / battery.dischargeEfficiency);
  return clamp(soc - inWh / battery.capacityWh, 0, 1);
}

function assertUsable(home: SettledHome): void {
  const { startMs, endMs, pricePerKwh, exportPricePerKwh, carbonGPerKwh, measuredShare } = home;
  const figures = [startMs, endMs, pricePerKwh, exportPricePerKwh, carbonGPerKwh, measuredShare];
  const powers = [home.gridW, home.loadW, home.pvW, ...home.batteries.map(({ powerW }) => powerW)];
  const moved = [
    ...home.dimmed.flatMap((one) => [one.powerW, one.otherwiseW]),
    ...home.shifted.flatMap((one) => [one.powerW, one.shiftMs]),
  ];
  const all = [...figures, ...powers.filter((power) => power !== null), ...moved];
  if (!all.every(Number.isFinite) || endMs <= startMs || endMs - startMs > MOST_INTERVAL_MS)
    throw new HyperVoltError(
      "REQUEST_INVALID",
      `An interval to settle is not usable: ${JSON.stringify(home).slice(0, 500)}`,
    );
}

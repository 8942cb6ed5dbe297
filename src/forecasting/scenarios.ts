import type { Zone } from "../domain/civil-time.ts";
import type { Scenarios } from "../domain/forecast.ts";
import { MS_PER_HOUR } from "../domain/units.ts";
import { ScenarioCalendar } from "./scenario-calendar.ts";

/** A home's past on one regular grid; NaN is missing. Signals by their column name (contract series.md). */
export type ScenarioHistory = Readonly<{
  zone: Zone;
  startMs: number;
  stepMs: number;
  columns: ReadonlyMap<string, Float64Array>;
}>;

export type ScenarioRequest = Readonly<{
  /** Step the futures begin with; nothing at or after it is read. */
  issueIndex: number;
  /** Steps ahead. */
  length: number;
  /** At most so many paths; fewer with a short history. */
  count: number;
  /** What is known ahead, such as a tariff: NaN where it is not. Every path carries it. */
  known?: Readonly<Record<string, Float64Array>>;
  /** Signals wanted; default load_w, pv_w, carbon_g_kwh, import_price, export_price. */
  signals?: readonly string[];
}>;

/** Draws equally likely joint futures of a home from what its earlier days did after the same hour. */
export interface ScenarioSource {
  draw(request: ScenarioRequest): Scenarios;
}

/** Of how much of the last hours' deviation from an earlier day is left an hour later. */
const PERSISTENCE_PER_HOUR: Readonly<Record<string, number>> = { load_w: 0.6, pv_w: 0.85 };
const DEFAULT_PERSISTENCE_PER_HOUR = 0.9;
/** Used while nothing at all is known of a signal. */
const PRIOR: Readonly<Record<string, number>> = { load_w: 300, carbon_g_kwh: 300, import_price: 0.3 };
const CLEARNESS_HOURS = 6;
const ENVELOPE_DAYS = 28;
export const SCENARIO_SIGNALS = ["load_w", "pv_w", "carbon_g_kwh", "import_price", "export_price"] as const;

/** One draw; see {@link createScenarioSource} for many from the same history. */
export const drawScenarios = (history: ScenarioHistory, request: ScenarioRequest): Scenarios =>
  createScenarioSource(history).draw(request);

/**
 * A source of scenarios over one history. Path n of every signal is what happened from the same local time of the
 * n-th day before on, moved by what the last hours differ from that day's, the difference fading: so load, sun, carbon
 * and price keep the spread, persistence and joint behaviour they had. What is read lies before the issue step.
 */
export function createScenarioSource(history: ScenarioHistory): ScenarioSource {
  const calendar = new ScenarioCalendar(history.zone, history.startMs, history.stepMs);
  const filled = new Map<string, Float64Array>();
  for (const [name, values] of history.columns) filled.set(name, fillGaps(values, calendar, PRIOR[name] ?? 0));
  const hoursPerStep = history.stepMs / MS_PER_HOUR;
  const stepsIn = (hours: number): number => Math.max(1, Math.round(hours / hoursPerStep));

  return {
    draw({ issueIndex, length, count, known = {}, signals = SCENARIO_SIGNALS }) {
      const days = earlierDays(calendar, issueIndex, count);
      const indexes = days.map((daysBack) => analogIndexes(calendar, issueIndex, length, daysBack));
      const lastOf = days.map((daysBack) =>
        calendar.indexOf(calendar.dayOf(issueIndex) - daysBack, calendar.slotOf(issueIndex)),
      );
      const paths: Record<string, readonly Float64Array[]> = {};
      for (const signal of signals) {
        const values = filled.get(signal);
        const ahead = known[signal];
        const fade = (PERSISTENCE_PER_HOUR[signal] ?? DEFAULT_PERSISTENCE_PER_HOUR) ** hoursPerStep;
        const persistent = (): Float64Array =>
          new Float64Array(length).fill(signal === "pv_w" ? 0 : (values?.[issueIndex - 1] ?? PRIOR[signal] ?? 0));
        const drawn =
          values === undefined
            ? [new Float64Array(length)]
            : days.length === 0
              ? [persistent()]
              : signal === "pv_w"
                ? sunPaths(values, calendar, issueIndex, indexes, lastOf, fade, stepsIn(CLEARNESS_HOURS))
                : shiftedPaths(
                    values,
                    issueIndex,
                    indexes,
                    lastOf,
                    fade,
                    signal === "load_w" || signal === "carbon_g_kwh",
                  );
        const full = drawn.length === 1 && days.length > 1 ? days.map(() => drawn[0] ?? persistent()) : drawn;
        if (ahead)
          for (const path of new Set(full))
            for (let t = 0; t < length; t++) if (!Number.isNaN(ahead[t] ?? Number.NaN)) path[t] = ahead[t] ?? 0;
        paths[signal] = full;
      }
      return { startMs: history.startMs + issueIndex * history.stepMs, stepMs: history.stepMs, paths };
    },
  };
}

/** Which earlier days there are, newest first: so many days back. */
function earlierDays(calendar: ScenarioCalendar, issueIndex: number, count: number): number[] {
  const day = calendar.dayOf(issueIndex);
  const slot = calendar.slotOf(issueIndex);
  const days: number[] = [];
  for (let back = 1; back <= count && calendar.indexOf(day - back, slot) >= 1; back++) days.push(back);
  return days;
}

/** Where a path reads: the same local time `daysBack` earlier, whole weeks further back where that is not yet past. */
function analogIndexes(calendar: ScenarioCalendar, issueIndex: number, length: number, daysBack: number): Int32Array {
  const indexes = new Int32Array(length);
  let day = calendar.dayOf(issueIndex);
  let slot = calendar.slotOf(issueIndex);
  for (let t = 0; t < length; t++) {
    let back = daysBack;
    let index = calendar.indexOf(day - back, slot);
    while (index >= issueIndex) index = calendar.indexOf(day - ++back, slot);
    indexes[t] = Math.max(0, index);
    slot++;
    if (slot >= calendar.stepsPerDay) {
      slot = 0;
      day++;
    }
  }
  return indexes;
}

function shiftedPaths(
  values: Float64Array,
  issueIndex: number,
  indexes: readonly Int32Array[],
  lastOf: readonly number[],
  fade: number,
  nonNegative: boolean,
): Float64Array[] {
  const now = values[issueIndex - 1] ?? 0;
  return indexes.map((index, n) => {
    let shift = now - (values[(lastOf[n] ?? 1) - 1] ?? now);
    const path = new Float64Array(index.length);
    for (let t = 0; t < path.length; t++) {
      shift *= fade;
      const value = (values[index[t] ?? 0] ?? 0) + shift;
      path[t] = nonNegative ? Math.max(0, value) : value;
    }
    return path;
  });
}

/** Solar paths: the earlier day's, moved by the difference in clearness of the last hours; never above the brightest. */
function sunPaths(
  values: Float64Array,
  calendar: ScenarioCalendar,
  issueIndex: number,
  indexes: readonly Int32Array[],
  lastOf: readonly number[],
  fade: number,
  lookBack: number,
): Float64Array[] {
  const envelope = (index: number): number => {
    const day = calendar.dayOf(index);
    const slot = calendar.slotOf(index);
    let brightest = 0;
    for (let back = 1; back <= ENVELOPE_DAYS; back++) {
      const at = calendar.indexOf(day - back, slot);
      if (at >= 0 && at < issueIndex) brightest = Math.max(brightest, values[at] ?? 0);
    }
    return brightest;
  };
  const length = indexes[0]?.length ?? 0;
  const ahead = Float64Array.from({ length }, (_, t) => envelope(issueIndex + t));
  let possible = 0;
  let measured = 0;
  for (let m = 1; m <= lookBack; m++) {
    possible += envelope(issueIndex - m);
    measured += values[issueIndex - m] ?? 0;
  }
  return indexes.map((index, n) => {
    let then = 0;
    for (let m = 1; m <= lookBack; m++) then += values[(lastOf[n] ?? 0) - m] ?? 0;
    let shift = possible > 0 ? (measured - then) / possible : 0;
    const path = new Float64Array(length);
    for (let t = 0; t < length; t++) {
      shift *= fade;
      const brightest = ahead[t] ?? 0;
      path[t] = Math.min(brightest, Math.max(0, (values[index[t] ?? 0] ?? 0) + brightest * shift));
    }
    return path;
  });
}

/** Missing values read as the same time of the day before, else as the last one; only what came before is used. */
function fillGaps(values: Float64Array, calendar: ScenarioCalendar, prior: number): Float64Array {
  const filled = Float64Array.from(values);
  let last = prior;
  for (let i = 0; i < filled.length; i++) {
    if (Number.isNaN(filled[i])) filled[i] = filled[i - calendar.stepsPerDay] ?? last;
    last = filled[i] ?? last;
  }
  return filled;
}

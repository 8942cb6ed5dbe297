import { type Clock, every } from "../domain/clock.ts";
import { isoUtc } from "../domain/civil-time.ts";
import type { DependencyState, Log } from "../domain/log.ts";
import { MS_PER_DAY, MS_PER_MINUTE } from "../domain/units.ts";
import { type ContextSource, type Interval, SIGNAL_UNITS, type Signal } from "./context-source.ts";

const REFRESH_MS = 15 * MS_PER_MINUTE;
const KEPT_MS = 3 * MS_PER_DAY;
/** A value that only holds "now" is believed this long after it ended, marked with its age. */
const LAST_GOOD_MS = 6 * 60 * MS_PER_MINUTE;

export type ContextValue = Readonly<{
  value: number;
  unit: string;
  source: string;
  /** How long ago the source last answered, ms. */
  ageMs: number;
  sample: boolean;
}>;

export interface Context {
  /** Values per step of a regular grid, NaN where no source knows; the first source that knows a step wins. */
  known(signal: Signal, startMs: number, stepMs: number, length: number): Float64Array;
  /** The value that holds now, or the last good one of the last hours with its age. */
  now(signal: Signal): ContextValue | undefined;
  states(): readonly DependencyState[];
  /** Asks every source now; never rejects. */
  refresh(): Promise<void>;
  /** Forgets what is known of signals whose sources mean something else from now on; `refresh` brings it anew. */
  forget(signals: readonly Signal[]): void;
  close(): void;
}

type Known = {
  source: ContextSource;
  intervals: Map<Signal, Interval[]>;
  lastGoodMs: number | null;
  state: DependencyState;
};

/**
 * Tariff, carbon and weather from all sources, asked every 15 minutes. Each source keeps its last good values while it
 * is away.
 * @param sources   in order of preference
 * @param onChange  runs when a source brought values for a signal that differ from those known
 */
export function createContext(
  parts: Readonly<{
    sources: readonly ContextSource[];
    clock: Clock;
    log: Log;
    onChange?: (signal: Signal, source: ContextSource, intervals: readonly Interval[]) => void;
  }>,
): Context {
  const { clock, log } = parts;
  const known: Known[] = parts.sources.map((source) => ({
    source,
    intervals: new Map(),
    lastGoodMs: null,
    state: { name: source.name, state: "degraded", sinceMs: clock.nowMs(), detail: "not asked yet", todo: null },
  }));

  const refreshOne = async (entry: Known): Promise<void> => {
    const nowMs = clock.nowMs();
    try {
      const answer = await entry.source.refresh(nowMs);
      entry.lastGoodMs = nowMs;
      for (const [signal, fresh] of Object.entries(answer) as [Signal, readonly Interval[]][]) {
        const before = entry.intervals.get(signal) ?? [];
        const merged = mergeIntervals(before, fresh, nowMs - KEPT_MS);
        entry.intervals.set(signal, merged);
        if (!sameFuture(before, merged, nowMs)) parts.onChange?.(signal, entry.source, fresh);
      }
      if (entry.state.state !== "ok")
        entry.state = { ...entry.state, state: "ok", sinceMs: nowMs, detail: null, todo: null };
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      if (entry.state.state === "ok" || entry.state.detail === "not asked yet")
        log.warning(`${entry.source.name} does not answer`, { source: entry.source.id, detail });
      const state = entry.lastGoodMs === null ? "down" : "degraded";
      const since = entry.lastGoodMs === null ? detail : `${detail}; last answer at ${isoUtc(entry.lastGoodMs)}`;
      if (entry.state.state !== state) entry.state = { ...entry.state, state, sinceMs: nowMs };
      entry.state = {
        ...entry.state,
        detail: since,
        todo: "Check the key and the network; the last good values are used meanwhile.",
      };
    }
  };
  const refresh = async (): Promise<void> => void (await Promise.all(known.map(refreshOne)));
  const ticking = every(clock, REFRESH_MS, refresh);

  return {
    known(signal, startMs, stepMs, length) {
      const values = new Float64Array(length).fill(Number.NaN);
      for (const { intervals } of known) fillSteps(values, intervals.get(signal) ?? [], startMs, stepMs);
      return values;
    },
    now(signal) {
      const nowMs = clock.nowMs();
      for (const holding of [true, false])
        for (const { source, intervals, lastGoodMs } of known) {
          const found = (intervals.get(signal) ?? []).findLast(
            ({ fromMs, toMs }) => fromMs <= nowMs && nowMs < toMs + (holding ? 0 : LAST_GOOD_MS),
          );
          if (found && lastGoodMs !== null)
            return {
              value: found.value,
              unit: SIGNAL_UNITS[signal],
              source: source.name,
              ageMs: nowMs - lastGoodMs,
              sample: source.sample ?? false,
            };
        }
      return undefined;
    },
    states: () => known.map(({ state }) => state),
    refresh,
    forget: (signals) => known.forEach(({ intervals }) => signals.forEach((signal) => intervals.delete(signal))),
    close: () => ticking.cancel(),
  };
}

/** Fresh intervals replace what they overlap; what ended before `keepFromMs` is forgotten. Sorted, without overlaps. */
export function mergeIntervals(
  before: readonly Interval[],
  fresh: readonly Interval[],
  keepFromMs: number,
): Interval[] {
  const sound = fresh.filter(({ fromMs, toMs, value }) => Number.isFinite(value) && toMs > fromMs);
  const kept = before.flatMap((old) =>
    sound.reduce<Interval[]>(
      (pieces, { fromMs, toMs }) =>
        pieces.flatMap((piece) => {
          if (piece.toMs <= fromMs || piece.fromMs >= toMs) return [piece];
          const left = piece.fromMs < fromMs ? [{ ...piece, toMs: fromMs }] : [];
          const right = piece.toMs > toMs ? [{ ...piece, fromMs: toMs }] : [];
          return [...left, ...right];
        }),
      [old],
    ),
  );
  return [...kept, ...sound].filter(({ toMs }) => toMs > keepFromMs).sort((a, b) => a.fromMs - b.fromMs);
}

/** Time-weighted mean of the intervals over each step that is still NaN and wholly covered. */
function fillSteps(values: Float64Array, intervals: readonly Interval[], startMs: number, stepMs: number): void {
  const weighted = new Float64Array(values.length);
  const coveredMs = new Float64Array(values.length);
  for (const { fromMs, toMs, value } of intervals) {
    const first = Math.max(0, Math.floor((fromMs - startMs) / stepMs));
    const last = Math.min(values.length, Math.ceil((toMs - startMs) / stepMs));
    for (let i = first; i < last; i++) {
      const overlapMs = Math.min(toMs, startMs + (i + 1) * stepMs) - Math.max(fromMs, startMs + i * stepMs);
      weighted[i] = (weighted[i] ?? 0) + value * overlapMs;
      coveredMs[i] = (coveredMs[i] ?? 0) + overlapMs;
    }
  }
  for (let i = 0; i < values.length; i++)
    if (Number.isNaN(values[i]) && (coveredMs[i] ?? 0) >= stepMs * 0.999)
      values[i] = (weighted[i] ?? 0) / (coveredMs[i] ?? 1);
}

function sameFuture(before: readonly Interval[], after: readonly Interval[], nowMs: number): boolean {
  const future = (intervals: readonly Interval[]): string =>
    JSON.stringify(
      intervals.filter(({ toMs }) => toMs > nowMs).map(({ fromMs, toMs, value }) => [fromMs, toMs, value]),
    );
  return future(before) === future(after);
}

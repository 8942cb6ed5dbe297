import type { HomeHistory } from "../domain/home-history.ts";
import { MS_PER_DAY, MS_PER_HOUR } from "../domain/units.ts";
import { bringForward, daysToBringForward } from "./bring-forward.ts";
import { frameSource, isForecastColumn, type FrameSource } from "./day-frame.ts";
import type { FrameClock } from "./sun/sun-clock.ts";

/** Rows past its own that a forecast column may have been read for. */
const FORECAST_REACH_ROWS = 4;
const MOST_KEPT = 8;

type Kept = {
  signalValues: Float64Array | undefined;
  key: string;
  length: number;
  reachMs: number;
  source: FrameSource;
  /** The source as brought forward over a long outage, for issues of one day. */
  forward?: Readonly<{ of: FrameSource; days: number; issueDay: number; source: FrameSource }>;
};

/**
 * The day matrices of the histories in use. A history that has grown takes over what was learned from the days that
 * are the same; a day that has changed takes what came after it along.
 */
export class SourceShelf {
  readonly #kept: Kept[] = [];

  get(
    history: HomeHistory,
    signal: string,
    slotMinutes: number,
    issuedAtMs: number,
    endMs: number,
    clock: FrameClock,
  ): FrameSource {
    // an hour that is about to be repeated shares its slots with the future: cut before they are averaged
    const repeating = clock.offsetMs(issuedAtMs + MS_PER_HOUR) < clock.offsetMs(issuedAtMs);
    if (repeating) {
      const source = frameSource(history, signal, slotMinutes, endMs + MS_PER_DAY, issuedAtMs, clock);
      const days = daysToBringForward(source, issuedAtMs);
      return days > 0 ? bringForward(source, days, issuedAtMs) : source;
    }
    if (!hasValueBefore(history, signal, issuedAtMs)) {
      const unseen = onlyForecasts(history, issuedAtMs);
      return frameSource(unseen, signal, slotMinutes, endMs + MS_PER_DAY, Number.POSITIVE_INFINITY, clock);
    }
    const kept = this.#keep(history, signal, slotMinutes, endMs, clock);
    const days = daysToBringForward(kept.source, issuedAtMs);
    return days > 0 ? broughtForward(kept, days, issuedAtMs) : kept.source;
  }

  #keep(history: HomeHistory, signal: string, slotMinutes: number, endMs: number, clock: FrameClock): Kept {
    const key = [history.site.id, clock.name, signal, slotMinutes].join(" ");
    const signalValues = history.columns.get(signal);
    const same = this.#kept.findIndex((kept) => kept.key === key);
    const kept = this.#kept[same];
    if (kept?.signalValues === signalValues && kept?.length === history.length && kept.reachMs >= endMs) return kept;
    const reachMs = endMs + 14 * MS_PER_DAY;
    const source = frameSource(history, signal, slotMinutes, reachMs, Number.POSITIVE_INFINITY, clock);
    if (kept) {
      source.memo.adopt(kept.source.memo, sameRows(kept.source, source));
      this.#kept.splice(same, 1);
    }
    const made: Kept = { signalValues, key, length: history.length, reachMs, source };
    if (kept?.forward) made.forward = kept.forward;
    this.#kept.push(made);
    if (this.#kept.length > MOST_KEPT) this.#kept.shift();
    return made;
  }
}

/** Whether there is anything to learn from; without, the prior must not count as days of the home. */
function hasValueBefore({ columns, startMs, stepMs, length }: HomeHistory, signal: string, atMs: number): boolean {
  const values = columns.get(signal);
  let i = Math.min(length, Math.floor((atMs - startMs) / stepMs)) - 1;
  while (i >= 0 && !Number.isFinite(values?.[i] ?? Number.NaN)) i--;
  return i >= 0;
}

/** A history that begins at the issue: nothing but what was forecast for the time after it. */
function onlyForecasts(history: HomeHistory, issuedAtMs: number): HomeHistory {
  const { stepMs, length } = history;
  const startMs = Math.floor(issuedAtMs / stepMs) * stepMs;
  const first = (startMs - history.startMs) / stepMs;
  if (!(first >= 0 && first < length)) return { ...history, startMs, length: 0, columns: new Map() };
  const columns = [...history.columns].filter(([name]) => isForecastColumn(name));
  return {
    ...history,
    startMs,
    length: length - first,
    columns: new Map(columns.map(([name, values]) => [name, values.subarray(first)])),
  };
}

function broughtForward(kept: Kept, days: number, issuedAtMs: number): FrameSource {
  const issueDay = kept.source.clock.dayNumber(issuedAtMs);
  const before = kept.forward;
  if (before?.of === kept.source && before.days === days && before.issueDay === issueDay) return before.source;
  const source = bringForward(kept.source, days, issuedAtMs);
  if (before) source.memo.adopt(before.source.memo, sameRows(before.source, source));
  kept.forward = { of: kept.source, days, issueDay, source };
  return source;
}

/** How many rows from the start are the same in two sources, and may have been used in the same way. */
function sameRows(before: FrameSource, after: FrameSource): number {
  if (
    before.firstDay !== after.firstDay ||
    before.slots !== after.slots ||
    JSON.stringify(before.site) !== JSON.stringify(after.site) ||
    [...before.columns.keys()].join() !== [...after.columns.keys()].join()
  )
    return 0;
  let rows = sameCells(before.values, after.values) / before.slots;
  for (const [name, values] of before.columns) {
    const same = sameCells(values, after.columns.get(name) ?? new Float64Array(0)) / before.slots;
    rows = Math.min(rows, isForecastColumn(name) ? same - FORECAST_REACH_ROWS : same);
  }
  return Math.floor(rows);
}

function sameCells(before: Float64Array, after: Float64Array): number {
  const length = Math.min(before.length, after.length);
  for (let i = 0; i < length; i++) if (!Object.is(before[i], after[i])) return i;
  return length;
}

import type { HomeHistory } from "../domain/home-history.ts";
import { MS_PER_DAY, MS_PER_HOUR } from "../domain/units.ts";
import { frameSource, isForecastColumn, type FrameSource } from "./day-frame.ts";
import type { FrameClock } from "./sun-clock.ts";

/** Rows past its own that a forecast column may have been read for. */
const FORECAST_REACH_ROWS = 4;
const MOST_KEPT = 6;

type Kept = {
  signalValues: Float64Array | undefined;
  key: string;
  length: number;
  reachMs: number;
  source: FrameSource;
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
    if (repeating) return frameSource(history, signal, slotMinutes, endMs + MS_PER_DAY, issuedAtMs, clock);
    if (issuedAtMs < history.startMs || history.length === 0) {
      const startMs = Math.floor(issuedAtMs / history.stepMs) * history.stepMs;
      const nothing = { ...history, startMs, length: 0, columns: new Map<string, Float64Array>() };
      return frameSource(nothing, signal, slotMinutes, endMs + MS_PER_DAY, Number.POSITIVE_INFINITY, clock);
    }
    const key = [history.site.id, clock.name, signal, slotMinutes].join(" ");
    const signalValues = history.columns.get(signal);
    const same = this.#kept.findIndex((kept) => kept.key === key);
    const kept = this.#kept[same];
    if (kept?.signalValues === signalValues && kept?.length === history.length && kept.reachMs >= endMs)
      return kept.source;
    const reachMs = endMs + 14 * MS_PER_DAY;
    const source = frameSource(history, signal, slotMinutes, reachMs, Number.POSITIVE_INFINITY, clock);
    if (kept) {
      source.memo.adopt(kept.source.memo, sameRows(kept.source, source));
      this.#kept.splice(same, 1);
    }
    this.#kept.push({ signalValues, key, length: history.length, reachMs, source });
    if (this.#kept.length > MOST_KEPT) this.#kept.shift();
    return source;
  }
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

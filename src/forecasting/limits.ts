import type { DayFrame } from "./day-frame.ts";
import type { SignalKind } from "./signal-kind.ts";
import { isSunUp } from "./sun/sun.ts";
import { MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";

/** Rows whose highest load says what a home can draw, from how many on, and how far above it a forecast may go. */
const PEAK_ROWS = 56;
const FEWEST_PEAK_ROWS = 21;
const ABOVE_PEAK = 1.5;
/** How far a price or an intensity may be forecast beyond all of those rows, as a share of their range. */
const BEYOND_RANGE = 0.5;
const FEWEST_RANGE_ROWS = 4;

/**
 * Values that cannot be: below zero, PV at night or above the plant's peak, a load far above all of the last weeks,
 * anything else far beyond them. Applied in place to one row.
 */
export function keepPossible(frame: DayFrame, lead: number, kind: SignalKind, values: Float64Array): void {
  const row = frame.known + lead - 1;
  const highest =
    kind.name === "pv"
      ? (frame.source.site.pvKwp ?? Number.POSITIVE_INFINITY) * 1000
      : kind.name === "load"
        ? usualMost(frame)
        : usualRange(frame).highest;
  const lowest = kind.name === "pv" || kind.name === "load" ? kind.leastValue : usualRange(frame).lowest;
  const dark = kind.name === "pv" ? darkSlots(frame, row) : undefined;
  for (let c = 0; c < values.length; c++) {
    const value = values[c] ?? 0;
    values[c] = dark?.[c] ? 0 : Math.max(Math.min(Math.max(value, lowest), highest), kind.leastValue);
  }
}

/** The most a load may be forecast as, W. */
function usualMost(frame: DayFrame): number {
  if (frame.known < FEWEST_PEAK_ROWS) return Number.POSITIVE_INFINITY;
  return frame.memo("usual most", () => {
    let peak = Number.NEGATIVE_INFINITY;
    for (let i = Math.max(0, frame.known - PEAK_ROWS) * frame.slots; i < frame.known * frame.slots; i++)
      if ((frame.values[i] as number) > peak) peak = frame.values[i] as number;
    return peak > 0 ? ABOVE_PEAK * peak : Number.POSITIVE_INFINITY;
  });
}

/** A meter's clock, or the place of a home that does not say where it is, may be off by as much. */
const CLOCK_SLACK_MS = MS_PER_HOUR;

/** What a signal without a peak of its own may be forecast as. */
function usualRange(frame: DayFrame): { lowest: number; highest: number } {
  return frame.memo("usual range", () => {
    let lowest = Number.POSITIVE_INFINITY;
    let highest = Number.NEGATIVE_INFINITY;
    if (frame.known >= FEWEST_RANGE_ROWS)
      for (let i = Math.max(0, frame.known - PEAK_ROWS) * frame.slots; i < frame.known * frame.slots; i++) {
        const value = frame.values[i] as number;
        if (value < lowest) lowest = value;
        if (value > highest) highest = value;
      }
    const beyond = BEYOND_RANGE * (highest - lowest);
    return beyond > 0
      ? { lowest: lowest - beyond, highest: highest + beyond }
      : { lowest: Number.NEGATIVE_INFINITY, highest: Number.POSITIVE_INFINITY };
  });
}

/**
 * Slots in which there is no production: the sun is down for an hour before and after, or it is down and no
 * production was seen at this time in the last month either. Where the place is unknown, what was seen decides alone.
 */
function darkSlots(frame: DayFrame, row: number): Uint8Array {
  const { source, slots, known } = frame;
  const { place } = source;
  return frame.memo(`dark ${row}`, () =>
    Uint8Array.from({ length: slots }, (_, c) => {
      const startMs = frame.startMsOf(row, c);
      const lengthMs = source.slotMinutes * MS_PER_MINUTE;
      if (place && isSunUp(startMs, lengthMs, place)) return 0;
      if (place && !isSunUp(startMs - CLOCK_SLACK_MS, lengthMs + 2 * CLOCK_SLACK_MS, place)) return 1;
      let seen = 0;
      let lit = 0;
      for (let past = Math.max(0, known - 30); past < known; past++) {
        if (!Number.isNaN(frame.at(past, c))) seen++;
        if (frame.at(past, c) > 0) lit++;
      }
      if (place) return lit >= 3 ? 0 : 1;
      return seen > 2 && lit === 0 ? 1 : 0;
    }),
  );
}

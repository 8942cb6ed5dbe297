import { MS_PER_DAY, MS_PER_MINUTE } from "../domain/units.ts";
import { endOfInterval, type DayFrame } from "./day-frame.ts";

/** Row after the last known one (0 the first) and column of an instant. */
function cellOf(frame: DayFrame, atMs: number): { ahead: number; c: number } {
  const { clock, slotMinutes, firstDay } = frame.source;
  const endMs = endOfInterval(frame.source, atMs);
  const wallMs = endMs + clock.offsetMs(endMs);
  const day = Math.floor(wallMs / MS_PER_DAY);
  const slot = Math.floor((wallMs - day * MS_PER_DAY) / (slotMinutes * MS_PER_MINUTE));
  const index = (day - firstDay - frame.known) * frame.slots + slot - frame.anchorSlot;
  const ahead = Math.floor(index / frame.slots);
  return { ahead, c: index - ahead * frame.slots };
}

/** Brings forecasts of wall-clock rows onto the steps of a forecast, across changes of the clocks. */
export const onSteps = {
  /** How many rows a forecast needs. */
  daysNeeded(frame: DayFrame, startMs: number, stepMs: number, steps: number): number {
    return Math.max(1, cellOf(frame, startMs + steps * stepMs - 1).ahead + 1);
  },

  /** The row ahead (0 the first) and the wall-clock hour that the middle of each step lies in. */
  placesOf(frame: DayFrame, startMs: number, stepMs: number, steps: number): { ahead: Uint8Array; hours: Uint8Array } {
    const middles = Array.from({ length: steps }, (_, i) => startMs + (i + 0.5) * stepMs);
    return {
      ahead: Uint8Array.from(middles, (atMs) => Math.max(0, cellOf(frame, atMs).ahead)),
      hours: Uint8Array.from(middles, (atMs) => frame.source.clock.minuteOfDay(atMs) / 60),
    };
  },

  /** Mean over each step of the slots it covers, by time. */
  lay(frame: DayFrame, days: readonly Float64Array[], startMs: number, stepMs: number, steps: number): Float64Array {
    const slotMs = frame.source.slotMinutes * MS_PER_MINUTE;
    const pieces = Math.max(1, Math.ceil(stepMs / slotMs));
    return Float64Array.from({ length: steps }, (_, i) => {
      let sum = 0;
      for (let piece = 0; piece < pieces; piece++) {
        const { ahead, c } = cellOf(frame, startMs + i * stepMs + ((piece + 0.5) / pieces) * stepMs);
        sum += days[Math.min(Math.max(ahead, 0), days.length - 1)]?.[ahead < 0 ? 0 : c] ?? 0;
      }
      return sum / pieces;
    });
  },
};

import { MS_PER_MINUTE } from "../domain/units.ts";
import type { DayFrame } from "./day-frame.ts";
import { meanClearSkyWPerM2 } from "./sun.ts";

const ENVELOPE_DAYS = 14;
/** The envelope is the value of this rank from the top, so that one odd reading does not raise it. */
const ENVELOPE_RANK = 3;

/** Clear-sky irradiance of a row, W/m2 per slot; undefined where the place is unknown. */
export function clearSkyOf(frame: DayFrame, row: number): Float64Array | undefined {
  const { place, slotMinutes } = frame.source;
  if (!place) return undefined;
  return frame.timeless(`clear sky ${frame.anchorSlot} ${row}`, () =>
    Float64Array.from({ length: frame.slots }, (_, c) =>
      meanClearSkyWPerM2(frame.startMsOf(row, c), slotMinutes * MS_PER_MINUTE, place),
    ),
  );
}

/**
 * What the plant gives under a clear sky in the row `lead` after the last known one, W: near the best of the last two
 * weeks at each slot, moved on with the sun's course.
 */
export function envelopeOf(frame: DayFrame, lead: number): Float64Array {
  return frame.memo(`envelope ${lead}`, () => {
    const { known, slots } = frame;
    const target = clearSkyOf(frame, known + lead - 1);
    return Float64Array.from({ length: slots }, (_, c) => {
      const best: number[] = [];
      for (let row = Math.max(0, known - ENVELOPE_DAYS); row < known; row++) {
        const value = frame.at(row, c);
        if (Number.isNaN(value)) continue;
        const then = clearSkyOf(frame, row)?.[c] ?? 0;
        const now = target?.[c] ?? 0;
        const moved = then > 50 && now > 50 ? Math.min(Math.max(now / then, 0.8), 1.25) : 1;
        best.push(value * moved);
      }
      best.sort((a, b) => b - a);
      return best[Math.min(ENVELOPE_RANK, best.length) - 1] ?? Number.NaN;
    });
  });
}

/** Share of the envelope that a known row brought, over columns [from, to); NaN when the sun was down. */
export function clearnessOf(frame: DayFrame, row: number, from = 0, to = frame.slots): number {
  return frame.memo(`clearness ${row} ${from} ${to}`, () => {
    const envelope = envelopeOf(frame.until(row + 1), 1);
    let seen = 0;
    let possible = 0;
    for (let c = from; c < to; c++) {
      const value = frame.at(row, c);
      const most = envelope[c] ?? Number.NaN;
      if (Number.isNaN(value) || Number.isNaN(most)) continue;
      seen += value;
      possible += most;
    }
    return possible > 0 ? seen / possible : Number.NaN;
  });
}

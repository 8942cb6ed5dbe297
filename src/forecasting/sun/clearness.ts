import { MS_PER_MINUTE } from "../../domain/units.ts";
import type { DayFrame } from "../day-frame.ts";
import { meanClearSkyWPerM2 } from "./sun.ts";

const ENVELOPE_DAYS = 14;
/** The envelope is the value of this rank from the top, so that one odd reading does not raise it. */
const ENVELOPE_RANK = 3;

/** Clear-sky irradiance of a row, W/m2 per slot; undefined where the place is unknown. */
export function clearSkyOf(frame: DayFrame, row: number): Float64Array | undefined {
  const { place, slotMinutes } = frame.source;
  if (!place) return undefined;
  const { anchorSlot, slots } = frame;
  const { firstDay } = frame.source;
  const skyOfDay = (day: number): Float64Array =>
    frame.timeless(`clear sky of day ${day}`, () =>
      Float64Array.from({ length: slots }, (_, slot) => {
        const c = (slot - anchorSlot + slots) % slots;
        const own = day - firstDay - (slot < anchorSlot ? 1 : 0);
        return meanClearSkyWPerM2(frame.startMsOf(own, c), slotMinutes * MS_PER_MINUTE, place);
      }),
    );
  if (anchorSlot === 0) return skyOfDay(firstDay + row);
  return frame.timeless(`clear sky ${anchorSlot} ${row}`, () => {
    const sky = new Float64Array(slots);
    sky.set(skyOfDay(firstDay + row).subarray(anchorSlot));
    sky.set(skyOfDay(firstDay + row + 1).subarray(0, anchorSlot), slots - anchorSlot);
    return sky;
  });
}

/**
 * What the plant gives under a clear sky in the row `lead` after the last known one, W: near the best of the last two
 * weeks at each slot, moved on with the sun's course.
 */
export function envelopeOf(frame: DayFrame, lead: number): Float64Array {
  return frame.memo(`envelope ${lead}`, () => {
    const { known, slots } = frame;
    const target = clearSkyOf(frame, known + lead - 1);
    const first = Math.max(0, known - ENVELOPE_DAYS);
    const skies = Array.from({ length: known - first }, (_, k) => clearSkyOf(frame, first + k));
    const best = new Float64Array(ENVELOPE_RANK);
    return Float64Array.from({ length: slots }, (_, c) => {
      const now = target?.[c] ?? 0;
      let count = 0;
      for (let k = 0; k < skies.length; k++) {
        const value = frame.at(first + k, c);
        if (Number.isNaN(value)) continue;
        const then = skies[k]?.[c] ?? 0;
        const moved = value * (then > 50 && now > 50 ? Math.min(Math.max(now / then, 0.8), 1.25) : 1);
        if (count === ENVELOPE_RANK && !(moved > (best[count - 1] as number))) continue;
        if (count < ENVELOPE_RANK) count++;
        let at = count - 1;
        for (; at > 0 && moved > (best[at - 1] as number); at--) best[at] = best[at - 1] as number;
        best[at] = moved;
      }
      return count > 0 ? (best[count - 1] as number) : Number.NaN;
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

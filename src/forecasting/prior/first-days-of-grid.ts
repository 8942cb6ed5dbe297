import type { DayFrame } from "../day-frame.ts";
import { signalKind } from "../signal-kind.ts";

/** Days from which a price's or an intensity's own errors say how wide its band must be. */
const KNOWN_FROM_DAYS = 8;
/** Half a band that holds eight in ten, in standard deviations of what was seen. */
const HALF_BAND = 1.3;

/**
 * Keeps the band of a price or an intensity that is known for a few days as wide as what those days spread, less with each
 * day, in place: a day says little of how far the next may be from it.
 * @param parts one row, one value per slot
 */
export function keepFirstDaysWide(frame: DayFrame, parts: Readonly<Record<"p10" | "p50" | "p90", Float64Array>>): void {
  const { name } = signalKind(frame.source.signal, frame.source.site.currency);
  if ((name !== "price" && name !== "carbon") || frame.known > 10 * KNOWN_FROM_DAYS) return;
  const seen = frame.values.filter((value) => !Number.isNaN(value));
  const days = seen.length / frame.slots;
  if (days === 0 || days >= KNOWN_FROM_DAYS) return;
  const mean = seen.reduce((sum, value) => sum + value, 0) / seen.length;
  const deviation = Math.sqrt(seen.reduce((sum, value) => sum + (value - mean) ** 2, 0) / seen.length);
  const half = HALF_BAND * deviation * (1 - days / KNOWN_FROM_DAYS);
  for (let c = 0; c < parts.p50.length; c++) {
    const middle = parts.p50[c] ?? 0;
    parts.p10[c] = Math.min(parts.p10[c] ?? middle, middle - half);
    parts.p90[c] = Math.max(parts.p90[c] ?? middle, middle + half);
  }
}

import type { DayFrame } from "./day-frame.ts";
import { signalKind } from "./signal-kind.ts";

/** How a signal is made comparable between days and homes: (value - centre) / scale. */
export type Level = Readonly<{ centre: number; scale: number }>;

/**
 * The level of a frame: powers count as shares of their mean over the last 28 days; prices and intensities as
 * deviations from the mean of the last 7 days, in standard deviations of the last 14.
 */
export function levelOf(frame: DayFrame): Level {
  return frame.memo(`level`, () => {
    const kind = signalKind(frame.source.signal, frame.source.site.currency).name;
    if (kind === "load" || kind === "pv") {
      const { mean } = momentsOf(frame, 28);
      return { centre: 0, scale: mean > 1e-6 ? mean : 1 };
    }
    return levelOver(frame, 7, 14);
  });
}

/** The mean of the last `centreDays` rows and the standard deviation of the last `scaleDays`. */
export function levelOver(frame: DayFrame, centreDays: number, scaleDays: number): Level {
  const { mean } = momentsOf(frame, centreDays);
  const { deviation } = momentsOf(frame, scaleDays);
  return { centre: Number.isNaN(mean) ? 0 : mean, scale: deviation > 1e-9 ? deviation : 1 };
}

function momentsOf(frame: DayFrame, rows: number): { mean: number; deviation: number } {
  let sum = 0;
  let squares = 0;
  let count = 0;
  const last = frame.known * frame.slots;
  for (let i = Math.max(0, last - rows * frame.slots); i < last; i++) {
    const value = frame.values[i] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    sum += value;
    squares += value * value;
    count++;
  }
  const mean = sum / count;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / count - mean * mean)) };
}

import { meanOf, mostOf, QUARTERS_A_DAY, type RegimeQuarters } from "./regime-quarters.ts";

export const REGIME_FEATURES = [
  "this quarter / base",
  "last hour / base",
  "last three hours / base",
  "largest of an hour / base",
  "largest of three hours / base",
  "last hour / usual",
  "last three hours / usual",
  "change within the hour / base",
  "same hour yesterday / base",
  "seen in the last hour",
  "sine of the hour",
  "cosine of the hour",
  "weekend",
] as const;
const WIDTH = REGIME_FEATURES.length;

/** Features of the quarters [from, to), row-major; of each only the quarter itself and those before it. */
export function regimeFeatures(quarters: RegimeQuarters, from: number, to: number): Float32Array {
  const { loadW, baseW, typicalW, seen, zone, startMs, stepMs } = quarters;
  const out = new Float32Array((to - from) * WIDTH);
  for (let i = from; i < to; i++) {
    const base = baseW[i] as number;
    const atMs = startMs + i * stepMs;
    const share = (value: number): number => Math.log(Math.max(value, 1) / base);
    const hour = meanOf(loadW, i - 3, i + 1);
    const hours = meanOf(loadW, i - 11, i + 1);
    const turn = (2 * Math.PI * zone.minuteOfDay(atMs)) / 1440;
    const weekday = (((zone.dayNumber(atMs) + 3) % 7) + 7) % 7;
    out.set(
      [
        share(loadW[i] as number),
        share(hour),
        share(hours),
        share(mostOf(loadW, i - 3, i + 1)),
        share(mostOf(loadW, i - 11, i + 1)),
        Math.log(Math.max(hour, 1) / Math.max(meanOf(typicalW, i - 3, i + 1), 1)),
        Math.log(Math.max(hours, 1) / Math.max(meanOf(typicalW, i - 11, i + 1), 1)),
        ((loadW[i] as number) - (loadW[i - 3] ?? Number.NaN)) / base,
        share(meanOf(loadW, i - QUARTERS_A_DAY - 3, i - QUARTERS_A_DAY + 1)),
        mostOf(seen, i - 3, i + 1),
        Math.sin(turn),
        Math.cos(turn),
        weekday >= 5 ? 1 : 0,
      ],
      (i - from) * WIDTH,
    );
  }
  return out;
}

import { MS_PER_HOUR } from "../../domain/units.ts";
import { REGIMES, type Regime } from "./regime.ts";
import { meanOf, mostOf, type RegimeQuarters } from "./regime-quarters.ts";

/** Quarters around one that say what it was: an hour to each side, two for what must last. */
const NEAR = 4;
const LONG = 8;
/** Near the base: nothing but what always runs, a fridge's compressor among it. */
const QUIET_MEAN = 1.4;
const QUIET_MOST = 2.2;
/** Above what is usual at this time, and above what is seldom at any, and lasting. */
const UNUSUAL = 1.7;
const SELDOM = 1.1;
const NIGHT = { fromHour: 22, toHour: 9 } as const;

/** Class of what cannot be told. */
export const UNLABELLED = 255;

/**
 * What each quarter was, told afterwards by rules, since no home says so itself: `asleep` and `away` while the load
 * stays near the base for hours and nobody was seen, at night and in the day; `guests` while it stays far above what
 * is usual at this time and seldom at any; else `home`. The rules look an hour or two to both sides; the forest that learns from them
 * sees only what came before, and so learns to tell now what the rules tell later.
 * @returns index into `REGIMES` of each quarter, or `UNLABELLED`
 */
export function weakLabels(quarters: RegimeQuarters): Uint8Array {
  return Uint8Array.from(quarters.loadW, (_, i) => {
    const regime = labelAt(quarters, i);
    return regime === null ? UNLABELLED : REGIMES.indexOf(regime);
  });
}

function labelAt(quarters: RegimeQuarters, i: number): Regime | null {
  const { loadW, baseW, peakW, typicalW, seen, zone, startMs, stepMs } = quarters;
  const base = baseW[i] as number;
  const near = meanOf(loadW, i - NEAR, i + NEAR + 1);
  if (Number.isNaN(base) || Number.isNaN(near) || Number.isNaN(loadW[i])) return null;
  const isSeen = mostOf(seen, i - NEAR, i + NEAR + 1) === 1;
  const quiet = near < QUIET_MEAN * base && mostOf(loadW, i - NEAR, i + NEAR + 1) < QUIET_MOST * base;
  if (quiet && !isSeen) {
    const hour = zone.minuteOfDay(startMs + i * stepMs) / 60;
    return hour >= NIGHT.fromHour || hour < NIGHT.toHour ? "asleep" : "away";
  }
  const long = meanOf(loadW, i - LONG, i + LONG + 1);
  const usual = meanOf(typicalW, i - LONG, i + LONG + 1);
  return long > UNUSUAL * usual && long > SELDOM * (peakW[i] as number) ? "guests" : "home";
}

/** How many quarters a label looks ahead: the newest have none yet. */
export const LABEL_REACH_MS = (LONG * MS_PER_HOUR) / 4;

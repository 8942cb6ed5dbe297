import type { Zone } from "../../domain/civil-time.ts";
import type { HomeHistory } from "../../domain/home-history.ts";
import { MS_PER_DAY, MS_PER_MINUTE } from "../../domain/units.ts";
import { readMeterClock } from "../meter-clock.ts";
import { placeOf, type PlacedSite } from "../prior/place.ts";

/** The clock by which a history is laid out in days and slots. */
export type FrameClock = Readonly<{
  /** Distinct for clocks that lay out differently. */
  name: string;
  /** What it shows more than UTC, ms. */
  offsetMs(atMs: number): number;
  dayNumber(atMs: number): number;
  minuteOfDay(atMs: number): number;
  /** What it shows more than UTC when things happened, ms; absent: the history's instants are right. */
  trueOffsetMs?: number;
}>;

/** What is read of a history to tell how its meter's clock went. */
export type SunHistory = Pick<HomeHistory, "zone" | "startMs" | "stepMs" | "columns"> & Readonly<{ site: PlacedSite }>;

/**
 * The clock of what follows the sun: the one on the wall at the issue, as if it had always been that; where the meter's
 * own clock leapt, it goes along.
 */
export function sunClock(history: SunHistory, signal: string, issuedAtMs: number): FrameClock {
  const { zone, startMs, stepMs, site } = history;
  const nowMs = zone.offsetMs(issuedAtMs);
  const powerW = history.columns.get(signal);
  const place = placeOf(site);
  const until = Math.floor((issuedAtMs - startMs) / stepMs);
  const spells = powerW && place && until > 0 ? readMeterClock(powerW, startMs, stepMs, until, place) : [];
  const lastMs = spells.at(-1)?.errorMs ?? 0;
  const from = spells.map((spell) => startMs + spell.from * stepMs);
  const offsetMs = (atMs: number): number => {
    let errorMs = lastMs;
    for (let k = spells.length - 1; k >= 0; k--) {
      errorMs = spells[k]?.errorMs ?? 0;
      if (atMs >= (from[k] ?? 0)) break;
    }
    return nowMs + lastMs - errorMs;
  };
  const wallMs = (atMs: number): number => atMs + offsetMs(atMs);
  const leaps = spells.map(({ errorMs }, k) => `${from[k]}:${errorMs}`).slice(1);
  return {
    name: [zone.name, "by the sun", nowMs, lastMs, ...leaps].join(" "),
    offsetMs,
    dayNumber: (atMs) => Math.floor(wallMs(atMs) / MS_PER_DAY),
    minuteOfDay: (atMs) => Math.floor((((wallMs(atMs) % MS_PER_DAY) + MS_PER_DAY) % MS_PER_DAY) / MS_PER_MINUTE),
    trueOffsetMs: nowMs + lastMs,
  };
}

/** The clock by which a signal of a home goes. */
export function clockOf(history: HomeHistory, signal: string, issuedAtMs: number): FrameClock | Zone {
  return signal === "pv_w" ? sunClock(history, signal, issuedAtMs) : history.zone;
}

import type { Zone } from "../../domain/civil-time.ts";
import { MS_PER_DAY, MS_PER_MINUTE } from "../../domain/units.ts";
import { placeOf, type Place, type PlacedSite } from "../prior/place.ts";
import { sunClock, type FrameClock } from "../sun/sun-clock.ts";
import { isSunUp, meanClearSkyWPerM2 } from "../sun/sun.ts";

/** What is needed of a history to know where its sun stood. */
export type SkyHistory = Readonly<{
  zone: Zone;
  startMs: number;
  stepMs: number;
  /** Where the home is; absent: where most people of its time zone live. */
  site?: Readonly<{ latitude?: number | undefined; longitude?: number | undefined }>;
  columns: ReadonlyMap<string, Float64Array>;
}>;

/** Days further apart than the seasons explain are not moved by more than this, nor when the sun is too low to tell. */
const MOST_MOVED = 1.5;
const LOW_SUN_W_PER_M2 = 50;
const SHORT_STEP_MS = 15 * MS_PER_MINUTE;
/** Days that are looked back on and ahead, and those that tell how the meter's clock went. */
const DAYS_BACK = 62;
const DAYS_AHEAD = 5;
const CLOCK_DAYS = 120;

/** The sun's course as it is known at an issue, steps by their index in the history. */
export type SunCourse = Readonly<{
  /** The step so many days earlier at which the sun stood as it does at a step. */
  earlier: (index: number, days: number) => number;
  /** By what factor a clear sky gives more at a step than it gave at an earlier one. */
  moved: (from: number, to: number) => number;
}>;

/** Where the sun stood along a history, by the meter's own clock; worked out once a day. */
export class ScenarioSky {
  readonly #history: SkyHistory;
  readonly #site: PlacedSite;
  readonly #place: Place | undefined;
  /** Where only the time zone says where a home is, its sun may rise half an hour earlier or later. */
  readonly #isPlaceSaid: boolean;
  #known: Readonly<{ day: number; course: SunCourse }> | undefined;

  constructor(history: SkyHistory) {
    this.#history = history;
    const { latitude, longitude } = history.site ?? {};
    this.#isPlaceSaid = latitude !== undefined && longitude !== undefined;
    this.#site = {
      timezone: history.zone.name,
      ...(latitude !== undefined && { latitude }),
      ...(longitude !== undefined && { longitude }),
    };
    this.#place = placeOf(this.#site);
  }

  /** Whether it is night all through a step; undefined where the place is not known. */
  isNight(index: number): boolean | undefined {
    const { startMs, stepMs } = this.#history;
    return this.#place && !isSunUp(startMs + index * stepMs, stepMs, this.#place);
  }

  /** The course of the sun as it was known at the last midnight before an issue. */
  at(issueIndex: number): SunCourse {
    const { zone, startMs, stepMs } = this.#history;
    const day = zone.dayNumber(startMs + issueIndex * stepMs);
    if (this.#known?.day !== day) this.#known = { day, course: this.#courseFrom(zone.instantMs(day, 0)) };
    return this.#known.course;
  }

  #courseFrom(midnightMs: number): SunCourse {
    const { startMs, stepMs } = this.#history;
    const place = this.#place;
    const isPlaceSaid = this.#isPlaceSaid;
    const perDay = Math.round(MS_PER_DAY / stepMs);
    const midnight = Math.floor((midnightMs - startMs) / stepMs);
    const clock = this.#clockAt(midnightMs, midnight);
    const first = midnight - DAYS_BACK * perDay;
    // the sun hardly moves in a short step
    const samples = Math.min(4, Math.ceil(stepMs / SHORT_STEP_MS));
    const trueOffsetMs = clock.trueOffsetMs ?? clock.offsetMs(midnightMs);
    const length = (DAYS_BACK + DAYS_AHEAD) * perDay;
    // by how many steps the meter's clock was ahead of the sun's
    const ahead = Int32Array.from({ length }, (_, k) =>
      Math.round((clock.offsetMs(startMs + (first + k) * stepMs) - trueOffsetMs) / stepMs),
    );
    const aheadAt = (index: number): number => ahead[Math.min(Math.max(index - first, 0), length - 1)] ?? 0;
    const clearSky = new Float64Array(place ? length : 0).fill(Number.NaN);
    const clearSkyAt = (index: number): number => {
      const k = index - first;
      if (!place || k < 0 || k >= length) return Number.NaN;
      if (Number.isNaN(clearSky[k]))
        clearSky[k] = meanClearSkyWPerM2(startMs + (index + aheadAt(index)) * stepMs, stepMs, place, samples);
      return clearSky[k] as number;
    };
    return {
      earlier: (index, days) => {
        const plain = index - days * perDay;
        return plain + aheadAt(index) - aheadAt(plain);
      },
      moved: (from, to) => {
        const [then, now] = [clearSkyAt(from), clearSkyAt(to)];
        if (now === 0 && isPlaceSaid) return 0;
        if (!(then > LOW_SUN_W_PER_M2 && now > LOW_SUN_W_PER_M2)) return 1;
        return Math.min(Math.max(now / then, 1 / MOST_MOVED), MOST_MOVED);
      },
    };
  }

  /** The clock that the sun of the last months kept; nothing after the instant is read. */
  #clockAt(atMs: number, index: number): FrameClock {
    const { zone, startMs, stepMs, columns } = this.#history;
    const from = Math.max(0, index - Math.round((CLOCK_DAYS * MS_PER_DAY) / stepMs));
    const powerW = columns.get("pv_w")?.subarray(from, Math.max(from, index)) ?? new Float64Array();
    return sunClock(
      { zone, startMs: startMs + from * stepMs, stepMs, site: this.#site, columns: new Map([["pv_w", powerW]]) },
      "pv_w",
      atMs,
    );
  }
}

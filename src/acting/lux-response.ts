/**
 * What a light gives to its room's sensor, lux per %, in each fifth of its range; null where that was not seen yet.
 * Few lamps give the same from 5 to 10 % as from 90 to 95 %.
 */
export type LuxResponse = readonly (number | null)[];

/** What was learned of lights, by device id. */
export interface LuxResponses {
  get(deviceId: string): LuxResponse | undefined;
  set(deviceId: string, learned: LuxResponse): void;
}

const BANDS = 5;
const BAND_PCT = 100 / BANDS;
/** A strong lamp: one that is weaker than believed takes a step more, one that is stronger would swing. */
const UNKNOWN_LUX_PER_PCT = 10;
const LEAST = 0.05;
const MOST = 200;
/** Most lamps give more per % the brighter they are; a part not seen yet is believed to be so much steeper. */
const STEEPENS = 0.8;
/** A part of the range that a step hardly touched has taught nothing. */
const LEAST_SHARE = 0.25;
/** One step makes the belief so many times as large at most: the sun may have come out. */
const MOST_GROWTH = 3;
const MOST_FIRST_GROWTH = 6;
/** And so much smaller: the sensor may not have seen all of it yet. */
const SHRINK = 0.85;
/** Where the step before it has said so too, or where nothing was known. */
const SHRINK_AGAIN = 0.6;
const SHRINK_FIRST = 0.4;

/** What is believed of one part of the range, lux per %. */
function luxPerPct(response: LuxResponse | undefined, band: number): number {
  const known = response?.[band];
  if (known != null) return known;
  for (let below = band - 1; below >= 0; below--) {
    const seen = response?.[below];
    if (seen != null) return Math.min(MOST, seen * ((band + 0.5) / (below + 0.5)) ** STEEPENS);
  }
  return response?.slice(band).find((above) => above !== null) ?? UNKNOWN_LUX_PER_PCT;
}

/** How much of a change of brightness falls into one part of the range, %. */
const overlapPct = (band: number, fromPct: number, toPct: number): number =>
  Math.max(
    0,
    Math.min(Math.max(fromPct, toPct), (band + 1) * BAND_PCT) - Math.max(Math.min(fromPct, toPct), band * BAND_PCT),
  );

/** By how much a light is believed to change its room, lx; negative where it is dimmed. */
export function luxBetween(response: LuxResponse | undefined, fromPct: number, toPct: number): number {
  let lux = 0;
  for (let band = 0; band < BANDS; band++) lux += overlapPct(band, fromPct, toPct) * luxPerPct(response, band);
  return fromPct <= toPct ? lux : -lux;
}

/** Whether the light was seen to do something in every part of its range that a change goes through. */
export const isKnownBetween = (response: LuxResponse | undefined, fromPct: number, toPct: number): boolean =>
  Array.from({ length: BANDS }, (_, band) => band).every(
    (band) => overlapPct(band, fromPct, toPct) === 0 || response?.[band] != null,
  );

/**
 * What one step of a light taught about it. More than was believed is taken over at once: a light that is stronger than
 * believed swings. Less is taken over slowly: a sensor that reports late shows a part of the change, or nothing.
 * @param response  what was believed; undefined: nothing
 * @param seen      what the sensor saw of the step, as a multiple of what was expected of it
 * @param again     the step before this one has shown less than expected too
 */
export function learnLuxResponse(
  response: LuxResponse | undefined,
  fromPct: number,
  toPct: number,
  seen: number,
  again: boolean,
): LuxResponse {
  return Array.from({ length: BANDS }, (_, band) => {
    const known = response?.[band] ?? null;
    if (overlapPct(band, fromPct, toPct) < LEAST_SHARE * Math.abs(toPct - fromPct)) return known;
    const most = known === null ? MOST_FIRST_GROWTH : MOST_GROWTH;
    const least = known === null ? SHRINK_FIRST : again ? SHRINK_AGAIN : SHRINK;
    const believed = luxPerPct(response, band) * Math.min(most, Math.max(least, seen));
    return Math.min(MOST, Math.max(LEAST, believed));
  });
}

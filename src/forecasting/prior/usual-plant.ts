import type { Site } from "../../domain/home-history.ts";
import { MS_PER_DAY } from "../../domain/units.ts";
import { placeOf, type Place } from "./place.ts";
import { regionByZone, regionNearest } from "./regions.ts";
import { clearSkyWPerM2, sunDirection } from "../sun/sun.ts";
import { weightedQuantiles } from "../weighted-quantiles.ts";

/** Roofs a plant may lie on: how steep, and how far they look away from the equator. */
const TILT = (30 * Math.PI) / 180;
const AZIMUTHS = [-70, -35, 0, 35, 70].map((degrees) => (degrees * Math.PI) / 180);
/** What a plant gives of its peak under 1000 W/m2: losses of inverter, cables, heat and dirt. */
const PERFORMANCE = 0.85;
/** What the ground in front of a roof throws back. */
const ALBEDO = 0.2;

/** How far plants of the same peak differ (factors of equal chance): shade, dirt, age; and where the peak is not known. */
const PLANTS = [0.7, 0.86, 0.97, 1.06, 1.2] as const;
const UNKNOWN_PLANTS = [0.4, 0.65, 1, 1.5, 2.3] as const;
/** Share of a clear sky's light that comes through cloud, and of it on hours of sunshine: spans of equal chance. */
const UNDER_CLOUD = [0.08, 0.64] as const;
const IN_SUNSHINE = [0.85, 1.12] as const;
const PIECES = 8;

/** What may come of a plant, W: quantiles and mean. */
export type PlantOutlook = Readonly<{ p10: number; p50: number; p90: number; mean: number }>;

const NOTHING: PlantOutlook = { p10: 0, p50: 0, p90: 0, mean: 0 };
const MIDDLE_OF_JANUARY = 15;
/** The sun's in the middle of January and of July, degrees. */
const DECLINATIONS = [-21.2, 21.6] as const;
const MOST_SUNSHINE = 0.9;
const LEAST_SUNSHINE = 0.1;
const USUAL_SUNSHINE = 0.5;

/**
 * Share of daylight that brings bright sunshine at a time of the year, from the climate where a home is. The sky of an
 * hour is either of the two: the light of a month follows from its sunshine as Ångström and Prescott found (FAO
 * Irrigation and Drainage Paper 56: a third of a clear sky's light without any sunshine).
 */
export function sunshineShare(site: Site, atMs: number): number {
  const region = regionNearest(site) ?? regionByZone(site);
  if (!region) return USUAL_SUNSHINE;
  const [january, july] = region.sunshineHours.map(
    (hours, k) => hours / (31 * dayLengthHours(region.latitude, DECLINATIONS[k] ?? 0)),
  ) as [number, number];
  const dayOfYear = (atMs / MS_PER_DAY) % 365.25;
  const likeJanuary = (1 + Math.cos((2 * Math.PI * (dayOfYear - MIDDLE_OF_JANUARY)) / 365.25)) / 2;
  return Math.min(Math.max(likeJanuary * january + (1 - likeJanuary) * july, LEAST_SUNSHINE), MOST_SUNSHINE);
}

function dayLengthHours(latitude: number, declination: number): number {
  const [phi, delta] = [(latitude * Math.PI) / 180, (declination * Math.PI) / 180];
  return (24 / Math.PI) * Math.acos(Math.min(Math.max(-Math.tan(phi) * Math.tan(delta), -1), 1));
}

/** What a plant of 1 kWp on a usual roof gives, W: under a clear sky, and by the light of the sky alone. */
function givesW(atMs: number, place: Place): { clearW: number; diffuseW: number } {
  const { up, equatorward, west } = sunDirection(atMs, place);
  const horizontal = clearSkyWPerM2(up);
  if (horizontal <= 0) return { clearW: 0, diffuseW: 0 };
  const diffuse = horizontal * Math.min(0.6, 0.1 + 0.04 / up);
  const beam = Math.min((horizontal - diffuse) / up, 1000);
  let onRoofs = 0;
  for (const azimuth of AZIMUTHS) {
    const facing = up * Math.cos(TILT) + Math.sin(TILT) * (equatorward * Math.cos(azimuth) + west * Math.sin(azimuth));
    onRoofs += (beam * Math.max(0, facing)) / AZIMUTHS.length;
  }
  const sky = (share: number): number => (share * (1 + Math.cos(TILT))) / 2;
  const ground = (ALBEDO * horizontal * (1 - Math.cos(TILT))) / 2;
  return {
    clearW: PERFORMANCE * (onRoofs + sky(diffuse) + ground),
    diffuseW: PERFORMANCE * (sky(horizontal) + ground),
  };
}

/**
 * What to expect of a plant that nobody has measured: a clear sky over a usual roof, and the climate's share of sunshine.
 * @param peakW undefined where the peak is not known: `usualPeakW` counts, and the band says so
 */
export function plantOutlook(
  site: Site,
  peakW: number | undefined,
  usualPeakW: number,
  startMs: number,
  lengthMs: number,
): PlantOutlook {
  const place = placeOf(site);
  if (!place) return NOTHING;
  const gives = [0.125, 0.375, 0.625, 0.875].map((part) => givesW(startMs + part * lengthMs, place));
  const clearW = gives.reduce((sum, one) => sum + one.clearW / gives.length, 0);
  const diffuseW = gives.reduce((sum, one) => sum + one.diffuseW / gives.length, 0);
  if (clearW <= 0) return NOTHING;
  const sunshine = sunshineShare(site, startMs);
  const plants = peakW === undefined ? UNKNOWN_PLANTS : PLANTS;
  const kwp = (peakW ?? usualPeakW) / 1000;
  const skies = [
    { lightW: diffuseW, span: UNDER_CLOUD, share: 1 - sunshine },
    { lightW: clearW, span: IN_SUNSHINE, share: sunshine },
  ];
  const values = new Float64Array(skies.length * PIECES * plants.length);
  const weights = new Float64Array(values.length);
  let mean = 0;
  let i = 0;
  for (const { lightW, span, share } of skies)
    for (let piece = 0; piece < PIECES; piece++)
      for (const plant of plants) {
        const light = span[0] + ((piece + 0.5) / PIECES) * (span[1] - span[0]);
        const powerW = Math.min(kwp * lightW * light * plant, peakW ?? Number.POSITIVE_INFINITY);
        const weight = share / (PIECES * plants.length);
        values[i] = powerW;
        weights[i++] = weight;
        mean += weight * powerW;
      }
  const [p10 = 0, p50 = 0, p90 = 0] = weightedQuantiles(values, weights, [0.1, 0.5, 0.9]);
  return { p10, p50, p90, mean };
}

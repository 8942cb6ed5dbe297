import { MS_PER_DAY, MS_PER_HOUR } from "../domain/units.ts";
import type { Place } from "./place.ts";

const RADIANS = Math.PI / 180;
const J2000_MS = Date.UTC(2000, 0, 1, 12);

/** Sine of the sun's elevation; negative at night. Low-precision solar position of the Astronomical Almanac, 0.01 degree. */
export function sinElevation(atMs: number, place: Place): number {
  const { declination, hourAngle } = sunAt(atMs, place);
  return (
    Math.sin(RADIANS * place.latitude) * Math.sin(declination) +
    Math.cos(RADIANS * place.latitude) * Math.cos(declination) * Math.cos(hourAngle)
  );
}

/**
 * The same for one day, a quarter of a degree near enough and quick to ask often.
 * @returns sine of the elevation so many ms after the start of the day
 */
export function sunOfDay(startMs: number, place: Place): (afterMs: number) => number {
  const { declination, hourAngle } = sunAt(startMs + MS_PER_DAY / 2, place);
  const always = Math.sin(RADIANS * place.latitude) * Math.sin(declination);
  const swing = Math.cos(RADIANS * place.latitude) * Math.cos(declination);
  return (afterMs) => always + swing * Math.cos(hourAngle + 2 * Math.PI * (afterMs / MS_PER_DAY - 0.5));
}

/** Declination and hour angle, radians. */
function sunAt(atMs: number, place: Place): { declination: number; hourAngle: number } {
  const days = (atMs - J2000_MS) / MS_PER_DAY;
  const anomaly = RADIANS * (357.528 + 0.9856003 * days);
  const ecliptic = RADIANS * (280.46 + 0.9856474 * days + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly));
  const obliquity = RADIANS * (23.439 - 4e-7 * days);
  const rightAscension = Math.atan2(Math.cos(obliquity) * Math.sin(ecliptic), Math.cos(ecliptic));
  const siderealHours = 18.697375 + 24.06570982441908 * days;
  return {
    declination: Math.asin(Math.sin(obliquity) * Math.sin(ecliptic)),
    hourAngle: RADIANS * (siderealHours * 15 + place.longitude) - rightAscension,
  };
}

/** Where the sun stands: a vector of length 1, its parts towards east, north and above. */
export function sunVector(atMs: number, place: Place): { east: number; north: number; up: number } {
  const { declination, hourAngle } = sunAt(atMs, place);
  const latitude = RADIANS * place.latitude;
  const out = Math.cos(declination) * Math.cos(hourAngle);
  return {
    east: -Math.cos(declination) * Math.sin(hourAngle),
    north: Math.cos(latitude) * Math.sin(declination) - Math.sin(latitude) * out,
    up: Math.sin(latitude) * Math.sin(declination) + Math.cos(latitude) * out,
  };
}

/** Irradiance by the sun's beam on a plane that faces it under a clear sky, W/m2 (Meinel 1976, air mass of Kasten and Young 1989). */
export function clearBeamWPerM2(sine: number): number {
  if (sine <= 0) return 0;
  const degrees = Math.asin(Math.min(sine, 1)) / RADIANS;
  const airMass = 1 / (sine + 0.50572 * (degrees + 6.07995) ** -1.6364);
  return 1353 * 0.7 ** (airMass ** 0.678);
}

/** Global irradiance on a horizontal plane under a clear sky, W/m2 (Haurwitz 1945). */
export function clearSkyWPerM2(sine: number): number {
  return sine <= 0 ? 0 : 1098 * sine * Math.exp(-0.057 / sine);
}

/** Mean clear-sky irradiance over an interval, W/m2, from `samples` points. */
export function meanClearSkyWPerM2(startMs: number, lengthMs: number, place: Place, samples = 4): number {
  let sum = 0;
  for (let k = 0; k < samples; k++)
    sum += clearSkyWPerM2(sinElevation(startMs + ((k + 0.5) / samples) * lengthMs, place));
  return sum / samples;
}

/** Whether the sun is above the horizon at any moment of an interval. */
export function isSunUp(startMs: number, lengthMs: number, place: Place): boolean {
  const pieces = Math.max(1, Math.ceil(lengthMs / (MS_PER_HOUR / 12)));
  for (let k = 0; k <= pieces; k++) if (sinElevation(startMs + (k / pieces) * lengthMs, place) > -0.015) return true;
  return false;
}

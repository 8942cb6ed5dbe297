import { MS_PER_DAY, MS_PER_HOUR } from "../../domain/units.ts";
import type { Place } from "../prior/place.ts";

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

/** Direction to the sun: shares of a unit vector upwards, to the equator's side, and west. */
export function sunDirection(atMs: number, place: Place): { up: number; equatorward: number; west: number } {
  const { declination, hourAngle } = sunAt(atMs, place);
  const [sinLatitude, cosLatitude] = [Math.sin(RADIANS * place.latitude), Math.cos(RADIANS * place.latitude)];
  const along = Math.cos(declination) * Math.cos(hourAngle);
  const south = along * sinLatitude - Math.sin(declination) * cosLatitude;
  return {
    up: sinLatitude * Math.sin(declination) + cosLatitude * along,
    equatorward: place.latitude < 0 ? -south : south,
    west: Math.cos(declination) * Math.sin(hourAngle),
  };
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

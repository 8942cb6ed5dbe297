import { MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE } from "../../domain/units.ts";
import type { Noise } from "./noise.ts";

const RADIANS = Math.PI / 180;

/** The simulated place: weather, sun, and the sample prices and grid carbon that the demo labels as such. */
export type Surroundings = Readonly<{
  sunElevationDeg(atMs: number): number;
  /** 0 clear .. 1 overcast. */
  cloudCover(atMs: number): number;
  outdoorTemperatureC(atMs: number): number;
  /** Global irradiance relative to 1 kW/m2. */
  irradiance(atMs: number): number;
  importPricePerKwh(atMs: number): number;
  carbonGPerKwh(atMs: number): number;
}>;

export function simulatedSurroundings(
  noise: Noise,
  place: Readonly<{ latitude: number; longitude: number }>,
): Surroundings {
  const dayOf = (atMs: number): number => Math.floor(atMs / MS_PER_DAY);
  const sunElevationDeg = (atMs: number): number => {
    const day = atMs / MS_PER_DAY;
    const declination = -23.44 * Math.cos(RADIANS * (360 / 365.24) * (day - 3_652 + 10));
    const solarHour = ((atMs % MS_PER_DAY) / MS_PER_HOUR + place.longitude / 15 + 24) % 24;
    const hourAngle = 15 * (solarHour - 12);
    const sine =
      Math.sin(RADIANS * place.latitude) * Math.sin(RADIANS * declination) +
      Math.cos(RADIANS * place.latitude) * Math.cos(RADIANS * declination) * Math.cos(RADIANS * hourAngle);
    return Math.asin(sine) / RADIANS;
  };
  const cloudCover = (atMs: number): number => {
    const day = noise.smooth("cloud-day", atMs, MS_PER_DAY);
    const hour = noise.smooth("cloud-hour", atMs, 2 * MS_PER_HOUR);
    const quick = noise.smooth("cloud-quick", atMs, 7 * MS_PER_MINUTE);
    return Math.min(1, Math.max(0, 1.5 * day * (0.55 + 0.6 * hour) - 0.25 + 0.25 * (quick - 0.5)));
  };
  const irradiance = (atMs: number): number => {
    const sine = Math.sin(RADIANS * Math.max(0, sunElevationDeg(atMs)));
    return sine <= 0 ? 0 : 1.1 * sine ** 1.15 * (1 - 0.78 * cloudCover(atMs) ** 1.6);
  };
  const hourOf = (atMs: number): number => ((atMs % MS_PER_DAY) / MS_PER_HOUR + place.longitude / 15 + 24) % 24;
  const bump = (hour: number, at: number, width: number): number => Math.exp(-(((hour - at) / width) ** 2));
  const windy = (atMs: number): number => noise.smooth("wind", atMs, 16 * MS_PER_HOUR);
  const sunnyGrid = (atMs: number): number => {
    const hour = hourOf(atMs);
    return bump(hour, 13, 3) * (1 - 0.6 * noise.uniform("grid-cloud", dayOf(atMs)));
  };
  const wholeHour = (atMs: number): number => Math.floor(atMs / MS_PER_HOUR) * MS_PER_HOUR;
  return {
    sunElevationDeg,
    cloudCover,
    irradiance,
    outdoorTemperatureC: (atMs) =>
      14 +
      6 * Math.sin(((hourOf(atMs) - 9) / 24) * 2 * Math.PI) +
      6 * (noise.smooth("warm", atMs, 4 * MS_PER_DAY) - 0.5),
    importPricePerKwh: (atMs) => {
      const at = wholeHour(atMs);
      const hour = hourOf(at);
      const price =
        0.29 + 0.09 * bump(hour, 8, 1.6) + 0.14 * bump(hour, 19, 2.1) - 0.17 * sunnyGrid(at) - 0.1 * (windy(at) - 0.5);
      return Math.round(price * 10_000) / 10_000;
    },
    carbonGPerKwh: (atMs) => {
      const at = wholeHour(atMs);
      const hour = hourOf(at);
      return Math.round(330 + 60 * bump(hour, 19, 2.5) - 190 * sunnyGrid(at) - 160 * (windy(at) - 0.4));
    },
  };
}

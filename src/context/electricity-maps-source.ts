import { z } from "zod";
import { HyperVoltError } from "../domain/errors.ts";
import { MS_PER_HOUR } from "../domain/units.ts";
import type { ContextSource, GetJson, Interval } from "./context-source.ts";

const BASE = "https://api.electricitymaps.com/v3/carbon-intensity";
const Point = z.object({ carbonIntensity: z.number().nullable(), datetime: z.string() });
const Latest = Point;
const History = z.object({ history: z.array(Point) });
const Forecast = z.object({ forecast: z.array(Point) });

/**
 * Electricity Maps v3. The free key gives the present and the last 24 h; a paid one the forecast too, which is asked for
 * and done without where refused.
 * @param key   `auth-token`
 * @param zone  such as DE; empty: by the place
 */
export function electricityMapsSource(
  getJson: GetJson,
  key: string,
  zone: string,
  place: Readonly<{ latitude: number; longitude: number }> | null,
): ContextSource {
  if (zone === "" && place === null)
    throw new HyperVoltError(
      "OPTIONS_INVALID",
      "electricity_maps_zone: expected a zone such as DE, as the place is not known",
    );
  // Two decimals of a degree are enough to find the zone, and all that leaves the house.
  const where =
    zone === "" && place
      ? `lat=${place.latitude.toFixed(2)}&lon=${place.longitude.toFixed(2)}`
      : `zone=${encodeURIComponent(zone)}`;
  const headers = { "auth-token": key };
  let forecastRefused = false;
  const ask = async <T>(path: string, shape: z.ZodType<T>): Promise<T> => {
    const parsed = shape.safeParse(await getJson(`${BASE}/${path}?${where}`, headers));
    if (!parsed.success)
      throw new HyperVoltError("SOURCE_UNAVAILABLE", `Electricity Maps answered ${path} in a form not known`);
    return parsed.data;
  };
  return {
    id: "electricity-maps",
    name: "Electricity Maps",
    refresh: async () => {
      const [latest, history] = await Promise.all([ask("latest", Latest), ask("history", History)]);
      const forecast = forecastRefused
        ? []
        : await ask("forecast", Forecast).then(
            (answer) => answer.forecast,
            () => {
              forecastRefused = true;
              return [];
            },
          );
      return { carbon_g_kwh: [...history.history, latest, ...forecast].flatMap(hourOf) };
    },
  };
}

function hourOf({ carbonIntensity, datetime }: z.infer<typeof Point>): Interval[] {
  const fromMs = Math.floor(Date.parse(datetime) / MS_PER_HOUR) * MS_PER_HOUR;
  return carbonIntensity === null || Number.isNaN(fromMs)
    ? []
    : [{ fromMs, toMs: fromMs + MS_PER_HOUR, value: carbonIntensity }];
}

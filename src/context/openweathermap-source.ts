import { z } from "zod";
import { HyperVoltError } from "../domain/errors.ts";
import { MS_PER_HOUR, MS_PER_SECOND } from "../domain/units.ts";
import type { ContextSource, GetJson } from "./context-source.ts";

const BASE = "https://api.openweathermap.org/data/2.5";
const STEP_MS = 3 * MS_PER_HOUR;
const Weather = z.object({
  dt: z.number(),
  main: z.object({ temp: z.number() }),
  clouds: z.object({ all: z.number() }).optional(),
});
const Forecast = z.object({ list: z.array(Weather) });

/** OpenWeatherMap's free current weather and 5-day forecast in 3-hour steps: outdoor temperature and cloud cover. */
export function openWeatherMapSource(
  getJson: GetJson,
  key: string,
  place: Readonly<{ latitude: number; longitude: number }>,
): ContextSource {
  const query = `lat=${place.latitude.toFixed(2)}&lon=${place.longitude.toFixed(2)}&units=metric&appid=${encodeURIComponent(key)}`;
  return {
    id: "openweathermap",
    name: "OpenWeatherMap",
    refresh: async (nowMs) => {
      const [now, ahead] = await Promise.all([
        getJson(`${BASE}/weather?${query}`).then((answer) => Weather.safeParse(answer)),
        getJson(`${BASE}/forecast?${query}`).then((answer) => Forecast.safeParse(answer)),
      ]);
      if (!now.success || !ahead.success)
        throw new HyperVoltError("SOURCE_UNAVAILABLE", "OpenWeatherMap answered in a form not known");
      const points = [
        { fromMs: nowMs, ...now.data },
        ...ahead.data.list.map((point) => ({ fromMs: point.dt * MS_PER_SECOND, ...point })),
      ]
        .filter(({ fromMs }, i) => i === 0 || fromMs > nowMs)
        .sort((a, b) => a.fromMs - b.fromMs);
      const spans = points.map((point, i) => ({ ...point, toMs: points[i + 1]?.fromMs ?? point.fromMs + STEP_MS }));
      return {
        temperature_c: spans.map(({ fromMs, toMs, main }) => ({ fromMs, toMs, value: main.temp })),
        cloud_cover_pct: spans.flatMap(({ fromMs, toMs, clouds }) =>
          clouds ? [{ fromMs, toMs, value: clouds.all }] : [],
        ),
      };
    },
  };
}

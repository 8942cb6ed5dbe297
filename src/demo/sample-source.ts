import type { ContextSource, Interval } from "../context/context-source.ts";
import { MS_PER_DAY, MS_PER_HOUR } from "../domain/units.ts";
import type { Surroundings } from "./house/weather.ts";

/** Prices, grid carbon and weather made up for the demo, labelled as a sample wherever they are shown. */
export function sampleSource(surroundings: Surroundings): ContextSource {
  return {
    id: "sample",
    name: "Sample data (demo)",
    sample: true,
    refresh: async (nowMs) => {
      const firstMs = Math.floor((nowMs - MS_PER_DAY) / MS_PER_HOUR) * MS_PER_HOUR;
      const hours = Array.from({ length: 24 * 4 }, (_, i) => firstMs + i * MS_PER_HOUR);
      const hourly = (valueAt: (atMs: number) => number): Interval[] =>
        hours.map((fromMs) => ({ fromMs, toMs: fromMs + MS_PER_HOUR, value: valueAt(fromMs) }));
      return {
        import_price: hourly((atMs) => surroundings.importPricePerKwh(atMs)),
        export_price: hourly(() => 0.08),
        carbon_g_kwh: hourly((atMs) => surroundings.carbonGPerKwh(atMs)),
        temperature_c: hourly((atMs) => Math.round(surroundings.outdoorTemperatureC(atMs) * 10) / 10),
        cloud_cover_pct: hourly((atMs) => Math.round(surroundings.cloudCover(atMs) * 100)),
      };
    },
  };
}

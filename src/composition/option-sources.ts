import type { Zone } from "../domain/civil-time.ts";
import { constantSource } from "../context/constant-source.ts";
import type { ContextSource, GetJson } from "../context/context-source.ts";
import { electricityMapsSource } from "../context/electricity-maps-source.ts";
import { openWeatherMapSource } from "../context/openweathermap-source.ts";
import { tariffSource } from "../context/tariff-source.ts";
import { ukCarbonSource } from "../context/uk-carbon-source.ts";
import type { Options } from "../options/options.ts";

/**
 * The sources the options name, in order of preference: what the user entered a key for, then (between the two lists)
 * what Home Assistant knows, then the user's own figures.
 */
export function optionSources(
  options: Options,
  around: Readonly<{ zone: Zone; place: Readonly<{ latitude: number; longitude: number }> | null; getJson: GetJson }>,
): { first: readonly ContextSource[]; last: readonly ContextSource[] } {
  const { zone, place, getJson } = around;
  const first: ContextSource[] = [];
  if (options.electricity_maps_key !== "")
    first.push(electricityMapsSource(getJson, options.electricity_maps_key, options.electricity_maps_zone, place));
  if (options.uk_carbon) first.push(ukCarbonSource(getJson));
  if (options.openweathermap_key !== "" && place)
    first.push(openWeatherMapSource(getJson, options.openweathermap_key, place));
  const last = [
    tariffSource({
      importPrice: options.import_price,
      exportPrice: options.export_price,
      windows: options.price_windows,
      zone,
    }),
    constantSource("carbon-constant", "Your figure for grid carbon", { carbon_g_kwh: options.carbon_intensity }),
  ];
  return { first, last };
}

import type { Zone } from "../domain/civil-time.ts";
import { constantSource } from "../context/constant-source.ts";
import type { ContextSource, GetJson } from "../context/context-source.ts";
import { electricityMapsSource } from "../context/electricity-maps-source.ts";
import { openWeatherMapSource } from "../context/openweathermap-source.ts";
import { tariffSource } from "../context/tariff-source.ts";
import { ukCarbonSource } from "../context/uk-carbon-source.ts";
import type { Options } from "../options/options.ts";
import type { SetupAnswers } from "./setup/setup-answers.ts";

/** As the source is shown. */
export const CHOSEN_TARIFF = "The tariff you entered";

const tariffOf = (options: Pick<Options, "import_price" | "export_price" | "price_windows">) => ({
  importPrice: options.import_price,
  exportPrice: options.export_price,
  windows: options.price_windows,
});

/** Prices that were answered on the set-up page: they hold over everything that was found. */
export function chosenTariff(zone: Zone, answers: () => SetupAnswers): ContextSource {
  const source = tariffSource(zone, () => {
    const { tariff } = answers();
    if (tariff?.kind === "fixed")
      return { importPrice: tariff.import_price, exportPrice: tariff.export_price, windows: tariff.windows };
    return tariff?.export_price === undefined
      ? null
      : { importPrice: 0, exportPrice: tariff.export_price, windows: [] };
  });
  return {
    ...source,
    id: "chosen-tariff",
    name: CHOSEN_TARIFF,
    async refresh(nowMs) {
      const { import_price, export_price } = await source.refresh(nowMs);
      const bought = answers().tariff?.kind === "fixed";
      return { ...(bought && import_price && { import_price }), ...(export_price && { export_price }) };
    },
  };
}

/**
 * The sources the options and the set-up page name, in order of preference: prices that were answered, what the user
 * entered a key for, then (between the two lists) what Home Assistant knows, then the user's own figures.
 */
export function optionSources(
  options: Options,
  answers: () => SetupAnswers,
  around: Readonly<{ zone: Zone; place: Readonly<{ latitude: number; longitude: number }> | null; getJson: GetJson }>,
): { first: readonly ContextSource[]; last: readonly ContextSource[] } {
  const { zone, place, getJson } = around;
  const first: ContextSource[] = [chosenTariff(zone, answers)];
  if (options.electricity_maps_key !== "")
    first.push(electricityMapsSource(getJson, options.electricity_maps_key, options.electricity_maps_zone, place));
  if (options.uk_carbon) first.push(ukCarbonSource(getJson));
  if (options.openweathermap_key !== "" && place)
    first.push(openWeatherMapSource(getJson, options.openweathermap_key, place));
  const last = [
    tariffSource(zone, () => tariffOf(options)),
    constantSource("carbon-constant", "Your figure for grid carbon", { carbon_g_kwh: options.carbon_intensity }),
  ];
  return { first, last };
}

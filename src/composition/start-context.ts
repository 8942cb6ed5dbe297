import { type Context, createContext } from "../context/context.ts";
import { withSurcharges } from "../context/surcharges.ts";
import { homeSources } from "../home-assistant/outlook-sources.ts";
import { homePriceSource } from "../home-assistant/price-source.ts";
import type { Options } from "../options/options.ts";
import type { HomeSurroundings } from "./connect-surroundings.ts";
import type { HomeEvents } from "./events.ts";
import { gridValuesOf } from "./grid-book.ts";
import type { HomeMemory } from "./open-memory.ts";
import { chosenTariff, optionSources } from "./option-sources.ts";
import type { SetupBook } from "./setup/setup-book.ts";
import type { StartInput } from "./start-input.ts";

/**
 * Tariff, carbon and weather: what the user entered a key for, then what Home Assistant knows, then the user's own
 * figures; in the demo samples. Every value is kept with where it came from.
 */
export function startContext(
  options: Options,
  input: StartInput,
  memory: HomeMemory,
  around: HomeSurroundings,
  { answers }: SetupBook,
  events: HomeEvents,
): Context {
  const { clock, log } = input;
  const { latitude, longitude, currency } = around.site();
  const place = latitude === null || longitude === null ? null : { latitude, longitude };
  const { first, last } = optionSources(options, answers, { zone: around.zone, place, getJson: input.getJson });
  const home = around.homeAssistant;
  // Without a Home Assistant nothing is asked of it, and nothing is missed.
  const known = home.state().state !== "off";
  const fromHome = [
    homePriceSource(
      home,
      () => ({
        ...(options.price_entity !== "" && { importEntity: options.price_entity }),
        ...(options.export_price_entity !== "" && { exportEntity: options.export_price_entity }),
      }),
      (pricePerKwh) =>
        withSurcharges(pricePerKwh, {
          feePerKwh: options.network_fee_per_kwh,
          taxPerKwh: options.energy_tax_per_kwh,
          vatPct: options.vat_pct,
        }),
    ),
    ...homeSources(home, {
      carbonEntity: () => options.carbon_entity,
      weatherEntity: () => options.weather_entity,
    }),
  ];
  const context = createContext({
    sources: input.demo
      ? [chosenTariff(around.zone, answers), ...input.demo.sources]
      : [...first, ...(known ? fromHome : []), ...last],
    clock,
    log,
    onChange: (signal, source, intervals) => {
      memory.history
        .putGridValues(gridValuesOf(signal, source, intervals, currency, clock.nowMs()))
        .catch((error: unknown) => log.debug("Grid data was not stored", { error: String(error) }));
      if (signal.endsWith("_price")) events.tell({ kind: "prices" });
    },
  });
  home.onConnect(() => context.refresh());
  return context;
}

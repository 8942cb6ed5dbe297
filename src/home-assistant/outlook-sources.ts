import type { EntityState } from "../domain/entity.ts";
import { MS_PER_HOUR } from "../domain/units.ts";
import { readEnergyPrefs } from "./energy-prefs.ts";
import type { HomeAssistant } from "./home-assistant.ts";
import { type HomeSource, requireHome } from "./price-source.ts";
import { type Interval, readTimedValues } from "./timed-values.ts";

/** Attributes in which solar forecasts lie, with the factor of their values to W. */
const SOLAR_ATTRIBUTES: readonly (readonly [platform: string, attribute: string, factor: number])[] = [
  ["solcast_solar", "detailedForecast", 1_000],
  ["open_meteo_solar_forecast", "watts", 1],
  ["forecast_solar", "watts", 1],
];

/** Solar power expected, W: the forecast of the energy dashboard, else what integrations keep in attributes. */
export function homeSolarSource(home: HomeAssistant): HomeSource<"pv_forecast_w"> {
  return {
    id: "home-assistant-solar",
    name: "Solar forecast in Home Assistant",
    async refresh() {
      requireHome(home);
      const prefs = await readEnergyPrefs(home.ask);
      const wanted = (prefs?.solars ?? []).flatMap(({ forecastEntries }) => forecastEntries);
      const dashboard = wanted.length > 0 ? await dashboardForecast(home, wanted) : [];
      const intervals = dashboard.length > 0 ? dashboard : attributeForecast(home);
      return intervals.length > 0 ? { pv_forecast_w: intervals } : {};
    },
  };
}

/** `energy/solar_forecast`: Wh per hour of each forecast, which is mean W; the roofs of the preferences are added up. */
async function dashboardForecast(home: HomeAssistant, entryIds: readonly string[]): Promise<Interval[]> {
  const answer = (await home.ask({ type: "energy/solar_forecast" }).catch(() => null)) as Record<
    string,
    { wh_hours?: unknown } | undefined
  > | null;
  const total = new Map<number, Interval>();
  for (const entryId of new Set(entryIds))
    for (const { fromMs, toMs, value } of readTimedValues(answer?.[entryId]?.wh_hours)) {
      // Some integrations list an hour more finely: energy of a part of an hour is a higher mean power.
      const meanW = value * (MS_PER_HOUR / (toMs - fromMs));
      const sum = (total.get(fromMs)?.value ?? 0) + meanW;
      total.set(fromMs, { fromMs, toMs, value: sum });
    }
  return [...total.values()].sort((a, b) => a.fromMs - b.fromMs);
}

function attributeForecast(home: HomeAssistant): Interval[] {
  const entities = home.registries().entities;
  for (const [platform, attribute, factor] of SOLAR_ATTRIBUTES) {
    const found = new Map<number, Interval>();
    for (const { entityId } of entities.filter((entity) => entity.platform === platform && !entity.disabled))
      for (const { fromMs, toMs, value } of readTimedValues(home.entity(entityId)?.attributes[attribute]))
        found.set(fromMs, { fromMs, toMs, value: value * factor });
    if (found.size > 0) return [...found.values()].sort((a, b) => a.fromMs - b.fromMs);
  }
  return [];
}

/** Carbon intensity of the grid, gCO2e/kWh: a forecast in attributes where there is one, else the present value. */
export function homeCarbonSource(home: HomeAssistant, chosen = (): string => ""): HomeSource<"carbon_g_kwh"> {
  return {
    id: "home-assistant-carbon",
    name: "Carbon intensity in Home Assistant",
    async refresh(nowMs) {
      requireHome(home);
      const entityId = chosen();
      const state = entityId === "" ? findCarbon(home) : home.entity(entityId);
      if (!state) return {};
      const ahead = ["forecast", "forecasts", "data"].flatMap((name) => readTimedValues(state.attributes[name]));
      if (ahead.some(({ toMs }) => toMs > nowMs + MS_PER_HOUR)) return { carbon_g_kwh: ahead };
      const value = Number(state.state);
      if (state.state.trim() === "" || !Number.isFinite(value)) return {};
      const fromMs = Math.floor(nowMs / MS_PER_HOUR) * MS_PER_HOUR;
      return { carbon_g_kwh: [{ fromMs, toMs: fromMs + MS_PER_HOUR, value }] };
    },
  };
}

const CARBON_UNIT = /^\s*g\s*(CO2(e|eq)?|CO₂(e|eq)?)?\s*\/\s*kWh/i;

/** The sensor of Electricity Maps (`co2signal`), else any with a unit of carbon per kWh that is not our own. */
export function findCarbon(home: HomeAssistant): EntityState | undefined {
  const entities = home.registries().entities;
  const platformOf = new Map(entities.map((entity) => [entity.entityId, entity]));
  const fits = home.entities().filter(({ attributes, entityId }) => {
    const ours = platformOf.get(entityId)?.uniqueId.startsWith("hypervolt") ?? false;
    return (
      !ours &&
      typeof attributes["unit_of_measurement"] === "string" &&
      CARBON_UNIT.test(attributes["unit_of_measurement"])
    );
  });
  return fits.find(({ entityId }) => platformOf.get(entityId)?.platform === "co2signal") ?? fits[0];
}

/** Outdoor temperature, °C, and cloud cover, %, by the hour, of a weather entity. */
export function homeWeatherSource(
  home: HomeAssistant,
  chosen = (): string => "",
): HomeSource<"temperature_c" | "cloud_cover_pct"> {
  return {
    id: "home-assistant-weather",
    name: "Weather in Home Assistant",
    async refresh() {
      requireHome(home);
      const entityId = chosen();
      const state = entityId === "" ? findWeather(home) : home.entity(entityId);
      if (!state) return {};
      const { response } = await home.callService(
        "weather",
        "get_forecasts",
        { type: "hourly" },
        { entity_id: state.entityId },
        { returnResponse: true },
      );
      const answer = response as Record<string, { forecast?: unknown } | undefined> | null;
      const forecast = answer?.[state.entityId]?.forecast;
      const fahrenheit = state.attributes["temperature_unit"] === "°F";
      const temperature = readTimedValues(forecast, ["temperature"]).map((interval) => ({
        ...interval,
        value: fahrenheit ? ((interval.value - 32) * 5) / 9 : interval.value,
      }));
      const clouds = readTimedValues(forecast, ["cloud_coverage"]);
      return {
        ...(temperature.length > 0 ? { temperature_c: temperature } : {}),
        ...(clouds.length > 0 ? { cloud_cover_pct: clouds } : {}),
      };
    },
  };
}

/** A weather entity that knows the coming hours (feature 2). */
export function findWeather(home: HomeAssistant): EntityState | undefined {
  return home
    .entities()
    .find(
      ({ entityId, attributes }) =>
        entityId.startsWith("weather.") && (Number(attributes["supported_features"] ?? 0) & 2) !== 0,
    );
}

/**
 * All sources that live in Home Assistant, in no order of preference.
 * @param chosen  entity ids the user named, read at every refresh; empty: found by itself
 */
export const homeSources = (
  home: HomeAssistant,
  chosen: Readonly<{ carbonEntity?: () => string; weatherEntity?: () => string }> = {},
): readonly HomeSource<"pv_forecast_w" | "carbon_g_kwh" | "temperature_c" | "cloud_cover_pct">[] => [
  homeSolarSource(home),
  homeCarbonSource(home, chosen.carbonEntity),
  homeWeatherSource(home, chosen.weatherEntity),
];

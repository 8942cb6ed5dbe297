import { z } from "zod";
import { HyperVoltError } from "../domain/errors.ts";
import type { Ask } from "./home-assistant.ts";

/** One direction of the grid. Statistics are entity ids, or `domain:name`. */
export type GridFlow = Readonly<{ stat: string | null; priceEntity: string | null; priceNumber: number | null }>;

/** A power sensor of a source; `inverted` where its sign is the other way round. */
export type RateSensor = Readonly<{ stat: string; inverted: boolean }>;

/** Home Assistant's energy preferences, whichever shape they have. */
export type EnergyPrefs = Readonly<{
  grids: readonly Readonly<{ import: GridFlow; export: GridFlow; power: RateSensor | null }>[];
  solars: readonly Readonly<{ stat: string; power: string | null; forecastEntries: readonly string[] }>[];
  batteries: readonly Readonly<{
    dischargeStat: string;
    chargeStat: string;
    power: RateSensor | null;
    socStat: string | null;
  }>[];
  devices: readonly Readonly<{ stat: string; power: string | null; name: string | null; includedIn: string | null }>[];
}>;

const text = z.string().nullish();
const number = z.number().nullish();
const PowerConfig = z
  .object({ stat_rate: text, stat_rate_inverted: text, stat_rate_from: text, stat_rate_to: text })
  .nullish();
/** Since 2026: one object per meter. */
const FlatGrid = z.object({
  type: z.literal("grid"),
  stat_energy_from: text,
  stat_energy_to: text,
  entity_energy_price: text,
  number_energy_price: number,
  entity_energy_price_export: text,
  number_energy_price_export: number,
  stat_rate: text,
  power_config: PowerConfig,
});
/** Before: lists of flows in each direction. */
const Flow = z.object({
  stat_energy_from: text,
  stat_energy_to: text,
  entity_energy_price: text,
  number_energy_price: number,
});
const ListedGrid = z.object({ type: z.literal("grid"), flow_from: z.array(Flow), flow_to: z.array(Flow).default([]) });
const Solar = z.object({
  type: z.literal("solar"),
  stat_energy_from: z.string(),
  stat_rate: text,
  config_entry_solar_forecast: z.array(z.string()).nullish(),
});
const Battery = z.object({
  type: z.literal("battery"),
  stat_energy_from: z.string(),
  stat_energy_to: z.string(),
  stat_rate: text,
  power_config: PowerConfig,
  stat_soc: text,
});
const Consumer = z.object({ stat_consumption: z.string(), stat_rate: text, name: text, included_in_stat: text });
const Prefs = z.object({
  energy_sources: z.array(z.unknown()).default([]),
  device_consumption: z.array(z.unknown()).default([]),
});

/**
 * Reads the energy preferences.
 * @returns null where nobody has set them up
 * @throws HyperVoltError HOME_ASSISTANT_UNAVAILABLE, HOME_ASSISTANT_REFUSED
 */
export async function readEnergyPrefs(ask: Ask): Promise<EnergyPrefs | null> {
  let raw: unknown;
  try {
    raw = await ask({ type: "energy/get_prefs" });
  } catch (error) {
    // Home Assistant says not_found until the energy dashboard was set up, and unknown_command without it.
    const absent = error instanceof HyperVoltError && /not_found|unknown_command/.test(error.detail);
    if (absent) return null;
    throw error;
  }
  return parseEnergyPrefs(raw);
}

/** What is of an unknown shape is left out. */
export function parseEnergyPrefs(raw: unknown): EnergyPrefs | null {
  const prefs = Prefs.safeParse(raw);
  if (!prefs.success) return null;
  const sources = prefs.data.energy_sources;
  const solars = parseAll(Solar, sources).map((solar) => ({
    stat: solar.stat_energy_from,
    power: solar.stat_rate ?? null,
    forecastEntries: solar.config_entry_solar_forecast ?? [],
  }));
  const batteries = parseAll(Battery, sources).map((battery) => ({
    dischargeStat: battery.stat_energy_from,
    chargeStat: battery.stat_energy_to,
    power: rateOf(battery.stat_rate, battery.power_config),
    socStat: battery.stat_soc ?? null,
  }));
  const devices = parseAll(Consumer, prefs.data.device_consumption).map((device) => ({
    stat: device.stat_consumption,
    power: device.stat_rate ?? null,
    name: device.name ?? null,
    includedIn: device.included_in_stat ?? null,
  }));
  return { grids: sources.flatMap(gridsOf), solars, batteries, devices };
}

function gridsOf(source: unknown): EnergyPrefs["grids"] {
  const listed = ListedGrid.safeParse(source);
  if (listed.success) {
    const { flow_from, flow_to } = listed.data;
    return Array.from({ length: Math.max(flow_from.length, flow_to.length) }, (_, i) => ({
      import: flowOf(
        flow_from[i]?.stat_energy_from,
        flow_from[i]?.entity_energy_price,
        flow_from[i]?.number_energy_price,
      ),
      export: flowOf(flow_to[i]?.stat_energy_to, flow_to[i]?.entity_energy_price, flow_to[i]?.number_energy_price),
      power: null,
    }));
  }
  const flat = FlatGrid.safeParse(source);
  if (!flat.success) return [];
  const grid = flat.data;
  return [
    {
      import: flowOf(grid.stat_energy_from, grid.entity_energy_price, grid.number_energy_price),
      export: flowOf(grid.stat_energy_to, grid.entity_energy_price_export, grid.number_energy_price_export),
      power: rateOf(grid.stat_rate, grid.power_config),
    },
  ];
}

const flowOf = (
  stat: string | null | undefined,
  priceEntity: string | null | undefined,
  priceNumber: number | null | undefined,
): GridFlow => ({ stat: stat ?? null, priceEntity: priceEntity ?? null, priceNumber: priceNumber ?? null });

function rateOf(rate: string | null | undefined, config: z.infer<typeof PowerConfig>): RateSensor | null {
  const straight = rate ?? config?.stat_rate;
  if (straight) return { stat: straight, inverted: false };
  return config?.stat_rate_inverted ? { stat: config.stat_rate_inverted, inverted: true } : null;
}

const parseAll = <Shape extends z.ZodType>(shape: Shape, raw: readonly unknown[]): z.infer<Shape>[] =>
  raw.flatMap((one) => {
    const parsed = shape.safeParse(one);
    return parsed.success ? [parsed.data] : [];
  });

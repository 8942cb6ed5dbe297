import { z } from "zod";
import type { CoreConfig } from "./home-assistant.ts";

const Raw = z.object({
  version: z.string().default(""),
  location_name: z.string().default("Home"),
  time_zone: z.string().default("UTC"),
  currency: z.string().default("EUR"),
  country: z.string().nullish(),
  language: z.string().default("en"),
  latitude: z.number().default(0),
  longitude: z.number().default(0),
  unit_system: z.object({ temperature: z.string().default("°C") }).default({ temperature: "°C" }),
  components: z.array(z.string()).default([]),
  state: z.string().default("RUNNING"),
});

/** The answer to `get_config`, and whether Home Assistant has finished starting. */
export function parseCoreConfig(raw: unknown): Readonly<{ config: CoreConfig; running: boolean }> {
  const parsed = Raw.parse(raw);
  return {
    running: parsed.state === "RUNNING",
    config: {
      version: parsed.version,
      locationName: parsed.location_name,
      timezone: parsed.time_zone,
      currency: parsed.currency,
      country: parsed.country ?? null,
      language: parsed.language,
      latitude: parsed.latitude,
      longitude: parsed.longitude,
      temperatureUnit: parsed.unit_system.temperature,
      components: parsed.components,
    },
  };
}

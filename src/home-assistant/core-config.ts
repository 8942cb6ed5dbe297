import { z } from "zod";
import { HyperVoltError } from "../domain/errors.ts";
import type { CoreConfig } from "./home-assistant.ts";

/** After it the configuration is another. */
export const CORE_CONFIG_EVENT = "core_config_updated";

/** A field of another shape than expected stands for itself only: the conversation goes on without it. */
const Raw = z.object({
  version: z.string().catch(""),
  location_name: z.string().catch("Home"),
  time_zone: z.string().catch("UTC"),
  currency: z.string().catch("EUR"),
  country: z.string().nullish().catch(null),
  language: z.string().catch("en"),
  latitude: z.number().catch(0),
  longitude: z.number().catch(0),
  unit_system: z.object({ temperature: z.string().catch("°C") }).catch({ temperature: "°C" }),
  components: z.array(z.string()).catch([]),
  state: z.string().catch("RUNNING"),
  recovery_mode: z.boolean().catch(false),
});

/**
 * The answer to `get_config`, and whether Home Assistant runs as a whole: while it starts, and in its recovery mode
 * (its configuration is broken), most entities are missing.
 * @throws HyperVoltError HOME_ASSISTANT_UNAVAILABLE where the answer is no configuration at all
 */
export function parseCoreConfig(
  raw: unknown,
): Readonly<{ config: CoreConfig; phase: "running" | "starting" | "recovery" }> {
  const read = Raw.safeParse(raw);
  if (!read.success)
    throw new HyperVoltError("HOME_ASSISTANT_UNAVAILABLE", "its configuration was not answered with an object");
  const parsed = read.data;
  return {
    phase: parsed.recovery_mode ? "recovery" : parsed.state === "RUNNING" ? "running" : "starting",
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

import type { DeviceEntry, Hass } from "../types/ha.ts";

/** What HyperVolt publishes in Home Assistant (contract mqtt.md). */
export const PUBLISHED = [
  "mode",
  "carbon_weight",
  "light_target",
  "light_floor",
  "light_comfort",
  "replan",
  "grid_intensity",
  "load_forecast",
  "plan",
  "decision",
  "carbon_saved_today",
  "carbon_saved_total",
  "money_saved_today",
  "money_saved_total",
  "power_source",
  "regime",
  "problem",
] as const;
export type Published = (typeof PUBLISHED)[number];
/** Entity id of each, as far as they are there. */
export type PublishedIds = Readonly<Partial<Record<Published, string>>>;

export const hypervoltDevice = (hass: Pick<Hass, "devices">): DeviceEntry | undefined =>
  Object.values(hass.devices).find(({ identifiers }) =>
    identifiers?.some(([domain, id]) => domain === "mqtt" && id === "hypervolt"),
  );

/**
 * Entity ids by what they are, from the registry's unique ids: a user may have renamed them. Where those cannot be
 * read, by the ids HyperVolt proposes.
 */
export async function publishedIds(hass: Hass): Promise<PublishedIds> {
  const device = hypervoltDevice(hass);
  const own = Object.values(hass.entities).filter(({ device_id }) => device !== undefined && device_id === device.id);
  const candidates =
    own.length > 0
      ? own.map(({ entity_id }) => entity_id)
      : Object.keys(hass.states).filter((id) => /\.hypervolt_/.test(id));
  let uniqueIds: Readonly<Record<string, string | undefined>> = {};
  try {
    const entries = await hass.callWS<Record<string, { unique_id?: string } | null>>({
      type: "config/entity_registry/get_entries",
      entity_ids: candidates,
    });
    uniqueIds = Object.fromEntries(Object.entries(entries).map(([id, entry]) => [id, entry?.unique_id]));
  } catch {
    // Not allowed or not known here: the proposed ids will do.
  }
  return Object.fromEntries(
    PUBLISHED.flatMap((what): [string, string][] => {
      const byUnique = candidates.find((id) => uniqueIds[id] === `hypervolt_${what}`);
      const byName = candidates.find((id) => id.split(".")[1] === `hypervolt_${what}`);
      const id = byUnique ?? byName;
      return id === undefined ? [] : [[what, id]];
    }),
  );
}

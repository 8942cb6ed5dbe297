import type { Broker } from "../../domain/broker.ts";
import type { Clock } from "../../domain/clock.ts";
import type { Log } from "../../domain/log.ts";
import { MS_PER_HOUR } from "../../domain/units.ts";
import { APPLIANCES, PLACE, ROOMS } from "../house/blueprint.ts";
import { EntityTable } from "./entity-table.ts";
import { slug, startMqttIntegration } from "./mqtt-integration.ts";
import { type Answers, Refused, startWebsocketServer } from "./websocket-server.ts";

const TOKEN = "demo";
const VERSION = "2026.11.0";

/** What a counter counted in one hour, Wh. */
export type Statistic = Readonly<{ startMs: number; change: number }>;

/**
 * Stands in for Home Assistant in the demo: its websocket protocol, registries of the simulated house, energy
 * preferences, recorder statistics, and the lights and switches of the MQTT integration.
 * @param statistics  by statistic id: what a recorder would remember of the weeks before
 */
export async function startHomeAssistantStandIn(
  parts: Readonly<{
    broker: Broker;
    clock: Clock;
    log: Log;
    statistics: ReadonlyMap<string, readonly Statistic[]>;
  }>,
): Promise<{ url: string; token: string; table: EntityTable; close(): Promise<void> }> {
  const { clock, broker, log, statistics } = parts;
  const table = new EntityTable(() => clock.nowMs());
  const mqtt = startMqttIntegration({ broker, table, clock, log, timezone: PLACE.timezone });
  table.set("sun.sun", "above_horizon", { friendly_name: "Sun" });

  const floors = [...new Set(ROOMS.map(({ floor }) => floor))].map((name, level) => ({
    floor_id: slug(name),
    name,
    level,
    aliases: [],
    icon: null,
  }));
  const areas = [
    ...ROOMS.map(({ location, name, floor }) => area(location, name, slug(floor))),
    area("garage", "Garage", slug(ROOMS[0]?.floor ?? "")),
    area("hallway", "Hallway", slug(ROOMS[0]?.floor ?? "")),
  ];
  const areaOf = (hint: string | null, entityId: string): string | null =>
    areas.find(({ area_id, name }) => hint === area_id || hint === name || entityId.includes(`hypervolt_${area_id}_`))
      ?.area_id ?? null;

  const call = async (message: Readonly<Record<string, unknown>>): Promise<unknown> => {
    const {
      domain,
      service,
      service_data: data,
      target,
    } = message as {
      domain: string;
      service: string;
      service_data?: Record<string, unknown>;
      target?: { entity_id?: string | string[] };
    };
    if (domain !== "light" && domain !== "switch") return { context: { id: table.newContext() }, response: null };
    const ids = [target?.entity_id ?? (data?.["entity_id"] as string | string[] | undefined) ?? []].flat();
    if (ids.length === 0) throw new Refused("service_validation_error", "no target");
    let contextId = "";
    for (const id of ids) {
      if (!id.startsWith(`${domain}.`)) throw new Refused("service_validation_error", `${id} is no ${domain}`);
      contextId = await mqtt.call(id, service, data ?? {});
    }
    return { context: { id: contextId, parent_id: null, user_id: "demo" }, response: null };
  };

  const answers: Answers = {
    get_config: () => ({
      version: VERSION,
      location_name: "Demo home",
      latitude: PLACE.latitude,
      longitude: PLACE.longitude,
      time_zone: PLACE.timezone,
      currency: PLACE.currency,
      country: "DE",
      language: "en",
      unit_system: { temperature: "°C" },
      components: ["mqtt", "recorder", "energy", "light", "switch", "sensor"],
      state: "RUNNING",
    }),
    get_states: () =>
      table.all().map(({ entityId, state, attributes }) => ({ entity_id: entityId, state, attributes })),
    get_services: () => ({ light: { turn_on: {}, turn_off: {} }, switch: { turn_on: {}, turn_off: {} } }),
    call_service: call,
    "config/area_registry/list": () => areas,
    "config/floor_registry/list": () => floors,
    "config/device_registry/list": () =>
      [...new Set(mqtt.entities().map(({ device }) => device))].map((name) => ({
        id: slug(name),
        name,
        area_id: areaOf(mqtt.entities().find(({ device }) => device === name)?.area ?? null, ""),
        identifiers: [["mqtt", slug(name)]],
        config_entries: ["mqtt"],
      })),
    "config/entity_registry/list": () =>
      mqtt.entities().map(({ entityId, uniqueId, device, area: hint, name }) => ({
        entity_id: entityId,
        unique_id: uniqueId,
        platform: "mqtt",
        device_id: slug(device),
        area_id: areaOf(hint, entityId),
        config_entry_id: "mqtt",
        name: null,
        original_name: name,
        entity_category: null,
        disabled_by: null,
        hidden_by: null,
      })),
    "config/auth/list": () => [
      { id: "demo", name: "Demo", is_owner: true, is_active: true, group_ids: ["system-admin"] },
    ],
    "energy/get_prefs": () => ENERGY_PREFERENCES,
    "energy/info": () => ({ cost_sensors: {}, solar_forecast_domains: [] }),
    "energy/solar_forecast": () => ({}),
    "persistent_notification/get": () => [],
    "lovelace/resources": () => [],
    "lovelace/info": () => ({ resource_mode: "yaml" }),
    "recorder/info": () => ({ recording: true }),
    "recorder/list_statistic_ids": () =>
      [...statistics.keys()].map((statistic_id) => ({ statistic_id, source: "recorder", ...METADATA })),
    "recorder/get_statistics_metadata": () =>
      [...statistics.keys()].map((statistic_id) => ({ statistic_id, source: "recorder", ...METADATA })),
    "recorder/statistics_during_period": (message) => {
      const {
        start_time,
        end_time,
        statistic_ids = [],
      } = message as { start_time: string; end_time?: string; statistic_ids?: string[] };
      const [fromMs, toMs] = [Date.parse(start_time), end_time === undefined ? clock.nowMs() : Date.parse(end_time)];
      return Object.fromEntries(
        statistic_ids.flatMap((id) => {
          const rows = (statistics.get(id) ?? []).filter(({ startMs }) => startMs >= fromMs && startMs < toMs);
          return rows.length === 0
            ? []
            : [[id, rows.map(({ startMs, change }) => ({ start: startMs, end: startMs + MS_PER_HOUR, change }))]];
        }),
      );
    },
  };
  const server = await startWebsocketServer({ table, token: TOKEN, version: VERSION, answers });
  const known = new Set<string>();
  table.listen(({ entityId }) => {
    if (known.has(entityId)) return;
    known.add(entityId);
    server.fire("device_registry_updated");
    server.fire("entity_registry_updated");
  });
  return {
    url: server.url,
    token: TOKEN,
    table,
    close: async () => {
      mqtt.close();
      await server.close();
    },
  };
}

const area = (area_id: string, name: string, floor_id: string) => ({
  area_id,
  name,
  floor_id,
  aliases: [],
  labels: [],
  icon: null,
  picture: null,
  temperature_entity_id: null,
  humidity_entity_id: null,
});

export const METER_ENTITIES = {
  grid: "sensor.house_meter_grid_power",
  pv: "sensor.house_meter_solar_power",
  battery: "sensor.house_meter_battery_power",
  soc: "sensor.house_meter_battery_charge",
} as const;

/** Counters of energy that the recorder kept, as statistics of their own. */
export const COUNTERS = {
  import: "demo:grid_import",
  export: "demo:grid_export",
  solar: "demo:solar",
  charge: "demo:battery_charge",
  discharge: "demo:battery_discharge",
} as const;
export const applianceCounter = (device: string): string => `demo:${device}`;

const ENERGY_PREFERENCES = {
  energy_sources: [
    {
      type: "grid",
      stat_energy_from: COUNTERS.import,
      stat_energy_to: COUNTERS.export,
      stat_cost: null,
      stat_compensation: null,
      entity_energy_price: null,
      number_energy_price: null,
      entity_energy_price_export: null,
      number_energy_price_export: null,
      stat_rate: METER_ENTITIES.grid,
      cost_adjustment_day: 0,
    },
    {
      type: "solar",
      stat_energy_from: COUNTERS.solar,
      stat_rate: METER_ENTITIES.pv,
      config_entry_solar_forecast: null,
    },
    {
      type: "battery",
      stat_energy_from: COUNTERS.discharge,
      stat_energy_to: COUNTERS.charge,
      power_config: { stat_rate_inverted: METER_ENTITIES.battery },
      stat_soc: METER_ENTITIES.soc,
    },
  ],
  device_consumption: APPLIANCES.map(({ device, name }) => ({ stat_consumption: applianceCounter(device), name })),
  device_consumption_water: [],
};
const METADATA = { has_sum: true, mean_type: 0, unit_class: "energy", statistics_unit_of_measurement: "Wh" };

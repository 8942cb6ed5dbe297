import { entityName, type OutKey } from "./entity-names.ts";

export const AVAILABILITY_TOPIC = "hypervolt/availability";
export const MODES = ["auto", "advise", "off"] as const;
/** What people seem to be doing. */
export const REGIMES = ["home", "away", "asleep", "guests"] as const;
export const POWER_SOURCES = ["grid", "solar", "battery", "mixed"] as const;

export const stateTopic = (key: OutKey): string => `hypervolt/${key}/state`;
export const attributesTopic = (key: OutKey): string => `hypervolt/${key}/attributes`;
export const commandTopic = (key: OutKey): string => `hypervolt/${key}/set`;

/** What a person may set, with its limits; a command outside is refused. */
export const NUMBER_LIMITS = {
  carbon_weight: { min: 0, max: 100, step: 0.01 },
  light_target: { min: 0, max: 5_000, step: 10 },
  light_floor: { min: 0, max: 100, step: 1 },
  light_comfort: { min: 0, max: 100, step: 0.005 },
} as const;

export type DeviceFacts = Readonly<{
  version: string;
  /** ISO 4217. */
  currency: string;
  /** Home Assistant's language, such as `de`. */
  language: string;
  /** Where a click on the device's page leads; absent without ingress. */
  configurationUrl?: string | undefined;
}>;

type Component = Readonly<Record<string, unknown>>;

/** HyperVolt as one device of Home Assistant: the payload of its discovery topic (contract mqtt.md). */
export function hypervoltDevice({ version, currency, language, configurationUrl }: DeviceFacts): Component {
  const entity = (platform: string, key: OutKey, options: Component): [string, Component] => [
    key,
    {
      platform,
      unique_id: `hypervolt_${key}`,
      default_entity_id: `${platform}.hypervolt_${key}`,
      name: entityName(key, language),
      ...options,
    },
  ];
  const number = (key: keyof typeof NUMBER_LIMITS, unit: string, options: Component): [string, Component] =>
    entity("number", key, {
      state_topic: stateTopic(key),
      command_topic: commandTopic(key),
      unit_of_measurement: unit,
      mode: "box",
      entity_category: "config",
      ...NUMBER_LIMITS[key],
      ...options,
    });
  const sensor = (key: OutKey, options: Component): [string, Component] =>
    entity("sensor", key, { state_topic: stateTopic(key), ...options });
  const saved = (key: OutKey, unit: string, precision: number, options: Component): [string, Component] =>
    sensor(key, {
      unit_of_measurement: unit,
      state_class: "total",
      suggested_display_precision: precision,
      value_template: "{{ value_json.value }}",
      ...(key.endsWith("_today") ? { last_reset_value_template: "{{ value_json.last_reset }}" } : {}),
      ...options,
    });
  return {
    device: {
      identifiers: ["hypervolt"],
      name: "HyperVolt",
      manufacturer: "HyperVolt",
      model: "Energy orchestrator",
      sw_version: version,
      ...(configurationUrl ? { configuration_url: configurationUrl } : {}),
    },
    origin: ORIGIN(version),
    availability_topic: AVAILABILITY_TOPIC,
    qos: 1,
    components: Object.fromEntries([
      entity("select", "mode", {
        state_topic: stateTopic("mode"),
        command_topic: commandTopic("mode"),
        options: MODES,
        icon: "mdi:home-lightning-bolt-outline",
      }),
      number("carbon_weight", `${currency}/kg CO2e`, { icon: "mdi:molecule-co2" }),
      number("light_target", "lx", { device_class: "illuminance" }),
      number("light_floor", "%", { icon: "mdi:brightness-4" }),
      number("light_comfort", `${currency}/h`, { icon: "mdi:lightbulb-on-outline" }),
      entity("button", "replan", { command_topic: commandTopic("replan"), icon: "mdi:calendar-refresh" }),
      sensor("grid_intensity", {
        unit_of_measurement: "gCO2eq/kWh",
        state_class: "measurement",
        suggested_display_precision: 0,
        icon: "mdi:molecule-co2",
      }),
      sensor("load_forecast", {
        unit_of_measurement: "W",
        device_class: "power",
        state_class: "measurement",
        suggested_display_precision: 0,
        json_attributes_topic: attributesTopic("load_forecast"),
      }),
      sensor("plan", { device_class: "timestamp", json_attributes_topic: attributesTopic("plan") }),
      entity("event", "decision", {
        state_topic: stateTopic("decision"),
        event_types: ["decision"],
        icon: "mdi:lightbulb-auto-outline",
      }),
      saved("carbon_saved_today", "kg CO2e", 2, { icon: "mdi:leaf" }),
      saved("carbon_saved_total", "kg CO2e", 1, { icon: "mdi:leaf" }),
      saved("money_saved_today", currency, 2, { device_class: "monetary" }),
      saved("money_saved_total", currency, 2, { device_class: "monetary" }),
      sensor("power_source", { device_class: "enum", options: POWER_SOURCES, icon: "mdi:transmission-tower" }),
      sensor("regime", {
        device_class: "enum",
        options: REGIMES,
        icon: "mdi:home-account",
        json_attributes_topic: attributesTopic("regime"),
      }),
      entity("binary_sensor", "problem", {
        state_topic: stateTopic("problem"),
        json_attributes_topic: attributesTopic("problem"),
        device_class: "problem",
        entity_category: "diagnostic",
      }),
    ]),
  };
}

export const ORIGIN_NAME = "HyperVolt";
export const ORIGIN = (version: string): Component => ({ name: ORIGIN_NAME, sw_version: version });

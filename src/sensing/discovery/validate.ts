import { Dict, type Value } from "../template/values.ts";
import type { Template } from "../template/template.ts";
import { reprOf, textOf } from "../template/text.ts";
import { ensureList } from "./expand.ts";
import { asBoolean, asCount, asFilter, asQos, asTemplate, asText, asUrl, optional, refuse } from "./rules.ts";

export type DeviceInfo = Readonly<{
  identifiers: readonly string[];
  connections: readonly (readonly string[])[];
  name: string | null;
  manufacturer: string | null;
  model: string | null;
  area: string | null;
  /** Name of the child device the entity belongs to. */
  child: string | null;
}>;

const DEVICE_TEXTS = [
  "manufacturer",
  "model",
  "model_id",
  "name",
  "hw_version",
  "serial_number",
  "sw_version",
  "via_device",
  "suggested_area",
] as const;

/** The `device` of a config: a closed schema. */
export function asDevice(value: Value, withChild: boolean): DeviceInfo {
  if (!(value instanceof Dict)) return refuse("device: expected a mapping");
  const allowed = new Set<Value>([...DEVICE_TEXTS, "identifiers", "connections", "configuration_url", "via_hub"]);
  if (withChild) allowed.add("child_device");
  for (const key of value.keys()) if (!allowed.has(key)) refuse(`device: not a valid option at ${reprOf(key)}`);
  const identifiers = ensureList(value.get("identifiers")).map((one) => asText(one, "identifiers"));
  const connections = ensureList(value.get("connections")).map((pair) => {
    if (!Array.isArray(pair) || pair.length !== 2) return refuse("connections: expected pairs");
    return pair.map((one) => asText(one, "connections"));
  });
  const texts = new Map(DEVICE_TEXTS.map((key) => [key as string, optional(value, key, asText) ?? null]));
  optional(value, "configuration_url", (url, what) => asUrl(url, ["http", "https", "homeassistant"], what));
  if (identifiers.length === 0 && connections.length === 0)
    refuse("device: must have at least one identifying value in 'identifiers' or 'connections'");
  const child = value.get("child_device");
  return {
    identifiers,
    connections,
    name: texts.get("name") ?? null,
    manufacturer: texts.get("manufacturer") ?? null,
    model: texts.get("model") ?? null,
    area: texts.get("suggested_area") ?? null,
    child: child === undefined ? null : asChildDevice(child, false),
  };
}

export function asChildDevice(value: Value, withComponents: boolean): string | null {
  if (!(value instanceof Dict)) return refuse("child_device: expected a mapping");
  for (const key of value.keys())
    if (key !== "identifiers" && key !== "name" && !(withComponents && key === "components"))
      refuse(`child_device: not a valid option at ${reprOf(key)}`);
  if (ensureList(value.get("identifiers")).map((one) => asText(one, "identifiers")).length === 0)
    refuse("child_device: identifiers are required");
  return optional(value, "name", asText) ?? null;
}

export function checkOrigin(value: Value): void {
  if (!(value instanceof Dict)) return refuse("origin: expected a mapping");
  for (const key of value.keys())
    if (key !== "name" && key !== "sw_version" && key !== "support_url")
      refuse(`origin: not a valid option at ${reprOf(key)}`);
  asText(value.get("name"), "origin name");
  optional(value, "sw_version", asText);
  optional(value, "support_url", (url, what) => asUrl(url, ["http", "https", "homeassistant"], what));
  return undefined;
}

export type AvailabilityTopic = Readonly<{
  topic: string;
  payloadAvailable: string;
  payloadNotAvailable: string;
  template: Template | undefined;
}>;
export type Availability = Readonly<{ mode: "all" | "any" | "latest"; topics: readonly AvailabilityTopic[] }>;

/** Availability in both forms; of two entries for one topic the later holds. */
export function asAvailability(config: Dict): Availability {
  const mode = optional(config, "availability_mode", asText) ?? "latest";
  if (mode !== "all" && mode !== "any" && mode !== "latest") return refuse(`availability_mode: there is no '${mode}'`);
  const single = config.get("availability_topic");
  const list = config.get("availability");
  if (single !== undefined && list !== undefined)
    refuse("availability: two or more values in the same group of exclusion");
  const payloadAvailable = optional(config, "payload_available", asText) ?? "online";
  const payloadNotAvailable = optional(config, "payload_not_available", asText) ?? "offline";
  const template = optional(config, "availability_template", asTemplate);
  const topics = new Map<string, AvailabilityTopic>();
  if (single !== undefined) {
    const topic = asFilter(single, "availability_topic");
    topics.set(topic, { topic, payloadAvailable, payloadNotAvailable, template });
  }
  for (const entry of ensureList(list)) {
    if (!(entry instanceof Dict)) return refuse("availability: expected a mapping");
    const topic = asFilter(entry.get("topic"), "availability topic");
    topics.set(topic, {
      topic,
      payloadAvailable: optional(entry, "payload_available", asText) ?? "online",
      payloadNotAvailable: optional(entry, "payload_not_available", asText) ?? "offline",
      template: optional(entry, "value_template", asTemplate),
    });
  }
  return { mode, topics: [...topics.values()] };
}

export function asExpiryInterval(value: Value): void {
  if (typeof value === "bigint" || typeof value === "boolean") {
    asCount(value, "message_expiry_interval");
    return;
  }
  if (!(value instanceof Dict) || value.size === 0)
    return refuse("message_expiry_interval: expected seconds or a period");
  for (const [key, part] of value.entries()) {
    if (!["days", "hours", "minutes", "seconds", "milliseconds"].includes(textOf(key)))
      refuse("message_expiry_interval: extra keys");
    if (typeof part !== "number" && typeof part !== "bigint" && Number.isNaN(Number(textOf(part))))
      refuse("message_expiry_interval: expected numbers");
  }
  return undefined;
}

/** Options every entity may have, checked; what is of use here is returned. */
export function asEntity(config: Dict) {
  optional(config, "entity_picture", (url, what) => asUrl(url, ["http", "https"], what));
  optional(config, "origin", checkOrigin);
  optional(config, "icon", (icon, what) =>
    textOf(icon).includes(":") ? icon : refuse(`${what}: expected prefix:name`),
  );
  optional(config, "json_attributes_topic", asFilter);
  optional(config, "json_attributes_template", asTemplate);
  optional(config, "message_expiry_interval", asExpiryInterval);
  optional(config, "visible_by_default", asBoolean);
  for (const member of ensureList(config.get("group"))) asText(member, "group");
  const name = config.get("name");
  const device = optional(config, "device", (value) => asDevice(value, true)) ?? null;
  const uniqueId = optional(config, "unique_id", asText) ?? null;
  const child = config.get("device");
  if (child instanceof Dict && child.has("child_device") && uniqueId === null)
    refuse("'unique_id' is required when a 'child_device' is configured");
  return {
    availability: asAvailability(config),
    device,
    uniqueId,
    /** undefined: called after its class; null: called like its device. */
    name: name === undefined ? undefined : name === null ? null : asText(name, "name"),
    enabledByDefault: optional(config, "enabled_by_default", asBoolean) ?? true,
    defaultEntityId: optional(config, "default_entity_id", asText) ?? null,
    qos: optional(config, "qos", asQos) ?? 0,
    encoding: optional(config, "encoding", asText) ?? "utf-8",
  };
}
export type EntityConfig = ReturnType<typeof asEntity>;

import { coerceInt } from "../template/numeric-filters.ts";
import { parseIntText } from "../template/numbers.ts";
import { Template, TemplateSyntaxFault } from "../template/template.ts";
import { reprOf, textOf } from "../template/text.ts";
import { Dict, type Value } from "../template/values.ts";
import { ensureList } from "./expand.ts";
import { COMPONENTS, NON_ENTITY_COMPONENTS } from "./facts.ts";

/** A config that Home Assistant refuses, and why. */
export class Refused extends Error {
  override readonly name = "Refused";
}

const refuse = (why: string): never => {
  throw new Refused(why);
};

export function asText(value: Value | undefined, what: string): string {
  if (typeof value === "string") return value;
  if (value === undefined || value === null || Array.isArray(value) || value instanceof Dict)
    return refuse(`${what}: value should be a string`);
  return textOf(value);
}

export function asTemplate(value: Value, what: string): Template {
  const source = asText(value, what);
  try {
    return new Template(source);
  } catch (error) {
    if (error instanceof TemplateSyntaxFault) return refuse(`${what}: invalid template (${error.message})`);
    throw error;
  }
}

export function asBoolean(value: Value, what: string): boolean {
  if (typeof value === "boolean") return value;
  if (typeof value === "number" || typeof value === "bigint") return Number(value) !== 0;
  if (typeof value === "string") {
    const word = value.toLowerCase().trim();
    if (["1", "true", "yes", "on", "enable"].includes(word)) return true;
    if (["0", "false", "no", "off", "disable"].includes(word)) return false;
  }
  return refuse(`${what}: invalid boolean value`);
}

export function asCount(value: Value, what: string): number {
  const whole = typeof value === "string" ? parseIntText(value) : coerceIntSafely(value);
  if (whole === undefined || whole < 0n) return refuse(`${what}: expected a whole number from 0`);
  return Number(whole);
}

function coerceIntSafely(value: Value): bigint | undefined {
  return typeof value === "number" || typeof value === "bigint" || typeof value === "boolean"
    ? coerceInt(value, 10)
    : undefined;
}

/** One of a set of words, in any case. */
export function asWord(value: Value, words: ReadonlySet<string>, what: string): string {
  const word = textOf(value).toLowerCase();
  return words.has(word) ? word : refuse(`${what}: there is no '${word}'`);
}

export function asTopic(value: Value | undefined, what: string): string {
  const topic = asText(value, what);
  if (topic === "") refuse(`${what}: must not be empty`);
  if (!topic.isWellFormed() || Buffer.byteLength(topic) > 65_535) refuse(`${what}: is no MQTT topic`);
  for (const character of topic) {
    const code = character.codePointAt(0) ?? 0;
    const control = code <= 0x1f || (code >= 0x7f && code <= 0x9f);
    const nonCharacter = (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xffff) >= 0xfffe;
    if (control || nonCharacter) refuse(`${what}: must not contain control or non-characters`);
  }
  return topic;
}

export function asFilter(value: Value | undefined, what: string): string {
  const topic = asTopic(value, what);
  const levels = topic.split("/");
  for (const [i, level] of levels.entries()) {
    if (level.includes("+") && level !== "+") refuse(`${what}: a wildcard must be a whole level`);
    if (level.includes("#") && (level !== "#" || i < levels.length - 1)) refuse(`${what}: # must be the last level`);
  }
  return topic;
}

export function asPublishTopic(value: Value | undefined, what: string): string {
  const topic = asTopic(value, what);
  return /[+#]/.test(topic) ? refuse(`${what}: wildcards cannot be used in topic names`) : topic;
}

export function asQos(value: Value): 0 | 1 | 2 {
  const qos = typeof value === "string" ? parseIntText(value) : coerceIntSafely(value);
  if (qos !== 0n && qos !== 1n && qos !== 2n) return refuse("qos: expected 0, 1 or 2");
  return Number(qos) as 0 | 1 | 2;
}

function asUrl(value: Value, schemes: readonly string[], what: string): string {
  const text = textOf(value).trim();
  // oxlint-disable-next-line no-control-regex
  const parts = /[\u0000-\u001f]/.test(text) ? null : /^([a-zA-Z][a-zA-Z0-9+.-]*):\/\/([^/?#\s]+)/.exec(text);
  if (!parts || !schemes.includes(parts[1]?.toLowerCase() ?? "")) return refuse(`${what}: invalid url`);
  const port = /:(\d*)$/.exec(parts[2] ?? "")?.[1];
  if (port !== undefined && Number(port) > 65_535) refuse(`${what}: invalid url`);
  return text;
}

/** Applies a rule to an option where it is there. */
export function optional<T>(config: Dict, key: string, rule: (value: Value, what: string) => T): T | undefined {
  const value = config.get(key);
  return value === undefined ? undefined : rule(value, key);
}

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

function asChildDevice(value: Value, withComponents: boolean): string | null {
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

function asExpiryInterval(value: Value): void {
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

const DEVICE_PAYLOAD_KEYS: ReadonlySet<Value> = new Set<Value>([
  "device",
  "components",
  "child_devices",
  "origin",
  "availability",
  "availability_mode",
  "availability_template",
  "availability_topic",
  "payload_available",
  "payload_not_available",
  "state_topic",
  "command_topic",
  "message_expiry_interval",
  "qos",
  "encoding",
]);

/** The payload of a device topic: a closed schema; one bad component refuses all of it. */
export function checkDevicePayload(payload: Dict): void {
  for (const key of payload.keys()) if (!DEVICE_PAYLOAD_KEYS.has(key)) refuse(`not a valid option at ${reprOf(key)}`);
  asAvailability(payload);
  const device = asDevice(payload.get("device") ?? refuse("required key not provided: device"), false);
  checkOrigin(payload.get("origin") ?? refuse("required key not provided: origin"));
  optional(payload, "state_topic", asFilter);
  optional(payload, "command_topic", asPublishTopic);
  optional(payload, "message_expiry_interval", asExpiryInterval);
  optional(payload, "qos", asQos);
  optional(payload, "encoding", asText);
  const componentIds: string[] = [];
  const components = payload.get("components");
  const children = payload.get("child_devices");
  if (components === undefined && children === undefined) refuse("components or child_devices are required");
  if (components !== undefined) componentIds.push(...checkComponents(components, true));
  const childIds: string[] = [];
  if (children !== undefined) {
    if (!Array.isArray(children)) return refuse("child_devices: expected a list");
    for (const child of children) {
      asChildDevice(child, true);
      if (!(child instanceof Dict)) continue;
      componentIds.push(
        ...checkComponents(child.get("components") ?? refuse("child_devices: components are required"), false),
      );
      childIds.push(...ensureList(child.get("identifiers")).map(textOf));
    }
  }
  if (new Set(componentIds).size < componentIds.length) refuse("duplicate component ids");
  if (new Set(childIds).size < childIds.length) refuse("duplicate child device identifiers");
  if (childIds.some((id) => device.identifiers.includes(id)))
    refuse("child device identifiers must differ from the device identifiers");
  return undefined;
}

function checkComponents(components: Value, withTriggers: boolean): string[] {
  if (!(components instanceof Dict)) return refuse("components: expected a mapping");
  return [...components.entries()].map(([key, component]) => {
    if (!(component instanceof Dict)) return refuse("components: expected mappings");
    const platform = component.get("platform");
    const known =
      typeof platform === "string" &&
      COMPONENTS.has(platform) &&
      (withTriggers || !NON_ENTITY_COMPONENTS.has(platform));
    if (!known) return refuse(`components: there is no platform ${reprOf(platform ?? null)}`);
    if (!NON_ENTITY_COMPONENTS.has(platform) && component.size > 1) asText(component.get("unique_id"), "unique_id");
    return textOf(key);
  });
}

import { textOf } from "../template/text.ts";
import { Dict, type Value } from "../template/values.ts";
import { ABBREVIATIONS, DEVICE_ABBREVIATIONS, ORIGIN_ABBREVIATIONS } from "./facts.ts";

/** A list as Home Assistant's EnsureList makes it: nothing is empty, one value is a list of it. */
export function ensureList(value: Value | undefined): Value[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function replaceIn(dict: Value | undefined, abbreviations: ReadonlyMap<string, string>): void {
  if (!(dict instanceof Dict)) return;
  for (const key of Array.from(dict.keys())) {
    const long = typeof key === "string" ? abbreviations.get(key) : undefined;
    if (long === undefined) continue;
    const value = dict.get(key);
    dict.delete(key);
    if (value !== undefined) dict.set(long, value);
  }
}

/** Writes out the short keys of a config, in place; a key given both ways has the value of the short one. */
export function expandAbbreviations(config: Dict, componentOnly = false): void {
  replaceIn(config, ABBREVIATIONS);
  for (const entry of ensureList(config.get("availability"))) replaceIn(entry, ABBREVIATIONS);
  if (componentOnly) return;
  replaceIn(config.get("origin"), ORIGIN_ABBREVIATIONS);
  const device = config.get("device");
  replaceIn(device, DEVICE_ABBREVIATIONS);
  if (device instanceof Dict) replaceIn(device.get("child_device"), DEVICE_ABBREVIATIONS);
  for (const child of ensureList(config.get("child_devices"))) {
    if (!(child instanceof Dict)) continue;
    replaceIn(child, DEVICE_ABBREVIATIONS);
    replaceIn(child, ABBREVIATIONS);
    expandComponents(child);
  }
  expandComponents(config);
}

function expandComponents(config: Dict): void {
  const components = config.get("components");
  if (!(components instanceof Dict)) return;
  for (const component of components.values()) if (component instanceof Dict) expandAbbreviations(component, true);
}

/** Puts the base topic `~` into the topics of a config, in place. With `~` at both ends only the last is replaced. */
export function expandTopicBase(config: Dict): void {
  if (!config.has("~")) return;
  const base = textOf(config.get("~") ?? null);
  config.delete("~");
  const replaced = (topic: string): string => {
    if (topic.endsWith("~")) return topic.slice(0, -1) + base;
    return topic.startsWith("~") ? base + topic.slice(1) : topic;
  };
  for (const [key, value] of Array.from(config.entries()))
    if (typeof key === "string" && key.endsWith("topic") && typeof value === "string" && value !== "")
      config.set(key, replaced(value));
  for (const entry of ensureList(config.get("availability"))) {
    if (!(entry instanceof Dict)) continue;
    const topic = textOf(entry.get("topic") ?? null);
    if (topic.startsWith("~") || topic.endsWith("~")) entry.set("topic", replaced(topic));
  }
}

const SHARED_OPTIONS = [
  "availability",
  "availability_mode",
  "availability_template",
  "availability_topic",
  "command_topic",
  "encoding",
  "message_expiry_interval",
  "payload_available",
  "payload_not_available",
  "state_topic",
  "qos",
] as const;

/** Gives a component the options of its device payload that it does not set itself; lists are shared, not copied. */
export function inheritOptions(component: Dict, payload: Dict): void {
  for (const option of SHARED_OPTIONS) {
    const shared = payload.get(option);
    if (shared !== undefined && !component.has(option)) component.set(option, shared);
  }
}

import { Dict, type Value } from "../template/values.ts";
import { reprOf, textOf } from "../template/text.ts";
import { ensureList } from "./expand.ts";
import { COMPONENTS, NON_ENTITY_COMPONENTS } from "./facts.ts";
import { asFilter, asPublishTopic, asQos, asText, optional, refuse } from "./rules.ts";
import { asAvailability, asChildDevice, asDevice, asExpiryInterval, checkOrigin } from "./validate.ts";

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

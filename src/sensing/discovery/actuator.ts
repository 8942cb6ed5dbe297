import type { Dict } from "../template/values.ts";
import { asFilter, asPublishTopic, asTemplate, asText, optional, Refused } from "./rules.ts";
import { asEntity } from "./validate.ts";

/** A light or switch somebody announced. HyperVolt acts on it only through Home Assistant, and only if allowed. */
export type DiscoveredDevice = Readonly<{
  source: "discovery";
  /** `mqtt:<component>:<unique id or topic>` */
  deviceId: string;
  component: "light" | "switch";
  /** By it the entity is found in Home Assistant's registry. */
  uniqueId: string | null;
  name: string;
  device: string | null;
  location: string | null;
  commandTopic: string;
  stateTopic: string | null;
  dimmable: boolean;
}>;

/** @throws Refused where Home Assistant refuses the config */
export function asActuator(component: "light" | "switch", config: Dict, id: string): DiscoveredDevice {
  const entity = asEntity(config);
  const schema = component === "light" ? (optional(config, "schema", asText) ?? "basic").toLowerCase() : "basic";
  if (!["basic", "json", "template"].includes(schema)) throw new Refused(`schema: there is no '${schema}'`);
  if (schema === "template")
    for (const key of ["command_on_template", "command_off_template"]) {
      const template = config.get(key);
      if (template === undefined) throw new Refused(`required key not provided: ${key}`);
      asTemplate(template, key);
    }
  optional(config, "value_template", asTemplate);
  optional(config, "state_value_template", asTemplate);
  const name = entity.name ?? null;
  const deviceName = entity.device?.name ?? null;
  return {
    source: "discovery",
    deviceId: `mqtt:${component}:${entity.uniqueId ?? `topic:${id.replaceAll(" ", "/")}`}`,
    component,
    uniqueId: entity.uniqueId,
    name: [deviceName, name].filter((part) => part !== null && part !== "").join(" ") || `MQTT ${component}`,
    device: deviceName,
    location: entity.device?.area ?? null,
    commandTopic: asPublishTopic(config.get("command_topic"), "command_topic"),
    stateTopic: optional(config, "state_topic", asFilter) ?? null,
    dimmable: config.has("brightness_command_topic") || config.get("brightness") === true || schema === "template",
  };
}

import { stripSpace } from "../template/numbers.ts";
import type { Template } from "../template/template.ts";
import { Dict, type Value } from "../template/values.ts";
import { ensureList } from "./expand.ts";
import {
  AMBIGUOUS_UNITS,
  BINARY_SENSOR_CLASSES,
  CLASS_UNITS,
  SENSOR_CLASSES,
  STATE_CLASSES,
  STATE_CLASS_UNITS,
} from "./facts.ts";
import { asBoolean, asCount, asFilter, asTemplate, asText, asWord, optional, Refused } from "./rules.ts";
import { asEntity, type EntityConfig } from "./validate.ts";

type Common = EntityConfig &
  Readonly<{
    deviceClass: string | null;
    stateTopic: string;
    valueTemplate: Template | undefined;
    expireAfterS: number | null;
    forceUpdate: boolean;
  }>;

export type SensorConfig = Common &
  Readonly<{
    component: "sensor";
    unit: string | null;
    stateClass: string | null;
    options: readonly Value[] | null;
    displayPrecision: number | null;
  }>;

export type BinarySensorConfig = Common &
  Readonly<{ component: "binary_sensor"; payloadOn: string; payloadOff: string; offDelayS: number | null }>;

const nullable =
  <T>(rule: (value: Value, what: string) => T) =>
  (value: Value, what: string): T | null =>
    value === null ? null : rule(value, what);

function common(config: Dict, classes: ReadonlySet<string>): Common {
  const category = optional(config, "entity_category", (value, what) =>
    asWordExactly(value, ["config", "diagnostic"], what),
  );
  if (category === "config") throw new Refused("entity_category: 'config' is not supported by this platform");
  return {
    ...asEntity(config),
    deviceClass:
      optional(
        config,
        "device_class",
        nullable((value, what) => asWord(value, classes, what)),
      ) ?? null,
    stateTopic: asFilter(config.get("state_topic"), "state_topic"),
    valueTemplate: optional(config, "value_template", asTemplate),
    expireAfterS: optional(config, "expire_after", asCount) ?? null,
    forceUpdate: optional(config, "force_update", asBoolean) ?? false,
  };
}

function asWordExactly(value: Value, words: readonly string[], what: string): string {
  if (typeof value === "string" && words.includes(value)) return value;
  throw new Refused(`${what}: expected one of ${words.join(", ")}`);
}

/** @throws Refused where Home Assistant refuses a sensor */
export function asSensor(config: Dict): SensorConfig {
  const shared = common(config, SENSOR_CLASSES);
  const stateClass =
    optional(
      config,
      "state_class",
      nullable((value, what) => asWord(value, STATE_CLASSES, what)),
    ) ?? null;
  const displayPrecision = optional(config, "suggested_display_precision", asCount) ?? null;
  if (optional(config, "last_reset_value_template", asTemplate) && stateClass !== "total")
    throw new Refused(`last_reset_value_template cannot be used together with state class ${stateClass}`);
  let unit = optional(config, "unit_of_measurement", nullable(asText)) ?? null;
  if (unit !== null && stripSpace(unit) === "") unit = null;
  const options = config.has("options") ? ensureList(config.get("options")) : null;
  if (options) {
    if (options.length === 0) throw new Refused("an empty options list is not allowed");
    if ((stateClass ?? "") !== "" || (unit ?? "") !== "")
      throw new Refused("options are not allowed together with state_class or unit_of_measurement");
    if (shared.deviceClass !== "enum") throw new Refused("options must be used together with device class enum");
  }
  const classUnits = stateClass === null ? undefined : STATE_CLASS_UNITS.get(stateClass);
  if (classUnits && !classUnits.has(unit))
    throw new Refused(`the unit ${unit} is not valid with state class ${stateClass}`);
  if (unit !== null) {
    unit = AMBIGUOUS_UNITS.get(unit) ?? unit;
    const allowed = shared.deviceClass === null ? undefined : CLASS_UNITS.get(shared.deviceClass);
    if (allowed && !allowed.has(unit))
      throw new Refused(`the unit \`${unit}\` is not valid together with device class \`${shared.deviceClass}\``);
  }
  return { ...shared, component: "sensor", unit, stateClass, options, displayPrecision };
}

/** @throws Refused where Home Assistant refuses a binary sensor */
export function asBinarySensor(config: Dict): BinarySensorConfig {
  return {
    ...common(config, BINARY_SENSOR_CLASSES),
    component: "binary_sensor",
    payloadOn: optional(config, "payload_on", asText) ?? "ON",
    payloadOff: optional(config, "payload_off", asText) ?? "OFF",
    offDelayS: optional(config, "off_delay", asCount) ?? null,
  };
}

import type { SensorType } from "../domain/reading.ts";
import { AVAILABILITY_TOPIC, ORIGIN } from "./hypervolt-device.ts";

/** A sensor on the native Pi topics (contract mqtt.md). */
export type NativeSensor = Readonly<{
  location: string;
  sensorId: string;
  sensorType: SensorType;
  /** Normalised unit. */
  unit: string;
}>;

/** A light or relay a Pi announced on `HyperVolt/devices/{location}/{device}`. */
export type NativeDevice = Readonly<{
  location: string;
  device: string;
  kind: "light" | "relay";
  name: string;
  stateTopic: string;
}>;

type Component = Readonly<Record<string, unknown>>;

const CLASSES: Partial<Record<SensorType, Component>> = {
  ldr: { device_class: "illuminance", state_class: "measurement" },
  current: { device_class: "current", state_class: "measurement" },
  voltage: { device_class: "voltage", state_class: "measurement" },
  power: { device_class: "power", state_class: "measurement" },
  energy: { device_class: "energy", state_class: "total_increasing" },
  temperature: { device_class: "temperature", state_class: "measurement" },
  humidity: { device_class: "humidity", state_class: "measurement" },
  co2: { device_class: "carbon_dioxide", state_class: "measurement" },
  carbon_dioxide: { device_class: "carbon_dioxide", state_class: "measurement" },
};

/** Now, as the contract writes it, in Home Assistant's template language. */
const TIMESTAMP = `"timestamp": "{{ utcnow().strftime('%Y-%m-%dT%H:%M:%SZ') }}"`;

/** Of a native sensor or device among the entities of Home Assistant. */
export const nativeUniqueId = (location: string, id: string): string => `hypervolt/${location}/${id}`;
export const nativeStateTopic = (location: string, sensorId: string): string =>
  `hypervolt/native/${location}/${sensorId}/state`;
export const nativeCommandTopic = (location: string, device: string): string =>
  `HyperVolt/commands/${location}/${device}`;

/** Lower case letters, digits and `_`, as in an entity id. */
export const slug = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, "_");

/** The components of a native sensor by key: a sensor, and a motion sensor also as what Home Assistant calls one. */
export function sensorComponents({ location, sensorId, sensorType, unit }: NativeSensor): [string, Component][] {
  const objectId = slug(`hypervolt_${location}_${sensorId}`);
  const shared = {
    unique_id: nativeUniqueId(location, sensorId),
    name: sensorId.replaceAll("_", " "),
    state_topic: nativeStateTopic(location, sensorId),
    availability_topic: AVAILABILITY_TOPIC,
  };
  const sensor: Component = {
    ...shared,
    platform: "sensor",
    default_entity_id: `sensor.${objectId}`,
    ...(unit === "" ? {} : { unit_of_measurement: unit }),
    ...(CLASSES[sensorType] ?? { state_class: "measurement" }),
  };
  if (sensorType !== "motion" && sensorType !== "occupancy") return [[sensorKey(sensorId), sensor]];
  const motion: Component = {
    ...shared,
    platform: "binary_sensor",
    default_entity_id: `binary_sensor.${objectId}`,
    device_class: sensorType,
    value_template: "{{ 'ON' if value | float(0) > 0 else 'OFF' }}",
  };
  return [
    [sensorKey(sensorId), sensor],
    [motionKey(sensorId), motion],
  ];
}

/**
 * A native light or relay: Home Assistant itself writes the contract's JSON on the Pi's command topic, so that the
 * Pi is obeyed also while HyperVolt is away.
 */
export function deviceComponent({ location, device, kind, name, stateTopic }: NativeDevice): [string, Component] {
  const platform = kind === "light" ? "light" : "switch";
  const shared = {
    platform,
    unique_id: nativeUniqueId(location, device),
    default_entity_id: `${platform}.${slug(`hypervolt_${location}_${device}`)}`,
    name,
    command_topic: nativeCommandTopic(location, device),
    state_topic: stateTopic,
    qos: 1,
  };
  const off = `{"command": "turn_off", ${TIMESTAMP}}`;
  const on = `{"command": "turn_on", ${TIMESTAMP}}`;
  if (kind === "relay")
    return [
      deviceKey(device, kind),
      {
        ...shared,
        value_template: "{{ value_json.state }}",
        state_on: "ON",
        state_off: "OFF",
        command_template: `{% if value == 'ON' %}${on}{% else %}${off}{% endif %}`,
      },
    ];
  const bright = `{"command": "set_brightness", "value": {{ [1, (brightness / 2.55) | round | int] | max }}, ${TIMESTAMP}}`;
  return [
    deviceKey(device, kind),
    {
      ...shared,
      schema: "template",
      state_template: "{{ value_json.state | lower }}",
      brightness_template: "{{ (value_json.brightness | default(100) | float * 2.55) | round | int }}",
      command_on_template: `{% if brightness is defined %}${bright}{% else %}${on}{% endif %}`,
      command_off_template: off,
    },
  ];
}

const sensorKey = (sensorId: string): string => `s_${sensorId}`;
const motionKey = (sensorId: string): string => `b_${sensorId}`;
/** Under which the components of a sensor may stand. */
export const sensorKeys = (sensorId: string): string[] => [sensorKey(sensorId), motionKey(sensorId)];
export const deviceKey = (device: string, kind: NativeDevice["kind"]): string =>
  `${kind === "light" ? "l" : "r"}_${device}`;

/** Whether a component is a light or relay, of whichever name. */
export const isDeviceKey = (key: string): boolean => /^[lr]_/.test(key);

/**
 * The native things of one location as one device of Home Assistant.
 * @param areaName  name of the area it is proposed for
 * @param gone      components to be removed, by key, with their platform
 */
export function nativeLocation(
  location: string,
  areaName: string,
  components: Readonly<Record<string, Component>>,
  gone: Readonly<Record<string, string>>,
  version: string,
): Component {
  return {
    device: {
      identifiers: [`hypervolt_${location}`],
      name: areaName,
      manufacturer: "HyperVolt",
      model: "Raspberry Pi",
      suggested_area: areaName,
      via_device: "hypervolt",
    },
    origin: ORIGIN(version),
    components: {
      ...Object.fromEntries(Object.entries(gone).map(([key, platform]) => [key, { platform }])),
      ...components,
    },
  };
}

import type { Broker } from "../../domain/broker.ts";
import type { Clock } from "../../domain/clock.ts";
import { isoUtc } from "../../domain/civil-time.ts";
import type { Log } from "../../domain/log.ts";
import type { SensorState } from "../../domain/reading.ts";
import { createSensing } from "../../sensing/sensing.ts";
import type { EntityTable } from "./entity-table.ts";
import { Refused } from "./websocket-server.ts";

const COMMANDS = "HyperVolt/commands/";
const DEVICE_CLASSES: Readonly<Record<string, string>> = {
  ldr: "illuminance",
  power: "power",
  energy: "energy",
  current: "current",
  temperature: "temperature",
  humidity: "humidity",
  battery: "battery",
  motion: "motion",
};

/** An entity that came over MQTT, as the registry lists it. */
export type AnnouncedEntity = Readonly<{
  entityId: string;
  uniqueId: string;
  device: string;
  area: string | null;
  name: string;
}>;
type Actuator = AnnouncedEntity &
  Readonly<{ commandTopic: string; light: boolean; waiting: { contextId: string | null } }>;
type Component = Readonly<Record<string, unknown>>;

/**
 * What Home Assistant's MQTT integration does for the demo: sensors, and the lights and switches that HyperVolt
 * announces for the Pis, which are commanded on `HyperVolt/commands/…`.
 */
export function startMqttIntegration(
  parts: Readonly<{ broker: Broker; table: EntityTable; clock: Clock; log: Log; timezone: string }>,
): Readonly<{
  entities(): readonly AnnouncedEntity[];
  /** Carries out `light.*` and `switch.*`; resolves with the context id once the command is published. */
  call(entityId: string, service: string, data: Readonly<Record<string, unknown>>): Promise<string>;
  close(): void;
}> {
  const { broker, table, clock } = parts;
  const actuators = new Map<string, Actuator>();
  const sensors = new Map<string, AnnouncedEntity>();

  const sensing = createSensing({
    broker,
    clock,
    log: parts.log,
    timezone: parts.timezone,
    onReading: (reading) => reading.committed?.(),
    onSensorChange: (state) => showSensor(state),
  });
  const showSensor = ({ sensor, value, available }: SensorState): void => {
    if (sensor.source !== "discovery") return;
    const binary = sensor.sensorType === "motion" || sensor.sensorType === "occupancy";
    const entityId = `${binary ? "binary_sensor" : "sensor"}.${slug(sensor.name.startsWith(sensor.device ?? "") ? sensor.name : `${sensor.device} ${sensor.name}`)}`;
    sensors.set(sensor.sensorId, {
      entityId,
      uniqueId: sensor.uniqueId ?? sensor.sensorId,
      device: sensor.device ?? sensor.name,
      area: sensor.location,
      name: sensor.name,
    });
    const state = !available
      ? "unavailable"
      : value === null
        ? "unknown"
        : binary
          ? value > 0
            ? "on"
            : "off"
          : String(value);
    table.set(entityId, state, {
      friendly_name: sensor.name,
      unit_of_measurement: sensor.unit || undefined,
      device_class: DEVICE_CLASSES[sensor.sensorType],
      state_class: binary ? undefined : sensor.sensorType === "energy" ? "total_increasing" : "measurement",
    });
  };

  const adopt = (platform: string, config: Component, device: Component): void => {
    const commandTopic = textOf(config, "command_topic", "cmd_t");
    const stateTopic = textOf(config, "state_topic", "stat_t");
    const uniqueId = textOf(config, "unique_id", "uniq_id");
    if (!commandTopic.startsWith(COMMANDS) || !["light", "switch"].includes(platform) || actuators.has(uniqueId))
      return;
    const [location = "", name = ""] = commandTopic.slice(COMMANDS.length).split("/");
    const entityId = textOf(config, "default_entity_id", "def_ent_id") || `${platform}.hypervolt_${location}_${name}`;
    const actuator: Actuator = {
      entityId,
      uniqueId,
      device: textOf(device, "name", "name"),
      area: textOf(device, "suggested_area", "sa") || null,
      name: typeof config["name"] === "string" ? config["name"] : textOf(device, "name", "name"),
      commandTopic,
      light: platform === "light",
      waiting: { contextId: null },
    };
    actuators.set(uniqueId, actuator);
    show(actuator, "unknown", null);
    broker.subscribe(stateTopic, 1, ({ payload, acknowledge }) => {
      acknowledge();
      const { state, brightness } = JSON.parse(new TextDecoder().decode(payload)) as {
        state?: string;
        brightness?: number;
      };
      show(actuator, state === "ON" ? "on" : "off", brightness ?? null);
    });
  };
  const show = (actuator: Actuator, state: string, level: number | null): void => {
    const contextId = actuator.waiting.contextId;
    const lit = actuator.light && state === "on" && level !== null;
    table.set(
      actuator.entityId,
      state,
      {
        friendly_name: actuator.name,
        ...(actuator.light && {
          supported_color_modes: ["brightness"],
          color_mode: lit ? "brightness" : null,
          brightness: lit ? Math.round((level * 255) / 100) : null,
        }),
      },
      contextId ?? table.newContext(),
    );
  };

  const single = (platform: string, payload: Uint8Array): void => {
    const config = parse(payload);
    if (config) adopt(platform, config, objectOf(config, "device", "dev"));
  };
  const subscriptions = [
    ...["light", "switch"].flatMap((platform) =>
      [`homeassistant/${platform}/+/config`, `homeassistant/${platform}/+/+/config`].map((filter) =>
        broker.subscribe(filter, 0, ({ payload, acknowledge }) => {
          acknowledge();
          single(platform, payload);
        }),
      ),
    ),
    ...["homeassistant/device/+/config", "homeassistant/device/+/+/config"].map((filter) =>
      broker.subscribe(filter, 0, ({ payload, acknowledge }) => {
        acknowledge();
        const config = parse(payload);
        if (!config) return;
        for (const part of Object.values(objectOf(config, "components", "cmps")) as Component[])
          adopt(textOf(part, "platform", "p"), part, objectOf(config, "device", "dev"));
      }),
    ),
  ];

  return {
    entities: () => [...actuators.values(), ...sensors.values()],
    async call(entityId, service, data) {
      const actuator = [...actuators.values()].find((one) => one.entityId === entityId);
      if (!actuator) throw new Refused("not_found", `Entity ${entityId} not found`);
      const contextId = table.newContext();
      actuator.waiting.contextId = contextId;
      const on = service === "turn_on" || (service === "toggle" && table.get(entityId)?.state !== "on");
      const level =
        typeof data["brightness_pct"] === "number"
          ? data["brightness_pct"]
          : typeof data["brightness"] === "number"
            ? (data["brightness"] / 255) * 100
            : null;
      const command =
        on && level !== null
          ? { command: "set_brightness", value: Math.round(level) }
          : { command: on ? "turn_on" : "turn_off" };
      await broker.publish(
        actuator.commandTopic,
        JSON.stringify({ ...command, timestamp: isoUtc(Math.round(clock.nowMs() / 1_000) * 1_000) }),
        { qos: 1 },
      );
      return contextId;
    },
    close() {
      for (const subscription of subscriptions) subscription.unsubscribe();
      sensing.close();
    },
  };
}

export const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_|_$/g, "");

function parse(payload: Uint8Array): Component | undefined {
  try {
    const value = JSON.parse(new TextDecoder().decode(payload)) as unknown;
    return typeof value === "object" && value !== null ? (value as Component) : undefined;
  } catch {
    return undefined;
  }
}
const textOf = (config: Component, long: string, short: string): string => {
  const value = config[short] ?? config[long];
  return typeof value === "string" ? value : "";
};
const objectOf = (config: Component, long: string, short: string): Component => {
  const value = config[short] ?? config[long];
  return typeof value === "object" && value !== null ? (value as Component) : {};
};

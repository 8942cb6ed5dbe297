import type { Broker } from "../domain/broker.ts";
import { isoUtc } from "../domain/civil-time.ts";
import { APPLIANCES, ROOMS } from "./house/blueprint.ts";
import type { House } from "./house/house.ts";

const MAINS_V = 230;
const COMMANDS = "HyperVolt/commands/+/+";
const RELAYS = [
  ...APPLIANCES.map(({ location, device, name, powerW }) => ({ location, device, name, maxW: powerW })),
  { location: "garage", device: "battery_grid_charge", name: "Battery grid charge", maxW: 4_000 },
  { location: "garage", device: "battery_hold", name: "Battery hold", maxW: 0 },
];
const METER_TOPIC = "meter-pi/house";

/** The Raspberry Pis of the demo house: they announce themselves, report, and switch what they are told. */
export type HousePis = Readonly<{
  /** Publishes one round of readings; resolves when the broker has acknowledged every one of them. */
  report(): Promise<void>;
  /** Readings published so far. */
  published(): number;
  close(): void;
}>;

/** Announces sensors (native topics and both forms of discovery) and what can be switched, and follows commands. */
export async function startHousePis(house: House, broker: Broker): Promise<HousePis> {
  let published = 0;
  const retained = (topic: string, payload: unknown): Promise<void> =>
    broker.publish(topic, typeof payload === "string" ? payload : JSON.stringify(payload), { qos: 1, retain: true });

  const reportSwitch = (location: string, device: string): Promise<void> => {
    const level = house.switches.get(`${location}/${device}`) ?? 0;
    return retained(`pi/${location}/${device}/state`, { state: level > 0 ? "ON" : "OFF", brightness: level });
  };
  const known = new Set<string>();
  const announceSwitch = async (
    location: string,
    device: string,
    name: string,
    kind: "light" | "relay",
    maxW: number,
  ): Promise<void> => {
    known.add(`${location}/${device}`);
    house.switches.set(`${location}/${device}`, 0);
    await retained(`HyperVolt/devices/${location}/${device}`, {
      kind,
      name,
      max_w: maxW,
      state_topic: `pi/${location}/${device}/state`,
    });
    await reportSwitch(location, device);
  };

  const commands = broker.subscribe(COMMANDS, 1, (message) => {
    const [, , location = "", device = ""] = message.topic.split("/");
    const level = commandedLevel(new TextDecoder().decode(message.payload));
    if (level !== undefined && known.has(`${location}/${device}`)) {
      house.switches.set(`${location}/${device}`, level);
      void reportSwitch(location, device).catch(() => undefined);
    }
    message.acknowledge();
  });

  await Promise.all([
    retained("meter-pi/status", "online"),
    ...ROOMS.flatMap(({ location, lights }) =>
      lights.map(({ device, name, maxW }) => announceSwitch(location, device, name, "light", maxW)),
    ),
    ...RELAYS.map(({ location, device, name, maxW }) => announceSwitch(location, device, name, "relay", maxW)),
    ...ROOMS.flatMap(({ location, name }) =>
      climateConfigs(location, name).map(({ topic, config }) => retained(topic, config)),
    ),
    retained("homeassistant/device/meter_pi/config", METER_CONFIG),
  ]);

  const send = (topic: string, payload: unknown, readings = 1): Promise<void> => {
    published += readings;
    return broker.publish(topic, typeof payload === "string" ? payload : JSON.stringify(payload), { qos: 1 });
  };
  return {
    report: async () => {
      const timestamp = isoUtc(Math.round(house.nowMs() / 1_000) * 1_000);
      const native = (
        location: string,
        sensor_type: string,
        sensor_id: string,
        value: number,
        unit: string,
      ): Promise<void> =>
        send(`HyperVolt/sensors/${location}/${sensor_type}`, {
          sensor_type,
          sensor_id,
          value,
          unit,
          location,
          timestamp,
        });
      const now = house.powers();
      await Promise.all([
        ...ROOMS.flatMap((room) => {
          const lampsW = room.lights.reduce(
            (w, { device, maxW }) => w + (maxW * (house.switches.get(`${room.location}/${device}`) ?? 0)) / 100,
            0,
          );
          return [
            native(room.location, "ldr", `ldr_${room.location}`, Math.round(house.illuminanceLux(room)), "lux"),
            native(room.location, "motion", `motion_${room.location}`, house.occupied(room) ? 1 : 0, ""),
            native(
              room.location,
              "current",
              `current_${room.location}`,
              Math.round((lampsW / MAINS_V) * 1_000) / 1_000,
              "A",
            ),
            send(`pi-${room.location}/sensor/temperature`, house.temperatureC(room).toFixed(1)),
            send(`pi-${room.location}/sensor/humidity`, house.humidityPct(room).toFixed(0)),
          ];
        }),
        send(
          METER_TOPIC,
          {
            grid: Math.round(now.gridW),
            pv: Math.round(now.pvW),
            load: Math.round(now.loadW),
            battery: { power: Math.round(now.batteryW), soc: Math.round(now.soc * 1_000) / 10 },
            import_kwh: Math.round(house.meters.importWh) / 1_000,
          },
          6,
        ),
      ]);
    },
    published: () => published,
    close: () => commands.unsubscribe(),
  };
}

function commandedLevel(payload: string): number | undefined {
  try {
    const { command, value } = JSON.parse(payload) as { command?: string; value?: number };
    if (command === "turn_on") return 100;
    if (command === "turn_off") return 0;
    return command === "set_brightness" && typeof value === "number" ? Math.min(100, Math.max(0, value)) : undefined;
  } catch {
    return undefined;
  }
}

/** A DHT22 as mqtt-io announces it: one config for each quantity. */
function climateConfigs(location: string, name: string): { topic: string; config: unknown }[] {
  const device = { identifiers: [`pi-${location}`], name: `${name} Pi`, manufacturer: "MQTT IO", suggested_area: name };
  return [
    ["temperature", "°C"],
    ["humidity", "%"],
  ].map(([quantity = "", unit]) => ({
    topic: `homeassistant/sensor/pi-${location}/${quantity}/config`,
    config: {
      name: quantity === "temperature" ? "Temperature" : "Humidity",
      unique_id: `pi-${location}_${quantity}`,
      state_topic: `pi-${location}/sensor/${quantity}`,
      device_class: quantity,
      unit_of_measurement: unit,
      state_class: "measurement",
      expire_after: 3_600,
      device,
    },
  }));
}

const powerPart = (name: string, unique_id: string, value_template: string): Record<string, string> => ({
  p: "sensor",
  name,
  unique_id,
  device_class: "power",
  unit_of_measurement: "W",
  state_class: "measurement",
  value_template,
});

/** The meter's Pi in the device-based form, abbreviated as publishers do. */
const METER_CONFIG = {
  dev: { ids: "meter_pi", name: "House meter", mf: "HyperVolt demo", sa: "Hallway" },
  o: { name: "meter-pi", sw: "1.0" },
  avty_t: "meter-pi/status",
  stat_t: METER_TOPIC,
  qos: 1,
  cmps: {
    grid: powerPart("Grid power", "meter_pi_grid", "{{ value_json.grid }}"),
    pv: powerPart("Solar power", "meter_pi_pv", "{{ value_json.pv }}"),
    load: powerPart("House consumption", "meter_pi_load", "{{ value_json.load }}"),
    battery: powerPart("Battery power", "meter_pi_battery", "{{ value_json.battery.power }}"),
    soc: {
      p: "sensor",
      name: "Battery charge",
      unique_id: "meter_pi_soc",
      device_class: "battery",
      unit_of_measurement: "%",
      value_template: "{{ value_json.battery.soc | float | round(1) }}",
    },
    energy: {
      p: "sensor",
      name: "Grid import",
      unique_id: "meter_pi_import",
      device_class: "energy",
      unit_of_measurement: "kWh",
      state_class: "total_increasing",
      value_template: "{{ value_json.import_kwh }}",
    },
  },
};

/** What a sensor measures, in the unit beside it (contract mqtt.md and http.md). */
export const SENSOR_UNITS = {
  ldr: "lx",
  current: "A",
  voltage: "V",
  power: "W",
  energy: "Wh",
  temperature: "°C",
  humidity: "%",
  co2: "ppm",
  motion: "",
  occupancy: "",
  carbon_dioxide: "ppm",
  battery: "%",
  other: "",
} as const;
export type SensorType = keyof typeof SENSOR_UNITS;

/** What a sensor is for in this home; proposed with a confidence, corrected by the user. */
export const SENSOR_ROLES = [
  "load",
  "pv",
  "grid",
  "grid_import",
  "grid_export",
  "battery_power",
  "battery_soc",
  "room_light",
  "room_temperature",
  "room_humidity",
  "presence",
  "device_power",
  "ev_power",
  "ev_soc",
  "water_temperature",
  "outdoor_temperature",
  "ignore",
] as const;
export type SensorRole = (typeof SENSOR_ROLES)[number];

export type SensorSource = "discovery" | "native" | "home-assistant";

/** A sensor HyperVolt knows of. `sensorId` is ours, stable, and unique over all sources. */
export type Sensor = Readonly<{
  sensorId: string;
  /** The publisher's; null where it gave none. */
  uniqueId: string | null;
  source: SensorSource;
  sensorType: SensorType;
  name: string;
  device: string | null;
  location: string | null;
  /** Normalised unit. */
  unit: string;
  /** Home Assistant's entity id where known. */
  entityId?: string;
  role?: SensorRole;
  /** 0..1: how sure type and role are. */
  confidence?: number;
}>;

/** One value of one sensor, in the normalised unit; on and off are 1 and 0. */
export type Reading = Readonly<{ sensorId: string; atMs: number; value: number }>;

/**
 * A reading with what is needed to acknowledge it: `committed` is called once, after it is in the history. `delivery` is
 * there where the reading's time is that of its arrival: several of one sensor within a millisecond are all kept, and
 * a redelivered packet id of which the same sensor and value was committed before is not stored again. At QoS 0, where
 * brokers number nothing and repeat nothing, the packet id is 0.
 */
export type AcknowledgedReading = Reading &
  Readonly<{
    committed?: (() => void) | undefined;
    delivery?: Readonly<{ packetId: number; redelivered: boolean }>;
  }>;

/** What is known of a sensor now. `value` is null while nothing is known or it is not available. */
export type SensorState = Readonly<{
  sensor: Sensor;
  value: number | null;
  atMs: number | null;
  available: boolean;
  /** Home Assistant's energy dashboard lists it in its role. */
  listed?: boolean;
}>;

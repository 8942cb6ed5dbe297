export type Row = Readonly<Record<string, unknown>>;

/** One kind of stored data: where it is, what is shown of it, and by what the server filters it (contract http.md). */
export type Table = Readonly<{
  key: "sensors" | "readings" | "grid" | "decisions" | "sources" | "preferences" | "audit";
  words: string;
  path: string;
  columns: readonly string[];
  /** By name; the values to choose from, where there are only so many. */
  filters: Readonly<Record<string, readonly string[] | null>>;
  dated?: boolean;
  /** The server streams it as a file at this path; other tables are put together here, page by page. */
  stream?: string;
  edits?: boolean;
}>;

const SENSOR_TYPES = [
  "power",
  "energy",
  "current",
  "voltage",
  "ldr",
  "temperature",
  "humidity",
  "co2",
  "carbon_dioxide",
  "motion",
  "occupancy",
  "battery",
  "other",
];

export const TABLES: readonly Table[] = [
  {
    key: "sensors",
    words: "rec.sensors",
    path: "sensors",
    columns: [
      "name",
      "value",
      "unit",
      "sensor_type",
      "role",
      "confidence",
      "location",
      "timestamp",
      "available",
      "source",
      "sensor_id",
    ],
    filters: { sensor_type: SENSOR_TYPES, location: null },
    edits: true,
  },
  {
    key: "readings",
    words: "rec.readings",
    path: "sensor-readings",
    columns: ["timestamp", "sensor_id", "sensor_type", "value", "unit", "location"],
    filters: { sensor_id: null, sensor_type: SENSOR_TYPES, location: null },
    dated: true,
    stream: "sensor-readings/export",
  },
  {
    key: "grid",
    words: "rec.grid",
    path: "grid-data",
    columns: ["timestamp", "kind", "value", "unit", "source", "age_s", "sample"],
    filters: {
      kind: ["carbon_intensity", "import_price", "export_price", "temperature", "cloud_cover", "pv_forecast"],
    },
    dated: true,
  },
  {
    key: "decisions",
    words: "rec.decisions",
    path: "ai-decisions",
    columns: ["timestamp", "device", "action", "value", "status", "status_detail", "reason", "alternative", "inputs"],
    filters: {
      device: null,
      action: ["turn_on", "turn_off", "set_brightness"],
      status: ["advised", "sent", "confirmed", "failed", "withheld"],
    },
    dated: true,
  },
  {
    key: "sources",
    words: "rec.sources",
    path: "energy-sources",
    columns: ["id", "kind", "name", "enabled", "power_w", "soc", "max_import_w", "max_export_w", "capacity_wh"],
    filters: {},
    edits: true,
  },
  {
    key: "preferences",
    words: "rec.preferences",
    path: "preferences",
    columns: ["name", "value"],
    filters: {},
  },
  {
    key: "audit",
    words: "rec.audit",
    path: "audit-log",
    columns: ["timestamp", "who", "role", "action", "target", "outcome", "detail"],
    filters: {},
    dated: true,
  },
];

/** What a sensor can be for, as the server knows it. */
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

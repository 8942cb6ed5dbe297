export type Row = Readonly<Record<string, unknown>>;

/** One kind of stored data: where it is, what is shown of it, and by what the server filters it (contract http.md). */
export type Table = Readonly<{
  key: string;
  words: string;
  path: string;
  columns: readonly string[];
  filters: readonly string[];
  paged: boolean;
  dated?: boolean;
  exports?: boolean;
  corrects?: boolean;
}>;

export const TABLES: readonly Table[] = [
  {
    key: "sensors",
    words: "rec.sensors",
    path: "sensors",
    columns: [
      "sensor_id",
      "name",
      "sensor_type",
      "role",
      "confidence",
      "location",
      "value",
      "unit",
      "timestamp",
      "available",
      "source",
    ],
    filters: [],
    paged: true,
    corrects: true,
  },
  {
    key: "readings",
    words: "rec.readings",
    path: "sensor-readings",
    columns: ["timestamp", "sensor_id", "sensor_type", "value", "unit", "location"],
    filters: ["sensor_id", "sensor_type", "location"],
    paged: true,
    dated: true,
    exports: true,
  },
  {
    key: "grid",
    words: "rec.grid",
    path: "grid-data",
    columns: ["timestamp", "kind", "value", "unit", "source", "age_s", "sample"],
    filters: [],
    paged: true,
    dated: true,
  },
  {
    key: "decisions",
    words: "rec.decisions",
    path: "ai-decisions",
    columns: ["timestamp", "device", "action", "value", "status", "status_detail", "reason", "alternative", "inputs"],
    filters: ["device", "action", "status"],
    paged: true,
    dated: true,
  },
  {
    key: "sources",
    words: "rec.sources",
    path: "energy-sources",
    columns: ["id", "kind", "name", "enabled", "power_w", "soc", "max_import_w", "max_export_w", "capacity_wh"],
    filters: [],
    paged: false,
  },
  {
    key: "preferences",
    words: "rec.preferences",
    path: "preferences",
    columns: ["name", "value"],
    filters: [],
    paged: false,
  },
  {
    key: "audit",
    words: "rec.audit",
    path: "audit-log",
    columns: ["timestamp", "who", "role", "action", "target", "outcome", "detail"],
    filters: [],
    paged: true,
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

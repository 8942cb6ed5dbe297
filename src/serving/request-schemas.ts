import { z } from "zod";
import { instantOf } from "../domain/iso-instant.ts";
import { SENSOR_ROLES, SENSOR_UNITS, type SensorType } from "../domain/reading.ts";
import { MS_PER_MINUTE, MS_PER_SECOND } from "../domain/units.ts";
import type { PreferencesDto } from "./messages.ts";

/** What requests look like: these validate, and the OpenAPI document is made from them. */
export const MOST_PER_PAGE = 1_000;
export const MOST_READINGS_PER_POST = 1_000;

const SENSOR_TYPES = Object.keys(SENSOR_UNITS) as [SensorType, ...SensorType[]];
const printable = (most: number): z.ZodString =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, "expected text without control characters");

/** ISO-8601 with `Z` or an offset; UTC epoch ms inside. */
export const Instant = z
  .string()
  .meta({ format: "date-time" })
  .refine((text) => Number.isFinite(instantOf(text)), "expected an instant in ISO-8601, such as 2026-03-28T23:00:00Z")
  .transform(instantOf);
export const SensorTypeField = z.enum(SENSOR_TYPES);
export const SensorIdField = printable(255);

/** `30`, `30s`, `5m`, `1h`, `1d`; a bare number is seconds. Milliseconds inside. */
const SECONDS_PER: Record<string, number> = { "": 1, s: 1, m: 60, h: 3_600, d: 86_400 };
const Step = z
  .string()
  .regex(/^[1-9]\d{0,6}[smhd]?$/, "expected seconds, or a number with s, m, h or d")
  .transform((text) => Number.parseInt(text, 10) * (SECONDS_PER[text.replace(/^\d+/, "")] ?? 1) * MS_PER_SECOND);

const ordering = (...fields: readonly string[]) =>
  z.enum(fields.flatMap((field) => [field, `-${field}`]) as [string, ...string[]]);
const paging = (pageSize = 100) => ({
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  page_size: z.coerce.number().int().min(1).max(MOST_PER_PAGE).default(pageSize),
});
/** Optional text that is sought in every row. */
const search = {
  search: printable(100).optional().describe("Only rows that hold this text, in whatever case"),
};
const span = { from: Instant.optional(), to: Instant.optional() };
const newestFirst = { ordering: ordering("timestamp").default("-timestamp") };
const sensorFilters = {
  sensor_type: SensorTypeField.optional(),
  sensor_id: SensorIdField.optional(),
  location: printable(255).optional(),
};

export const PageQuery = z.strictObject(paging());
export const SearchQuery = z.strictObject({ ...paging(), ...search });
export const ReadingsQuery = z.strictObject({ ...paging(), ...newestFirst, ...sensorFilters, ...search, ...span });
export const RecentQuery = z.strictObject({
  ...paging(),
  ...newestFirst,
  ...sensorFilters,
  minutes: z.coerce
    .number()
    .positive()
    .max(7 * 24 * 60)
    .default(60)
    .transform((minutes) => minutes * MS_PER_MINUTE),
});
export const SensorsQuery = z.strictObject({
  ...paging(),
  ...sensorFilters,
  ...search,
  ordering: ordering("sensor_id", "name", "timestamp").default("sensor_id"),
});
export const BufferQuery = z.strictObject({ ...paging(), sensor_id: SensorIdField.optional() });
export const SeriesQuery = z.strictObject({
  ...paging(MOST_PER_PAGE),
  sensor_id: SensorIdField,
  from: Instant.optional(),
  to: Instant.optional(),
  step: Step.optional(),
});
export const ExportQuery = z.strictObject({
  ...sensorFilters,
  ...search,
  ...span,
  format: z.enum(["csv", "ndjson"]).default("csv"),
});
export const GRID_KINDS = [
  "carbon_intensity",
  "import_price",
  "export_price",
  "temperature",
  "cloud_cover",
  "pv_forecast",
] as const;
export const GridQuery = z.strictObject({
  ...paging(),
  ...newestFirst,
  ...span,
  ...search,
  kind: z.enum(GRID_KINDS).optional(),
});
export const GridKindQuery = z.strictObject({ ...paging(), ...newestFirst, ...search, ...span });
export const AuditQuery = GridKindQuery;
export const ACTIONS = ["turn_on", "turn_off", "set_brightness"] as const;
export const STATUSES = ["advised", "sent", "confirmed", "failed", "withheld"] as const;
export const DecisionsQuery = z.strictObject({
  ...paging(),
  ...newestFirst,
  ...span,
  ...search,
  device: printable(255).optional(),
  action: z.enum(ACTIONS).optional(),
  status: z.enum(STATUSES).optional(),
});
export const HoursQuery = z.strictObject({ hours: z.coerce.number().min(1).max(168).default(24) });

const MOST_AHEAD_MS = 24 * 60 * MS_PER_MINUTE;
/** A reading as the native topic carries it (contract mqtt.md); other fields are ignored. */
export const postedReading = (nowMs: () => number) =>
  z.object({
    sensor_id: SensorIdField,
    sensor_type: SensorTypeField.optional(),
    value: z.number(),
    unit: z.string().max(32).nullish(),
    location: printable(64).nullish(),
    timestamp: Instant.refine((atMs) => atMs >= 0, "expected a time after 1970")
      .refine((atMs) => atMs <= nowMs() + MOST_AHEAD_MS, "is more than a day ahead")
      .optional(),
  });

export const Inputs = z.record(printable(64), z.union([z.number(), z.string().max(500), z.boolean(), z.null()]));
export const PostedDecision = z
  .strictObject({
    device: printable(255),
    entity_id: printable(255).nullish(),
    action: z.enum(ACTIONS),
    value: z.number().min(0).max(100).nullish(),
    reason: z.string().min(1).max(2_000),
    alternative: z.string().max(2_000).nullish(),
    status: z.enum(STATUSES).default("advised"),
    timestamp: Instant.optional(),
    inputs: Inputs.optional(),
  })
  .refine((posted) => posted.action !== "set_brightness" || posted.value != null, {
    path: ["value"],
    error: "expected a brightness, 0 to 100",
  });

const sensorChange = {
  name: printable(255).optional(),
  role: z.enum(SENSOR_ROLES).nullable().optional(),
  ignore: z.boolean().optional(),
  /** value = (raw - zero) * scale */
  calibration: z
    .strictObject({ scale: z.number().min(-1e6).max(1e6).default(1), zero: z.number().min(-1e9).max(1e9).default(0) })
    .optional(),
};
export const SensorPatch = z.strictObject({ sensor_id: SensorIdField, ...sensorChange });
export const SensorPatchById = z.strictObject({ sensor_id: SensorIdField.optional(), ...sensorChange });
const watts = z.number().min(0).max(1e7).nullable().optional();
const sourceChange = {
  name: printable(255).optional(),
  enabled: z.boolean().optional(),
  max_import_w: watts,
  max_export_w: watts,
  capacity_wh: watts,
};
export const EnergySourcePatch = z.strictObject({ id: printable(64), ...sourceChange });
export const EnergySourcePatchById = z.strictObject({ id: printable(64).optional(), ...sourceChange });
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "expected a time of day such as 22:30");
export const Preferences = z.strictObject({
  mode: z.enum(["auto", "advise", "off"]),
  carbon_weight: z.number().min(0).max(100),
  light_target_lx: z.number().min(0).max(5_000),
  light_floor_pct: z.number().min(0).max(100),
  light_comfort_per_hour: z.number().min(0).max(100).exactOptional(),
  hands_off_minutes: z.number().int().min(0).max(1_440),
  quiet_hours: z.strictObject({ from: clockTime, to: clockTime }).nullable(),
  allowed_entities: z.array(z.string().regex(/^[a-z_]+\.[a-z0-9_]+$/, "expected an entity id")).max(1_000),
  roles: z.record(
    z.string().regex(/^[A-Za-z0-9-]{1,64}$/, "expected a user id"),
    z.enum(["admin", "operator", "viewer"]),
  ),
}) satisfies z.ZodType<PreferencesDto>;
/** Fields that are left out keep their value. */
export const PreferencesPut = Preferences.partial();
export const Override = z
  .strictObject({
    action: z.enum(["turn_on", "turn_off", "set_brightness", "run_now", "skip", "release"]),
    value: z.number().min(0).max(100).optional(),
    minutes: z
      .number()
      .min(0)
      .max(7 * 24 * 60)
      .optional(),
  })
  .refine((override) => override.action !== "set_brightness" || override.value !== undefined, {
    path: ["value"],
    error: "expected a brightness, 0 to 100",
  });
export const EmptyBody = z.strictObject({}).optional();

/** A route without query: every field is one too many. */
export const NO_QUERY = z.strictObject({});

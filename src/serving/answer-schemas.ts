import { z } from "zod";
import type {
  AlertDto,
  AuditEntryDto,
  EnergySourceDto,
  ErrorDto,
  GridDataDto,
  HealthDto,
  ReadingDto,
  SensorDto,
} from "./messages.ts";
import { GRID_KINDS, Inputs, STATUSES } from "./request-schemas.ts";

/** What answers look like, for the OpenAPI document and for the tests; the types are those of messages.ts. */
const time = z.iso.datetime();
export const ErrorBody = z.object({
  code: z.string(),
  detail: z.string(),
  fields: z.record(z.string(), z.string()).exactOptional(),
}) satisfies z.ZodType<ErrorDto>;
/** A list, a page of it. */
export const pageAnswer = <R extends z.ZodType>(one: R) =>
  z.object({
    count: z.number().int(),
    next: z.string().nullable(),
    previous: z.string().nullable(),
    results: z.array(one),
  });
export const ReadingAnswer = z.object({
  id: z.string(),
  sensor_id: z.string(),
  sensor_type: z.string(),
  value: z.number(),
  unit: z.string(),
  location: z.string().nullable(),
  timestamp: time,
}) satisfies z.ZodType<ReadingDto>;
export const SensorAnswer = z.object({
  sensor_id: z.string(),
  unique_id: z.string().nullable(),
  source: z.enum(["discovery", "native", "home-assistant"]),
  sensor_type: z.string(),
  name: z.string(),
  device: z.string().nullable(),
  location: z.string().nullable(),
  value: z.number().nullable(),
  unit: z.string(),
  timestamp: time.nullable(),
  available: z.boolean(),
  role: z.string().exactOptional(),
  confidence: z.number().exactOptional(),
  entity_id: z.string().exactOptional(),
}) satisfies z.ZodType<SensorDto>;
export const WindowAnswer = z.object({
  sensor_id: z.string(),
  sensor_type: z.string(),
  unit: z.string(),
  location: z.string().nullable(),
  size: z.number().int(),
  age_s: z.number().nullable(),
  readings: z.array(z.object({ timestamp: time, value: z.number() })),
});
/** Of which sensor a series is, in which unit, and how long its steps are. */
export const SeriesAnswer = z.object({ sensor_id: z.string(), unit: z.string(), step_s: z.number() });
export const SeriesPointAnswer = z.object({
  timestamp: time,
  min: z.number(),
  mean: z.number(),
  max: z.number(),
  count: z.number().int(),
});
export const DecisionAnswer = z.object({
  id: z.string(),
  timestamp: time,
  device: z.string(),
  entity_id: z.string().nullable(),
  action: z.string(),
  value: z.number().nullable(),
  reason: z.string(),
  alternative: z.string().nullable(),
  status: z.enum(STATUSES),
  status_detail: z.string().nullable(),
  source: z.enum(["hypervolt", "outside"]),
  inputs: Inputs.exactOptional(),
  outcome: Inputs.nullable().exactOptional(),
});
export const GridAnswer = z.object({
  timestamp: time,
  kind: z.enum(GRID_KINDS),
  value: z.number(),
  unit: z.string(),
  source: z.string(),
  age_s: z.number(),
  sample: z.boolean(),
}) satisfies z.ZodType<GridDataDto>;
export const EnergySourceAnswer = z.object({
  id: z.string(),
  kind: z.enum(["grid", "solar", "battery"]),
  name: z.string(),
  enabled: z.boolean(),
  power_w: z.number().nullable(),
  soc: z.number().nullable(),
  max_import_w: z.number().nullable(),
  max_export_w: z.number().nullable(),
  capacity_wh: z.number().nullable(),
}) satisfies z.ZodType<EnergySourceDto>;
export const HealthAnswer = z.object({
  status: z.enum(["ok", "degraded", "down"]),
  version: z.string(),
  dependencies: z.array(
    z.object({
      name: z.string(),
      state: z.enum(["ok", "degraded", "down", "off"]),
      since: time,
      detail: z.string().nullable(),
      todo: z.string().nullable(),
    }),
  ),
}) satisfies z.ZodType<HealthDto>;
export const AlertAnswer = z.object({
  id: z.string(),
  kind: z.string().exactOptional(),
  values: z
    .record(z.string(), z.union([z.number(), z.string().describe("A name, a unit or a sentence")]))
    .exactOptional(),
  since: time,
  severity: z.enum(["info", "warning", "problem"]),
  title: z.string(),
  detail: z.string(),
  todo: z.string().nullable(),
}) satisfies z.ZodType<AlertDto>;
export const AuditAnswer = z.object({
  id: z.string(),
  timestamp: time,
  who: z.string().nullable(),
  role: z.string(),
  action: z.string(),
  target: z.string().nullable(),
  outcome: z.enum(["done", "refused", "failed"]),
  detail: z.string().nullable(),
}) satisfies z.ZodType<AuditEntryDto>;

import { z } from "zod";
import type { HomeDto, HomeHistoryDto } from "./messages.ts";

/** What the home as it is drawn looks like; the types are those of messages.ts. */
const time = z.iso.datetime();
const known = z.number().nullable();
const column = z.array(known);

const Flows = z.object({
  timestamp: time,
  grid_w: known,
  load_w: known,
  pv_w: known,
  batteries: z.array(z.object({ id: z.string(), name: z.string(), power_w: known, soc: known })),
  power_source: z.enum(["grid", "solar", "battery", "mixed"]).nullable(),
  price_per_kwh: known,
  export_price_per_kwh: known,
  carbon_g_kwh: known,
  currency: z.string(),
}) satisfies z.ZodType<HomeDto["flows"]>;

const Device = z.object({
  id: z.string(),
  entity_id: z.string().nullable(),
  name: z.string(),
  kind: z.enum([
    "light",
    "switch",
    "dishwasher",
    "washing_machine",
    "water_heater",
    "ev",
    "heat_pump",
    "battery",
    "other",
  ]),
  area_id: z.string().nullable(),
  on: z.boolean().nullable(),
  brightness: known,
  power_w: known,
  max_w: known,
  allowed: z.boolean(),
  available: z.boolean(),
  held_until: time.nullable(),
  next_start: time.nullable(),
  next_end: time.nullable(),
}) satisfies z.ZodType<HomeDto["devices"][number]>;

const Area = z.object({
  area_id: z.string(),
  name: z.string(),
  floor_id: z.string().nullable(),
  temperature_c: known,
  humidity_pct: known,
  illuminance_lx: known,
  occupied: z.boolean().nullable(),
  power_w: known,
}) satisfies z.ZodType<HomeDto["areas"][number]>;

export const HomeAnswer = z.object({
  name: z.string(),
  timezone: z.string(),
  currency: z.string(),
  language: z.string(),
  floors: z.array(z.object({ floor_id: z.string(), name: z.string(), level: known })),
  areas: z.array(Area),
  devices: z.array(Device),
  has_pv: z.boolean(),
  has_battery: z.boolean(),
  has_ev: z.boolean(),
  flows: Flows,
  regime: z
    .object({ kind: z.enum(["away", "asleep", "home", "guests"]), certainty: z.number().min(0).max(1) })
    .exactOptional(),
  mode: z.enum(["auto", "advise", "off"]),
  demo: z.boolean(),
  now: time,
  role: z.enum(["admin", "operator", "viewer"]).exactOptional(),
}) satisfies z.ZodType<HomeDto>;

export const HomeHistoryAnswer = z.object({
  start: time,
  step_minutes: z.number(),
  load_w: column,
  pv_w: column,
  grid_w: column,
  batteries: z.array(z.object({ id: z.string(), power_w: column, soc: column })),
  price: column,
  export_price: column.exactOptional(),
  carbon_g_kwh: column,
  baseline_grid_w: column.exactOptional(),
}) satisfies z.ZodType<HomeHistoryDto>;

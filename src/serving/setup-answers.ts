import { z } from "zod";
import type { SetupDeviceDto, SetupDto, SetupLoadDto, SetupTariffDto } from "./messages.ts";

/** What the set-up page is told; the types are those of setup-messages.ts. */
const time = z.iso.datetime();
const when = time.nullable();
const known = z.number().nullable();
const origin = z.enum(["page", "options", "found", "default"]);
const why = z.enum([
  "energy_dashboard",
  "name",
  "class",
  "belongs_to_switch",
  "measured_plug",
  "switch",
  "dimmable",
  "raspberry_pi",
  "said",
]);
const question = z.enum(["wiring", "tariff", "devices", "comfort", "mode"]);
const named = z.object({ entity_id: z.string(), name: z.string() });

const Load = z.object({
  power_w: z.number(),
  minutes: z.number(),
  contiguous: z.boolean(),
  from: z.string(),
  ready_by: z.string(),
  days: z.array(z.int().min(0).max(6)),
}) satisfies z.ZodType<SetupLoadDto>;
const Device = z.object({
  entity_id: z.string(),
  name: z.string(),
  kind: z.string(),
  area: z.string().nullable(),
  dimmable: z.boolean(),
  available: z.boolean(),
  allowed: z.boolean(),
  allowed_by: z.enum(["page", "options"]).nullable(),
  battery: z.string().nullable(),
  confidence: z.number(),
  why,
  load: Load.nullable(),
  load_origin: origin,
  proposal: Load.extend({ measured: z.boolean() }),
}) satisfies z.ZodType<SetupDeviceDto>;

const Role = z.object({
  role: z.enum([
    "grid",
    "grid_import",
    "grid_export",
    "load",
    "pv",
    "battery_power",
    "battery_soc",
    "ev_power",
    "ev_soc",
  ]),
  sensor_id: z.string().nullable(),
  reversed: z.boolean(),
  confidence: known,
  why: why.nullable(),
  origin,
});
const Sensor = z.object({
  sensor_id: z.string(),
  entity_id: z.string().nullable(),
  name: z.string(),
  measures: z.enum(["power", "charge"]),
  value: known,
  available: z.boolean(),
});
const Tariff = z.object({
  kind: z.enum(["found", "fixed"]),
  origin,
  found: z.object({ source: z.string().nullable(), ahead: z.boolean(), rivals: z.array(z.string()) }),
  price_entity: z.string().nullable(),
  price_entities: z.array(named),
  network_fee_per_kwh: z.number(),
  energy_tax_per_kwh: z.number(),
  vat_pct: z.number(),
  import_price: z.number(),
  export_price: z.number(),
  windows: z.array(z.object({ from: z.string(), to: z.string(), price: z.number() })),
  import_now: known,
  export_now: known,
}) satisfies z.ZodType<SetupTariffDto>;
const Balance = z.object({
  holds: z.boolean(),
  error: z.number(),
  culprit: z.object({ name: z.string(), kind: z.enum(["sign", "kilo", "milli", "twice", "swapped"]) }).nullable(),
});
const switchId = z.string().nullable();

export const SetupShown = z.object({
  currency: z.string(),
  demo: z.boolean(),
  answered: z.object({ wiring: when, tariff: when, devices: when, comfort: when, mode: when }),
  complete: z.boolean(),
  undo: z.object({ question, at: time, by: z.string() }).nullable(),
  found: z.object({ home_assistant: z.boolean(), energy_dashboard: z.boolean(), balance: Balance.nullable() }),
  wiring: z.object({
    roles: z.array(Role),
    sensors: z.array(Sensor),
    power_sources: z.object({ grid: switchId, solar: switchId, battery: switchId, dwell_minutes: z.number() }),
    switches: z.array(named),
  }),
  tariff: Tariff,
  devices: z.array(Device),
  comfort: z.object({
    light_target_lx: z.number(),
    light_floor_pct: z.number(),
    quiet_hours: z.object({ from: z.string(), to: z.string() }).nullable(),
    hands_off_minutes: z.number(),
    max_import_w: known,
  }),
  mode: z.enum(["off", "advise", "ask", "auto"]),
}) satisfies z.ZodType<SetupDto>;

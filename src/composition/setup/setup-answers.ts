import * as z from "zod";
import { SENSOR_ROLES } from "../../domain/reading.ts";
import type { SetupQuestion, WiringRole } from "../../serving/messages.ts";

export const QUESTIONS: readonly SetupQuestion[] = ["wiring", "tariff", "devices", "comfort", "mode"];
/** Roles of the meters that say how a home is wired. */
export const WIRING_ROLES: readonly WiringRole[] = [
  "grid",
  "grid_import",
  "grid_export",
  "load",
  "pv",
  "battery_power",
  "battery_soc",
  "ev_power",
  "ev_soc",
];

const Meter = z.object({ sensor_id: z.string().nullable(), reversed: z.boolean() });
const source = z.string().nullable();
const PowerSources = z.object({ grid: source, solar: source, battery: source, dwell_minutes: z.number() });
const Window = z.object({ from: z.string(), to: z.string(), price: z.number() });
const Load = z.object({
  power_w: z.number(),
  minutes: z.number(),
  contiguous: z.boolean(),
  from: z.string(),
  ready_by: z.string(),
  days: z.array(z.number()),
});

/** What was answered beside the preferences, as it is kept. Absent: nothing was, and options and findings hold. */
export const SetupAnswers = z.object({
  /** By role; null: there is no such meter. */
  meters: z.partialRecord(z.enum(SENSOR_ROLES), Meter).optional(),
  powerSources: PowerSources.optional(),
  tariff: z
    .discriminatedUnion("kind", [
      z.object({
        kind: z.literal("found"),
        price_entity: z.string().nullable().optional(),
        network_fee_per_kwh: z.number().optional(),
        energy_tax_per_kwh: z.number().optional(),
        vat_pct: z.number().optional(),
        export_price: z.number().optional(),
      }),
      z.object({
        kind: z.literal("fixed"),
        import_price: z.number(),
        export_price: z.number(),
        windows: z.array(Window),
      }),
    ])
    .optional(),
  /** By entity id; null: what the options or a finding would move is not moved. */
  loads: z.record(z.string(), Load.nullable()).optional(),
});
export type SetupAnswers = Readonly<z.infer<typeof SetupAnswers>>;
export type LoadAnswer = z.infer<typeof Load>;

import { z } from "zod";
import type { ForecastDto, LedgerDto, LedgerTotalsDto, PlanDto, PlanOutcomeDto } from "./messages.ts";

/** What forecasts, plan and ledger look like; the types are those of messages.ts. */
const time = z.iso.datetime();
const column = z.array(z.number());

export const ForecastAnswer = z.object({
  signal: z.enum(["load_w", "pv_w", "import_price", "export_price", "carbon_g_kwh"]),
  unit: z.string(),
  issued_at: time,
  model: z.string(),
  start: time,
  step_minutes: z.number(),
  mean: column,
  p10: column,
  p50: column,
  p90: column,
  skill: z.record(z.string(), z.object({ mae: z.number() })),
}) satisfies z.ZodType<ForecastDto>;

const Reason = z.object({
  at: time,
  what: z.string(),
  why: z.string(),
  alternative: z.object({ at: time, extra_cost: z.number(), extra_carbon_kg: z.number() }).nullable(),
});
const Plan = z.object({
  plan_id: z.string(),
  created_at: time,
  status: z.enum(["optimal", "feasible", "relaxed"]),
  start: time,
  step_minutes: z.number(),
  import_w: column,
  export_w: column,
  load_w: column,
  pv_w: column,
  price: column,
  carbon_g_kwh: column,
  batteries: z.array(z.object({ id: z.string(), power_w: column, soc: column })),
  devices: z.array(z.object({ id: z.string(), name: z.string(), on: column, power_w: column })),
  cost: z.number(),
  carbon_kg: z.number(),
  baseline: z.object({ cost: z.number(), carbon_kg: z.number(), import_w: column, export_w: column }),
  export_price: column.exactOptional(),
  currency: z.string(),
  relaxed: z.array(z.object({ what: z.string(), by: z.number(), unit: z.string(), why: z.string() })),
  reasons: z.array(Reason),
  front: z
    .array(z.object({ carbon_price_per_kg: z.number(), cost: z.number(), carbon_kg: z.number() }))
    .exactOptional(),
}) satisfies z.ZodType<PlanDto>;

/** A plan that is waited for is answered 503. */
export const PlanAnswer = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("planned"), plan: Plan }),
  z.object({ kind: z.literal("stale"), plan: Plan, because: z.string() }),
]) satisfies z.ZodType<PlanOutcomeDto>;

const Totals = z.object({
  saved_cost: z.number(),
  saved_carbon_kg: z.number(),
  cost: z.number(),
  carbon_kg: z.number(),
  baseline_cost: z.number(),
  baseline_carbon_kg: z.number(),
  stored: z.object({ energy_wh: z.number(), cost: z.number(), carbon_kg: z.number() }).exactOptional(),
  from: time,
  to: time,
}) satisfies z.ZodType<LedgerTotalsDto>;
export const LedgerAnswer = z.object({
  today: Totals,
  total: Totals,
  currency: z.string(),
  advisory: z.boolean(),
  method: z.string(),
  method_kind: z.string().exactOptional(),
  verified: z.boolean(),
}) satisfies z.ZodType<LedgerDto>;

import { z } from "zod";
import type {
  ComfortAnswerDto,
  DevicesAnswerDto,
  ModeAnswerDto,
  TariffAnswerDto,
  WiringAnswerDto,
} from "./setup-messages.ts";

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "expected a time of day such as 22:30");
const entity = (domains: string, such: string) =>
  z.string().regex(new RegExp(`^(${domains})\\.[a-z0-9_]+$`), `expected an entity such as ${such}`);
const sensorId = z.string().min(1).max(255);
const price = z.number().min(-10).max(100);
const fee = price.exactOptional();

const Choice = z.strictObject({ sensor_id: sensorId.nullable(), reversed: z.boolean().exactOptional() });
const source = entity("switch|light", "switch.solar_contactor").nullable();
export const WiringAnswer = z.strictObject({
  roles: z
    .strictObject({
      grid: Choice.exactOptional(),
      grid_import: Choice.exactOptional(),
      grid_export: Choice.exactOptional(),
      load: Choice.exactOptional(),
      pv: Choice.exactOptional(),
      battery_power: Choice.exactOptional(),
      battery_soc: Choice.exactOptional(),
      ev_power: Choice.exactOptional(),
      ev_soc: Choice.exactOptional(),
    })
    .refine(
      (roles) => {
        const named = Object.values(roles).flatMap(({ sensor_id }) => sensor_id ?? []);
        return new Set(named).size === named.length;
      },
      { error: "expected another sensor for each role" },
    )
    .exactOptional(),
  power_sources: z
    .strictObject({ grid: source, solar: source, battery: source, dwell_minutes: z.int().min(1).max(1_440) })
    .refine(
      ({ grid, solar, battery }) => {
        const named = [grid, solar, battery].filter((one) => one !== null);
        return new Set(named).size === named.length;
      },
      { error: "expected another switch for each source" },
    )
    .refine(
      ({ grid, solar, battery }) => (solar === null && battery === null) || grid !== null,
      "expected the grid's switch too: the home falls back to it",
    )
    .exactOptional(),
}) satisfies z.ZodType<WiringAnswerDto>;

const Window = z
  .strictObject({ from: clockTime, to: clockTime, price })
  .refine(({ from, to }) => from !== to, { error: "expected an end that differs from the beginning" });
export const TariffAnswer = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("found"),
    price_entity: entity("sensor|number|input_number|event", "sensor.nord_pool_price").nullable().exactOptional(),
    network_fee_per_kwh: fee,
    energy_tax_per_kwh: fee,
    vat_pct: z.number().min(0).max(100).exactOptional(),
    export_price: fee,
  }),
  z.strictObject({
    kind: z.literal("fixed"),
    import_price: price,
    export_price: price,
    windows: z.array(Window).max(12).exactOptional(),
  }),
]) satisfies z.ZodType<TariffAnswerDto>;

/** Minutes from one wall-clock time to another, over midnight where needed; a window of equal ends is a day. */
const minutesBetween = (from: string, to: string): number => {
  const at = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
  return (at(to) - at(from) + 1_440) % 1_440 || 1_440;
};
export const SetupLoad = z
  .strictObject({
    power_w: z.number().positive().max(1e5),
    minutes: z.int().min(5).max(1_440),
    contiguous: z.boolean(),
    from: clockTime,
    ready_by: clockTime,
    days: z.array(z.int().min(0).max(6)).min(1).max(7),
  })
  // 23:59 means the end of the day.
  .refine(({ minutes, from, ready_by }) => minutesBetween(from, ready_by) + 1 >= minutes, {
    path: ["ready_by"],
    error: "the run does not fit between these times",
  });
export const DevicesAnswer = z.strictObject({
  devices: z
    .array(
      z.strictObject({
        entity_id: entity("light|switch", "switch.dishwasher"),
        allowed: z.boolean(),
        load: SetupLoad.nullable(),
      }),
    )
    .max(1_000),
}) satisfies z.ZodType<DevicesAnswerDto>;

export const ComfortAnswer = z.strictObject({
  light_target_lx: z.number().min(0).max(5_000).exactOptional(),
  light_floor_pct: z.number().min(0).max(100).exactOptional(),
  quiet_hours: z.strictObject({ from: clockTime, to: clockTime }).nullable().exactOptional(),
  hands_off_minutes: z.int().min(0).max(1_440).exactOptional(),
  max_import_w: z.number().positive().max(1e6).nullable().exactOptional(),
}) satisfies z.ZodType<ComfortAnswerDto>;
export const ModeAnswer = z.strictObject({
  mode: z.enum(["off", "advise", "ask", "auto"]),
}) satisfies z.ZodType<ModeAnswerDto>;

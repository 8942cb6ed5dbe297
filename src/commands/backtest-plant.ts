import { z } from "zod";
import { withoutByteOrderMark } from "../domain/byte-order-mark.ts";
import { HyperVoltError } from "../domain/errors.ts";
import type { Battery } from "../domain/plan-problem.ts";

const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

const watts = z.number().min(0);
const share = z.number().min(0).max(1);
const efficiency = z.number().gt(0).max(1);
const wallClock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'expected a local time such as "18:30"');

const BatterySchema = z
  .strictObject({
    id: z.string().regex(/^[^,"\n\r]+$/, "expected a name without commas or quotes"),
    capacityWh: z.number().gt(0),
    initialSoc: share,
    minSoc: share.optional(),
    maxSoc: share.optional(),
    maxChargeW: watts,
    maxDischargeW: watts,
    minChargeW: watts.optional(),
    chargeEfficiency: efficiency,
    dischargeEfficiency: efficiency,
    wearPerKwh: watts.optional(),
    mayExport: z.boolean().optional(),
    mayChargeFromGrid: z.boolean().optional(),
    finalMinSoc: share.optional(),
    finalValuePerKwh: z.number().optional(),
  })
  .refine(({ minSoc = 0, maxSoc = 1 }) => minSoc <= maxSoc, { path: ["minSoc"], error: "is above maxSoc" })
  .refine(({ minChargeW = 0, maxChargeW }) => minChargeW <= maxChargeW, {
    path: ["minChargeW"],
    error: "is above maxChargeW",
  });

const LoadSchema = z
  .strictObject({
    id: z.string().regex(/^[^,"\n\r]+$/, "expected a name without commas or quotes"),
    powerW: watts.optional(),
    profileW: z.array(watts).min(1).optional(),
    minutes: z.number().gt(0).optional(),
    contiguous: z.boolean().optional(),
    window: z.tuple([wallClock, wallClock]).optional(),
    days: z.array(z.enum(WEEKDAYS)).min(1).optional(),
  })
  .refine(({ powerW, profileW }) => (powerW === undefined) !== (profileW === undefined), {
    path: ["powerW"],
    error: "expected either powerW or profileW",
  })
  .refine(({ powerW, minutes }) => powerW === undefined || minutes !== undefined, {
    path: ["minutes"],
    error: "is missing",
  })
  .refine(({ profileW, contiguous }) => profileW === undefined || contiguous !== false, {
    path: ["contiguous"],
    error: "a load with profileW is always contiguous",
  });

const PlantSchema = z.strictObject({
  kind: z.string().optional(),
  id: z.string().optional(),
  objective: z.strictObject({ carbonPricePerKg: z.number().optional() }).optional(),
  grid: z.strictObject({ maxImportW: watts.nullish(), maxExportW: watts.nullish() }).optional(),
  pv: z.strictObject({ curtailable: z.boolean().optional() }).optional(),
  inverter: z.strictObject({ maxAcW: watts }).optional(),
  batteries: z.array(BatterySchema).optional(),
  loads: z.array(LoadSchema).optional(),
});

/** A load that runs once on each listed local day, somewhere in its window (contract backtest.md). */
export type RecurringLoad = Readonly<{
  id: string;
  /** Power over equal parts of `minutes`; one part for a load of constant power. */
  profileW: readonly number[];
  /** Absent: each value of the profile lasts one step. */
  minutes: number | undefined;
  contiguous: boolean;
  /** Minutes since local midnight; a close at or before the opening is on the next day. */
  window: readonly [openMinute: number, closeMinute: number];
  /** 0 = Monday .. 6 = Sunday. */
  weekdays: readonly number[];
}>;

/** The plant of a backtest: `objective` .. `batteries` as in contract plan.md, and loads. */
export type BacktestPlant = Readonly<{
  carbonPricePerKg: number;
  grid: Readonly<{ maxImportW?: number | null | undefined; maxExportW?: number | null | undefined }>;
  pv: Readonly<{ curtailable?: boolean | undefined }>;
  inverter: Readonly<{ maxAcW: number }> | undefined;
  batteries: readonly Battery[];
  loads: readonly RecurringLoad[];
}>;

/**
 * Reads a plant file. Fields that start with `x-` are dropped, other unknown ones refused.
 * @param name how the file is called in messages
 * @throws HyperVoltError PROBLEM_INVALID, one line per fault with its JSON path
 */
export function parsePlant(text: string, name: string): BacktestPlant {
  let raw: unknown;
  try {
    raw = withoutExtensions(JSON.parse(withoutByteOrderMark(text)));
  } catch (error) {
    throw new HyperVoltError("PROBLEM_INVALID", `${name}: not JSON: ${(error as Error).message}`);
  }
  const parsed = PlantSchema.safeParse(raw);
  const faults = parsed.success
    ? [...repeatedIds("batteries", parsed.data.batteries), ...repeatedIds("loads", parsed.data.loads)]
    : parsed.error.issues.flatMap((issue) =>
        issue.code === "unrecognized_keys"
          ? issue.keys.map((key) => `${jsonPath([...issue.path, key])}: is not a field of a plant`)
          : [`${jsonPath(issue.path)}: ${issue.message}`],
      );
  if (faults.length > 0 || !parsed.success)
    throw new HyperVoltError("PROBLEM_INVALID", `\n${faults.map((fault) => `${name}: ${fault}`).join("\n")}`);
  const { objective, grid, pv, inverter, batteries = [], loads = [] } = parsed.data;
  return {
    carbonPricePerKg: objective?.carbonPricePerKg ?? 0,
    grid: grid ?? {},
    pv: pv ?? {},
    inverter,
    batteries: batteries as readonly Battery[],
    loads: loads.map((load) => ({
      id: load.id,
      profileW: load.profileW ?? [load.powerW ?? 0],
      minutes: load.minutes,
      contiguous: load.profileW !== undefined || (load.contiguous ?? false),
      window: [minuteOf(load.window?.[0] ?? "00:00"), minuteOf(load.window?.[1] ?? "24:00")],
      weekdays: (load.days ?? WEEKDAYS).map((day) => WEEKDAYS.indexOf(day)),
    })),
  };
}

const minuteOf = (wall: string): number => Number(wall.slice(0, 2)) * 60 + Number(wall.slice(3));

function repeatedIds(list: string, items: readonly { id: string }[] | undefined): string[] {
  return (items ?? []).flatMap(({ id }, i) =>
    (items ?? []).findIndex((other) => other.id === id) < i ? [`$.${list}[${i}].id: "${id}" occurs twice`] : [],
  );
}

const jsonPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, key) => text + (typeof key === "number" ? `[${key}]` : `.${String(key)}`), "$");

function withoutExtensions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutExtensions);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !key.startsWith("x-"))
      .map(([key, item]) => [key, withoutExtensions(item)]),
  );
}

import { z } from "zod";
import type { OtherCourse } from "./other-course.ts";

/** The other course as it survives a restart. A crash may lose its last intervals, never an entry of the ledger. */
export type KeptCourse = Readonly<{ mode: "auto" | "advise"; course: OtherCourse }>;

const number = z.number();
const optional = number.exactOptional();
const Battery = z.object({
  id: z.string(),
  capacityWh: number,
  initialSoc: number,
  minSoc: optional,
  maxSoc: optional,
  maxChargeW: number,
  maxDischargeW: number,
  minChargeW: optional,
  chargeEfficiency: number,
  dischargeEfficiency: number,
  wearPerKwh: optional,
  mayExport: z.boolean().exactOptional(),
  mayChargeFromGrid: z.boolean().exactOptional(),
  finalMinSoc: optional,
  finalValuePerKwh: optional,
});
const Command = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("hold") }),
  z.object({ kind: z.literal("follow"), maxChargeW: number, maxDischargeW: number }),
  z.object({ kind: z.literal("charge"), powerW: number, minW: number, maxW: number }),
  z.object({ kind: z.literal("discharge"), powerW: number, minW: number, maxW: number }),
]);
const Kept = z.object({
  mode: z.enum(["auto", "advise"]),
  course: z.object({
    batteries: z.array(Battery),
    socs: z.array(number),
    endSocs: z.array(number),
    intervals: z.array(
      z.object({
        startMs: number,
        endMs: number,
        netW: number,
        pvW: number,
        pricePerKwh: number,
        exportPricePerKwh: number,
        carbonGPerKwh: number,
        movedW: number,
        commands: z.array(Command.nullable()),
      }),
    ),
    arriving: z.array(z.object({ startMs: number, endMs: number, powerW: number })),
    booked: z.object({ cost: number, carbonG: number, gridWh: number }),
  }),
}) satisfies z.ZodType<KeptCourse>;

/** What was saved, or null where nothing usable was: the course then begins where the home is. */
export const keptCourse = (saved: unknown): KeptCourse | null => Kept.safeParse(saved).data ?? null;

import { z } from "zod";
import type { OtherCourse } from "./other-course.ts";
import { NOTHING_STORED, type Stored } from "./stored-difference.ts";

/** The other course that is running. */
export type KeptCourse = Readonly<{
  mode: "auto" | "advise";
  course: OtherCourse;
  /** Measured state of charge of the course's batteries at its end, 0..1; null where it is not known. */
  trueSocs: readonly (number | null)[];
}>;

export type StoredByMode = Readonly<{ auto: Stored; advise: Stored }>;

/** What survives a restart. A crash may lose its last intervals, never an entry of the ledger. */
export type KeptLedger = Readonly<{
  running: KeptCourse | null;
  /** What lay in the batteries beyond the other course each time one ended. */
  closed: StoredByMode;
  /** What lay there in all when the local day began, and that day's start. */
  dayStart: Readonly<{ dayMs: number; stored: StoredByMode }>;
}>;

const NONE: StoredByMode = { auto: NOTHING_STORED, advise: NOTHING_STORED };
export const NEW_LEDGER: KeptLedger = {
  running: null,
  closed: NONE,
  dayStart: { dayMs: Number.MIN_SAFE_INTEGER, stored: NONE },
};

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
const Running = z.object({
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
        socShifts: z.array(number),
      }),
    ),
    arriving: z.array(z.object({ startMs: number, endMs: number, powerW: number })),
    booked: z.object({ cost: number, carbonG: number, gridWh: number }),
  }),
  trueSocs: z.array(number.nullable()),
});
const Stored = z.object({ energyWh: number, cost: number, carbonG: number });
const ByMode = z.object({ auto: Stored, advise: Stored });
const Kept = z.object({
  running: Running.nullable(),
  closed: ByMode,
  dayStart: z.object({ dayMs: number, stored: ByMode }),
}) satisfies z.ZodType<KeptLedger>;

/** What was saved; where nothing usable was, the course begins where the home is. */
export const keptLedger = (saved: unknown): KeptLedger => Kept.safeParse(saved).data ?? NEW_LEDGER;

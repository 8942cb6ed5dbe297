import type { Battery, DeferrableLoad, PlanProblem } from "../domain/plan-problem.ts";
import type { Plan, PlanStep, Relaxation } from "../domain/plan.ts";

/**
 * A planning problem as the running app poses it: everything of the contract (plan.md), and more. Every PlanProblem
 * is a RichProblem. Powers in W, energies in Wh, prices and costs in the problem's currency, steps count from 0.
 */
export type RichProblem = Omit<PlanProblem, "batteries" | "loads"> &
  Readonly<{
    batteries?: readonly RichBattery[];
    loads?: readonly RichLoad[];
    lights?: readonly DimmableLight[];
    tanks?: readonly HeatTank[];
    transferSwitch?: TransferSwitch;
    capacityCharge?: CapacityCharge;
    /** Groups of load ids of which at most one runs at a time. */
    exclusive?: readonly (readonly string[])[];
    /** What had to be assumed to pose the problem; copied into the plan's `relaxed`. */
    notes?: readonly Relaxation[];
  }>;

/** A battery, or an electric vehicle's. */
export type RichBattery = Battery &
  Readonly<{
    /** Per step: is it plugged in. Absent = always. */
    connected?: readonly boolean[];
    /** A wish: `soc` reached at the start of step `step` (T = at the end). Gives way together with `finalMinSoc`. */
    readyBy?: Readonly<{ step: number; soc: number }>;
  }>;

export type RichLoad = DeferrableLoad &
  Readonly<{
    /** Worth of one run: the load is left out where running would cost more. Absent = it must run. */
    valuePerRun?: number;
    /** A started run: it goes on from step 0 and is neither moved nor interrupted. */
    started?: boolean;
    /** Interruptible loads only: once on, on for at least this many steps (or to the end of the plan). */
    minOnSteps?: number;
    /** Interruptible loads only: once off between two runs, off for at least this many steps. */
    minOffSteps?: number;
    /** The plan already announced: steps in which it was to be on, and what changing it costs per run. */
    announced?: Readonly<{ onSteps: readonly number[]; changeCost: number }>;
  }>;

/** A light that may be dimmed where that is worth more than the comfort it takes. */
export type DimmableLight = Readonly<{
  id: string;
  maxW: number;
  /** Per step, 0..1: the brightness wanted; 0 = off. */
  wanted: readonly number[];
  /** Never dimmed below this share of what is wanted, 0..1. */
  floor: number;
  /** Cost per hour of taking all of a fully wanted light away; dimming a little costs less than its share. */
  comfortCostPerHour: number;
}>;

/** A water heater or another store of heat. Energies are heat; `heaterW` is electric. */
export type HeatTank = Readonly<{
  id: string;
  capacityWh: number;
  initialWh: number;
  /** The comfort floor. A wish: missing heat costs `shortagePerKwh` and is reported. */
  minWh: number;
  heaterW: number;
  /** Heat out per electricity in: 1 for a resistive heater, the COP of a heat pump. */
  efficiency: number;
  /** Absent = on or off; present: any power up to `heaterW`. */
  modulating?: boolean;
  /** Share of the stored heat that is lost in an hour. */
  lossPerHour: number;
  /** Heat drawn off per step, Wh. */
  drawWh: readonly number[];
  /** Default 2. */
  shortagePerKwh?: number;
}>;

/** The home runs from one source at a time; the batteries may charge from the sun whatever the source. */
export type TransferSwitch = Readonly<{
  /** The sources it can connect. Absent: all three. */
  sources?: readonly PowerSource[];
  /** Once switched, a source stays for at least this many steps. */
  minDwellSteps: number;
  initialSource?: PowerSource;
  /** Steps the initial source has been on; fewer than `minDwellSteps` keeps it on. Default: long enough. */
  initialDwellSteps?: number;
}>;
export type PowerSource = "grid" | "solar" | "battery";

/** A charge on the highest mean import of any step in the billing period. */
export type CapacityCharge = Readonly<{
  pricePerKw: number;
  /** Highest so far in this period: only what exceeds it costs. */
  peakSoFarW: number;
}>;

/** A step of a plan for a RichProblem; the powers of lights and tanks are among `loads`. */
export type RichPlanStep = PlanStep &
  Readonly<{ tanks?: Readonly<Record<string, Readonly<{ storedWh: number }>>>; source?: PowerSource }>;
export type RichPlan = Omit<Plan, "steps"> & Readonly<{ steps: readonly RichPlanStep[] }>;

import { Zone } from "../domain/civil-time.ts";
import { MS_PER_DAY, MS_PER_MINUTE } from "../domain/units.ts";
import type {
  CapacityCharge,
  DimmableLight,
  HeatTank,
  RichBattery,
  RichProblem,
  TransferSwitch,
} from "./rich-problem.ts";

/** A problem with every default filled in and every load within the horizon: what the model and the search read. */
export type PlanInstance = Readonly<{
  problem: RichProblem;
  stepCount: number;
  /** Length of each step, h. */
  hours: Float64Array;
  /** Start of each step, UTC epoch ms. */
  startsMs: readonly number[];
  loadW: Float64Array;
  pvW: Float64Array;
  /** What one imported kWh costs, carbon at its price included. */
  importValuePerKwh: Float64Array;
  importPricePerKwh: Float64Array;
  exportPricePerKwh: Float64Array;
  carbonGPerKwh: Float64Array;
  carbonPricePerKg: number;
  /** Infinity where there is no limit. */
  maxImportW: number;
  maxExportW: number;
  maxAcW: number;
  curtailable: boolean;
  batteries: readonly InstanceBattery[];
  loads: readonly InstanceLoad[];
  lights: readonly DimmableLight[];
  tanks: readonly HeatTank[];
  transferSwitch: TransferSwitch | undefined;
  capacityCharge: CapacityCharge | undefined;
  exclusive: readonly (readonly string[])[];
  /** Local wall clock at the start of a step (stepCount: at the end of the plan), as "18:30" or "18:30 on Friday". */
  clockTime: (step: number) => string;
}>;

export type InstanceBattery = Readonly<{
  id: string;
  capacityWh: number;
  initialSoc: number;
  /** Bounds that hold in the plan: an initial charge outside the wished range is allowed to be there. */
  lowSoc: number;
  highSoc: number;
  maxChargeW: number;
  maxDischargeW: number;
  minChargeW: number;
  chargeEfficiency: number;
  dischargeEfficiency: number;
  wearPerKwh: number;
  mayExport: boolean;
  mayChargeFromGrid: boolean;
  finalMinSoc: number | undefined;
  finalValuePerKwh: number;
  connected: readonly boolean[] | undefined;
  readyBy: Readonly<{ step: number; soc: number }> | undefined;
}>;

/** A load with a window [earliest, latest) in which it fits. */
export type InstanceLoad = Readonly<{
  id: string;
  /** Power in each step of a run; an interruptible load has the same in all. */
  profileW: readonly number[];
  contiguous: boolean;
  earliest: number;
  latest: number;
  valuePerRun: number | undefined;
  started: boolean;
  minOnSteps: number;
  minOffSteps: number;
  announced: Readonly<{ onSteps: readonly number[]; changeCost: number }> | undefined;
}>;

export function toInstance(problem: RichProblem): PlanInstance {
  const { series, grid } = problem;
  const stepCount = series.loadW.length;
  const minutes = stepLengths(problem);
  const startsMs = stepStartsMs(problem);
  const endMs = (startsMs.at(-1) ?? 0) + (minutes.at(-1) ?? 0) * MS_PER_MINUTE;
  const orZero = (values: readonly number[] | undefined): Float64Array =>
    values ? Float64Array.from(values) : new Float64Array(stepCount);
  const carbonGPerKwh = orZero(series.carbonGPerKwh);
  const carbonPricePerKg = problem.objective?.carbonPricePerKg ?? 0;
  return {
    problem,
    stepCount,
    hours: minutes.map((length) => length / 60),
    startsMs,
    loadW: orZero(series.loadW),
    pvW: orZero(series.pvW),
    importValuePerKwh: orZero(series.importPricePerKwh).map(
      (price, t) => price + (carbonPricePerKg * (carbonGPerKwh[t] ?? 0)) / 1000,
    ),
    importPricePerKwh: orZero(series.importPricePerKwh),
    exportPricePerKwh: orZero(series.exportPricePerKwh),
    carbonGPerKwh,
    carbonPricePerKg,
    maxImportW: grid?.maxImportW ?? Infinity,
    maxExportW: grid?.maxExportW ?? Infinity,
    maxAcW: problem.inverter?.maxAcW ?? Infinity,
    curtailable: problem.pv?.curtailable ?? false,
    batteries: (problem.batteries ?? []).map(toBattery),
    loads: toLoads(problem, stepCount),
    lights: problem.lights ?? [],
    tanks: problem.tanks ?? [],
    transferSwitch: problem.transferSwitch,
    capacityCharge: problem.capacityCharge,
    exclusive: problem.exclusive ?? [],
    clockTime: clockOf(problem.timezone, [...startsMs, endMs]),
  };
}

function stepLengths({ series, stepMinutes }: RichProblem): Float64Array {
  return Float64Array.from(series.loadW, (_, t) =>
    typeof stepMinutes === "number" ? stepMinutes : (stepMinutes[t] ?? 0),
  );
}

/** Start of each step of a problem, UTC epoch ms. */
export function stepStartsMs(problem: RichProblem): number[] {
  let atMs = Date.parse(problem.start);
  return Array.from(stepLengths(problem), (minutes) => {
    const startMs = atMs;
    atMs += minutes * MS_PER_MINUTE;
    return startMs;
  });
}

const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

/** A clock time a day or more after the start names its weekday, as the same time has been before. */
function clockOf(timezone: string, boundariesMs: readonly number[]): PlanInstance["clockTime"] {
  let zone: Zone | undefined;
  return (step) => {
    zone ??= new Zone(timezone);
    const atMs = Math.round(boundariesMs[step] ?? 0);
    const { hour, minute } = zone.civil(atMs);
    const clock = `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
    if (atMs - (boundariesMs[0] ?? 0) < MS_PER_DAY) return clock;
    return `${clock} on ${WEEKDAYS[(((zone.dayNumber(atMs) + 3) % 7) + 7) % 7] ?? ""}`;
  };
}

function toBattery(battery: RichBattery): InstanceBattery {
  return {
    id: battery.id,
    capacityWh: battery.capacityWh,
    initialSoc: battery.initialSoc,
    lowSoc: Math.min(battery.minSoc ?? 0, battery.initialSoc),
    highSoc: Math.max(battery.maxSoc ?? 1, battery.initialSoc),
    maxChargeW: battery.maxChargeW,
    maxDischargeW: battery.maxDischargeW,
    minChargeW: battery.minChargeW ?? 0,
    chargeEfficiency: battery.chargeEfficiency,
    dischargeEfficiency: battery.dischargeEfficiency,
    wearPerKwh: battery.wearPerKwh ?? 0,
    mayExport: battery.mayExport ?? true,
    mayChargeFromGrid: battery.mayChargeFromGrid ?? true,
    finalMinSoc: battery.finalMinSoc,
    finalValuePerKwh: battery.finalValuePerKwh ?? 0,
    connected: battery.connected,
    readyBy: battery.readyBy,
  };
}

/** A window too short for its load grows by as little as it takes: first later, then earlier; a run is cut at the horizon. */
function toLoads(problem: RichProblem, stepCount: number): InstanceLoad[] {
  return (problem.loads ?? []).map((load) => {
    const profileW = load.profileW
      ? load.profileW.slice(0, stepCount)
      : Array.from({ length: Math.min(load.steps, stepCount) }, () => load.powerW);
    const needed = profileW.length;
    const asked = Math.min(load.earliestStep ?? 0, stepCount);
    const earliest = load.started ? 0 : Math.min(asked, stepCount - needed);
    const latest = Math.max(Math.min(load.latestStep ?? stepCount, stepCount), earliest + needed);
    return {
      id: load.id,
      profileW,
      contiguous: load.contiguous === true || load.profileW !== undefined || load.started === true,
      earliest,
      latest: load.started ? needed : latest,
      valuePerRun: load.started ? undefined : load.valuePerRun,
      started: load.started ?? false,
      minOnSteps: Math.min(load.minOnSteps ?? 1, Math.max(1, needed)),
      minOffSteps: load.minOffSteps ?? 1,
      announced: load.announced,
    };
  });
}

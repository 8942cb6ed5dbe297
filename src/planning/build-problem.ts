import { isoUtc, Zone } from "../domain/civil-time.ts";
import type { ControllableDevice } from "../domain/entity.ts";
import type { Forecast } from "../domain/forecast.ts";
import type { PlanProblem } from "../domain/plan-problem.ts";
import type { Relaxation } from "../domain/plan.ts";
import { resample, type Series } from "../domain/series.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import { assumedPrices, fillGaps, wallClock } from "./fill-gaps.ts";
import { deviceLoads, type StartedRun } from "./device-loads.ts";
import type {
  CapacityCharge,
  DimmableLight,
  HeatTank,
  RichBattery,
  RichLoad,
  RichPlan,
  RichProblem,
  TransferSwitch,
} from "./rich-problem.ts";

/** Values for a plan: on any grid of their own, or one per step of the plan. */
export type PlanSeries = Series | Forecast | readonly number[];

/** Everything a home knows when it plans. */
export type HomeOutlook = Readonly<{
  id: string;
  timezone: string;
  currency: string;
  /** Start of step 0; take a whole step's time at or before now. */
  startMs: number;
  stepMs: number;
  stepCount: number;
  /** W, without the loads below. */
  loadW: PlanSeries;
  pvW?: PlanSeries;
  /** May end before the plan does: the same time on an earlier day stands in, and the plan says so. */
  importPricePerKwh: PlanSeries;
  exportPricePerKwh?: PlanSeries;
  carbonGPerKwh?: PlanSeries;
  carbonPricePerKg?: number;
  grid?: PlanProblem["grid"];
  pv?: PlanProblem["pv"];
  inverter?: PlanProblem["inverter"];
  /** With the charge measured now as `initialSoc`. */
  batteries?: readonly RichBattery[];
  /** Those with `shift` become loads, one run per window. */
  devices?: readonly ControllableDevice[];
  /** Runs that were started, still going or over: going ones are pinned, windows already served are left out. */
  runs?: readonly StartedRun[];
  /** Loads beside those of `devices`. */
  loads?: readonly RichLoad[];
  lights?: readonly DimmableLight[];
  tanks?: readonly HeatTank[];
  transferSwitch?: TransferSwitch;
  capacityCharge?: CapacityCharge;
  exclusive?: readonly (readonly string[])[];
  /** The plan in force: moving a run it announced costs `changeCost`. */
  previous?: RichPlan;
  /** Currency per moved run; default 0.02. */
  changeCost?: number;
}>;

/** The planning problem of a home. Pure: same outlook, same problem. */
export function buildProblem(outlook: HomeOutlook): RichProblem {
  const { startMs, stepMs, stepCount } = outlook;
  const zone = new Zone(outlook.timezone);
  const notes: Relaxation[] = [];
  const startsMs = Array.from({ length: stepCount }, (_, t) => startMs + t * stepMs);
  const onGrid = (name: string, given: PlanSeries | undefined): number[] | undefined => {
    if (!given) return undefined;
    const values = toGrid(given, startMs, stepMs, stepCount);
    const gaps = fillGaps(values, startsMs);
    const { filled, missing, knownUntil } = gaps;
    if (missing > 0 && /price/i.test(name)) {
      const until = knownUntil > 0 ? wallClock(zone, startMs + knownUntil * stepMs) : undefined;
      notes.push(assumedPrices(name, gaps, until));
    }
    return filled;
  };
  const optional = <K extends keyof PlanProblem["series"]>(name: K): Partial<Record<K, number[]>> => {
    const values = onGrid(name, outlook[name]);
    return values ? ({ [name]: values } as Partial<Record<K, number[]>>) : {};
  };
  const pvW = onGrid("pvW", outlook.pvW)?.map((powerW) => Math.max(0, powerW));
  const series = {
    loadW: onGrid("loadW", outlook.loadW) ?? [],
    ...(pvW ? { pvW } : {}),
    importPricePerKwh: onGrid("importPricePerKwh", outlook.importPricePerKwh) ?? [],
    ...optional("exportPricePerKwh"),
    ...optional("carbonGPerKwh"),
  };
  const loads = [
    ...deviceLoads(outlook.devices ?? [], outlook.runs ?? [], { zone, startMs, stepMs, stepCount }),
    ...(outlook.loads ?? []),
  ].map((load) => withAnnounced(load, outlook));
  return {
    kind: "hypervolt/plan-problem/v1",
    id: outlook.id,
    timezone: outlook.timezone,
    currency: outlook.currency,
    start: isoUtc(startMs),
    stepMinutes: stepMs / MS_PER_MINUTE,
    series,
    objective: { carbonPricePerKg: outlook.carbonPricePerKg ?? 0 },
    ...(outlook.grid ? { grid: outlook.grid } : {}),
    ...(outlook.pv ? { pv: outlook.pv } : {}),
    ...(outlook.inverter ? { inverter: outlook.inverter } : {}),
    batteries: (outlook.batteries ?? []).map((it) => ({ ...it, initialSoc: Math.min(1, Math.max(0, it.initialSoc)) })),
    loads,
    ...(outlook.lights ? { lights: outlook.lights } : {}),
    ...(outlook.tanks ? { tanks: outlook.tanks } : {}),
    ...(outlook.transferSwitch ? { transferSwitch: outlook.transferSwitch } : {}),
    ...(outlook.capacityCharge ? { capacityCharge: outlook.capacityCharge } : {}),
    ...(outlook.exclusive ? { exclusive: outlook.exclusive } : {}),
    ...(notes.length > 0 ? { notes } : {}),
  };
}

function toGrid(given: PlanSeries, startMs: number, stepMs: number, stepCount: number): number[] {
  if (!("startMs" in given)) return Array.from({ length: stepCount }, (_, t) => given[t] ?? Number.NaN);
  const values = "values" in given ? given.values : given.mean;
  return Array.from(
    resample({ startMs: given.startMs, stepMs: given.stepMs, values }, startMs, stepMs, stepCount).values,
  );
}

function withAnnounced(load: RichLoad, { previous, startMs, stepMs, changeCost }: HomeOutlook): RichLoad {
  if (!previous || load.started === true || load.announced) return load;
  const onSteps = new Set<number>();
  for (const step of previous.steps)
    if ((step.loads[load.id] ?? 0) > 0) {
      const t = Math.floor((Date.parse(step.start) - startMs) / stepMs);
      if (t >= 0) onSteps.add(t);
    }
  return onSteps.size === 0 ? load : { ...load, announced: { onSteps: [...onSteps], changeCost: changeCost ?? 0.02 } };
}

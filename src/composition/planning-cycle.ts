import type { Clock } from "../domain/clock.ts";
import { isoUtc, type Zone } from "../domain/civil-time.ts";
import type { ControllableDevice } from "../domain/entity.ts";
import type { Forecast, Scenarios } from "../domain/forecast.ts";
import type { HomeHistory } from "../domain/home-history.ts";
import type { Log } from "../domain/log.ts";
import type { Battery } from "../domain/plan-problem.ts";
import type { BatteryCommand } from "../domain/plan.ts";
import { settleStep } from "../domain/storage-rule.ts";
import { G_PER_KG, MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE, W_PER_KW } from "../domain/units.ts";
import type { Context } from "../context/context.ts";
import type { ForecastService } from "../forecasting/forecast-service.ts";
import { createScenarioSource } from "../forecasting/scenarios.ts";
import { buildProblem } from "../planning/build-problem.ts";
import type { Planner } from "../planning/planner.ts";
import type { DimmableLight, RichPlan, RichProblem } from "../planning/rich-problem.ts";
import { chooseCommands } from "../planning/storage-policy.ts";
import { nowcast } from "./nowcast.ts";
import { plannedRuns, type PlannedRun, startedRuns } from "./planned-runs.ts";
import type { RunBook } from "./run-book.ts";

export const PLAN_STEP_MS = 15 * MS_PER_MINUTE;
const HORIZON_HOURS = 48;
const SCENARIO_HOURS = 30;
/** Earlier days, each at three shifts of the clock. */
const SCENARIO_PATHS = 72;
/** With less history than this a battery follows the net load: scenarios would be drawn from nothing. */
const LEAST_HISTORY_MS = 3 * MS_PER_DAY;
/** Forecasts are made anew this often; in between they are corrected by what happened. */
const FORECAST_EVERY_MS = MS_PER_HOUR;
const FORECAST_STEP_MINUTES = 30;
const SOLVE_MS = 5_000;
/** A plan older than this is not acted on. */
export const PLAN_STALE_MS = 45 * MS_PER_MINUTE;
const FRONT = [0, 0.05, 0.15, 0.4, 1, 2.5];

/** One way through the horizon: mean powers per step and what they cost. */
export type Course = Readonly<{
  importW: readonly number[];
  exportW: readonly number[];
  cost: number;
  carbonKg: number;
}>;

/** The plan in force, with everything it was made of. */
export type PlanInForce = Readonly<{
  planId: string;
  createdAtMs: number;
  startMs: number;
  stepMs: number;
  problem: RichProblem;
  plan: RichPlan;
  runs: readonly PlannedRun[];
  /** What each battery is told now, and why. */
  commands: Readonly<Record<string, BatteryCommand>>;
  storageReason: string;
  forecasts: readonly Forecast[];
  baseline: Course;
  front: readonly Readonly<{ carbonPricePerKg: number; cost: number; carbonKg: number }>[];
  /** Wall time of forecasting and planning, ms. */
  tookMs: number;
}>;

export type PlanOutcome =
  | Readonly<{ kind: "planned"; inForce: PlanInForce }>
  | Readonly<{ kind: "waiting"; missing: string }>
  | Readonly<{ kind: "stale"; inForce: PlanInForce; because: string }>;

export type PlanningParts = Readonly<{
  clock: Clock;
  log: Log;
  zone: Zone;
  currency: () => string;
  context: Context;
  history: (nowMs: number) => Promise<HomeHistory>;
  forecasts: ForecastService;
  planner: Planner;
  /** With the state of charge of now; a battery whose charge is not known is left out. */
  batteries: (nowMs: number) => readonly Battery[];
  devices: () => readonly ControllableDevice[];
  /** How bright lights will be wanted, one value per step. */
  lights: (startMs: number, stepMs: number, length: number) => Promise<readonly DimmableLight[]>;
  runs: RunBook;
  carbonPricePerKg: () => number;
  maxImportW: number | null;
  maxExportW: number | null;
  steadyMs: () => number;
  onPlan: (inForce: PlanInForce) => void;
}>;

export interface PlanningCycle {
  outcome(): PlanOutcome;
  /** Plans anew; while a plan is being made, one more is made after it, whoever asked. Never rejects. */
  replan(why: string): Promise<PlanOutcome>;
  /** From now on nothing is planned; what fails meanwhile is nobody's concern. */
  close(): void;
}

/** Forecast and plan: every few minutes and on events. A plan in force stays until a better one has been checked. */
export function createPlanningCycle(parts: PlanningParts): PlanningCycle {
  const { clock, log, zone, context } = parts;
  let inForce: PlanInForce | undefined;
  let failure: string | null = "not planned yet";
  let issued: readonly Forecast[] = [];
  let front: PlanInForce["front"] = [];
  let frontMs = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | undefined;
  let again = false;
  let closed = false;

  const outcome = (): PlanOutcome => {
    if (!inForce) return { kind: "waiting", missing: failure ?? "the first plan" };
    const ageMs = clock.nowMs() - inForce.createdAtMs;
    if (ageMs <= PLAN_STALE_MS) return { kind: "planned", inForce };
    return {
      kind: "stale",
      inForce,
      because: failure ?? `the plan is ${Math.round(ageMs / MS_PER_MINUTE)} minutes old`,
    };
  };

  const forecastsFor = async (history: HomeHistory, nowMs: number, startMs: number): Promise<readonly Forecast[]> => {
    const newestMs = Math.max(...issued.map(({ issuedAtMs }) => issuedAtMs), Number.NEGATIVE_INFINITY);
    const wanted = ["load_w", ...(history.columns.has("pv_w") ? ["pv_w"] : []), ...unknownSignals(context, startMs)];
    const same = wanted.every((signal) => issued.some((forecast) => forecast.signal === signal));
    if (same && nowMs - newestMs < FORECAST_EVERY_MS) return issued;
    issued = await parts.forecasts.forecast(
      history,
      wanted.map((signal) => ({
        signal,
        issuedAtMs: startMs,
        hours: HORIZON_HOURS + 2,
        stepMinutes: FORECAST_STEP_MINUTES,
      })),
    );
    return issued;
  };

  const plan = async (): Promise<void> => {
    const beganMs = parts.steadyMs();
    const nowMs = clock.nowMs();
    const startMs = Math.floor(nowMs / PLAN_STEP_MS) * PLAN_STEP_MS;
    const length = (HORIZON_HOURS * MS_PER_HOUR) / PLAN_STEP_MS;
    const history = await parts.history(nowMs);
    const forecasts = await forecastsFor(history, nowMs, startMs);
    const mean = (signal: string): Float64Array | undefined => {
      const made = forecasts.find((forecast) => forecast.signal === signal);
      return made && onGrid(made, startMs, length);
    };
    const loadW = corrected("load_w", mean("load_w") ?? new Float64Array(length), startMs, history, forecasts);
    const pvW = corrected("pv_w", mean("pv_w") ?? new Float64Array(length), startMs, history, forecasts).map((w) =>
      Math.max(0, w),
    );
    const signal = (name: "import_price" | "export_price" | "carbon_g_kwh"): Float64Array =>
      completed(context.known(name, startMs, PLAN_STEP_MS, length), mean(name), context.now(name)?.value ?? 0);
    const [importPrice, exportPrice, carbonGPerKwh] = [
      signal("import_price"),
      signal("export_price"),
      signal("carbon_g_kwh"),
    ];
    const batteries = parts.batteries(nowMs);
    const devices = parts.devices();
    const problem = buildProblem({
      id: `plan-${isoUtc(startMs)}`,
      timezone: zone.name,
      currency: parts.currency(),
      startMs,
      stepMs: PLAN_STEP_MS,
      stepCount: length,
      loadW: [...loadW],
      pvW: [...pvW],
      importPricePerKwh: [...importPrice],
      exportPricePerKwh: [...exportPrice],
      carbonGPerKwh: [...carbonGPerKwh],
      carbonPricePerKg: parts.carbonPricePerKg(),
      grid: { maxImportW: parts.maxImportW, maxExportW: parts.maxExportW },
      batteries: batteries.map((battery) => withStoredValue(battery, importPrice)),
      devices,
      lights: await parts.lights(startMs, PLAN_STEP_MS, length),
      runs: startedRuns(devices, parts.runs, zone, nowMs),
      ...(inForce && { previous: inForce.plan }),
    });
    const made = await parts.planner.plan(problem, {
      timeLimitMs: SOLVE_MS,
      gap: 1e-3,
      ...(inForce?.startMs === startMs && { previous: inForce.plan }),
    });
    const runs = plannedRuns(made, devices, zone, startMs, PLAN_STEP_MS);
    const storage =
      batteries.length === 0
        ? { commands: {}, reason: "" }
        : storageCommands(
            parts,
            history,
            batteries,
            made,
            startMs,
            { importPrice, exportPrice, carbonGPerKwh },
            { loadW, pvW },
          );
    if (nowMs - frontMs >= FORECAST_EVERY_MS || front.length === 0) {
      front = await costCarbonFront(parts.planner, problem);
      frontMs = nowMs;
    }
    inForce = {
      planId: `${isoUtc(nowMs)}`,
      createdAtMs: nowMs,
      startMs,
      stepMs: PLAN_STEP_MS,
      problem,
      plan: made,
      runs,
      commands: storage.commands,
      storageReason: storage.reason,
      forecasts,
      baseline: courseWithout(
        problem,
        batteries,
        runs.map(({ device, occurrence }) => ({ device, startMs: Math.max(occurrence.startMs, startMs) })),
        startMs,
      ),
      front,
      tookMs: parts.steadyMs() - beganMs,
    };
    failure = null;
    parts.onPlan(inForce);
  };

  const run = async (): Promise<void> => {
    do {
      again = false;
      try {
        await plan();
      } catch (error) {
        if (closed) return;
        failure = error instanceof Error ? error.message : String(error);
        log.error("No new plan; the one in force stays", { because: failure });
        log.debug("Where planning failed", { stack: error instanceof Error ? error.stack : null });
      }
    } while (again);
    running = undefined;
  };

  return {
    outcome,
    async replan(why) {
      log.debug("Planning", { why });
      if (closed) return outcome();
      if (running) again = true;
      running ??= run();
      await running;
      return outcome();
    },
    close() {
      closed = true;
      again = false;
    },
  };
}

/** Signals that no source knows for the whole of the next day: these are forecast. */
function unknownSignals(context: Context, startMs: number): string[] {
  const day = (24 * MS_PER_HOUR) / PLAN_STEP_MS;
  return (["import_price", "carbon_g_kwh"] as const).filter((signal) =>
    context.known(signal, startMs, PLAN_STEP_MS, 2 * day).some(Number.isNaN),
  );
}

function onGrid(forecast: Forecast, startMs: number, length: number): Float64Array {
  const values = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const at = Math.floor((startMs + i * PLAN_STEP_MS - forecast.startMs) / forecast.stepMs);
    values[i] = forecast.mean[Math.min(Math.max(at, 0), forecast.mean.length - 1)] ?? 0;
  }
  return values;
}

function corrected(
  signal: "load_w" | "pv_w",
  ahead: Float64Array,
  startMs: number,
  history: HomeHistory,
  forecasts: readonly Forecast[],
): Float64Array {
  const made = forecasts.find((forecast) => forecast.signal === signal);
  const earlier = (atMs: number): number =>
    made ? (made.mean[Math.floor((atMs - made.startMs) / made.stepMs)] ?? Number.NaN) : Number.NaN;
  return nowcast(signal, ahead, startMs, PLAN_STEP_MS, history, earlier);
}

/** Share of what is wanted that the plan in force gives a light now, 0..1; 1 where it says nothing. */
export function plannedLightShare(
  { plan, problem, startMs, stepMs }: PlanInForce,
  deviceId: string,
  nowMs: number,
): number {
  const step = Math.floor((nowMs - startMs) / stepMs);
  const light = problem.lights?.find(({ id }) => id === `light:${deviceId}`);
  const wantedW = (light?.wanted[step] ?? 0) * (light?.maxW ?? 0);
  const plannedW = plan.steps[step]?.loads[`light:${deviceId}`];
  return wantedW < 1 || plannedW === undefined ? 1 : Math.min(1, plannedW / wantedW);
}

/** Known values first, then the forecast, then the last known value. */
function completed(known: Float64Array, forecast: Float64Array | undefined, now: number): Float64Array {
  let last = now;
  return known.map((value, i) => {
    const best = Number.isNaN(value) ? (forecast?.[i] ?? Number.NaN) : value;
    last = Number.isNaN(best) ? last : best;
    return last;
  });
}

/** What is stored at the end is worth most of what filling it then would cost. */
function withStoredValue(battery: Battery, importPrice: Float64Array): Battery {
  if (battery.finalValuePerKwh !== undefined) return battery;
  const sorted = importPrice.toSorted();
  return {
    ...battery,
    finalValuePerKwh: 0.8 * Math.max(0, sorted[Math.floor(sorted.length / 2)] ?? 0) * battery.dischargeEfficiency,
  };
}

function storageCommands(
  parts: PlanningParts,
  history: HomeHistory,
  batteries: readonly Battery[],
  plan: RichPlan,
  startMs: number,
  prices: Readonly<{ importPrice: Float64Array; exportPrice: Float64Array; carbonGPerKwh: Float64Array }>,
  means: Readonly<{ loadW: Float64Array; pvW: Float64Array }>,
): { commands: Readonly<Record<string, BatteryCommand>>; reason: string } {
  if (history.length * history.stepMs < LEAST_HISTORY_MS)
    return {
      commands: Object.fromEntries(
        batteries.map(({ id, maxChargeW, maxDischargeW }) => [id, { kind: "follow", maxChargeW, maxDischargeW }]),
      ),
      reason: "HyperVolt has known this home for less than three days: the battery covers what the home uses.",
    };
  const length = (SCENARIO_HOURS * MS_PER_HOUR) / PLAN_STEP_MS;
  const plannedLoadW = Float64Array.from(plan.steps.slice(0, length), ({ loads }) =>
    Object.values(loads).reduce((a, b) => a + b, 0),
  );
  const issueIndex = Math.max(0, Math.min(history.length, Math.round((startMs - history.startMs) / history.stepMs)));
  const drawn = createScenarioSource(history).draw({
    issueIndex,
    length,
    count: SCENARIO_PATHS,
    known: {
      import_price: prices.importPrice.subarray(0, length),
      export_price: prices.exportPrice.subarray(0, length),
      carbon_g_kwh: prices.carbonGPerKwh.subarray(0, length),
    },
  });
  const scenarios: Scenarios = { ...drawn, startMs, paths: recentred(drawn, means) };
  const decided = chooseCommands({
    plant: { grid: { maxImportW: parts.maxImportW, maxExportW: parts.maxExportW }, batteries },
    scenarios,
    carbonPricePerKg: parts.carbonPricePerKg(),
    plannedLoadW,
    currency: parts.currency(),
  });
  return { commands: decided.commands, reason: decided.reason };
}

/** Scenarios keep their spread and take the forecast's mean: one forecast behind the plan and the commands. */
function recentred(
  { paths, weights }: Scenarios,
  means: Readonly<{ loadW: Float64Array; pvW: Float64Array }>,
): Scenarios["paths"] {
  const shift = (signal: string, wanted: Float64Array): readonly Float64Array[] => {
    const drawn = paths[signal] ?? [];
    if (drawn.length === 0) return drawn;
    const length = drawn[0]?.length ?? 0;
    const weightOf = (n: number): number => weights?.[n] ?? 1 / drawn.length;
    const mean = Float64Array.from({ length }, (_, i) =>
      drawn.reduce((sum, path, n) => sum + weightOf(n) * (path[i] ?? 0), 0),
    );
    return drawn.map((path) =>
      path.map((w, i) => {
        const [from, to] = [mean[i] ?? 0, wanted[i] ?? 0];
        return Math.max(0, signal === "pv_w" ? (from > 20 ? (w * to) / from : to) : w + to - from);
      }),
    );
  };
  return { ...paths, load_w: shift("load_w", means.loadW), pv_w: shift("pv_w", means.pvW) };
}

/** The same hours without HyperVolt: batteries follow the net load, each run starts as soon as its window is open. */
function courseWithout(
  problem: RichProblem,
  batteries: readonly Battery[],
  runs: readonly Readonly<{ device: ControllableDevice; startMs: number }>[],
  startMs: number,
): Course {
  const { loadW, pvW = [], importPricePerKwh, exportPricePerKwh = [], carbonGPerKwh = [] } = problem.series;
  const hours = PLAN_STEP_MS / MS_PER_HOUR;
  let socs = batteries.map(({ initialSoc }) => initialSoc);
  const follow = batteries.map(({ maxChargeW, maxDischargeW }): BatteryCommand => ({
    kind: "follow",
    maxChargeW,
    maxDischargeW,
  }));
  const [importW, exportW]: [number[], number[]] = [[], []];
  let [cost, carbonKg] = [0, 0];
  for (const [i, forecastW] of loadW.entries()) {
    const baseW =
      forecastW + (problem.lights ?? []).reduce((sum, { maxW, wanted }) => sum + maxW * (wanted[i] ?? 0), 0);
    const atMs = startMs + i * PLAN_STEP_MS;
    const runningW = runs.reduce((sum, { device, startMs: beganMs }) => {
      const endMs = beganMs + (device.shift?.runMinutes ?? 0) * MS_PER_MINUTE;
      return (
        sum + (device.maxW * Math.max(0, Math.min(endMs, atMs + PLAN_STEP_MS) - Math.max(beganMs, atMs))) / PLAN_STEP_MS
      );
    }, 0);
    const prices = { importPerKwh: importPricePerKwh[i] ?? 0, exportPerKwh: exportPricePerKwh[i] ?? 0 };
    const flows = settleStep({ batteries }, follow, socs, baseW + runningW, pvW[i] ?? 0, hours, prices);
    socs = [...flows.socs];
    importW.push(flows.importW);
    exportW.push(flows.exportW);
    cost += (hours * (flows.importW * prices.importPerKwh - flows.exportW * prices.exportPerKwh)) / W_PER_KW;
    carbonKg += (hours * flows.importW * (carbonGPerKwh[i] ?? 0)) / W_PER_KW / G_PER_KG;
  }
  return { importW, exportW, cost, carbonKg };
}

async function costCarbonFront(planner: Planner, problem: RichProblem): Promise<PlanInForce["front"]> {
  const points: { carbonPricePerKg: number; cost: number; carbonKg: number }[] = [];
  for (const carbonPricePerKg of FRONT) {
    const { cost, carbonKg } = await planner.plan(
      { ...problem, objective: { carbonPricePerKg } },
      { timeLimitMs: 1_000, gap: 5e-3, explain: false },
    );
    points.push({ carbonPricePerKg, cost, carbonKg });
  }
  return points.filter(
    (point, i) =>
      !points.some(
        (other, j) =>
          j !== i &&
          other.cost <= point.cost &&
          other.carbonKg <= point.carbonKg &&
          (other.cost < point.cost || other.carbonKg < point.carbonKg || j < i),
      ),
  );
}

import type { Clock } from "../domain/clock.ts";
import { isoUtc, type Zone } from "../domain/civil-time.ts";
import type { ControllableDevice } from "../domain/entity.ts";
import type { Forecast } from "../domain/forecast.ts";
import type { HomeHistory } from "../domain/home-history.ts";
import type { Log } from "../domain/log.ts";
import type { Battery } from "../domain/plan-problem.ts";
import type { BatteryCommand } from "../domain/plan.ts";
import { MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import type { Context } from "../context/context.ts";
import type { ForecastService } from "../forecasting/forecast-service.ts";
import { buildProblem } from "../planning/build-problem.ts";
import type { Planner } from "../planning/planner.ts";
import type { DimmableLight, RichPlan, RichProblem, TransferSwitch } from "../planning/rich-problem.ts";
import { costCarbonFront, type FrontPoint } from "./cost-carbon-front.ts";
import { type Course, courseWithout } from "./course-without.ts";
import { createIssuedForecasts } from "./issued-forecasts.ts";
import { nowcast } from "./nowcast.ts";
import { plannedRuns, type PlannedRun, startedRuns } from "./planned-runs.ts";
import type { RunBook } from "./run-book.ts";
import type { StorageThread } from "./storage-thread.ts";

export { FORECAST_STEP_MINUTES } from "./issued-forecasts.ts";

export const PLAN_STEP_MS = 15 * MS_PER_MINUTE;
const HORIZON_HOURS = 48;
/** Forecasts reach past the horizon, as they serve until the next are made. */
const AHEAD_HOURS = HORIZON_HOURS + 2;
/** The trade-off of cost against carbon is worked out this often. */
const FRONT_EVERY_MS = MS_PER_HOUR;
const SOLVE_MS = 5_000;
/** A plan older than this is not acted on. */
export const PLAN_STALE_MS = 45 * MS_PER_MINUTE;

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
  front: readonly FrontPoint[];
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
  /** Told of the history each plan is made of; never rejects. */
  onHistory: (history: HomeHistory) => Promise<void>;
  forecasts: ForecastService;
  planner: Planner;
  storage: StorageThread;
  /** With the state of charge of now; a battery whose charge is not known is left out. */
  batteries: (nowMs: number) => readonly Battery[];
  /** For homes with a transfer switch whose state is known. */
  transferSwitch: (nowMs: number, stepMs: number) => TransferSwitch | undefined;
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
  const forecastsFor = createIssuedForecasts({
    forecast: (history, requests) => parts.forecasts.forecast(history, requests),
    context,
    aheadHours: AHEAD_HOURS,
  });
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

  const plan = async (): Promise<void> => {
    const beganMs = parts.steadyMs();
    const nowMs = clock.nowMs();
    const startMs = Math.floor(nowMs / PLAN_STEP_MS) * PLAN_STEP_MS;
    const length = (HORIZON_HOURS * MS_PER_HOUR) / PLAN_STEP_MS;
    const history = await parts.history(nowMs);
    const forecasts = await forecastsFor(history, nowMs, startMs);
    await parts.onHistory(history);
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
    const transferSwitch = parts.transferSwitch(nowMs, PLAN_STEP_MS);
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
      ...(transferSwitch && { transferSwitch }),
      lights: await parts.lights(startMs, PLAN_STEP_MS, length),
      runs: startedRuns(devices, parts.runs, zone, nowMs),
      ...(inForce && { previous: inForce.plan }),
    });
    const made = await parts.planner.plan(problem, {
      timeLimitMs: SOLVE_MS,
      gap: 1e-3,
      ...(inForce && { previous: inForce.plan }),
    });
    const runs = plannedRuns(made, devices, zone, startMs, PLAN_STEP_MS);
    const storage =
      batteries.length === 0
        ? { commands: {}, reason: "" }
        : await parts.storage.decide({
            history: {
              timezone: zone.name,
              site: { latitude: history.site.latitude, longitude: history.site.longitude },
              startMs: history.startMs,
              stepMs: history.stepMs,
              length: history.length,
              columns: history.columns,
            },
            batteries,
            startMs,
            plannedLoadW: Float64Array.from(made.steps, ({ loads }) => Object.values(loads).reduce((a, b) => a + b, 0)),
            known: {
              import_price: context.known("import_price", startMs, PLAN_STEP_MS, length),
              export_price: context.known("export_price", startMs, PLAN_STEP_MS, length),
              carbon_g_kwh: context.known("carbon_g_kwh", startMs, PLAN_STEP_MS, length),
            },
            expected: { import_price: importPrice, export_price: exportPrice, carbon_g_kwh: carbonGPerKwh },
            grid: { maxImportW: parts.maxImportW, maxExportW: parts.maxExportW },
            carbonPricePerKg: parts.carbonPricePerKg(),
            currency: parts.currency(),
          });
    if (Math.abs(nowMs - frontMs) >= FRONT_EVERY_MS || front.length === 0) {
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
        PLAN_STEP_MS,
      ),
      front,
      tookMs: parts.steadyMs() - beganMs,
    };
    failure = null;
    log.debug("Planned", {
      status: made.status,
      solveMs: Math.round(made.solveMs),
      tookMs: Math.round(inForce.tookMs),
    });
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

import type { ForecastDto, HomeDto, HomeHistoryDto, PlanDto } from "../../../src/serving/messages.ts";

export type BatteryState = Readonly<{ id: string; name: string; powerW: number | null; soc: number | null }>;
/** The home during one step. Powers W, + import, + charging; `soc` 0..1; null where nothing is known. */
export type Frame = Readonly<{
  startMs: number;
  endMs: number;
  kind: "past" | "now" | "plan";
  gridW: number | null;
  loadW: number | null;
  pvW: number | null;
  batteries: readonly BatteryState[];
  pricePerKwh: number | null;
  exportPricePerKwh: number | null;
  carbonGPerKwh: number | null;
  /** Grid power without HyperVolt, W. */
  baselineGridW: number | null;
  /** 10 % and 90 % forecast of the load, W. */
  loadBandW: readonly [number, number] | null;
  pvBandW: readonly [number, number] | null;
  /** Planned power by device id, W. */
  devicesW: Readonly<Record<string, number>>;
}>;
/** Frames in time order without overlap; gaps are possible. */
export type Timeline = Readonly<{ nowMs: number; startMs: number; endMs: number; frames: readonly Frame[] }>;

const MINUTE = 60_000;
const HOUR = 3_600_000;
const LONGEST_NOW_MS = 45 * MINUTE;
const finite = (value: number | null | undefined): number | null =>
  value !== null && value !== undefined && Number.isFinite(value) ? value : null;

/** The last 24 hours as measured, now, and the plan to its end, on one axis. `nowMs` is the home's own time. */
export function timelineOf(
  home: HomeDto,
  history: HomeHistoryDto | null,
  plan: PlanDto | null,
  forecasts: readonly ForecastDto[],
  nowMs: number,
): Timeline {
  const names = new Map(home.flows.batteries.map(({ id, name }) => [id, name]));
  const past = history ? pastFrames(history, names, nowMs) : [];
  const future = plan ? planFrames(plan, names, forecasts, nowMs) : [];
  const frames = [...past, nowFrame(home, past[past.length - 1]?.endMs, future[0]?.startMs, nowMs), ...future];
  return {
    nowMs,
    startMs: Math.min(frames[0]?.startMs ?? nowMs, nowMs - HOUR),
    endMs: Math.max(frames[frames.length - 1]?.endMs ?? nowMs, nowMs + HOUR),
    frames,
  };
}

function nowFrame(home: HomeDto, pastEndMs: number | undefined, planStartMs: number | undefined, nowMs: number): Frame {
  const { flows } = home;
  return {
    // What was measured since the last step of the past is not known to have been as it is now.
    startMs: Math.min(Math.max(pastEndMs ?? nowMs - 5 * MINUTE, nowMs - LONGEST_NOW_MS), nowMs),
    endMs: Math.max(planStartMs ?? nowMs + 5 * MINUTE, nowMs),
    kind: "now",
    gridW: flows.grid_w,
    loadW: flows.load_w,
    pvW: flows.pv_w,
    batteries: flows.batteries.map(({ id, name, power_w, soc }) => ({ id, name, powerW: power_w, soc })),
    pricePerKwh: flows.price_per_kwh,
    exportPricePerKwh: flows.export_price_per_kwh,
    carbonGPerKwh: flows.carbon_g_kwh,
    baselineGridW: null,
    loadBandW: null,
    pvBandW: null,
    devicesW: Object.fromEntries(
      home.devices.filter(({ power_w }) => (power_w ?? 0) > 0).map(({ id, power_w }) => [id, power_w ?? 0]),
    ),
  };
}

function pastFrames(history: HomeHistoryDto, names: ReadonlyMap<string, string>, nowMs: number): Frame[] {
  const startMs = Date.parse(history.start);
  const stepMs = history.step_minutes * MINUTE;
  return history.load_w.flatMap((loadW, i): Frame[] => {
    const endMs = startMs + (i + 1) * stepMs;
    if (endMs > nowMs) return [];
    return [
      {
        startMs: endMs - stepMs,
        endMs,
        kind: "past",
        gridW: finite(history.grid_w[i]),
        loadW: finite(loadW),
        pvW: finite(history.pv_w[i]),
        batteries: history.batteries.map(({ id, power_w, soc }) => ({
          id,
          name: names.get(id) ?? id,
          powerW: finite(power_w[i]),
          soc: finite(soc[i]),
        })),
        pricePerKwh: finite(history.price[i]),
        exportPricePerKwh: finite(history.export_price?.[i]),
        carbonGPerKwh: finite(history.carbon_g_kwh[i]),
        baselineGridW: finite(history.baseline_grid_w?.[i]),
        loadBandW: null,
        pvBandW: null,
        devicesW: {},
      },
    ];
  });
}

function planFrames(
  plan: PlanDto,
  names: ReadonlyMap<string, string>,
  forecasts: readonly ForecastDto[],
  nowMs: number,
): Frame[] {
  const startMs = Date.parse(plan.start);
  const stepMs = plan.step_minutes * MINUTE;
  const load = forecasts.find(({ signal }) => signal === "load_w");
  const pv = forecasts.find(({ signal }) => signal === "pv_w");
  return plan.import_w.flatMap((importW, i): Frame[] => {
    const fromMs = startMs + i * stepMs;
    if (fromMs <= nowMs) return [];
    const baselineImportW = finite(plan.baseline.import_w[i]);
    return [
      {
        startMs: fromMs,
        endMs: fromMs + stepMs,
        kind: "plan",
        gridW: importW - (plan.export_w[i] ?? 0),
        loadW: finite(plan.load_w[i]),
        pvW: finite(plan.pv_w[i]),
        batteries: plan.batteries.map(({ id, power_w, soc }) => ({
          id,
          name: names.get(id) ?? id,
          powerW: finite(power_w[i]),
          soc: finite(soc[i]),
        })),
        pricePerKwh: finite(plan.price[i]),
        exportPricePerKwh: finite(plan.export_price?.[i]),
        carbonGPerKwh: finite(plan.carbon_g_kwh[i]),
        baselineGridW: baselineImportW === null ? null : baselineImportW - (plan.baseline.export_w[i] ?? 0),
        loadBandW: bandAt(load, fromMs, fromMs + stepMs),
        pvBandW: bandAt(pv, fromMs, fromMs + stepMs),
        devicesW: Object.fromEntries(
          plan.devices.filter(({ on }) => (on[i] ?? 0) > 0).map(({ id, power_w }) => [id, power_w[i] ?? 0]),
        ),
      },
    ];
  });
}

function bandAt(forecast: ForecastDto | undefined, fromMs: number, toMs: number): readonly [number, number] | null {
  if (!forecast) return null;
  const i = Math.floor(((fromMs + toMs) / 2 - Date.parse(forecast.start)) / (forecast.step_minutes * MINUTE));
  const low = finite(forecast.p10[i]);
  const high = finite(forecast.p90[i]);
  return low === null || high === null ? null : [low, high];
}

/** The frame that holds an instant, else the nearest one. */
export function frameAt(timeline: Timeline, atMs: number): Frame | undefined {
  const { frames } = timeline;
  let low = 0;
  let high = frames.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((frames[middle]?.startMs ?? 0) <= atMs) low = middle;
    else high = middle - 1;
  }
  return frames[low];
}

/** What HyperVolt's way differs from the way without it: + is saved. */
export type GhostDifference = Readonly<{ savedCost: number; savedCarbonKg: number; fromMs: number; toMs: number }>;

/**
 * Money and carbon between now and an instant, of the steps that know both ways: ahead of now what the plan will have
 * saved until then, before now what was saved since then. Undefined where no step knows both.
 */
export function ghostDifference(timeline: Timeline, atMs: number): GhostDifference | undefined {
  const fromMs = Math.min(atMs, timeline.nowMs);
  const toMs = Math.max(atMs, timeline.nowMs);
  let savedCost = 0;
  let savedCarbonKg = 0;
  let known = false;
  for (const frame of timeline.frames) {
    const overlapMs = Math.min(toMs, frame.endMs) - Math.max(fromMs, frame.startMs);
    if (overlapMs <= 0 || frame.gridW === null || frame.baselineGridW === null) continue;
    known = true;
    const kwhPerW = overlapMs / HOUR / 1000;
    savedCost += (costRate(frame, frame.baselineGridW) - costRate(frame, frame.gridW)) * kwhPerW;
    const lessImportW = Math.max(frame.baselineGridW, 0) - Math.max(frame.gridW, 0);
    savedCarbonKg += (lessImportW * kwhPerW * (frame.carbonGPerKwh ?? 0)) / 1000;
  }
  return known ? { savedCost, savedCarbonKg, fromMs, toMs } : undefined;
}

const costRate = (frame: Frame, gridW: number): number =>
  gridW > 0 ? gridW * (frame.pricePerKwh ?? 0) : gridW * (frame.exportPricePerKwh ?? 0);

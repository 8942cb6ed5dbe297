import { HyperVoltError } from "../domain/errors.ts";
import type { HomeHistory } from "../domain/home-history.ts";
import { MS_PER_DAY, MS_PER_HOUR } from "../domain/units.ts";

/** A history cut to what a backtest runs over; arrays are on the history's grid, from its first step on. */
export type BacktestHome = Readonly<{
  history: HomeHistory;
  fromMs: number;
  toMs: number;
  /** Steps [first, end) of the history's grid; may reach beyond what is recorded. */
  firstStep: number;
  endStep: number;
  hours: number;
  loadW: Float64Array;
  pvW: Float64Array;
  importPrice: Float64Array;
  exportPrice: Float64Array;
  carbonGPerKwh: Float64Array;
  /** 1 where load or price was not recorded: the step is left out. */
  missing: Uint8Array;
}>;

/**
 * @throws HyperVoltError SERIES_INVALID without load, without price and carbon, or without any step in the period
 */
export function prepareHome(history: HomeHistory, fromMs: number, toMs: number): BacktestHome {
  const { columns, startMs, stepMs } = history;
  const load = columns.get("load_w");
  const price = columns.get("import_price");
  const carbon = columns.get("carbon_g_kwh");
  if (!load) throw new HyperVoltError("SERIES_INVALID", "the history has no column load_w");
  if (!price && !carbon)
    throw new HyperVoltError("SERIES_INVALID", "the history has neither import_price nor carbon_g_kwh");
  const firstStep = Math.ceil((fromMs - startMs) / stepMs);
  const endStep = Math.floor((toMs - startMs) / stepMs);
  if (endStep <= Math.max(firstStep, 0) || firstStep >= history.length)
    throw new HyperVoltError("SERIES_INVALID", "no step of the history lies between --from and --to");
  const begin = Math.max(firstStep, 0);
  const end = Math.min(endStep, history.length);
  const zeros = (): Float64Array => new Float64Array(history.length);
  const zeroWhereMissing = (name: string): Float64Array =>
    columns.get(name)?.map((value) => (Number.isNaN(value) ? 0 : value)) ?? zeros();
  const importPrice = price ?? zeros();
  const missing = Uint8Array.from({ length: history.length }, (_, i) =>
    Number.isNaN(load[i] ?? Number.NaN) || Number.isNaN(importPrice[i] ?? Number.NaN) ? 1 : 0,
  );
  return {
    history,
    fromMs,
    toMs,
    firstStep: begin,
    endStep: end,
    hours: stepMs / MS_PER_HOUR,
    loadW: load,
    pvW: zeroWhereMissing("pv_w"),
    importPrice,
    exportPrice: zeroWhereMissing("export_price"),
    carbonGPerKwh: carbon ? lastKnown(carbon) : zeros(),
    missing,
  };
}

/** Steps of the period that were not recorded. */
export function missingStepsOf(home: BacktestHome): number {
  const steps = Math.round((home.toMs - home.fromMs) / home.history.stepMs);
  let recorded = 0;
  for (let i = home.firstStep; i < home.endStep; i++) recorded += 1 - (home.missing[i] ?? 1);
  return Math.max(0, steps - recorded);
}

export const daysOf = (home: BacktestHome): number => (home.toMs - home.fromMs) / MS_PER_DAY;

function lastKnown(values: Float64Array): Float64Array {
  let last = values.find((value) => !Number.isNaN(value)) ?? 0;
  return values.map((value) => (last = Number.isNaN(value) ? last : value));
}

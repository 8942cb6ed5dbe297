import { Zone } from "../domain/civil-time.ts";
import type { Battery } from "../domain/plan-problem.ts";
import type { BatteryCommand } from "../domain/plan.ts";
import { MS_PER_HOUR } from "../domain/units.ts";
import { createScenarioSource } from "../forecasting/scenarios/scenarios.ts";
import { chooseCommands, STORAGE_FUTURES } from "../planning/storage-policy.ts";

const PRICE_SIGNALS = ["import_price", "export_price", "carbon_g_kwh"] as const;
const LEAST_HISTORY_MS = STORAGE_FUTURES.leastHistoryHours * MS_PER_HOUR;

/** Everything the commands are decided by; plain data, so that a worker thread can take it. One value per step. */
export type StorageTask = Readonly<{
  history: Readonly<{
    timezone: string;
    /** Where the home is, degrees; absent: somewhere in its time zone. */
    site?: Readonly<{ latitude?: number | undefined; longitude?: number | undefined }>;
    startMs: number;
    stepMs: number;
    length: number;
    columns: ReadonlyMap<string, Float64Array>;
  }>;
  batteries: readonly Battery[];
  /** Start of the plan's first step. */
  startMs: number;
  /** What the plan runs besides the forecast load, W. */
  plannedLoadW: Float64Array;
  /** As told by their sources, NaN where they do not know them: there the futures differ. */
  known: Readonly<Record<PriceSignal, Float64Array>>;
  /** The same with forecasts where nothing is known: for a signal whose past is not known. */
  expected: Readonly<Record<PriceSignal, Float64Array>>;
  grid: Readonly<{ maxImportW: number | null; maxExportW: number | null }>;
  carbonPricePerKg: number;
  currency: string;
}>;
export type PriceSignal = "import_price" | "export_price" | "carbon_g_kwh";
export type StorageCommands = Readonly<{ commands: Readonly<Record<string, BatteryCommand>>; reason: string }>;

/** What each battery is told for the first step, over many futures. Takes a while: not for the main thread. */
export function storageCommands({
  history,
  batteries,
  startMs,
  plannedLoadW,
  known,
  expected,
  grid,
  carbonPricePerKg,
  currency,
}: StorageTask): StorageCommands {
  if (history.length * history.stepMs < LEAST_HISTORY_MS)
    return {
      commands: Object.fromEntries(
        batteries.map(({ id, maxChargeW, maxDischargeW }) => [id, { kind: "follow", maxChargeW, maxDischargeW }]),
      ),
      reason: "HyperVolt has known this home for less than three days: the battery covers what the home uses.",
    };
  const length = (STORAGE_FUTURES.hours * MS_PER_HOUR) / history.stepMs;
  const issueIndex = Math.max(0, Math.min(history.length, Math.round((startMs - history.startMs) / history.stepMs)));
  const drawn = createScenarioSource({ ...history, zone: new Zone(history.timezone) }).draw({
    issueIndex,
    length,
    count: STORAGE_FUTURES.paths,
    known: Object.fromEntries(
      PRICE_SIGNALS.map((signal) => {
        const told = isPastKnown(history, signal) ? known[signal] : expected[signal];
        return [signal, told.subarray(0, length)];
      }),
    ),
  });
  const { commands, reason } = chooseCommands({
    plant: { grid, batteries },
    scenarios: { ...drawn, startMs },
    carbonPricePerKg,
    plannedLoadW: plannedLoadW.subarray(0, length),
    currency,
  });
  return { commands, reason };
}

/** Whether most of the last days of a signal were recorded, so that futures can be drawn from them. */
function isPastKnown({ columns, stepMs }: StorageTask["history"], signal: PriceSignal): boolean {
  const steps = LEAST_HISTORY_MS / stepMs;
  const last = columns.get(signal)?.slice(-steps) ?? new Float64Array();
  return last.length >= steps && last.filter((value) => !Number.isNaN(value)).length > steps / 2;
}

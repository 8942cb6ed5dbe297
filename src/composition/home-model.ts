import type { Zone } from "../domain/civil-time.ts";
import { countedFrom, wattsTogether } from "../domain/counted-watts.ts";
import type { HomeHistory, Site } from "../domain/home-history.ts";
import type { Sensor, SensorRole, SensorState } from "../domain/reading.ts";
import { withNights } from "../domain/sleeping-source.ts";
import { wholeOfRole } from "../domain/whole-of-role.ts";
import { MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import { IMPORTED } from "./first-look.ts";

/** Roles whose sensors must measure power: a counter of energy may have the same role. */
const POWER_ROLES: ReadonlySet<SensorRole> = new Set([
  "load",
  "pv",
  "grid",
  "grid_import",
  "grid_export",
  "battery_power",
  "device_power",
  "ev_power",
]);
/** A value older than this says nothing about now. */
const FRESH_MS = 15 * MS_PER_MINUTE;
/** An hourly value (an imported statistic) holds for its hour. */
const HELD_MS = MS_PER_HOUR;
/** Meters that are read at different moments make a load this much less than nothing; more, and something feeds in that no sensor tells of. */
const AMISS_W = 100;
export const HISTORY_STEP_MS = 15 * MS_PER_MINUTE;
const HISTORY_DAYS = 70;

/** Powers now, W, null where not known; grid + into the house, battery + charging. Soc 0..1. */
export type HomeFlows = Readonly<{
  gridW: number | null;
  loadW: number | null;
  pvW: number | null;
  batteryW: number | null;
  soc: number | null;
  /** When the grid power was measured; null where it is not known or only derived. */
  gridAtMs: number | null;
}>;

/** What the model needs of the history. */
export interface SeriesStore {
  series(
    sensorId: string,
    fromMs: number,
    toMs: number,
    stepMs: number,
  ): Promise<readonly Readonly<{ startMs: number; mean: number }>[]>;
}

export type HomeModelInput = Readonly<{
  sensors: () => readonly SensorState[];
  signOf: (sensor: Sensor) => 1 | -1;
  store: SeriesStore;
  zone: Zone;
  site: Site;
}>;

/** What the home's sensors say together: flows now, and the history that forecasts learn from. */
export interface HomeModel {
  flows(nowMs: number): HomeFlows;
  /** The freshest sensor of a role; undefined where there is none. */
  sensorOf(role: SensorRole): SensorState | undefined;
  sensorsOf(role: SensorRole, location?: string | null): readonly SensorState[];
  /** Those whose sum a role's power is. */
  wholeOf(role: SensorRole): readonly SensorState[];
  /**
   * Load without what HyperVolt shifts, PV and outdoor temperature of the last weeks on a quarter-hour grid, up to the
   * last quarter that has ended.
   * @param shiftedW     sensor ids whose power is taken out of the load
   * @param context      signals known from elsewhere, on any grid from `fromMs`
   */
  history(
    nowMs: number,
    shiftedSensorIds: readonly string[],
    context: (startMs: number, stepMs: number, length: number) => Promise<ReadonlyMap<string, Float64Array>>,
  ): Promise<HomeHistory>;
}

export function createHomeModel(input: HomeModelInput): HomeModel {
  const sensorsOf = (role: SensorRole, location?: string | null): readonly SensorState[] =>
    input
      .sensors()
      .filter(
        ({ sensor }) =>
          sensor.role === role &&
          (!POWER_ROLES.has(role) || sensor.sensorType === "power") &&
          (location === undefined || sensor.location === location),
      )
      .toSorted(
        (a, b) =>
          (b.sensor.confidence ?? 0) - (a.sensor.confidence ?? 0) || (a.sensor.sensorId < b.sensor.sensorId ? -1 : 1),
      );
  const wholeOf = (role: SensorRole): readonly SensorState[] => wholeOfRole(role, sensorsOf(role));
  const fresh = (role: SensorRole, nowMs: number): number | null => {
    const all = sensorsOf(role);
    const whole = wholeOfRole(role, all);
    const known = (whole.length > 1 ? whole : all).flatMap(({ sensor, value, atMs, available }) =>
      available && value !== null && atMs !== null && nowMs - atMs <= FRESH_MS ? [value * input.signOf(sensor)] : [],
    );
    // of an inverter that sleeps nothing comes
    return whole.length > 1 && known.length > 0 ? known.reduce((sum, watt) => sum + watt) : (known[0] ?? null);
  };

  const flows = (nowMs: number): HomeFlows => {
    const pvW = fresh("pv", nowMs);
    const batteryW = fresh("battery_power", nowMs);
    const importW = fresh("grid_import", nowMs);
    const exportW = fresh("grid_export", nowMs);
    const measuredGridW = fresh("grid", nowMs) ?? (importW === null ? null : importW - (exportW ?? 0));
    const measuredLoadW = fresh("load", nowMs);
    const socPct = fresh("battery_soc", nowMs);
    const loadW =
      measuredLoadW ?? (measuredGridW === null ? null : Math.max(0, measuredGridW + (pvW ?? 0) - (batteryW ?? 0)));
    const gridW = measuredGridW ?? (loadW === null ? null : loadW - (pvW ?? 0) + (batteryW ?? 0));
    return {
      gridW,
      loadW,
      pvW,
      batteryW,
      soc: socPct === null ? null : socPct / 100,
      gridAtMs:
        measuredGridW === null ? null : (sensorsOf("grid")[0]?.atMs ?? sensorsOf("grid_import")[0]?.atMs ?? null),
    };
  };

  /** Mean per step of one role; hourly values hold for their hour. */
  const column = async (
    sources: readonly Readonly<{ sensorId: string; sign: number }>[],
    startMs: number,
    length: number,
  ): Promise<Float64Array> => {
    const values = new Float64Array(length).fill(Number.NaN);
    for (const { sensorId, sign } of sources) {
      const points = await input.store.series(sensorId, startMs, startMs + length * HISTORY_STEP_MS, HISTORY_STEP_MS);
      for (const { startMs: atMs, mean } of points) {
        const i = Math.floor((atMs - startMs) / HISTORY_STEP_MS);
        if (i >= 0 && i < length && Number.isNaN(values[i])) values[i] = sign * mean;
      }
    }
    return holdGaps(values);
  };

  /** Mean per step of a role's power: of all that it is the sum of, else of the surest, and the others in its gaps. */
  const columnOf = async (role: SensorRole, startMs: number, length: number): Promise<Float64Array> => {
    const signed = ({ sensor }: SensorState) => ({ sensorId: sensor.sensorId, sign: input.signOf(sensor) });
    const whole = wholeOf(role);
    if (whole.length < 2) return column(sensorsOf(role).map(signed), startMs, length);
    const parts = await Promise.all(whole.map((part) => column([signed(part)], startMs, length)));
    const counted = parts.map((part) => countedFrom(known(role, part), HISTORY_STEP_MS));
    return wattsTogether(counted, length, 0);
  };

  return {
    flows,
    sensorOf: (role) => sensorsOf(role)[0],
    sensorsOf,
    wholeOf,
    async history(nowMs, shiftedSensorIds, context) {
      const endMs = Math.floor(nowMs / HISTORY_STEP_MS) * HISTORY_STEP_MS;
      // From a local midnight on, so that what forecasters learned of the first day stays what it is.
      const startMs = input.zone.startOfDayMs(endMs - HISTORY_DAYS * MS_PER_DAY);
      const length = (endMs - startMs) / HISTORY_STEP_MS;
      const imported = (sensorId: string) => column([{ sensorId, sign: 1 }], startMs, length);
      const [importedLoad, importedPv] = await Promise.all([imported(IMPORTED.load_w), imported(IMPORTED.pv_w)]);
      const [load, grid, gridImport, gridExport, pv, battery, temperature, ...shifted] = await Promise.all([
        ...(["load", "grid", "grid_import", "grid_export", "pv", "battery_power", "outdoor_temperature"] as const).map(
          (role) => columnOf(role, startMs, length),
        ),
        ...shiftedSensorIds.map((sensorId) => column([{ sensorId, sign: 1 }], startMs, length)),
      ]);
      const hasPv = sensorsOf("pv").length > 0;
      const sunW = pv && withNights(pv, HISTORY_STEP_MS);
      const at = (values: Float64Array | undefined, i: number): number => values?.[i] ?? Number.NaN;
      const loadW = new Float64Array(length);
      for (let i = 0; i < length; i++) {
        const gridW = Number.isNaN(at(grid, i)) ? at(gridImport, i) - (at(gridExport, i) || 0) : at(grid, i);
        const wholeW = Number.isNaN(at(load, i))
          ? gridW + (hasPv ? at(sunW, i) : 0) - (at(battery, i) || 0)
          : at(load, i);
        const shiftedW = shifted.reduce((sum, values) => sum + (at(values, i) || 0), 0);
        loadW[i] = wholeW >= -AMISS_W ? Math.max(0, wholeW - shiftedW) : at(importedLoad, i);
      }
      const columns = new Map<string, Float64Array>([["load_w", loadW]]);
      if (hasPv && sunW)
        columns.set(
          "pv_w",
          sunW.map((w, i) => Math.max(0, Number.isNaN(w) ? at(importedPv, i) : w)),
        );
      if (temperature?.some((value) => !Number.isNaN(value))) columns.set("temperature_c", temperature);
      for (const [name, values] of await context(startMs, HISTORY_STEP_MS, length)) columns.set(name, values);
      return trimmed({
        site: { ...input.site, stepMinutes: HISTORY_STEP_MS / MS_PER_MINUTE },
        zone: input.zone,
        startMs,
        stepMs: HISTORY_STEP_MS,
        length,
        columns,
      });
    },
  };
}

/** What a silence tells: an inverter sleeps, a battery at rest has nothing new to say; any other leaves unknown. */
function known(role: SensorRole, powerW: Float64Array): Float64Array {
  if (role === "pv") return withNights(powerW, HISTORY_STEP_MS);
  return role === "battery_power" ? powerW.map((watt) => (Number.isNaN(watt) ? 0 : watt)) : powerW;
}

/** Fills gaps of less than an hour with the value before them. */
function holdGaps(values: Float64Array): Float64Array {
  const most = HELD_MS / HISTORY_STEP_MS - 1;
  let held = Number.NaN;
  let left = 0;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i])) {
      held = values[i] ?? Number.NaN;
      left = most;
    } else if (left > 0) {
      values[i] = held;
      left--;
    }
  }
  return values;
}

/** Without the days before anything of the home was known. */
function trimmed(history: HomeHistory): HomeHistory {
  const known = ["load_w", "pv_w"]
    .map((name) => history.columns.get(name)?.findIndex((value) => !Number.isNaN(value)) ?? -1)
    .filter((i) => i >= 0);
  const first = known.length === 0 ? Math.max(0, history.length - 1) : Math.min(...known);
  return {
    ...history,
    startMs: history.startMs + first * history.stepMs,
    length: history.length - first,
    columns: new Map([...history.columns].map(([name, values]) => [name, values.subarray(first)])),
  };
}

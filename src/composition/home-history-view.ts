import { isoUtc } from "../domain/civil-time.ts";
import { MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import type { Ledger } from "../accounting/ledger.ts";
import type { HomeHistoryDto } from "../serving/messages.ts";
import type { Sensor } from "../domain/reading.ts";
import type { GridDataBook } from "../memory/history.ts";
import { learnedColumns } from "./grid-book.ts";
import type { HomeModel, SeriesStore } from "./home-model.ts";
import type { BatteryMeters } from "./home-batteries.ts";

const STEP_MS = 15 * MS_PER_MINUTE;

/** What was measured in the last hours, in quarters of an hour; null where nothing is known. */
export async function homeHistoryDto(
  hours: number,
  nowMs: number,
  parts: Readonly<{
    model: HomeModel;
    store: SeriesStore;
    book: GridDataBook;
    ledger: Ledger;
    signOf: (sensor: Sensor) => 1 | -1;
    batteries: readonly BatteryMeters[];
  }>,
): Promise<HomeHistoryDto> {
  const endMs = Math.floor(nowMs / STEP_MS) * STEP_MS;
  const startMs = endMs - Math.ceil((hours * MS_PER_HOUR) / STEP_MS) * STEP_MS;
  const length = (endMs - startMs) / STEP_MS;
  const measured = async (sensor: Sensor | undefined): Promise<(number | null)[]> => {
    const values: (number | null)[] = Array.from({ length }, () => null);
    if (!sensor) return values;
    const sign = parts.signOf(sensor);
    for (const { startMs: atMs, mean } of await parts.store.series(sensor.sensorId, startMs, endMs, STEP_MS))
      values[Math.floor((atMs - startMs) / STEP_MS)] = sign * mean;
    return values;
  };
  const ofRole = async (role: Parameters<HomeModel["wholeOf"]>[0]): Promise<(number | null)[]> => {
    const [first, ...others] = await Promise.all(parts.model.wholeOf(role).map(({ sensor }) => measured(sensor)));
    if (!first) return measured(undefined);
    return first.map((_, i) => {
      const known = [first, ...others].flatMap((values) => values[i] ?? []);
      return known.length === 0 ? null : known.reduce((sum, watt) => sum + watt);
    });
  };
  const [loadW, pvW, gridW, batteries, learned] = await Promise.all([
    ofRole("load"),
    ofRole("pv"),
    ofRole("grid"),
    Promise.all(
      parts.batteries.map(async ({ id, power, soc }) => ({
        id,
        power_w: await measured(power),
        soc: (await measured(soc)).map((pct) => (pct === null ? null : pct / 100)),
      })),
    ),
    learnedColumns(parts.book, startMs, STEP_MS, length),
  ]);
  const known = (name: string): (number | null)[] =>
    [...(learned.get(name) ?? new Float64Array(length).fill(Number.NaN))].map((value) =>
      Number.isNaN(value) ? null : value,
    );
  const otherwise = parts.ledger.otherwise();
  const baseline = Array.from(
    { length },
    (_, i) =>
      otherwise.find((one) => one.startMs <= startMs + i * STEP_MS && startMs + i * STEP_MS < one.endMs)?.gridW ?? null,
  );
  return {
    start: isoUtc(startMs),
    step_minutes: STEP_MS / MS_PER_MINUTE,
    load_w: loadW,
    pv_w: pvW,
    grid_w: gridW,
    batteries,
    price: known("import_price"),
    export_price: known("export_price"),
    carbon_g_kwh: known("carbon_g_kwh"),
    ...(baseline.some((value) => value !== null) && { baseline_grid_w: baseline }),
  };
}

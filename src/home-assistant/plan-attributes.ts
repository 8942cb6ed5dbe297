import { isoUtc } from "../domain/civil-time.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";

/** Home Assistant adds its own attributes (class, name, icon) to ours: together they stay below 8 KiB. */
export const MOST_ATTRIBUTE_BYTES = 7_800;
const ENOUGH_MS = 24 * 60 * MS_PER_MINUTE;

/** A plan on a regular grid, one value per step. Powers in W, `soc` 0..1, `on` 1 and 0. */
export type PlanColumns = Readonly<{
  startMs: number;
  stepMinutes: number;
  importW: readonly number[];
  exportW: readonly number[];
  loadW: readonly number[];
  pvW: readonly number[];
  price: readonly number[];
  carbonGPerKwh: readonly number[];
  batteries: readonly Readonly<{ id: string; powerW: readonly number[]; soc: readonly number[] }>[];
  devices: readonly Readonly<{ id: string; on: readonly number[] }>[];
}>;

type Column = Readonly<{ name: string; values: readonly number[]; digits: number; merge: "mean" | "last" | "most" }>;

/**
 * The plan sensor's attributes (contract mqtt.md), at most 8 KiB: first steps beyond a day are left out, then two
 * steps are merged into one (mean power, last state of charge, on if on at all) until it fits.
 */
export function planAttributes(plan: PlanColumns): Readonly<Record<string, unknown>> {
  let { stepMinutes } = plan;
  let columns = columnsOf(plan);
  let steps = plan.importW.length;
  for (;;) {
    const mustKeep = Math.min(steps, Math.ceil(ENOUGH_MS / (stepMinutes * MS_PER_MINUTE)));
    const fits = longestThatFits(plan.startMs, stepMinutes, columns, steps, mustKeep);
    if (fits) return fits;
    if (steps < 2) return { start: isoUtc(plan.startMs), step_minutes: stepMinutes };
    columns = columns.map(halved);
    stepMinutes *= 2;
    steps = Math.ceil(steps / 2);
  }
}

function columnsOf(plan: PlanColumns): Column[] {
  const power = (name: string, values: readonly number[]): Column => ({ name, values, digits: 0, merge: "mean" });
  return [
    power("import_w", plan.importW),
    power("export_w", plan.exportW),
    power("load_w", plan.loadW),
    power("pv_w", plan.pvW),
    { name: "price", values: plan.price, digits: 4, merge: "mean" },
    { name: "carbon_g_kwh", values: plan.carbonGPerKwh, digits: 0, merge: "mean" },
    ...plan.batteries.flatMap(({ id, powerW, soc }) => [
      power(`${id}_w`, powerW),
      { name: `${id}_soc`, values: soc, digits: 2, merge: "last" } as const,
    ]),
    ...plan.devices.map(({ id, on }) => ({ name: `${id}_on`, values: on, digits: 0, merge: "most" }) as const),
  ];
}

function longestThatFits(
  startMs: number,
  stepMinutes: number,
  columns: readonly Column[],
  steps: number,
  mustKeep: number,
): Readonly<Record<string, unknown>> | undefined {
  let [low, high] = [mustKeep, steps];
  let best: Readonly<Record<string, unknown>> | undefined;
  while (low <= high) {
    const length = Math.floor((low + high) / 2);
    const candidate = {
      start: isoUtc(startMs),
      step_minutes: stepMinutes,
      ...Object.fromEntries(
        columns.map(({ name, values, digits }) => [name, rounded(values.slice(0, length), digits)]),
      ),
    };
    if (Buffer.byteLength(JSON.stringify(candidate)) <= MOST_ATTRIBUTE_BYTES) {
      best = candidate;
      low = length + 1;
    } else high = length - 1;
  }
  return best;
}

const rounded = (values: readonly number[], digits: number): (number | null)[] =>
  values.map((value) => (Number.isFinite(value) ? Number(value.toFixed(digits)) + 0 : null));

function halved(column: Column): Column {
  const values: number[] = [];
  for (let i = 0; i < column.values.length; i += 2) {
    const first = column.values[i] ?? Number.NaN;
    const second = column.values[i + 1] ?? first;
    const merged = { mean: (first + second) / 2, last: second, most: Math.max(first, second) };
    values.push(merged[column.merge]);
  }
  return { ...column, values };
}

import { MS_PER_DAY, MS_PER_HOUR } from "../domain/units.ts";

/** A value that holds from `fromMs` (inclusive) to `toMs` (exclusive), UTC epoch ms. */
export type Interval = Readonly<{ fromMs: number; toMs: number; value: number }>;

const STARTS = ["start", "start_time", "startsAt", "time", "from", "hour", "timestamp", "datetime", "period_start"];
const ENDS = ["end", "end_time", "endsAt", "till", "to", "period_end"];
const VALUES = [
  "value",
  "price",
  "price_per_kwh",
  "value_inc_vat",
  "per_kwh",
  "total",
  "pv_estimate",
  "carbonIntensity",
  "intensity",
];

/**
 * Reads values with their times out of what an integration keeps in attributes or answers to an action, by shape: a
 * list of entries with a start (or time) and a value, or a table of ISO times. What has no end ends where the next
 * begins.
 * @returns ascending, without what is not finite; empty where the shape is another
 */
export function readTimedValues(raw: unknown, valueNames: readonly string[] = VALUES): Interval[] {
  const points = Array.isArray(raw) ? fromList(raw, valueNames) : fromTable(raw);
  const sorted = points.sort((a, b) => a.fromMs - b.fromMs).filter(({ fromMs }, i) => fromMs !== points[i - 1]?.fromMs);
  let stepMs = MS_PER_HOUR;
  const intervals: Interval[] = [];
  for (const [i, { fromMs, toMs, value }] of sorted.entries()) {
    const nextMs = sorted[i + 1]?.fromMs;
    if (nextMs !== undefined) stepMs = Math.min(nextMs - fromMs, MS_PER_DAY);
    const endMs = toMs ?? fromMs + stepMs;
    if (Number.isFinite(value) && endMs > fromMs)
      intervals.push({ fromMs, toMs: Math.min(endMs, nextMs ?? endMs), value });
  }
  return intervals;
}

type Point = { fromMs: number; toMs: number | undefined; value: number };

function fromList(list: readonly unknown[], valueNames: readonly string[]): Point[] {
  return list.flatMap((entry): Point[] => {
    if (typeof entry !== "object" || entry === null) return [];
    const record = entry as Record<string, unknown>;
    const fromMs = instantOf(first(record, STARTS));
    const value = numberOf(first(record, valueNames));
    if (fromMs === undefined || value === undefined) return [];
    return [{ fromMs, toMs: instantOf(first(record, ENDS)), value }];
  });
}

function fromTable(raw: unknown): Point[] {
  if (typeof raw !== "object" || raw === null) return [];
  return Object.entries(raw).flatMap(([time, value]): Point[] => {
    const fromMs = /^\d{4}-\d{2}-\d{2}[T ]/.test(time) ? instantOf(time) : undefined;
    const number = numberOf(value);
    return fromMs === undefined || number === undefined ? [] : [{ fromMs, toMs: undefined, value: number }];
  });
}

const first = (record: Record<string, unknown>, names: readonly string[]): unknown =>
  record[names.find((name) => record[name] != null) ?? ""];

const numberOf = (raw: unknown): number | undefined => {
  const value = typeof raw === "string" && raw.trim() !== "" ? Number(raw) : raw;
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
};

/** An instant as integrations write it: ISO-8601 with a zone, or epoch in s or ms. */
function instantOf(raw: unknown): number | undefined {
  if (typeof raw === "number") return raw > 1e11 ? raw : raw * 1_000;
  if (typeof raw !== "string") return undefined;
  const atMs = Date.parse(raw);
  return Number.isFinite(atMs) ? atMs : undefined;
}

import type { Columns } from "./columns.ts";
import { AS_FLOAT, decimalsOf, scaleOf } from "./decimals.ts";
import { ByteReader, ByteWriter } from "./varint.ts";

/** What became of the readings in [startMs, startMs + width): enough for min, mean and max of any sum of buckets. */
export type Bucket = { startMs: number; count: number; sum: number; min: number; max: number };

/** Buckets of `widthMs`, counted from `originMs`, of readings in time order; empty ones left out. */
export function bucketsOf({ times, values }: Columns, widthMs: number, originMs = 0): Bucket[] {
  const buckets: Bucket[] = [];
  let bucket: Bucket | undefined;
  let endMs = -Infinity;
  for (let i = 0; i < times.length; i++) {
    const atMs = times[i] ?? 0;
    const value = values[i] ?? 0;
    if (bucket === undefined || atMs >= endMs) {
      const startMs = originMs + Math.floor((atMs - originMs) / widthMs) * widthMs;
      endMs = startMs + widthMs;
      bucket = { startMs, count: 0, sum: 0, min: Infinity, max: -Infinity };
      buckets.push(bucket);
    }
    bucket.count++;
    bucket.sum += value;
    if (value < bucket.min) bucket.min = value;
    if (value > bucket.max) bucket.max = value;
  }
  return buckets;
}

/** Finer buckets put together, in time order, into buckets of `widthMs` counted from `originMs`. */
export function coarsen(buckets: readonly Bucket[], widthMs: number, originMs = 0): Bucket[] {
  const coarse: Bucket[] = [];
  for (const fine of buckets) {
    const startMs = originMs + Math.floor((fine.startMs - originMs) / widthMs) * widthMs;
    const last = coarse.at(-1);
    if (last?.startMs === startMs) absorb(last, fine);
    else coarse.push({ ...fine, startMs });
  }
  return coarse;
}

/** Buckets of disjoint readings put together by start. */
export function mergeBuckets(a: readonly Bucket[], b: readonly Bucket[]): Bucket[] {
  const merged = a.map((bucket) => ({ ...bucket }));
  for (const bucket of b) {
    const same = merged.find(({ startMs }) => startMs === bucket.startMs);
    if (same) absorb(same, bucket);
    else merged.push({ ...bucket });
  }
  return merged.sort((x, y) => x.startMs - y.startMs);
}

function absorb(into: Bucket, other: Bucket): void {
  into.count += other.count;
  into.sum += other.sum;
  into.min = Math.min(into.min, other.min);
  into.max = Math.max(into.max, other.max);
}

/** @param decimals of the values the buckets came from; their sums are exact in it. See `decimalsOf`. */
export function encodeRollup(
  buckets: readonly Bucket[],
  originMs: number,
  widthMs: number,
  decimals: number,
): Uint8Array {
  const exact = decimalsOf(
    buckets.flatMap(({ min, max }) => [min, max]),
    decimals,
  );
  const scale = scaleOf(exact);
  const out = new ByteWriter(buckets.length * 12 + 8);
  out.byte(exact);
  let previousIndex = -1;
  let previousMin = 0;
  for (const bucket of buckets) {
    const index = (bucket.startMs - originMs) / widthMs;
    out.varint(index - previousIndex - 1);
    previousIndex = index;
    out.varint(bucket.count);
    if (exact === AS_FLOAT) {
      for (const value of [bucket.min, bucket.max, bucket.sum]) out.float64(value);
      continue;
    }
    const min = Math.round(bucket.min * scale);
    out.zigzag(min - previousMin);
    previousMin = min;
    out.varint(Math.round(bucket.max * scale) - min);
    out.zigzag(Math.round(bucket.sum * scale) - min * bucket.count);
  }
  return out.view().slice();
}

/** Appends to `into` what `encodeRollup` wrote. Returns the decimals. */
export function decodeRollup(bytes: Uint8Array, originMs: number, widthMs: number, into: Bucket[]): number {
  const from = new ByteReader(bytes);
  const decimals = from.byte();
  const scale = scaleOf(decimals);
  let index = -1;
  let minScaled = 0;
  while (from.left > 0) {
    index += from.varint() + 1;
    const startMs = originMs + index * widthMs;
    const count = from.varint();
    if (decimals === AS_FLOAT) {
      const min = from.float64();
      const max = from.float64();
      into.push({ startMs, count, min, max, sum: from.float64() });
      continue;
    }
    minScaled += from.zigzag();
    const max = (minScaled + from.varint()) / scale;
    into.push({ startMs, count, min: minScaled / scale, max, sum: (from.zigzag() + minScaled * count) / scale });
  }
  return decimals;
}

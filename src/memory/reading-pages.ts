import { MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import { type Columns, lowerBound, mergeColumns, sliceColumns } from "./columns.ts";
import type { KeptReadings } from "./kept-readings.ts";
import { type ReadingRows, rowsOf, sortRows } from "./reading-rows.ts";
import { hourOf } from "./sqlite-raw.ts";

const EXPORT_READINGS = 5_000;

/** Readings of many sensors in one order, a page or a batch at a time, found by counting hours. */
export class ReadingPages {
  readonly #kept: KeptReadings;

  constructor(kept: KeptReadings) {
    this.#kept = kept;
  }

  page(
    keys: readonly number[] | null,
    fromMs: number,
    toMs: number,
    newestFirst: boolean,
    offset: number,
    limit: number,
  ): { count: number; rows: ReadingRows } {
    const counts = this.#countsByHour(keys, fromMs, toMs);
    const count = [...counts.values()].reduce((total, inHour) => total + inHour, 0);
    const hours = [...counts.keys()].sort((a, b) => (newestFirst ? b - a : a - b));
    const found: [number, number, number][] = [];
    let skip = offset;
    for (const hour of hours) {
      const inHour = counts.get(hour) ?? 0;
      if (skip >= inHour) {
        skip -= inHour;
        continue;
      }
      if (found.length >= limit) break;
      const take = Math.min(limit - found.length, inHour - skip);
      const first = newestFirst ? inHour - skip - take : skip;
      const rows = this.#ranked(keys, hour, fromMs, toMs, first, first + take);
      for (let n = 0; n < take; n++) {
        const i = newestFirst ? take - 1 - n : n;
        found.push([rows.keys[i] ?? 0, rows.times[i] ?? 0, rows.values[i] ?? 0]);
      }
      skip = 0;
    }
    return { count, rows: rowsOf(found) };
  }

  exportNext(
    keys: readonly number[] | null,
    fromMs: number,
    toMs: number,
  ): { rows: ReadingRows; nextMs: number } | null {
    const hour = this.#nextHour(keys, fromMs);
    if (hour === null || hour * MS_PER_HOUR >= toMs) return null;
    const startMs = Math.max(fromMs, hour * MS_PER_HOUR);
    const endMs = Math.min(toMs, (hour + 1) * MS_PER_HOUR);
    const slices = Math.max(1, Math.ceil(this.#atMostInHour(keys, hour) / EXPORT_READINGS));
    const nextMs = Math.min(endMs, startMs + Math.ceil(MS_PER_HOUR / slices));
    return { rows: this.#hourRows(keys, hour, startMs, nextMs), nextMs };
  }

  /** What is packed and what is fresh, a reading that is both counted twice. */
  #atMostInHour(keys: readonly number[] | null, hour: number): number {
    let count = 0;
    for (const packed of this.#kept.chunks.raw.counts(hour, hour, keys)) count += packed.count;
    for (const key of keys ?? this.#kept.freshKeys())
      count += this.#kept.fresh(key, hour * MS_PER_HOUR, (hour + 1) * MS_PER_HOUR).times.length;
    return count;
  }

  #freshHours(keys: readonly number[] | null): Map<number, number[]> {
    const hours = new Map<number, number[]>();
    const wanted = keys ?? this.#kept.freshKeys();
    for (const key of wanted) {
      const { times } = this.#kept.fresh(key, -Infinity, Infinity);
      for (let i = 0; i < times.length;) {
        const hour = hourOf(times[i] ?? 0);
        const here = hours.get(hour);
        if (here) here.push(key);
        else hours.set(hour, [key]);
        i = lowerBound(times, (hour + 1) * MS_PER_HOUR);
      }
    }
    return hours;
  }

  #countsByHour(keys: readonly number[] | null, fromMs: number, toMs: number): Map<number, number> {
    const counts = new Map<number, number>();
    const firstHour = hourOf(fromMs);
    const lastHour = hourOf(toMs - 1);
    for (const { hour, count } of this.#kept.chunks.raw.counts(firstHour, lastHour, keys)) counts.set(hour, count);
    for (const [hour, freshKeys] of this.#freshHours(keys)) {
      if (hour < firstHour || hour > lastHour) continue;
      const startMs = hour * MS_PER_HOUR;
      for (const key of freshKeys) {
        const fresh = this.#kept.fresh(key, startMs, startMs + MS_PER_HOUR);
        const packed = this.#kept.chunks.readings(key, startMs, startMs + MS_PER_HOUR);
        const added = mergeColumns(packed, fresh).times.length - packed.times.length;
        counts.set(hour, (counts.get(hour) ?? 0) + added);
      }
    }
    for (const hour of new Set([firstHour, lastHour])) {
      const whole = hour * MS_PER_HOUR >= fromMs && (hour + 1) * MS_PER_HOUR <= toMs;
      if (!whole && counts.has(hour)) counts.set(hour, this.#hourRows(keys, hour, fromMs, toMs).keys.length);
    }
    for (const [hour, count] of counts) if (count === 0) counts.delete(hour);
    return counts;
  }

  #hourRows(keys: readonly number[] | null, hour: number, fromMs: number, toMs: number): ReadingRows {
    return sortRows(this.#hourColumns(keys, hour, fromMs, toMs));
  }

  /** The readings of an hour from one place in their order to another: only the minutes they are in are sorted. */
  #ranked(
    keys: readonly number[] | null,
    hour: number,
    fromMs: number,
    toMs: number,
    first: number,
    end: number,
  ): ReadingRows {
    const found = this.#hourColumns(keys, hour, fromMs, toMs);
    const hourMs = hour * MS_PER_HOUR;
    const perMinute = new Uint32Array(60);
    for (const [, { times }] of found)
      for (const atMs of times) {
        const minute = Math.floor((atMs - hourMs) / MS_PER_MINUTE);
        perMinute[minute] = (perMinute[minute] ?? 0) + 1;
      }
    let before = 0;
    let minute = 0;
    while (minute < 59 && before + (perMinute[minute] ?? 0) <= first) before += perMinute[minute++] ?? 0;
    let until = minute;
    for (let counted = before; until < 60 && counted < end;) counted += perMinute[until++] ?? 0;
    const [startMs, endMs] = [hourMs + minute * MS_PER_MINUTE, hourMs + until * MS_PER_MINUTE];
    const sorted = sortRows(found.map(([key, columns]) => [key, sliceColumns(columns, startMs, endMs)] as const));
    const part = <T extends Uint32Array | Float64Array>(column: T): T =>
      column.subarray(first - before, end - before) as T;
    return { keys: part(sorted.keys), times: part(sorted.times), values: part(sorted.values) };
  }

  #hourColumns(
    keys: readonly number[] | null,
    hour: number,
    fromMs: number,
    toMs: number,
  ): (readonly [number, Columns])[] {
    const startMs = Math.max(fromMs, hour * MS_PER_HOUR);
    const endMs = Math.min(toMs, (hour + 1) * MS_PER_HOUR);
    const wanted = keys ?? new Set([...this.#kept.chunks.raw.keysOf(hour), ...this.#kept.freshKeys()]);
    return [...wanted].map((key) => [key, this.#kept.columns(key, startMs, endMs)] as const);
  }

  #nextHour(keys: readonly number[] | null, fromMs: number): number | null {
    const fromHour = hourOf(fromMs);
    const packed = this.#kept.chunks.raw.nextHour(fromHour, keys);
    const fresh = [...this.#freshHours(keys).keys()].filter((hour) => hour >= fromHour);
    const first = Math.min(packed ?? Infinity, ...fresh);
    return first === Infinity ? null : first;
  }
}

import fc from "fast-check";
import { expect, it } from "vitest";
import { MS_PER_DAY, MS_PER_HOUR } from "../domain/units.ts";
import { KeptReadings } from "./kept-readings.ts";
import { ReadingPages } from "./reading-pages.ts";
import { ROLLUP_MS } from "./sqlite-chunks.ts";
import { openSqlite } from "./sqlite-database.ts";
import { Unpacked } from "./unpacked.ts";

const T0 = Date.UTC(2026, 2, 28, 22);
const END = T0 + 2 * MS_PER_DAY;

/** The history as simple as can be: one value per sensor and instant, and what is left of those that were forgotten. */
class Model {
  readonly values = new Map<string, [key: number, atMs: number, value: number]>();
  /** At the start of the five minutes each was in. */
  readonly forgotten: [key: number, atMs: number, value: number][] = [];
  /** Where each that is packed was received. */
  readonly receivedHours = new Map<string, number>();

  put(key: number, atMs: number, value: number): void {
    this.values.set(`${key}@${atMs}`, [key, atMs, value]);
    this.receivedHours.delete(`${key}@${atMs}`);
  }

  forget(name: string): void {
    const [key, atMs, value] = this.values.get(name)!;
    this.values.delete(name);
    this.receivedHours.delete(name);
    this.forgotten.push([key, Math.floor(atMs / ROLLUP_MS) * ROLLUP_MS, value]);
  }

  rows(keys: readonly number[] | null, fromMs: number, toMs: number): [number, number, number][] {
    return [...this.values.values()]
      .filter(([key, atMs]) => (keys === null || keys.includes(key)) && atMs >= fromMs && atMs < toMs)
      .sort((a, b) => a[1] - b[1] || a[0] - b[0]);
  }

  series(key: number, fromMs: number, toMs: number, stepMs: number) {
    const left = this.forgotten.filter(([of, atMs]) => of === key && atMs >= fromMs && atMs < toMs);
    const all = [...this.rows([key], fromMs, toMs), ...left];
    const buckets = Map.groupBy(all, ([, atMs]) => Math.floor((atMs - fromMs) / stepMs));
    return [...buckets]
      .sort(([a], [b]) => a - b)
      .map(([bucket, rows]) => {
        const values = rows.map(([, , value]) => value);
        const sum = values.reduce((total, value) => total + value, 0);
        const [min, max] = [Math.min(...values), Math.max(...values)];
        return { startMs: fromMs + bucket * stepMs, min, mean: sum / values.length, max, count: values.length };
      });
  }
}

const atMs = fc.integer({ min: 0, max: 30 * 120 }).map((n) => T0 + n * 30_000);
const value = fc.integer({ min: -1_000, max: 1_000 }).map((n) => n / 10);
const reading = fc.tuple(fc.integer({ min: 1, max: 3 }), atMs, value);
const action = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant("push" as const), readings: fc.array(reading, { maxLength: 60 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("burst" as const), startMs: atMs, stepMs: fc.constantFrom(100, 700) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("start packing" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("pack a slice" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("pack all" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("roll up days" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("forget" as const), hoursAgo: fc.integer({ min: 0, max: 6 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("delete" as const), key: fc.integer({ min: 1, max: 3 }), atMs }),
  },
);

it("answers like a plain map of readings whatever is written, packed, rolled up, forgotten and deleted in whatever order", () => {
  const asked = fc.record({
    key: fc.integer({ min: 1, max: 3 }),
    fromMs: fc.oneof(
      atMs,
      fc.integer({ min: 0, max: 40 }).map((n) => T0 + n * MS_PER_HOUR),
      fc.integer({ min: 0, max: 300 }).map((n) => T0 + n * ROLLUP_MS),
    ),
    lengthMs: fc.constantFrom(1, 7 * 60_000, 7 * ROLLUP_MS, MS_PER_HOUR, 19 * ROLLUP_MS, 26 * MS_PER_HOUR),
    stepMs: fc.constantFrom(60_000, 300_000, 700_000, MS_PER_HOUR, 6 * MS_PER_HOUR, MS_PER_DAY),
    offset: fc.integer({ min: 0, max: 200 }),
    newestFirst: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(action, { minLength: 1, maxLength: 25 }),
      fc.array(asked, { minLength: 3, maxLength: 6 }),
      (actions, questions) => {
        const db = openSqlite(null);
        const kept = new KeptReadings(db, new Unpacked());
        const pages = new ReadingPages(kept);
        const model = new Model();
        let rolledUntilDay: number | null = null;
        let ageHours = 0;
        let deletedAfterForgetting = false;
        const push = (readings: readonly (readonly [number, number, number])[]): void => {
          for (const [key, at, one] of readings) model.put(key, at, one);
          kept.push({
            keys: Uint32Array.from(readings, ([key]) => key),
            times: Float64Array.from(readings, ([, at]) => at),
            values: Float64Array.from(readings, ([, , one]) => one),
          });
        };
        const packSlice = (): void => {
          ageHours++;
          db.transaction(() => kept.packSlice(1, rolledUntilDay, ageHours))();
          kept.packedSlice();
          const fresh = new Set(
            [...kept.freshKeys()].flatMap((key) =>
              Array.from(kept.fresh(key, -Infinity, Infinity).times, (at) => `${key}@${at}`),
            ),
          );
          for (const name of model.values.keys())
            if (!fresh.has(name) && !model.receivedHours.has(name)) model.receivedHours.set(name, ageHours);
        };
        /** What is gone was received long enough ago; with `hoursAgo` 0 all that is packed goes. */
        const forget = (hoursAgo: number): void => {
          const beforeHour = ageHours + 1 - hoursAgo;
          while (kept.chunks.raw.forget(beforeHour, 3));
          const left = new Set(
            [1, 2, 3].flatMap((key) => Array.from(kept.rows([key], 0, END).times, (at) => `${key}@${at}`)),
          );
          for (const name of model.values.keys()) {
            const receivedHour = model.receivedHours.get(name);
            if (hoursAgo === 0 && receivedHour !== undefined) expect(left.has(name)).toBe(false);
            if (left.has(name)) continue;
            expect(receivedHour).toBeLessThan(beforeHour);
            model.forget(name);
          }
          expect(left.size).toBe(model.values.size);
        };
        const packAll = (): void => {
          while (kept.packing()) packSlice();
          kept.startPacking();
          while (kept.packing()) packSlice();
        };
        for (const step of actions) {
          if (step.do === "push") push(step.readings);
          else if (step.do === "burst")
            push(Array.from({ length: 4_200 }, (_, n) => [1, step.startMs + n * step.stepMs, (n % 50) / 10] as const));
          else if (step.do === "start packing" && !kept.packing()) kept.startPacking();
          else if (step.do === "pack a slice" && kept.packing()) packSlice();
          else if (step.do === "pack all") packAll();
          else if (step.do === "roll up days") {
            const span = kept.chunks.span();
            if (span === null) continue;
            const until = Math.floor(span.last / 24) + 1;
            for (let day = rolledUntilDay ?? Math.floor(span.first / 24); day < until; day++)
              for (const key of kept.chunks.keysOf(day * 24, day * 24 + 23)) kept.chunks.rollUpDay(key, day);
            rolledUntilDay = Math.max(until, rolledUntilDay ?? 0);
          } else if (step.do === "forget") forget(step.hoursAgo);
          else if (step.do === "delete") {
            packAll();
            deletedAfterForgetting ||= model.forgotten.length > 0;
            expect(kept.remove(step.key, step.atMs, rolledUntilDay)).toBe(
              model.values.delete(`${step.key}@${step.atMs}`),
            );
          }
        }
        for (const { key, fromMs, lengthMs, stepMs, offset, newestFirst } of questions) {
          const toMs = fromMs + lengthMs;
          const range = kept.rows([key], fromMs, toMs);
          expect(Array.from(range.times, (at, i) => [key, at, range.values[i]])).toEqual(
            model.rows([key], fromMs, toMs),
          );
          const points = kept.series(key, fromMs, toMs, stepMs, rolledUntilDay);
          const expected = model.series(key, fromMs, toMs, stepMs);
          expect(points.map(({ startMs, count, min, max }) => [startMs, count, min + 0, max + 0])).toEqual(
            expected.map(({ startMs, count, min, max }) => [startMs, count, min + 0, max + 0]),
          );
          points.forEach(({ mean }, i) => expect(mean).toBeCloseTo(expected[i]?.mean ?? Number.NaN, 6));
          for (const keys of [null, [key, 2]]) {
            const all = model.rows(keys, fromMs, toMs);
            const page = pages.page(keys === null ? null : [...new Set(keys)], fromMs, toMs, newestFirst, offset, 50);
            expect(page.count).toBe(all.length);
            const wanted = (newestFirst ? all.toReversed() : all).slice(offset, offset + 50);
            expect(Array.from(page.rows.keys, (k, i) => [k, page.rows.times[i], page.rows.values[i]])).toEqual(wanted);
          }
        }
        const exported: number[] = [];
        for (let at = 0; ;) {
          const next = pages.exportNext(null, at, END);
          if (next === null) break;
          exported.push(...next.rows.times);
          at = next.nextMs;
        }
        expect(exported).toEqual(model.rows(null, 0, END).map(([, at]) => at));
        const latest = kept.latest();
        for (const [i, key] of latest.keys.entries())
          if (model.forgotten.length === 0) expect(latest.times[i]).toBe(model.rows([key], 0, Infinity).at(-1)?.[1]);
          else if (!deletedAfterForgetting)
            expect(latest.times[i]).toBeGreaterThanOrEqual(model.rows([key], 0, Infinity).at(-1)?.[1] ?? 0);
        db.close();
      },
    ),
    { numRuns: Number(process.env["RUNS"] ?? 40) },
  );
});

it("keeps what comes late as long as what comes in time, beside the averages of what was forgotten", () => {
  const db = openSqlite(null);
  const kept = new KeptReadings(db, new Unpacked());
  const pages = new ReadingPages(kept);
  const minutes = (first: number): number[] => [0, 1, 2, 3, 4].map((n) => first + n * 12);
  const receive = (offsets: readonly number[], receivedHour: number): void => {
    kept.push({
      keys: new Uint32Array(offsets.length).fill(7),
      times: Float64Array.from(offsets, (minute) => T0 + minute * 60_000),
      values: Float64Array.from(offsets),
    });
    kept.startPacking();
    db.transaction(() => kept.packSlice(99, null, receivedHour))();
    kept.packedSlice();
  };
  const listed = (): number[] => {
    const { count, rows } = pages.page(null, T0, END, false, 0, 99);
    expect(count).toBe(rows.times.length);
    expect([...kept.rows([7], T0, END).times]).toEqual([...rows.times]);
    return Array.from(rows.times, (atMs) => (atMs - T0) / 60_000);
  };
  const fives = (): [minute: number, count: number][] =>
    kept.series(7, T0, T0 + MS_PER_HOUR, ROLLUP_MS, null).map(({ startMs, count }) => [(startMs - T0) / 60_000, count]);
  const whole = () => kept.series(7, T0, T0 + MS_PER_HOUR, MS_PER_HOUR, null);

  receive(minutes(0), 10);
  expect(kept.chunks.raw.forget(11, 99)).toBe(false);
  expect(listed()).toEqual([]);
  receive(minutes(1), 20);
  expect(listed()).toEqual(minutes(1));
  const twice = [0, 0, 10, 10, 20, 25, 35, 35, 45, 45];
  expect(fives()).toEqual([...Map.groupBy(twice, (minute) => minute)].map(([minute, all]) => [minute, all.length]));
  kept.chunks.raw.forget(21, 99);
  receive(minutes(2), 30);
  receive(minutes(3), 40);
  expect(listed()).toEqual([...minutes(2), ...minutes(3)].sort((a, b) => a - b));
  expect(whole()).toEqual([{ startMs: T0, min: 0, mean: 25.5, max: 51, count: 20 }]);
  kept.chunks.raw.forget(40, 99);
  expect(listed()).toHaveLength(10);
  kept.chunks.raw.forget(41, 99);
  expect(listed()).toEqual([]);
  expect(whole()).toEqual([{ startMs: T0, min: 0, mean: 25.5, max: 51, count: 20 }]);
  expect(fives().reduce((total, [, count]) => total + count, 0)).toBe(20);
  db.close();
});

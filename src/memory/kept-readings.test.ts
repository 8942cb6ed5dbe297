import fc from "fast-check";
import { expect, it } from "vitest";
import { MS_PER_DAY, MS_PER_HOUR } from "../domain/units.ts";
import { KeptReadings } from "./kept-readings.ts";
import { ReadingPages } from "./reading-pages.ts";
import { openSqlite } from "./sqlite-database.ts";
import { Unpacked } from "./unpacked.ts";

const T0 = Date.UTC(2026, 2, 28, 22);
const END = T0 + 2 * MS_PER_DAY;

/** The history as simple as can be: one value per sensor and instant. */
class Model {
  readonly values = new Map<string, [key: number, atMs: number, value: number]>();

  put(key: number, atMs: number, value: number): void {
    this.values.set(`${key}@${atMs}`, [key, atMs, value]);
  }

  rows(keys: readonly number[] | null, fromMs: number, toMs: number): [number, number, number][] {
    return [...this.values.values()]
      .filter(([key, atMs]) => (keys === null || keys.includes(key)) && atMs >= fromMs && atMs < toMs)
      .sort((a, b) => a[1] - b[1] || a[0] - b[0]);
  }

  series(key: number, fromMs: number, toMs: number, stepMs: number) {
    const buckets = Map.groupBy(this.rows([key], fromMs, toMs), ([, atMs]) => Math.floor((atMs - fromMs) / stepMs));
    return [...buckets].map(([bucket, rows]) => {
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
  { weight: 1, arbitrary: fc.record({ do: fc.constant("roll up days" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("delete" as const), key: fc.integer({ min: 1, max: 3 }), atMs }),
  },
);

it("answers like a plain map of readings whatever is written, packed, rolled up and deleted in whatever order", () => {
  const asked = fc.record({
    key: fc.integer({ min: 1, max: 3 }),
    fromMs: fc.oneof(
      atMs,
      fc.integer({ min: 0, max: 40 }).map((n) => T0 + n * MS_PER_HOUR),
    ),
    lengthMs: fc.constantFrom(1, 7 * 60_000, MS_PER_HOUR, 26 * MS_PER_HOUR),
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
        const push = (readings: readonly (readonly [number, number, number])[]): void => {
          for (const [key, at, one] of readings) model.put(key, at, one);
          kept.push({
            keys: Uint32Array.from(readings, ([key]) => key),
            times: Float64Array.from(readings, ([, at]) => at),
            values: Float64Array.from(readings, ([, , one]) => one),
          });
        };
        const packSlice = (): void => {
          db.transaction(() => kept.packSlice(1, rolledUntilDay))();
          kept.packedSlice();
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
          else if (step.do === "roll up days") {
            const span = kept.chunks.span();
            if (span === null) continue;
            const until = Math.floor(span.last / 24) + 1;
            for (let day = rolledUntilDay ?? Math.floor(span.first / 24); day < until; day++)
              for (const key of kept.chunks.keysOf(day * 24, day * 24 + 23)) kept.chunks.rollUpDay(key, day);
            rolledUntilDay = Math.max(until, rolledUntilDay ?? 0);
          } else if (step.do === "delete") {
            packAll();
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
          expect(latest.times[i]).toBe(model.rows([key], 0, Infinity).at(-1)?.[1]);
        db.close();
      },
    ),
    { numRuns: Number(process.env["RUNS"] ?? 40) },
  );
});

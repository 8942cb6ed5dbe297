import fc from "fast-check";
import { expect, it } from "vitest";
import { decodeChunk, encodeChunk } from "./chunk-codec.ts";
import { mergeColumns, GrowingColumns } from "./columns.ts";
import { decimalsOf } from "./decimals.ts";
import { bucketsOf, coarsen, decodeRollup, encodeRollup, type Bucket } from "./rollup.ts";

const anyTimes = fc
  .uniqueArray(
    fc.oneof(
      fc.integer({ min: 0, max: 2 ** 42 }),
      fc.integer({ min: 0, max: 500 }).map((n) => n * 1000),
    ),
    {
      maxLength: 200,
    },
  )
  .map((times) => times.sort((a, b) => a - b));
const anyValue = fc.oneof(
  fc.constant(0),
  fc.integer({ min: -100_000, max: 100_000 }).map((n) => n / 100),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
);
const anyColumns = anyTimes.chain((times) =>
  fc
    .array(anyValue, { minLength: times.length, maxLength: times.length })
    .map((values) => ({ times: Float64Array.from(times), values: Float64Array.from(values) })),
);

it("gives back every reading of a chunk exactly", () => {
  fc.assert(
    fc.property(anyColumns, (columns) => {
      const back = decodeChunk(encodeChunk(columns));
      expect(back.times).toEqual(columns.times);
      back.values.forEach((value, i) => expect(value === columns.values[i]).toBe(true));
    }),
    { numRuns: 500 },
  );
});

it("packs a noisy regular sensor into less than two bytes a reading", () => {
  const times = Float64Array.from({ length: 360 }, (_, i) => 1_790_000_000_000 + i * 10_000);
  const values = times.map((_, i) => Math.round(45_000 + 3_000 * Math.sin(i / 30) + ((i * 7919) % 97) - 48) / 100);
  expect(encodeChunk({ times, values }).length).toBeLessThan(720);
});

it("refuses bytes that are not a chunk instead of inventing readings", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      try {
        expect(decodeChunk(bytes).times.length).toBeLessThan(bytes.length * 2 ** 20 + 1);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
  );
});

it("keeps count, sum, min and max of every bucket through encoding and coarsening", () => {
  fc.assert(
    fc.property(anyColumns, (columns) => {
      const buckets = bucketsOf(columns, 300_000);
      const back: Bucket[] = [];
      decodeRollup(encodeRollup(buckets, 0, 300_000, decimalsOf(columns.values)), 0, 300_000, back);
      expect(back.map(({ startMs, count, min, max }) => [startMs, count, min + 0, max + 0])).toEqual(
        buckets.map(({ startMs, count, min, max }) => [startMs, count, min + 0, max + 0]),
      );
      back.forEach(({ sum }, i) => expect(sum).toBeCloseTo(buckets[i]?.sum ?? Number.NaN, 4));
      const hours = coarsen(back, 3_600_000);
      expect(hours.reduce((total, { count }) => total + count, 0)).toBe(columns.times.length);
      expect(hours.map(({ min }) => min + 0)).toEqual(bucketsOf(columns, 3_600_000).map(({ min }) => min + 0));
    }),
    { numRuns: 300 },
  );
});

it("puts readings in order and lets the last write win, as a map by time would", () => {
  const written = fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer()), { maxLength: 80 });
  fc.assert(
    fc.property(written, written, (first, second) => {
      const [older, newer] = [first, second].map((writes) => {
        const growing = new GrowingColumns();
        writes.forEach(([atMs, value], i) => {
          growing.push(atMs, value);
          if (i % 7 === 0) growing.columns();
        });
        return growing.columns();
      });
      const expected = [...new Map([...first, ...second])].sort(([a], [b]) => a - b);
      const merged = mergeColumns(older!, newer!);
      expect(Array.from(merged.times, (atMs, i) => [atMs, merged.values[i]])).toEqual(expected);
    }),
  );
});

import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { Journal } from "./journal.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "journal-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

const entry = (value: number) => ({
  defined: [[1, "a"] as const],
  batch: { keys: Uint32Array.of(1), times: Float64Array.of(value), values: Float64Array.of(value) },
});
/** A run of the engine: what it finds, and what it then writes. */
function run(values: readonly number[]): { found: number[]; damagedSegments: number } {
  const journal = new Journal(folder);
  const found: number[] = [];
  const { damagedSegments } = journal.replay(({ batch }) => void found.push(...batch.values));
  for (const value of values) journal.append(entry(value));
  journal.close();
  return { found, damagedSegments };
}
const newest = (): string => path.join(folder, readdirSync(folder).sort().at(-1) ?? "");
const TORN = {
  "within the head of a frame": Buffer.from([40, 0, 0]),
  "within a frame": Buffer.from([40, 0, 0, 0, 1, 2, 3, 4, 5, 6]),
  "in a frame that did not reach the disk": Buffer.from([3, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0]),
  "in zeros": Buffer.alloc(4096),
};

it.each(Object.entries(TORN))("keeps what came before an end torn %s, over any number of starts", (_, tail) => {
  run([1, 2]);
  appendFileSync(newest(), tail);
  expect(run([3])).toEqual({ found: [1, 2], damagedSegments: 0 });
  appendFileSync(newest(), tail);
  expect(run([4])).toEqual({ found: [1, 2, 3], damagedSegments: 0 });
  expect(run([])).toEqual({ found: [1, 2, 3, 4], damagedSegments: 0 });
});

it.each([0, 3])("takes a segment that was not begun, of %s bytes, for none", (bytes) => {
  run([1]);
  const begun = readFileSync(newest()).subarray(0, bytes);
  writeFileSync(path.join(folder, "journal-0000000002.log"), begun);
  expect(run([2])).toEqual({ found: [1], damagedSegments: 0 });
  expect(run([3])).toEqual({ found: [1, 2], damagedSegments: 0 });
});

it.each(["newest", "older"])(
  "tells once that the %s segment is damaged, and keeps what can be read and a copy",
  (which) => {
    run([1, 2, 3]);
    const file = newest();
    const damaged = readFileSync(file);
    const at = damaged.length - 40;
    damaged[at] = (damaged[at] ?? 0) ^ 0xff;
    if (which === "older") run([4]);
    writeFileSync(file, damaged);
    const later = which === "older" ? [4] : [];
    expect(run([5])).toEqual({ found: [1, ...later], damagedSegments: 1 });
    expect(run([])).toEqual({ found: [1, ...later, 5], damagedSegments: 0 });
    expect(readFileSync(`${file}.damaged`)).toEqual(damaged);
  },
);

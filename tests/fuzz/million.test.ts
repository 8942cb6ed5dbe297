import { spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { FUZZ_KINDS, type FuzzKind } from "./kinds.ts";
import type { SliceReport } from "./slice.ts";

/** Cases of all kinds together. */
const RUNS = Number(process.env["FUZZ_RUNS"] ?? 1_000_000);
const SEED = Number(process.env["FUZZ_SEED"] ?? 20261121);
const PATIENCE = Number(process.env["HYPERVOLT_PATIENCE"] ?? 1);
/** No more is begun after this; what was tried is told, and of each kind there is something. */
const WITHIN_MS = Number(process.env["FUZZ_WITHIN_MINUTES"] ?? 120) * 60_000;
const PROCESSES = Number(process.env["FUZZ_PROCESSES"] ?? Math.min(4, availableParallelism()));
const SLICE = path.join(import.meta.dirname, "slice.ts");
/** A process that is not done by then hangs. */
const SLICE_WITHIN_MS = 300_000 * PATIENCE;
/** What tens of thousands of cases may leave behind, MiB: compiled code and the like, not the cases. */
const MOST_LEFT_MB = 12;
const MOST_RSS_MB = 1_000;

type Slice = Readonly<{ kind: FuzzKind; cases: number; seed: number }>;

/** Each in a process of its own, so that nothing grows but within one that is looked at. */
const slices: readonly Slice[] = Object.entries(FUZZ_KINDS).flatMap(([name, { share, perProcess }]) => {
  const total = Math.max(1, Math.round(RUNS * share));
  const count = Math.ceil(total / perProcess);
  return Array.from({ length: count }, (_, n) => ({
    kind: name as FuzzKind,
    cases: Math.floor((total * (n + 1)) / count) - Math.floor((total * n) / count),
    seed: SEED + 2 * n,
  }));
});

async function runSlice({ kind, cases, seed }: Slice): Promise<SliceReport> {
  const child = spawn(process.execPath, ["--expose-gc", SLICE, kind, String(cases), String(seed)], {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: SLICE_WITHIN_MS,
    killSignal: "SIGKILL",
  });
  let told = "";
  let wrong = "";
  child.stdout.on("data", (bytes: Buffer) => (told = (told + bytes.toString()).slice(-4_000)));
  child.stderr.on("data", (bytes: Buffer) => (wrong = (wrong + bytes.toString()).slice(-4_000)));
  const [status, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  if (status !== 0) throw new Error(`${kind}, seed ${seed}: ended with ${status ?? signal}\n${wrong}`);
  return JSON.parse(told.trim().split("\n").at(-1) ?? "") as SliceReport;
}

it(
  `survives ${RUNS} hostile cases, or as many as there is time for, without crash, hang, growing memory, prototype pollution or log flood`,
  async () => {
    const startedMs = performance.now();
    // Of every kind the first, then of every kind the second, and so on.
    const waiting = slices.toSorted((a, b) => a.seed - b.seed);
    const totals = new Map<FuzzKind, { cases: number; ms: number; leftMb: number; rssMb: number }>();
    const work = async (): Promise<void> => {
      for (let slice = waiting.shift(); slice !== undefined; slice = waiting.shift()) {
        if (performance.now() - startedMs > WITHIN_MS && totals.has(slice.kind)) continue;
        const { cases, ms, warmHeapMb, endHeapMb, mostRssMb } = await runSlice(slice);
        const leftMb = endHeapMb - warmHeapMb;
        expect(cases).toBe(slice.cases);
        expect(leftMb, `${slice.kind}, seed ${slice.seed}: ${leftMb} MiB left by ${cases} cases`).toBeLessThan(
          MOST_LEFT_MB,
        );
        expect(mostRssMb, `${slice.kind}, seed ${slice.seed}`).toBeLessThan(MOST_RSS_MB);
        const sum = totals.get(slice.kind) ?? { cases: 0, ms: 0, leftMb: 0, rssMb: 0 };
        totals.set(slice.kind, {
          cases: sum.cases + cases,
          ms: sum.ms + ms,
          leftMb: Math.max(sum.leftMb, leftMb),
          rssMb: Math.max(sum.rssMb, mostRssMb),
        });
      }
    };
    await Promise.all(Array.from({ length: PROCESSES }, work));
    for (const [kind, { cases, ms, leftMb, rssMb }] of totals)
      process.stdout.write(
        `${kind}: ${cases} cases, ${Math.round((cases / ms) * 1000)}/s, at most ${leftMb.toFixed(1)} MiB left, ${rssMb.toFixed(0)} MiB resident\n`,
      );
    const tried = [...totals.values()].reduce((sum, { cases }) => sum + cases, 0);
    process.stdout.write(`${tried} cases in ${Math.round((performance.now() - startedMs) / 1_000)} s\n`);
    expect([...totals.keys()].toSorted()).toEqual(Object.keys(FUZZ_KINDS).toSorted());
    if (performance.now() - startedMs < WITHIN_MS)
      expect(tried).toBe(slices.reduce((sum, { cases }) => sum + cases, 0));
  },
  3 * 3_600_000,
);

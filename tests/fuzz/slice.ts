import { FUZZ_KINDS, isFuzzKind } from "./kinds.ts";

/** What a process that tried cases of one kind prints. Heap: MiB in use once a third of them is done, and at the end. */
export type SliceReport = Readonly<{
  cases: number;
  ms: number;
  warmHeapMb: number;
  endHeapMb: number;
  mostRssMb: number;
}>;

// node --expose-gc slice.ts KIND CASES SEED
const [, , kind, casesText, seedText] = process.argv;
const [cases, seed] = [Number(casesText), Number(seedText)];
if (!isFuzzKind(kind) || !(cases > 0)) throw new Error("expected a kind of cases, how many, and a seed");

const heapMb = (): number => {
  for (let n = 0; n < 3; n++) globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
};
const startedMs = performance.now();
const { run, close } = await FUZZ_KINDS[kind].open();
const warmCases = Math.ceil(cases / 3);
await run(warmCases, seed);
const warmHeapMb = heapMb();
if (cases > warmCases) await run(cases - warmCases, seed + 1);
const endHeapMb = heapMb();
await close?.();
const report: SliceReport = {
  cases,
  ms: Math.round(performance.now() - startedMs),
  warmHeapMb,
  endHeapMb,
  mostRssMb: process.resourceUsage().maxRSS / 1024,
};
process.stdout.write(`${JSON.stringify(report)}\n`);

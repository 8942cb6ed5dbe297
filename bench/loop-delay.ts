/**
 * Loaded into an engine (`--import`) that `bench/night.ts` watches: on SIGUSR2 it writes how late its event loop was
 * since the last time, to the file that HYPERVOLT_LOOP_DELAY names.
 */
import { writeFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";

/** Between two looks, ms; the histogram counts it as part of each delay. */
const RESOLUTION_MS = 5;

function watchLoop(file: string): void {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
  process.on("SIGUSR2", () => {
    const { user, system } = process.threadCpuUsage();
    writeFileSync(
      file,
      JSON.stringify({
        looks: delays.count,
        p50Ms: late(delays.percentile(50)),
        p99Ms: late(delays.percentile(99)),
        maxMs: late(delays.max),
        mainThreadCpuMs: (user + system) / 1_000,
      }),
    );
    delays.reset();
  });
}

const file = process.env["HYPERVOLT_LOOP_DELAY"];
if (isMainThread && file !== undefined) watchLoop(file);

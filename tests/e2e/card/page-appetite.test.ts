import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { openDevServer } from "../../../card/dev/server.ts";
import { canBrowse, openBrowser, PATIENCE, untilResting, untilTwin, untilWhole } from "./browser.ts";

/** CPU of the whole browser over a while, as a share of one core. */
async function cpuShare(ms: number, pids: () => readonly number[]): Promise<number> {
  const ticks = (): number =>
    pids().reduce((sum, pid) => {
      try {
        const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").pop()?.split(" ") ?? [];
        return sum + Number(fields[11]) + Number(fields[12]);
      } catch {
        return sum;
      }
    }, 0);
  const before = ticks();
  await new Promise((after) => setTimeout(after, ms));
  return (ticks() - before) / 100 / (ms / 1_000);
}

/** The least share over some whiles: what is still being made ready takes its share of the first ones only. */
async function leastShare(pids: () => readonly number[], enough: number): Promise<number> {
  let least = Infinity;
  for (let i = 0; i < 4 && least > enough; i++) least = Math.min(least, await cpuShare(5_000, pids));
  return least;
}

/** Processes below one, itself included. */
function family(root: number): number[] {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [
          [Number(name), Number(readFileSync(`/proc/${name}/stat`, "utf8").split(") ").pop()?.split(" ")[1])] as const,
        ];
      } catch {
        return [];
      }
    });
  const found = [root];
  for (const pid of found) found.push(...parents.filter(([, parent]) => parent === pid).map(([child]) => child));
  return found;
}

describe.runIf(canBrowse() && process.platform === "linux")("the page's appetite", () => {
  it("takes at most 1 % of a core at rest and 10 % with flows", async () => {
    const server = await openDevServer();
    const browser = await openBrowser();
    onTestFinished(async () => {
      await browser.close();
      await server.close();
    });
    const own = (): number[] =>
      family(process.pid).filter((pid) => {
        try {
          return pid !== process.pid && /chrom/.test(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
        } catch {
          return false;
        }
      });
    const page = await browser.newPage({ viewport: { width: 800, height: 600 } });
    await page.goto(server.url);
    await untilTwin(page);
    await untilWhole(page);
    await untilResting(page);
    const withFlows = await leastShare(own, 0.1 * PATIENCE);
    await page.emulateMedia({ reducedMotion: "reduce" });
    await untilResting(page);
    const atRest = await leastShare(own, 0.01 * PATIENCE);
    process.stdout.write(
      `cpu: ${(withFlows * 100).toFixed(1)} % of a core with flows, ${(atRest * 100).toFixed(1)} % at rest\n`,
    );
    expect(withFlows).toBeLessThanOrEqual(0.1 * PATIENCE);
    expect(atRest).toBeLessThanOrEqual(0.01 * PATIENCE);
  });
});

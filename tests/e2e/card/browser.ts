import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";
import { expect } from "vitest";
import { isThere, programPath } from "../../harness/local-service.ts";

/** The machine of CI may be busy: budgets of time are the issue's, stretched only where told to. */
export const PATIENCE = Number(process.env["HYPERVOLT_PATIENCE"] ?? 1);

const SPIN_MS = 300;
const SPINNING = `
  const { parentPort } = require("node:worker_threads");
  const before = process.threadCpuUsage();
  const untilMs = performance.now() + ${SPIN_MS};
  while (performance.now() < untilMs);
  const { user, system } = process.threadCpuUsage(before);
  parentPort.postMessage((user + system) / 1_000 / ${SPIN_MS});
`;

/**
 * How many times longer work takes here at this moment than with two cores to itself, 1 or more: what is measured while
 * others have the machine says nothing of the page.
 */
export async function contention(): Promise<number> {
  const share = (): Promise<number> =>
    new Promise((resolve, reject) => new Worker(SPINNING, { eval: true }).on("message", resolve).on("error", reject));
  return 1 / Math.min(1, ...(await Promise.all([share(), share()])));
}

const ROOT = path.resolve(import.meta.dirname, "../../..");
export const DIST = path.join(ROOT, "card/dist");
export const SHOTS = process.env["HYPERVOLT_SHOTS"] ?? path.join(ROOT, "data/card-shots");

/** Full path of Chromium, or null. */
export const chromiumPath = (): string | null =>
  programPath("chromium") ?? programPath("chromium-browser") ?? programPath("google-chrome");
/** Whether the browser tests can run: says so in a line when not, fails when CI promised it. */
export const canBrowse = (): boolean =>
  isThere("Chromium", chromiumPath()) && isThere("the built card (npm run build)", existsSync(DIST) ? DIST : null);

/**
 * Chromium without a window, drawing WebGL in software unless told not to. What it puts together is drawn without GL:
 * compositing in software GL would cost five times the flows themselves.
 */
export async function openBrowser(webgl = true): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: chromiumPath() ?? "",
    args: [
      "--no-sandbox",
      ...(webgl
        ? ["--enable-unsafe-swiftshader"]
        : ["--disable-gpu", "--disable-webgl", "--disable-webgl2", "--disable-3d-apis"]),
    ],
  });
  browser.on("context", (context) => context.setDefaultTimeout(30_000 * PATIENCE));
  return browser;
}

export type Stats = { twin: boolean; frames: number; overlayFrames: number; resting: boolean; drawnMs: number };
const STAGE = "hypervolt-stage";

/** What the first stage of these has drawn so far, wherever it is in the shadow trees; null where there is none. */
export const statsOf = (page: Page, stage = STAGE): Promise<Stats | null> =>
  page.locator(stage).evaluateAll((found) => (found[0] as { stats?: Stats } | undefined)?.stats ?? null);

/** Waits until the twin has drawn, or says what is there instead. */
export async function untilTwin(page: Page, stage = STAGE): Promise<Stats> {
  for (const untilMs = performance.now() + 20_000 * PATIENCE; ;) {
    const stats = await statsOf(page, stage);
    if (stats?.twin && stats.frames > 0) return stats;
    if (performance.now() > untilMs) throw new Error(`no twin: ${JSON.stringify(stats)}`);
    await page.waitForTimeout(30);
  }
}

/** Waits until the page has all that its server tells: what comes late moves what is below, and draws again. */
export async function untilWhole(page: Page): Promise<void> {
  type Told = { pictured: boolean; source: { snapshot: Record<string, unknown> } };
  await eventually(
    () =>
      page.locator("hypervolt-home").evaluateAll((found) => {
        const { pictured, source } = found[0] as unknown as Told;
        const { home, plan, history, ledger, decisions, alerts, forecasts, settings } = source.snapshot;
        const lists = [decisions, alerts, forecasts].map((list) => (list as unknown[]).length);
        return [pictured, home, plan, history, ledger, ...lists, "mode" in (settings as object)].every(Boolean);
      }),
    "everything is told",
  ).toBe(true);
  await untilPainted(page);
}

/** Until the browser has painted what it knows by now. */
export const untilPainted = (page: Page): Promise<void> =>
  page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))");

/** Waits until nothing is due in a stage: the finest picture of what it shows stands, and stays. */
export async function untilResting(page: Page, stage = STAGE): Promise<Stats> {
  let last: Stats | null = null;
  await eventually(async () => {
    const before = last;
    await untilPainted(page);
    last = await statsOf(page, stage);
    return last?.resting === true && last.frames === before?.frames;
  }, "the picture stands").toBe(true);
  return last as unknown as Stats;
}

/** Takes pictures until two in a row are the same, and hands out the last. */
export async function untilStill(page: Page, take: () => Promise<Buffer>, stage = STAGE): Promise<Buffer> {
  let last: Buffer = Buffer.alloc(0);
  await eventually(async () => {
    await untilResting(page, stage);
    const next = await take();
    const still = next.equals(last);
    last = next;
    return still;
  }, "the page comes to rest").toBe(true);
  return last;
}

/** The drawing alone: edges of the controls over it are drawn by the browser, which rounds them as its tiles fall. */
export const drawingOf = (page: Page): Promise<Buffer> =>
  page.locator("hypervolt-stage .drawing").screenshot({
    style: ".tools, .labels, .overlay { visibility: hidden !important }",
  });

/** The least that a heap grew over one of a few rounds: what is made once grows in one of them, what leaks in each. */
export async function leastGrowth(page: Page, round: () => Promise<unknown>, enoughBytes: number): Promise<number> {
  const client = await page.context().newCDPSession(page);
  const heap = async (): Promise<number> => {
    // What a first collection frees in the page, another one finds freed in the engine.
    for (let i = 0; i < 4; i++) {
      await client.send("HeapProfiler.collectGarbage");
      await page.waitForTimeout(100);
    }
    return (await client.send("Runtime.getHeapUsage")).usedSize;
  };
  let least = Infinity;
  for (let i = 0; i < 3 && least > enoughBytes; i++) {
    const before = await heap();
    await round();
    least = Math.min(least, (await heap()) - before);
  }
  return least;
}

/** Collects what the page complains of. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !/favicon|GPU stall|Lit is in dev mode/.test(message.text()))
      complaints.push(message.text());
  });
  return complaints;
}

export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: path.join(SHOTS, `${name}.png`) });
}

/** Polls for as long as a busy machine may need. */
export const eventually = <T>(look: () => T | Promise<T>, what?: string) =>
  expect.poll(look, { timeout: 20_000 * PATIENCE, ...(what ? { message: what } : {}) });

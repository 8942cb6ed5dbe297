import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";
import { expect } from "vitest";
import { isThere, programPath } from "../../harness/local-service.ts";

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
export const openBrowser = (webgl = true): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath() ?? "",
    args: [
      "--no-sandbox",
      ...(webgl
        ? ["--enable-unsafe-swiftshader"]
        : ["--disable-gpu", "--disable-webgl", "--disable-webgl2", "--disable-3d-apis"]),
    ],
  });

export type Stats = { twin: boolean; frames: number; overlayFrames: number };

/** What the stage has drawn so far, wherever it is in the shadow trees. */
export const statsOf = (page: Page): Promise<Stats | null> => page.evaluate(`(${STATS})()`);
const STATS = `() => {
  const find = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.localName === "hypervolt-stage") return element;
      const inside = element.shadowRoot && find(element.shadowRoot);
      if (inside) return inside;
    }
    return null;
  };
  return find(document)?.stats ?? null;
}`;

/** Waits until the twin has drawn, or says what is there instead. */
export async function untilTwin(page: Page): Promise<Stats> {
  for (const untilMs = performance.now() + 20_000; ;) {
    const stats = await statsOf(page);
    if (stats?.twin && stats.frames > 0) return stats;
    if (performance.now() > untilMs) throw new Error(`no twin: ${JSON.stringify(stats)}`);
    await page.waitForTimeout(30);
  }
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
  expect.poll(look, { timeout: 15_000, ...(what ? { message: what } : {}) });

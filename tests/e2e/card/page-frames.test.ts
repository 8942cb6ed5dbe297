import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import type { SimulatedHome } from "../../../card/dev/simulated-home.ts";
import {
  canBrowse,
  contention,
  drawingOf,
  eventually,
  leastGrowth,
  PATIENCE,
  statsOf,
  untilResting,
  untilStill,
  untilTwin,
  untilWhole,
} from "./browser.ts";
import { OpenedPages } from "./opened-page.ts";

describe.runIf(canBrowse())("what the page draws, how often and how fast", () => {
  const home = new OpenedPages();
  /** Frames drawn over a while, and how long that was by the page's own clock. */
  const over = async (page: Page, ms: number): Promise<{ frames: number; overlayFrames: number; seconds: number }> => {
    const look = async () => ({ ...(await statsOf(page)), atMs: await page.evaluate<number>("performance.now()") });
    const before = await look();
    await page.waitForTimeout(ms);
    const after = await look();
    return {
      frames: (after.frames ?? 0) - (before.frames ?? 0),
      overlayFrames: (after.overlayFrames ?? 0) - (before.overlayFrames ?? 0),
      seconds: (after.atMs - before.atMs) / 1_000,
    };
  };
  const anyNumber = expect.any(Number) as number;
  const dim = (brightness: number) => (shown: SimulatedHome["home"]) =>
    void (shown.devices[0] = {
      ...(shown.devices[0] as (typeof shown.devices)[number]),
      on: brightness > 0,
      brightness,
    });

  it("draws the twin with the first data, without a word in the console", async () => {
    const { page, complaints } = await home.open();
    await untilTwin(page);
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Lake house");
    expect(complaints).toEqual([]);
  });

  it("shows its first frame within 600 ms of the navigation", async () => {
    // The first one also starts the browser's GPU process.
    const shares: number[] = [];
    for (let i = 0; i < 8 && !(Math.min(...shares) <= 1); i++) {
      const before = await contention();
      const { page } = await home.open({ width: 800, height: 600 });
      // When it was drawn, not when this was asked: the way to the browser takes its time too.
      const { drawnMs } = await untilTwin(page);
      shares.push(drawnMs / (600 * PATIENCE * Math.max(before, await contention())));
      await page.close();
    }
    expect(Math.min(...shares)).toBeLessThanOrEqual(1);
  });

  it("draws nothing at rest: no flow, no frame", async () => {
    const { page } = await home.open({ still: true });
    await untilTwin(page);
    await untilWhole(page);
    await untilResting(page);
    expect(await over(page, 2_500)).toEqual({ frames: 0, overlayFrames: 0, seconds: anyNumber });
  });

  it("moves the flows at 20 frames a second without drawing the house again", async () => {
    const { page } = await home.open();
    await untilTwin(page);
    await untilWhole(page);
    await untilResting(page);
    const others = await contention();
    const { frames, overlayFrames, seconds } = await over(page, 2_000);
    expect(frames).toBe(0);
    expect(overlayFrames / seconds).toBeGreaterThan(5 / PATIENCE / Math.max(others, await contention()));
    expect(overlayFrames / seconds).toBeLessThanOrEqual(22);
  });

  it("draws nothing while it is off the screen, and what changed meanwhile when it is back", async () => {
    const { page } = await home.open({ height: 500 });
    await untilTwin(page);
    await untilWhole(page);
    await page.evaluate("window.scrollTo(0, document.body.scrollHeight)");
    await eventually(() => over(page, 600)).toMatchObject({ frames: 0, overlayFrames: 0 });
    await home.tell(page, "Out of sight", dim(0));
    expect(await over(page, 600)).toEqual({ frames: 0, overlayFrames: anyNumber, seconds: anyNumber });
    await eventually(async () => (await over(page, 600)).overlayFrames).toBe(0);
    const before = (await statsOf(page))?.frames ?? 0;
    await page.evaluate("window.scrollTo(0, 0)");
    await eventually(async () => (await over(page, 200)).overlayFrames).toBeGreaterThan(0);
    await eventually(async () => (await statsOf(page))?.frames ?? 0).toBeGreaterThan(before);
  });

  it("draws one frame when a light changes, and none when nothing it shows did", async () => {
    const { page } = await home.open({ still: true });
    await untilTwin(page);
    await untilWhole(page);
    const before = (await untilResting(page)).frames;
    await home.tell(page, "Dimmed", dim(12));
    expect((await untilResting(page)).frames).toBe(before + 1);
    await home.tell(page, "Dear", (shown) => (shown.flows = { ...shown.flows, price_per_kwh: 0.5 }));
    expect((await untilResting(page)).frames).toBe(before + 1);
  });

  it("turns with at least 25 frames a second at 800 by 600", async () => {
    const { page } = await home.open({ width: 800, height: 900 });
    await untilTwin(page);
    const box = await page.locator("hypervolt-stage canvas[role=img]").boundingBox();
    if (!box) throw new Error("no canvas");
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    const shares: number[] = [];
    for (let round = 0; round < 5 && !(Math.max(...shares) >= 1); round++) {
      const others = await contention();
      const before = (await statsOf(page))?.frames ?? 0;
      const fromMs = performance.now();
      for (let i = 0; performance.now() - fromMs < 2_000; i++) await page.mouse.move(x + 120 * Math.sin(i / 15), y);
      const perSecond = (((await statsOf(page))?.frames ?? 0) - before) / ((performance.now() - fromMs) / 1_000);
      shares.push((perSecond * PATIENCE * Math.max(others, await contention())) / 25);
    }
    await page.mouse.up();
    expect(Math.max(...shares)).toBeGreaterThanOrEqual(1);
  });

  it("comes back from a lost context with the same picture", async () => {
    const { page } = await home.open({ still: true });
    await untilTwin(page);
    await untilWhole(page);
    const before = await untilStill(page, () => drawingOf(page));
    const frames = (await statsOf(page))?.frames ?? 0;
    await page.evaluate(`(() => {
      const find = (root) => { for (const e of root.querySelectorAll("*")) { if (e.matches("canvas[role=img]")) return e; const f = e.shadowRoot && find(e.shadowRoot); if (f) return f; } };
      const extension = find(document).getContext("webgl2").getExtension("WEBGL_lose_context");
      extension.loseContext();
      setTimeout(() => extension.restoreContext(), 200);
    })()`);
    await eventually(async () => (await statsOf(page))?.frames ?? 0).toBeGreaterThan(frames);
    expect((await statsOf(page))?.twin).toBe(true);
    expect((await untilStill(page, () => drawingOf(page))).equals(before)).toBe(true);
  });

  it("mounts and unmounts 25 times without growing, without a warning, each within 200 ms", async () => {
    const { page, complaints } = await home.open();
    await untilTwin(page);
    const cycle = async (): Promise<number> => {
      await page.evaluate(
        `(() => { const panel = document.querySelector("hypervolt-panel"); window.kept = panel; panel.remove(); })()`,
      );
      // Timed where it happens: the way to the browser and back is none of the page's.
      return page.evaluate<number>(`new Promise((done) => {
        const fromMs = performance.now();
        document.body.append(window.kept);
        const look = () => {
          const home = window.kept.renderRoot.querySelector("hypervolt-home");
          const stats = home?.renderRoot.querySelector("hypervolt-stage")?.stats;
          if (stats?.twin && stats.frames > 0) done(performance.now() - fromMs);
          else requestAnimationFrame(look);
        };
        look();
      })`);
    };
    // The first cycles fill caches of the engine and of three.js once.
    for (let i = 0; i < 8; i++) await cycle();
    const times: number[] = [];
    const medians: number[] = [];
    const round = async (): Promise<void> => {
      const before = await contention();
      times.length = 0;
      for (let i = 0; i < 25; i++) times.push(await cycle());
      medians.push((times.sort((a, b) => a - b)[12] ?? Infinity) / Math.max(before, await contention()));
    };
    expect(await leastGrowth(page, round, 1_000_000), "growth of 25 rounds").toBeLessThanOrEqual(1_000_000);
    expect(complaints).toEqual([]);
    expect(Math.min(...medians)).toBeLessThanOrEqual(200 * PATIENCE);
  });

  it("gives its one context on: 25 pages after another open without growth or a warning", async () => {
    const { page, complaints } = await home.open();
    await untilTwin(page);
    const made = await page.evaluateHandle<{ contexts: number }>(`(() => {
      const count = { contexts: 0 };
      const original = HTMLCanvasElement.prototype.getContext;
      HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
        if (kind === "webgl2") count.contexts++;
        return original.call(this, kind, ...rest);
      };
      return count;
    })()`);
    for (let i = 0; i < 25; i++) {
      await page.evaluate(
        `(() => { document.querySelector("hypervolt-panel").remove(); document.body.append(document.createElement("hypervolt-panel")); })()`,
      );
      await untilTwin(page);
    }
    expect(await made.evaluate(({ contexts }) => contexts)).toBeLessThanOrEqual(2);
    expect(complaints).toEqual([]);
  });
});

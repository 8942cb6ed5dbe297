import { readFileSync, readdirSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { openDevServer } from "../../../card/dev/server.ts";
import type { DevServer } from "../../../card/dev/server.ts";
import { USUAL } from "../../../card/dev/simulated-home.ts";
import type { HomeShape } from "../../../card/dev/simulated-home.ts";
import {
  canBrowse,
  complaintsOf,
  contention,
  drawingOf,
  eventually,
  leastGrowth,
  openBrowser,
  PATIENCE,
  shoot,
  statsOf,
  untilPainted,
  untilResting,
  untilStill,
  untilTwin,
  untilWhole,
} from "./browser.ts";

describe.runIf(canBrowse())("the page", () => {
  let server: DevServer;
  let browser: Browser;
  beforeAll(async () => {
    server = await openDevServer();
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function open(
    options: {
      width?: number;
      height?: number;
      dark?: boolean;
      query?: string;
      still?: boolean;
      shape?: Partial<HomeShape>;
    } = {},
  ): Promise<{ page: Page; complaints: string[] }> {
    server.show({ ...USUAL, ...options.shape });
    const page = await browser.newPage({
      viewport: { width: options.width ?? 1280, height: options.height ?? 900 },
      colorScheme: options.dark ? "dark" : "light",
      reducedMotion: options.still ? "reduce" : "no-preference",
    });
    onTestFinished(() => page.close());
    const complaints = complaintsOf(page);
    await page.goto(`${server.url}${options.query ?? ""}`);
    return { page, complaints };
  }
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
  /** A change of the home that the page has taken once its heading says so. */
  const tell = async (page: Page, name: string, change: Parameters<DevServer["tick"]>[0]): Promise<void> => {
    server.tick((home) => {
      change(home);
      home.name = name;
    });
    await eventually(() => page.getByRole("heading", { level: 1 }).textContent()).toBe(name);
    await untilPainted(page);
  };
  const dim = (brightness: number) => (home: Parameters<Parameters<DevServer["tick"]>[0]>[0]) =>
    void (home.devices[0] = { ...(home.devices[0] as (typeof home.devices)[number]), on: brightness > 0, brightness });

  it("draws the twin with the first data, without a word in the console", async () => {
    const { page, complaints } = await open();
    await untilTwin(page);
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Lake house");
    expect(complaints).toEqual([]);
  });

  it("shows its first frame within 600 ms of the navigation", async () => {
    // The first one also starts the browser's GPU process.
    const shares: number[] = [];
    for (let i = 0; i < 8 && !(Math.min(...shares) <= 1); i++) {
      const before = await contention();
      const { page } = await open({ width: 800, height: 600 });
      // When it was drawn, not when this was asked: the way to the browser takes its time too.
      const { drawnMs } = await untilTwin(page);
      shares.push(drawnMs / (600 * PATIENCE * Math.max(before, await contention())));
      await page.close();
    }
    expect(Math.min(...shares)).toBeLessThanOrEqual(1);
  });

  it("draws nothing at rest: no flow, no frame", async () => {
    const { page } = await open({ still: true });
    await untilTwin(page);
    await untilWhole(page);
    await untilResting(page);
    expect(await over(page, 2_500)).toEqual({ frames: 0, overlayFrames: 0, seconds: anyNumber });
  });

  it("moves the flows at 20 frames a second without drawing the house again", async () => {
    const { page } = await open();
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
    const { page } = await open({ height: 500 });
    await untilTwin(page);
    await untilWhole(page);
    await page.evaluate("window.scrollTo(0, document.body.scrollHeight)");
    await eventually(() => over(page, 600)).toMatchObject({ frames: 0, overlayFrames: 0 });
    await tell(page, "Out of sight", dim(0));
    expect(await over(page, 600)).toEqual({ frames: 0, overlayFrames: anyNumber, seconds: anyNumber });
    await eventually(async () => (await over(page, 600)).overlayFrames).toBe(0);
    const before = (await statsOf(page))?.frames ?? 0;
    await page.evaluate("window.scrollTo(0, 0)");
    await eventually(async () => (await over(page, 200)).overlayFrames).toBeGreaterThan(0);
    await eventually(async () => (await statsOf(page))?.frames ?? 0).toBeGreaterThan(before);
  });

  it("draws one frame when a light changes, and none when nothing it shows did", async () => {
    const { page } = await open({ still: true });
    await untilTwin(page);
    await untilWhole(page);
    const before = (await untilResting(page)).frames;
    await tell(page, "Dimmed", dim(12));
    expect((await untilResting(page)).frames).toBe(before + 1);
    await tell(page, "Dear", (home) => (home.flows = { ...home.flows, price_per_kwh: 0.5 }));
    expect((await untilResting(page)).frames).toBe(before + 1);
  });

  it("turns with at least 25 frames a second at 800 by 600", async () => {
    const { page } = await open({ width: 800, height: 900 });
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
    const { page } = await open({ still: true });
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
    const { page, complaints } = await open();
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
    const { page, complaints } = await open();
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

  it("turns under a finger, zooms under two, and lets the page scroll", async () => {
    server.show(USUAL);
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.goto(server.url);
    await untilTwin(page);
    await untilWhole(page);
    await untilResting(page);
    const canvas = page.locator("hypervolt-stage canvas[role=img]");
    expect(
      await canvas.evaluate((element) =>
        (element as unknown as { computedStyleMap(): Map<string, unknown> })
          .computedStyleMap()
          .get("touch-action")
          ?.toString(),
      ),
    ).toBe("pan-y");
    const box = await canvas.boundingBox();
    if (!box) throw new Error("no canvas");
    const client = await context.newCDPSession(page);
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", ...points: (readonly [number, number])[]) =>
      client.send("Input.dispatchTouchEvent", {
        type,
        touchPoints: points.map(([px, py], id) => ({ x: px, y: py, id })),
      });
    const label = (): Promise<string | null> => page.locator("hypervolt-stage .node.grid").getAttribute("style");
    await eventually(label).toMatch(/translate/);
    const before = await label();
    await touch("touchStart", [x, y]);
    for (let i = 1; i <= 8; i++) await touch("touchMove", [x + i * 10, y]);
    await touch("touchEnd");
    await eventually(label).not.toBe(before);
    await untilResting(page);
    const turned = await label();
    await touch("touchStart", [x - 20, y], [x + 20, y]);
    for (let i = 1; i <= 8; i++) await touch("touchMove", [x - 20 - i * 5, y], [x + 20 + i * 5, y]);
    await touch("touchEnd");
    await eventually(label).not.toBe(turned);
  });

  it("scrubs from a day ago to the end of the plan, and everything follows", async () => {
    const { page } = await open();
    await untilTwin(page);
    await untilWhole(page);
    const scrubber = page.getByRole("slider", { name: "Time" });
    await scrubber.focus();
    await page.keyboard.press("Home");
    await eventually(() => scrubber.getAttribute("aria-valuetext")).toMatch(/measured/);
    await page.keyboard.press("End");
    await eventually(() => scrubber.getAttribute("aria-valuetext")).toMatch(/planned/);
    await untilPainted(page);
    const grid = page.locator("hypervolt-stage .node.grid b");
    const atEnd = await grid.textContent();
    await page.getByRole("button", { name: "Now", exact: true }).click();
    await eventually(() => grid.textContent()).not.toBe(atEnd);
    await page.getByRole("checkbox", { name: /Compare with/ }).check();
    await eventually(() => page.locator(".difference").textContent()).toMatch(/saves €\d/);
  });

  it("plays the plan by itself and stops at its end", async () => {
    const { page } = await open();
    await untilTwin(page);
    await untilWhole(page);
    const scrubber = page.getByRole("slider", { name: "Time" });
    const atMs = async (): Promise<number> => Number(await scrubber.inputValue());
    const first = await atMs();
    await page.getByRole("button", { name: "Play" }).click();
    await eventually(atMs).toBeGreaterThan(first + 3_600_000);
    const pause = page.getByRole("button", { name: "Pause" });
    await pause.click();
    await page.getByRole("button", { name: "Play" }).waitFor();
    await scrubber.focus();
    await page.keyboard.press("End");
    for (let i = 0; i < 2; i++) await page.keyboard.press("PageDown");
    const end = Number(await scrubber.getAttribute("max"));
    await eventually(atMs).toBeLessThan(end - 3_600_000);
    await page.getByRole("button", { name: "Play" }).click();
    await eventually(atMs).toBeGreaterThan(end - 3_600_000);
    await eventually(() => page.getByRole("button", { name: "Play" }).count()).toBe(1);
    expect(end - (await atMs())).toBeLessThan(3_600_000);
  });

  it("sends what a person wishes, and no more than that: run now, mode, a slider", async () => {
    const { page } = await open();
    await untilTwin(page);
    await untilWhole(page);
    server.writes.length = 0;
    await page.getByRole("button", { name: "Run now" }).first().click();
    await eventually(() => server.writes.at(-1)?.path).toBe("devices/car/override");
    await page.getByRole("button", { name: "Advise only" }).click();
    await eventually(() => server.writes.at(-1)?.body).toEqual({ mode: "advise" });
    await page.getByRole("slider", { name: /Light wanted/ }).focus();
    await page.keyboard.press("ArrowRight");
    await eventually(() => server.writes.at(-1)?.body).toEqual({ light_target_lx: 410 });
    expect(server.writes.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST devices/car/override",
      "PUT preferences",
      "PUT preferences",
    ]);
  });

  it("says what people seem to be doing where it matters, and nothing while nobody knows", async () => {
    const { page } = await open();
    await untilTwin(page);
    await untilWhole(page);
    expect(await page.locator(".regime").count()).toBe(0);
    await tell(page, "Night", (home) => (home.regime = { kind: "asleep", certainty: 0.87 }));
    await eventually(() => page.locator(".settings .regime").textContent()).toMatch(/asleep \(87\s?% sure\)/);
    await tell(page, "Guests", (home) => (home.regime = { kind: "guests", certainty: 0.7 }));
    await eventually(() => page.locator(".settings .regime").textContent()).toMatch(/Guests/);
  });

  it("takes what light is worth with a slider, in the currency of the home", async () => {
    const { page } = await open();
    await untilTwin(page);
    await untilWhole(page);
    server.writes.length = 0;
    const slider = page.getByRole("slider", { name: "What full light is worth" });
    expect(await slider.getAttribute("aria-valuetext")).toBe("€0.050 an hour");
    await slider.focus();
    await page.keyboard.press("ArrowLeft");
    await eventually(() => server.writes).toEqual([
      { method: "PUT", path: "preferences", body: { light_comfort_per_hour: 0.045 } },
    ]);
    await eventually(() => slider.getAttribute("aria-valuetext")).toBe("€0.045 an hour");
  });

  it("says what another weight of carbon would change before it is chosen", async () => {
    const { page } = await open();
    await untilTwin(page);
    await untilWhole(page);
    const slider = page.getByRole("slider", { name: "Money against carbon" });
    await eventually(() => page.locator("hypervolt-trade p").textContent()).toMatch(/The plan costs €1\.45 and causes/);
    server.writes.length = 0;
    await slider.scrollIntoViewIfNeeded();
    const box = await slider.boundingBox();
    if (!box) throw new Error("no slider");
    await page.mouse.move(box.x + box.width * 0.1, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2, { steps: 4 });
    await eventually(() => page.locator("hypervolt-trade p").textContent()).toMatch(
      /then costs €1\.6\d and causes 2\.1\d? kg CO₂e \(\+€0\.(19|2\d), -5\d\d g\)/,
    );
    expect(server.writes).toEqual([]);
    await page.mouse.up();
    await eventually(() => server.writes.map(({ method, path }) => `${method} ${path}`)).toEqual(["PUT preferences"]);
    expect(server.writes[0]?.body).toMatchObject({ carbon_weight: expect.closeTo(0.5, 1) as number });
  });

  it("lets a viewer look and change nothing", async () => {
    const { page } = await open({ shape: { role: "viewer" } });
    await untilTwin(page);
    await untilWhole(page);
    await eventually(() => page.getByRole("button", { name: "Advise only" }).isDisabled()).toBe(true);
    expect(await page.getByRole("button", { name: "Run now" }).count()).toBe(0);
    expect(await page.getByRole("slider", { name: /Light wanted/ }).isDisabled()).toBe(true);
  });

  it("can be used without a picture and without a mouse: rooms and flows are a list", async () => {
    const { page } = await open();
    await untilTwin(page);
    await untilWhole(page);
    expect(await page.getByRole("listitem", { name: /from Solar to Home/ }).count()).toBe(1);
    const kitchen = page.getByRole("button", { name: /^Kitchen/ });
    await kitchen.focus();
    await page.keyboard.press("Enter");
    await eventually(() => kitchen.getAttribute("aria-expanded")).toBe("true");
    await eventually(() => page.getByRole("slider", { name: "Lamp 11: Brightness" }).count()).toBe(1);
    const before = (await untilResting(page)).frames;
    await page.locator("hypervolt-stage canvas[role=img]").focus();
    await page.keyboard.press("ArrowLeft");
    await eventually(async () => (await statsOf(page))?.frames ?? 0).toBeGreaterThan(before);
  });

  const shapes: readonly [string, Partial<HomeShape>][] = [
    ["one area, no floors, nothing else", { areas: 1, floors: 0, lights: 1, batteries: 0, pv: false, ev: false }],
    ["no areas at all", { areas: 0, floors: 0, lights: 3, batteries: 0, pv: false, ev: false }],
    [
      "60 areas, 200 lights, 3 batteries, long names",
      { areas: 60, floors: 3, lights: 200, batteries: 3, longNames: true },
    ],
    ["24 areas on no floor", { areas: 24, floors: 0, lights: 40 }],
  ];
  it.each(shapes)("draws a home of %s", async (_, shape) => {
    const { page, complaints } = await open({ shape });
    await untilTwin(page);
    await untilWhole(page);
    const wide = await page.evaluate<number>(
      "document.documentElement.scrollWidth - document.documentElement.clientWidth",
    );
    expect(wide).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
  });

  it.each([
    ["wide", {}],
    ["dark", { dark: true }],
    ["phone", { width: 390, height: 844 }],
    ["night", { dark: true, shape: { nowMs: Date.parse("2026-06-18T20:40:00Z") } }],
    ["rtl", { query: "?lang=ar" }],
    ["big", { shape: { areas: 60, floors: 3, lights: 200, batteries: 3, longNames: true } }],
  ])("fits its frame: %s", async (name, options) => {
    const { page, complaints } = await open(options as Parameters<typeof open>[0]);
    await untilTwin(page);
    await untilWhole(page);
    await untilResting(page);
    await shoot(page, name);
    expect(
      await page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth"),
    ).toBeLessThanOrEqual(0);
    await eventually(() => misplaced(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it("speaks the reader's language", async () => {
    for (const [language, word] of [
      ["de", "Entscheidungen"],
      ["fr", "Décisions"],
      ["es", "Decisiones"],
      ["nl", "Beslissingen"],
      ["xx", "Decisions"],
    ]) {
      const { page } = await open({ query: `?lang=${language}` });
      await eventually(() => page.getByRole("heading", { name: word ?? "", exact: true }).count(), language ?? "").toBe(
        1,
      );
      await page.close();
    }
  });
});

describe.runIf(canBrowse())("the page where 3D cannot be", () => {
  it("shows the 2D view without WebGL and says so", async () => {
    const server = await openDevServer();
    const browser = await openBrowser(false);
    onTestFinished(async () => {
      await browser.close();
      await server.close();
    });
    const page = await browser.newPage();
    await page.goto(server.url);
    await eventually(() => page.getByText("Shown in 2D").count()).toBe(1);
    expect(await statsOf(page)).toMatchObject({ twin: false });
    await eventually(() => page.locator("hypervolt-stage svg.iso path.room").count()).toBe(9);
  });

  it("shows the 2D view when the chunk does not load, and the twin when it does on another try", async () => {
    const server = await openDevServer();
    const browser = await openBrowser();
    onTestFinished(async () => {
      await browser.close();
      await server.close();
    });
    const page = await browser.newPage();
    let broken = true;
    await page.route(/\/twin-/, (route) => (broken ? route.abort() : route.continue()));
    await page.goto(server.url);
    await eventually(() => page.getByText("Shown in 2D").count()).toBe(1);
    broken = false;
    await page.getByRole("button", { name: "Try again" }).click();
    await eventually(async () => (await statsOf(page))?.twin).toBe(true);
  });
});

/** Labels that are not wholly on the stage, or that lie over another. */
async function misplaced(page: Page): Promise<string[]> {
  const labels = await boxesOf(page, "hypervolt-stage .node");
  const [stage] = await boxesOf(page, "hypervolt-stage");
  if (!stage) return ["no stage"];
  return labels.flatMap((a, i) => [
    ...(a.left < stage.left - 1 || a.right > stage.right + 1 ? [`${i} is off the stage`] : []),
    ...labels
      .slice(i + 1)
      .filter((b) => a.right > b.left + 1 && b.right > a.left + 1 && a.bottom > b.top + 1 && b.bottom > a.top + 1)
      .map((b) => `${i} lies over ${labels.indexOf(b)}`),
  ]);
}

type Box = { left: number; right: number; top: number; bottom: number };
async function boxesOf(page: Page, selector: string): Promise<Box[]> {
  const boxes = await Promise.all((await page.locator(selector).all()).map((element) => element.boundingBox()));
  return boxes.flatMap((box) =>
    box ? [{ left: box.x, right: box.x + box.width, top: box.y, bottom: box.y + box.height }] : [],
  );
}

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

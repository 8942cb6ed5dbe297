import type { Page } from "playwright-core";
import { describe, expect, it, onTestFinished } from "vitest";
import { openDevServer } from "../../../card/dev/server.ts";
import type { HomeShape } from "../../../card/dev/simulated-home.ts";
import { canBrowse, eventually, openBrowser, shoot, statsOf, untilResting, untilTwin, untilWhole } from "./browser.ts";
import { OpenedPages } from "./opened-page.ts";
import type { Opening } from "./opened-page.ts";

describe.runIf(canBrowse())("the page of any home, on any screen, in any language", () => {
  const home = new OpenedPages();
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
    const { page, complaints } = await home.open({ shape });
    await untilTwin(page);
    await untilWhole(page);
    expect(await sidewaysPx(page)).toBeLessThanOrEqual(0);
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
    const { page, complaints } = await home.open(options as Opening);
    await untilTwin(page);
    await untilWhole(page);
    await untilResting(page);
    await shoot(page, name);
    expect(await sidewaysPx(page)).toBeLessThanOrEqual(0);
    await eventually(() => misplaced(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it.each([
    ["a narrow phone", { width: 320, height: 640 }],
    ["a phone", { width: 390, height: 844 }],
  ])("shows what is stored without moving sideways on %s", async (_, size) => {
    const { page } = await home.open(size);
    await untilTwin(page);
    await untilWhole(page);
    await page.getByRole("button", { name: "Stored data" }).click();
    await page.locator("hypervolt-records tbody tr").first().waitFor();
    expect(await sidewaysPx(page)).toBeLessThanOrEqual(0);
    await page.getByRole("button", { name: "Home", exact: true }).click();
    await untilTwin(page);
    await untilResting(page);
    expect(await sidewaysPx(page)).toBeLessThanOrEqual(0);
  });

  it("says in the reader's language what the engine says in English, in the home's own time from the start", async () => {
    const { page } = await home.open({
      query: "?lang=de",
      width: 390,
      height: 844,
      still: true,
      shape: { timezone: "America/New_York" },
    });
    await eventually(() => page.locator(".decisions .what").first().textContent()).toMatch(
      /Kitchen ist dunkler als gewünscht: 310 lx statt 400 lx/,
    );
    await eventually(() => page.locator(".runs li", { hasText: "Car" }).textContent()).toMatch(
      /92\s%\svom Dach, 8\s%\saus dem Netz zu 0,21\s€\/kWh/,
    );
    // 15:10 in UTC.
    await eventually(() => page.locator(".decisions .when").first().textContent()).toBe("11:10");
  });

  it("speaks the reader's language", async () => {
    for (const [language, word] of [
      ["de", "Entscheidungen"],
      ["fr", "Décisions"],
      ["es", "Decisiones"],
      ["nl", "Beslissingen"],
      ["xx", "Decisions"],
    ]) {
      const { page } = await home.open({ query: `?lang=${language}`, width: 390, height: 844, still: true });
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

/** How far the page can be moved sideways. */
const sidewaysPx = (page: Page): Promise<number> =>
  page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");

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

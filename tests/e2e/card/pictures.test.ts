import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { canBrowse, eventually, statsOf, untilStill, untilTwin, untilWhole } from "./browser.ts";
import { OpenedPages } from "./opened-page.ts";
import type { Opening } from "./opened-page.ts";
import { cellsOf, difference, expectPicture } from "./picture.ts";

type Look = Opening & Readonly<{ view?: "2d" }>;
const BIG = { areas: 60, floors: 3, lights: 200, batteries: 3, longNames: true };
const BARE = { areas: 5, floors: 1, lights: 6, batteries: 0, pv: false, ev: false };
const LOOKS: readonly (readonly [string, Look])[] = [
  ["wide", {}],
  ["dark", { dark: true }],
  ["phone", { width: 390, height: 844 }],
  ["rtl", { language: "ar" }],
  ["phone-rtl-dark", { width: 390, height: 844, dark: true, language: "he" }],
  ["night", { shape: { nowMs: Date.parse("2026-06-18T20:40:00Z") } }],
  ["morning", { shape: { nowMs: Date.parse("2026-06-18T04:40:00Z") } }],
  ["big", { shape: BIG }],
  ["big-phone", { width: 390, height: 844, shape: BIG }],
  ["bare", { shape: BARE }],
  ["no-floors", { shape: { areas: 24, floors: 0, lights: 40 } }],
  ["two-dimensional", { view: "2d" }],
];

describe.runIf(canBrowse())("the page's looks", () => {
  const home = new OpenedPages();

  async function take({ view, ...look }: Look): Promise<{ page: Page; png: Buffer }> {
    // Nothing that moves is compared.
    const { page } = await home.open({ language: "en-GB", still: true, ...look });
    await untilTwin(page);
    if (view) {
      await page.getByLabel("How the home is drawn").selectOption(view);
      await eventually(async () => (await statsOf(page))?.twin).toBe(false);
    }
    await untilWhole(page);
    return { page, png: await untilStill(page, () => page.screenshot()) };
  }

  it.each(LOOKS)("are as they were: %s", async (name, look) => {
    const { page, png } = await take(look);
    await expectPicture(page, name, png);
  });

  it("are told apart: another theme, a house without a roof, other rooms are no small differences", async () => {
    const { page, png } = await take({});
    const day = await cellsOf(page, png);
    const same = difference(day, await cellsOf(page, await page.screenshot()));
    expect(same).toMatchObject({ off: 0, alike: true });
    expect(same.mean).toBeLessThan(0.05);
    for (const look of [{ dark: true }, { shape: { pv: false } }, { shape: { areas: 14 } }] satisfies Look[]) {
      const other = await take(look);
      const cells = await cellsOf(other.page, other.png);
      expect(difference(day, cells), JSON.stringify(look)).toMatchObject({ alike: false });
    }
  });
});

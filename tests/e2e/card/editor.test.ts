import type { Browser, BrowserContextOptions, CDPSession, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { isThere } from "../../harness/local-service.ts";
import { canBrowse, eventually, openBrowser, shoot, untilPainted } from "./browser.ts";
import { homeAssistantTool, openRealHome } from "./real-home.ts";
import type { RealHome } from "./real-home.ts";

const canRun = (): boolean =>
  canBrowse() && isThere("a real Home Assistant (HYPERVOLT_TOOLS) with mosquitto", homeAssistantTool());
/** Units of the plan's drawing a metre. */
const METRE = 36;
type Wish = { x?: number; z?: number; w?: number; d?: number; name?: string };
type Dashboard = { views: { sections: { cards: { type: string; rooms?: Record<string, Wish> }[] }[] }[] };

describe.runIf(canRun())("the card's editor in Home Assistant's own dialog", () => {
  let home: RealHome;
  let browser: Browser;
  beforeAll(async () => {
    home = await openRealHome({ areas: 5, floors: 1, lights: 4, batteries: 0, pv: false, ev: false }, false);
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await home?.close();
  });

  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 1000 }, ...options });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.addInitScript(`localStorage.setItem("hassTokens", ${JSON.stringify(JSON.stringify(home.hassTokens))})`);
    await page.goto(`${home.url}/hyper-volt/home?edit=1`);
    // Until the card's script has come there is an error in its place, and no editor of ours.
    await page.evaluate(`customElements.whenDefined("hypervolt-card").then(() => undefined)`);
    await page.locator("hypervolt-card svg.iso path.room").first().waitFor();
    await page.getByRole("button", { name: "Edit card" }).first().focus();
    await page.keyboard.press("Enter");
    await rooms(page).first().waitFor();
    await rooms(page).first().scrollIntoViewIfNeeded();
    return page;
  }
  const rooms = (page: Page): Locator => page.locator("hypervolt-card-editor rect.room");
  const room = (page: Page, name: string): Locator => page.locator(`rect.room[aria-label^="${name}:"]`);
  /** Where the plan shows a room, metres. */
  const placeOf = async (one: Locator): Promise<Required<Omit<Wish, "name">>> => {
    const number = async (side: string): Promise<number> => Number(await one.getAttribute(side)) / METRE;
    const [x, z, w, d] = [await number("x"), await number("y"), await number("width"), await number("height")];
    return { x, z, w, d };
  };
  const near = (place: Wish): Record<string, unknown> =>
    Object.fromEntries(Object.entries(place).map(([side, metres]) => [side, expect.closeTo(Number(metres), 2)]));
  /** The middle of a room and its lower right corner on the screen, and how long a metre is there, px. */
  const spotsOf = async (one: Locator) => {
    const box = await one.boundingBox();
    if (!box) throw new Error("the room is not on the screen");
    const { w } = await placeOf(one);
    return {
      middle: [box.x + box.width / 2, box.y + box.height / 2] as const,
      corner: [box.x + box.width - 1, box.y + box.height - 1] as const,
      metrePx: box.width / w,
    };
  };
  /** What Home Assistant has stored of the card. */
  const stored = async (): Promise<Record<string, Wish> | undefined> => {
    const config = await home.ask<Dashboard>({ type: "lovelace/config", url_path: "hyper-volt" });
    return config.views[0]?.sections[0]?.cards[0]?.rooms;
  };
  const save = async (page: Page): Promise<void> => {
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await eventually(() => page.locator("hypervolt-card-editor").count(), "the dialog has gone").toBe(0);
  };
  const drag = async (page: Page, [x, y]: readonly [number, number], dx: number, dy: number): Promise<void> => {
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + dx, y + dy, { steps: 5 });
    await page.mouse.up();
  };

  it("moves and resizes a room by keys", async () => {
    const page = await open();
    const hall = room(page, "Hall");
    const before = await placeOf(hall);
    await hall.focus();
    await page.keyboard.press("ArrowRight");
    await eventually(() => placeOf(hall)).toEqual(near({ ...before, x: before.x + 0.25 }));
    await page.keyboard.press("Shift+ArrowDown");
    await eventually(() => placeOf(hall)).toEqual(near({ ...before, x: before.x + 0.25, d: before.d + 0.25 }));
    expect(await hall.evaluate((element) => element.matches(":focus"))).toBe(true);
    await save(page);
    const id = Object.keys((await stored()) ?? {})[0] ?? "";
    expect((await stored())?.[id]).toEqual(near({ x: before.x + 0.25, z: before.z, w: before.w, d: before.d + 0.25 }));
  });

  it("moves a room with the mouse, resizes it by its corner, names it, and puts it back", async () => {
    const page = await open();
    const kitchen = room(page, "Kitchen");
    const area = (await kitchen.getAttribute("data-area")) ?? "";
    const before = await placeOf(kitchen);
    const { middle, metrePx } = await spotsOf(kitchen);
    await drag(page, middle, 2 * metrePx, metrePx);
    const moved = { ...before, x: before.x + 2, z: before.z + 1 };
    await eventually(() => placeOf(kitchen)).toEqual(near(moved));

    // It now lies over its neighbours: its corner has to be above them.
    const { corner, metrePx: now } = await spotsOf(kitchen);
    await drag(page, corner, 0.5 * now, -0.75 * now);
    const resized = { ...moved, w: before.w + 0.5, d: before.d - 0.75 };
    await eventually(() => placeOf(kitchen)).toEqual(near(resized));

    await page.getByLabel("Name of the room").fill("Galley");
    await page.getByLabel("Name of the room").press("Tab");
    await eventually(() => room(page, "Galley").count()).toBe(1);
    await eventually(() => page.locator("hui-dialog-edit-card .element-preview").getByText("Galley").count()).toBe(1);
    await shoot(page, "editor");
    await save(page);
    expect((await stored())?.[area]).toEqual({ ...near(resized), name: "Galley" });

    const again = await open();
    await room(again, "Galley").focus();
    await again.getByRole("button", { name: "Put back" }).click();
    await eventually(() => room(again, "Kitchen").count()).toBe(1);
    await eventually(() => placeOf(room(again, "Kitchen"))).toEqual(near(before));
    await save(again);
    expect(await stored()).not.toHaveProperty(area);
  });

  it("leaves a room where it was when the hand is taken back by Escape, or did not move", async () => {
    const page = await open();
    const kitchen = room(page, "Kitchen");
    const before = await placeOf(kitchen);
    const { middle, metrePx } = await spotsOf(kitchen);
    await page.mouse.move(...middle);
    await page.mouse.down();
    await page.mouse.move(middle[0] + metrePx, middle[1], { steps: 3 });
    await eventually(() => placeOf(kitchen)).toEqual(near({ ...before, x: before.x + 1 }));
    await page.keyboard.press("Escape");
    await eventually(() => placeOf(kitchen)).toEqual(near(before));
    await page.mouse.move(middle[0] + 2 * metrePx, middle[1], { steps: 3 });
    await page.mouse.up();
    await drag(page, middle, 2, 1);
    await untilPainted(page);
    expect(await placeOf(kitchen)).toEqual(near(before));
    expect(await page.locator("hypervolt-card-editor").count()).toBe(1);
  });

  it("is used by fingers: a tap chooses, a finger drags and resizes, and beside it the dialog scrolls", async () => {
    const page = await open({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    const client = await page.context().newCDPSession(page);
    const bedroom = room(page, "Bedroom");
    const before = await placeOf(bedroom);
    await bedroom.scrollIntoViewIfNeeded();
    const first = await spotsOf(bedroom);
    await swipe(client, first.middle, 0, 0);
    await eventually(() => bedroom.getAttribute("aria-pressed")).toBe("true");
    await untilPainted(page);
    // The room's name came below the plan, and may have moved it.
    const { middle, metrePx } = await spotsOf(bedroom);
    await swipe(client, middle, -metrePx, -metrePx);
    const moved = { ...before, x: before.x - 1, z: before.z - 1 };
    await eventually(() => placeOf(bedroom)).toEqual(near(moved));
    const { corner, metrePx: now } = await spotsOf(bedroom);
    await swipe(client, corner, -0.5 * now, -0.5 * now);
    await eventually(() => placeOf(bedroom)).toEqual(near({ ...moved, w: before.w - 0.5, d: before.d - 0.5 }));
    await shoot(page, "editor-phone");
    // A finger that goes up on a room that is not chosen scrolls what is around, and leaves the room.
    const kitchen = room(page, "Kitchen");
    const resting = await placeOf(kitchen);
    await kitchen.scrollIntoViewIfNeeded();
    const { middle: on } = await spotsOf(kitchen);
    await swipe(client, on, 0, -120);
    await eventually(async () => (await spotsOf(kitchen)).middle[1]).toBeLessThan(on[1] - 40);
    expect(await placeOf(kitchen)).toEqual(near(resting));
  });
});

async function swipe(client: CDPSession, [x, y]: readonly [number, number], dx: number, dy: number): Promise<void> {
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", points: { x: number; y: number }[]): Promise<unknown> =>
    client.send("Input.dispatchTouchEvent", { type, touchPoints: points.map((point) => ({ ...point, id: 1 })) });
  await touch("touchStart", [{ x, y }]);
  for (let i = 1; i <= 8 && (dx !== 0 || dy !== 0); i++)
    await touch("touchMove", [{ x: x + (dx * i) / 8, y: y + (dy * i) / 8 }]);
  await touch("touchEnd", []);
}

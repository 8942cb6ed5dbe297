import { describe, expect, it, onTestFinished } from "vitest";
import { openDevServer } from "../../../card/dev/server.ts";
import { USUAL } from "../../../card/dev/simulated-home.ts";
import { canBrowse, eventually, statsOf, untilPainted, untilResting, untilTwin, untilWhole } from "./browser.ts";
import { OpenedPages } from "./opened-page.ts";

describe.runIf(canBrowse())("the page in use", () => {
  const home = new OpenedPages();
  it("turns under a finger, zooms under two, and lets the page scroll", async () => {
    home.server.show(USUAL);
    const context = await home.browser.newContext({
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.goto(home.server.url);
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
    const { page } = await home.open();
    await untilTwin(page);
    await untilWhole(page);
    const scrubber = page.getByRole("slider", { name: "Time" });
    await scrubber.focus();
    await page.keyboard.press("Home");
    await eventually(() => scrubber.getAttribute("aria-valuetext")).toMatch(/measured/);
    await page.keyboard.press("End");
    await eventually(() => scrubber.getAttribute("aria-valuetext")).toMatch(/planned/);
    await untilPainted(page);
    const due = page.locator(".runs");
    await eventually(() => due.textContent()).toMatch(/Nothing is due/);
    const grid = page.locator("hypervolt-stage .node.grid b");
    const atEnd = await grid.textContent();
    await page.getByRole("button", { name: "Now", exact: true }).click();
    await eventually(() => grid.textContent()).not.toBe(atEnd);
    await due.getByRole("button", { name: /^Car/ }).first().click();
    await eventually(() => due.locator("li[aria-current]").textContent()).toMatch(/Car/);
    await page.getByRole("button", { name: "Now", exact: true }).click();
    await eventually(() => due.locator("li[aria-current]").count()).toBe(0);
    await page.getByRole("checkbox", { name: /Compare with/ }).check();
    await eventually(() => page.locator(".difference").textContent()).toMatch(/saves €\d/);
  });

  it("plays the plan by itself and stops at its end", async () => {
    const { page } = await home.open();
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
    const { page } = await home.open();
    await untilTwin(page);
    await untilWhole(page);
    home.server.writes.length = 0;
    await page.getByRole("button", { name: "Run now" }).first().click();
    await eventually(() => home.server.writes.at(-1)?.path).toBe("devices/car/override");
    await page.getByRole("button", { name: "Advise only" }).click();
    await eventually(() => home.server.writes.at(-1)?.body).toEqual({ mode: "advise" });
    await page.getByRole("slider", { name: /Light wanted/ }).focus();
    await page.keyboard.press("ArrowRight");
    await eventually(() => home.server.writes.at(-1)?.body).toEqual({ light_target_lx: 410 });
    expect(home.server.writes.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST devices/car/override",
      "PUT preferences",
      "PUT preferences",
    ]);
  });

  it("says what people seem to be doing where it matters, and nothing while nobody knows", async () => {
    const { page } = await home.open();
    await untilTwin(page);
    await untilWhole(page);
    expect(await page.locator(".regime").count()).toBe(0);
    await home.tell(page, "Night", (shown) => (shown.regime = { kind: "asleep", certainty: 0.87 }));
    await eventually(() => page.locator(".settings .regime").textContent()).toMatch(/asleep \(87\s?% sure\)/);
    await home.tell(page, "Guests", (shown) => (shown.regime = { kind: "guests", certainty: 0.7 }));
    await eventually(() => page.locator(".settings .regime").textContent()).toMatch(/Guests/);
  });

  it("takes what light is worth with a slider, in the currency of the home", async () => {
    const { page } = await home.open();
    await untilTwin(page);
    await untilWhole(page);
    home.server.writes.length = 0;
    const slider = page.getByRole("slider", { name: "What full light is worth" });
    expect(await slider.getAttribute("aria-valuetext")).toBe("€0.050 an hour");
    await slider.focus();
    await page.keyboard.press("ArrowLeft");
    await eventually(() => home.server.writes).toEqual([
      { method: "PUT", path: "preferences", body: { light_comfort_per_hour: 0.045 } },
    ]);
    await eventually(() => slider.getAttribute("aria-valuetext")).toBe("€0.045 an hour");
  });

  it("says what another weight of carbon would change before it is chosen", async () => {
    const { page } = await home.open();
    await untilTwin(page);
    await untilWhole(page);
    const slider = page.getByRole("slider", { name: "Money against carbon" });
    await eventually(() => page.locator("hypervolt-trade p").textContent()).toMatch(/The plan costs €1\.45 and causes/);
    home.server.writes.length = 0;
    await slider.scrollIntoViewIfNeeded();
    const box = await slider.boundingBox();
    if (!box) throw new Error("no slider");
    await page.mouse.move(box.x + box.width * 0.1, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2, { steps: 4 });
    await eventually(() => page.locator("hypervolt-trade p").textContent()).toMatch(
      /then costs €1\.6\d and causes 2\.1\d? kg CO₂e \(\+€0\.(19|2\d), -5\d\d g\)/,
    );
    expect(home.server.writes).toEqual([]);
    await page.mouse.up();
    await eventually(() => home.server.writes.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "PUT preferences",
    ]);
    expect(home.server.writes[0]?.body).toMatchObject({ carbon_weight: expect.closeTo(0.5, 1) as number });
  });

  it("lets a viewer look and change nothing", async () => {
    const { page } = await home.open({ shape: { role: "viewer" } });
    await untilTwin(page);
    await untilWhole(page);
    await eventually(() => page.getByRole("button", { name: "Advise only" }).isDisabled()).toBe(true);
    expect(await page.getByRole("button", { name: "Run now" }).count()).toBe(0);
    expect(await page.getByRole("slider", { name: /Light wanted/ }).isDisabled()).toBe(true);
  });

  it("can be used without a picture and without a mouse: rooms and flows are a list", async () => {
    const { page } = await home.open();
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

  it("leads from the number of problems to what they are", async () => {
    const { page } = await home.open({ width: 390, height: 844, still: true });
    await untilTwin(page);
    await untilWhole(page);
    const problem = page.getByText("ldr_3 (hall) has fallen silent");
    await page.getByRole("button", { name: "Problems: 1" }).click();
    await eventually(async () => (await problem.boundingBox())?.y ?? Infinity).toBeLessThan(844);
  });

  it("says what is wrong and how the savings come about in the reader's language", async () => {
    const { page } = await home.open({ language: "de-DE", still: true });
    const problem = page.locator(".alerts li");
    await eventually(() => problem.textContent()).toMatch(/ldr_3 \(hall\) ist verstummt/);
    await eventually(() => problem.textContent()).toMatch(/alle 60 Sekunden ein Wert; nun ist es 60 Minuten still/);
    await page.getByText("Wie wird das berechnet?").click();
    await eventually(() => page.locator(".savings details p").first().textContent()).toMatch(
      /^Alle fünf Minuten vergleicht HyperVolt/,
    );
  });

  it("claims nothing that is not known: a device's state, what flows", async () => {
    const { page } = await home.open({ width: 390, height: 844, still: true });
    await untilTwin(page);
    await untilWhole(page);
    await home.tell(page, "Unknown", (shown) => {
      for (const device of shown.devices) if (device.id === "dishwasher") device.on = null;
      shown.flows = { ...shown.flows, grid_w: null, load_w: null, pv_w: null, batteries: [] };
    });
    await eventually(() => page.getByText("No meter tells yet what flows").count()).toBe(1);
    await eventually(() => page.locator("hypervolt-stage .node.home b").textContent()).toBe("–");
    await page.getByRole("button", { name: /^Kitchen/ }).click();
    const dishwasher = page.locator(".devices li", { hasText: "Dishwasher" });
    await eventually(() => dishwasher.textContent()).toMatch(/not known/);
    expect(await dishwasher.getByRole("button").allTextContents()).toEqual([
      expect.stringContaining("Turn on"),
      expect.stringContaining("Turn off"),
    ]);
  });

  it("keeps the rooms of a large home behind one button, and opens the one that is chosen", async () => {
    const { page } = await home.open({
      width: 390,
      height: 844,
      still: true,
      shape: { areas: 60, floors: 3, lights: 30 },
    });
    await untilTwin(page);
    await untilWhole(page);
    const last = page.getByRole("button", { name: /^Bathroom 7/ });
    expect(await page.locator(".rooms .room").count()).toBe(60);
    expect(await last.isVisible()).toBe(false);
    await page.getByText("Show all 60 rooms").click();
    await last.click();
    await eventually(() => last.getAttribute("aria-expanded")).toBe("true");
    expect(await last.isVisible()).toBe(true);
  });

  it("says at once when the engine is gone and of when the picture is, and is whole again when it is back", async () => {
    const first = await openDevServer();
    const page = await home.browser.newPage({
      viewport: { width: 390, height: 844 },
      reducedMotion: "reduce",
      locale: "en-GB",
    });
    onTestFinished(() => page.close());
    await page.goto(first.url);
    await untilTwin(page);
    await untilWhole(page);
    expect(await page.locator(".apart").count()).toBe(0);
    await first.close();
    await eventually(() => page.locator(".apart").textContent()).toMatch(/does not answer.*Thu 17:10/);
    const again = await openDevServer(Number(new URL(first.url).port));
    onTestFinished(() => again.close());
    await eventually(() => page.locator(".apart").count()).toBe(0);
  });

  it("leaves without a complaint while its connection is still being made", async () => {
    const { page, complaints } = await home.open({ width: 390, height: 844, still: true });
    await untilTwin(page);
    await page.evaluate(`(() => {
      document.querySelector("hypervolt-panel").remove();
      for (let i = 0; i < 5; i++) {
        const panel = document.createElement("hypervolt-panel");
        document.body.append(panel);
        panel.remove();
      }
      document.body.append(document.createElement("hypervolt-panel"));
    })()`);
    await untilTwin(page);
    await untilWhole(page);
    expect(complaints).toEqual([]);
  });
});

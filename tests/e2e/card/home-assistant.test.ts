import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { simulateHome, USUAL } from "../../../card/dev/simulated-home.ts";
import { AVAILABILITY_TOPIC, commandTopic, stateTopic } from "../../../src/home-assistant/hypervolt-device.ts";
import { isThere } from "../../harness/local-service.ts";
import {
  canBrowse,
  complaintsOf,
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
} from "./browser.ts";
import { cellsOf, difference } from "./picture.ts";
import { redPyramid } from "./red-pyramid.ts";
import { homeAssistantTool, openRealHome, publishDecision, publishStates } from "./real-home.ts";
import type { RealHome } from "./real-home.ts";

const canRun = (): boolean =>
  canBrowse() && isThere("a real Home Assistant (HYPERVOLT_TOOLS) with mosquitto", homeAssistantTool());
const CARD = "custom:hypervolt-card";

describe.runIf(canRun())("the card in Home Assistant's own front end", () => {
  let home: RealHome;
  let browser: Browser;
  const sim = simulateHome({ ...USUAL, nowMs: Date.now() });

  beforeAll(async () => {
    home = await openRealHome();
    await publishStates(home.publish, sim);
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await home?.close();
  });

  async function open(
    path = "/hyper-volt/home",
    options: { width?: number; dark?: boolean; tokens?: unknown } = {},
  ): Promise<{ page: Page; complaints: string[] }> {
    const page = await browser.newPage({
      viewport: { width: options.width ?? 1280, height: 900 },
      colorScheme: options.dark ? "dark" : "light",
    });
    onTestFinished(() => page.close());
    const complaints = complaintsOf(page);
    await page.addInitScript(
      `localStorage.setItem("hassTokens", ${JSON.stringify(JSON.stringify(options.tokens ?? home.hassTokens))})`,
    );
    await page.goto(`${home.url}${path}`);
    return { page, complaints };
  }

  it("draws this home from the registries, without any configuration and without a Supervisor", async () => {
    const { page, complaints } = await open();
    await untilTwin(page);
    await eventually(() => page.locator("hypervolt-stage .node.solar b").textContent()).toMatch(/\d/);
    await eventually(() => page.locator("hypervolt-stage .room-name").allTextContents()).toEqual(
      expect.arrayContaining(["Kitchen", "Office", "Garden"]),
    );
    await eventually(() => page.getByText("Home Assistant has started!").count()).toBe(0);
    await shoot(page, "home-assistant");
    expect(complaints.filter((text) => /hypervolt/i.test(text))).toEqual([]);
  });

  it("shows the plan, what was saved and the problems from HyperVolt's entities alone", async () => {
    const { page } = await open();
    await untilTwin(page);
    await eventually(() => page.locator(".tile b").first().textContent()).toMatch(/1\.84/);
    await eventually(() => page.locator(".runs li").count()).toBeGreaterThan(0);
    // Home Assistant can start an appliance, but knows nothing of a plan that might leave one out.
    await eventually(() => page.getByRole("button", { name: "Run now" }).count()).toBeGreaterThan(0);
    expect(await page.getByRole("button", { name: "Skip" }).count()).toBe(0);
    await page.getByRole("tab", { name: "Problems" }).click();
    await eventually(() => page.getByText("The hall's light sensor is silent").count()).toBe(1);
    await page.getByRole("tab", { name: "Decisions" }).click();
    await eventually(async () => {
      await publishDecision(home.publish);
      await page.waitForTimeout(600);
      return page.getByText("Daylight gives 310 lx").count();
    }).toBe(1);
  });

  it("says that HyperVolt is not running, claims no mode meanwhile, and is whole again when it is back", async () => {
    const { page } = await open();
    await untilTwin(page);
    const pressed = page.locator('.modes [aria-pressed="true"]');
    await eventually(() => pressed.count()).toBe(1);
    await home.publish(AVAILABILITY_TOPIC, "offline");
    onTestFinished(async () => void (await home.publish(AVAILABILITY_TOPIC, "online")));
    await eventually(() => page.getByText("HyperVolt is not running").count()).toBe(1);
    await eventually(() => pressed.count()).toBe(0);
    expect(await page.getByRole("button", { name: "Automatic" }).isDisabled()).toBe(true);
    await home.publish(AVAILABILITY_TOPIC, "online");
    await eventually(() => page.getByText("HyperVolt is not running").count()).toBe(0);
    await eventually(() => pressed.count()).toBe(1);
  });

  it("carries out what a person wishes through Home Assistant: mode, slider, a light", async () => {
    const { page } = await open();
    await untilTwin(page);
    home.commands.length = 0;
    await page.getByRole("button", { name: "Advise only" }).click();
    await eventually(() => home.commands).toContainEqual({ topic: commandTopic("mode"), payload: "advise" });
    await page.getByRole("tab", { name: "Settings" }).click();
    await page.getByRole("slider", { name: /Light wanted/ }).focus();
    await page.keyboard.press("ArrowRight");
    await eventually(() => home.commands.map(({ topic }) => topic)).toContain(commandTopic("light_target"));
    await page.getByRole("tab", { name: "Rooms" }).click();
    await page.getByRole("button", { name: /^Kitchen/ }).click();
    await page
      .getByRole("button", { name: /^Turn o/ })
      .first()
      .click();
    await eventually(() => home.commands.some(({ topic }) => topic.startsWith("lamp/"))).toBe(true);
  });

  it("follows a light within a moment, and draws nothing for what it does not show", async () => {
    const { page } = await open();
    await untilTwin(page);
    await page.getByRole("checkbox", { name: "Moving flows" }).uncheck();
    await eventually(() => page.locator(".facts").textContent()).toMatch(/g\/kWh/);
    const before = (await untilResting(page)).frames;
    await home.publish(stateTopic("grid_intensity"), "77");
    await eventually(() => page.locator(".facts").textContent()).toMatch(/77 g\/kWh/);
    await untilPainted(page);
    expect((await untilResting(page)).frames).toBe(before);
    await home.publish("lamp/light_2/state", "ON");
    await home.publish("lamp/light_2/level_is", "200");
    await eventually(async () => (await statsOf(page))?.frames ?? 0).toBeGreaterThan(before);
  });

  it("opens Home Assistant's own dialog for a device", async () => {
    const { page } = await open();
    await untilTwin(page);
    await page.getByRole("tab", { name: "Rooms" }).click();
    await page.getByRole("button", { name: /^Kitchen/ }).click();
    await page.locator(".devices button.link").first().click();
    await eventually(() => page.locator("ha-more-info-dialog").count()).toBeGreaterThan(0);
  });

  it("shows Home Assistant's error card for a wrong configuration", async () => {
    const { page } = await open("/hyper-volt/wrong");
    // Before the card's script has come there is another error in its place.
    await page.evaluate(`customElements.whenDefined("hypervolt-card").then(() => undefined)`);
    await untilPainted(page);
    await eventually(() => page.locator("hui-error-card").count()).toBe(1);
    expect(await statsOf(page)).toBeNull();
  });

  it.each(["home", "masonry"])("fits a phone in the dark: %s", async (view) => {
    const { page, complaints } = await open(`/hyper-volt/${view}`, { width: 390, dark: true });
    await untilTwin(page);
    await untilResting(page);
    await shoot(page, `home-assistant-phone-dark-${view}`);
    const rightOf = async (what: string): Promise<number> => {
      const box = await page.locator(what).first().boundingBox();
      return box ? box.x + box.width : Number.NaN;
    };
    await eventually(async () => (await rightOf("hypervolt-stage")) <= (await rightOf("ha-card"))).toBe(true);
    await eventually(() =>
      page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth"),
    ).toBeLessThanOrEqual(0);
    expect(complaints.filter((text) => /hypervolt/i.test(text))).toEqual([]);
  });

  it("works for a user who is no administrator", async () => {
    const { page, complaints } = await open("/hyper-volt/home", { tokens: await home.signInAs("resident") });
    await untilTwin(page);
    expect(await page.evaluate<boolean>(`document.querySelector("home-assistant").hass.user.is_admin`)).toBe(false);
    await eventually(() => page.locator(".tile b").first().textContent()).toMatch(/1\.84/);
    await page.getByRole("tab", { name: "Rooms" }).click();
    await eventually(() => page.getByRole("button", { name: /^Kitchen/ }).count()).toBe(1);
    home.commands.length = 0;
    await page.getByRole("button", { name: "Advise only" }).click();
    await eventually(() => home.commands).toContainEqual({ topic: commandTopic("mode"), payload: "advise" });
    expect(complaints.filter((text) => /hypervolt/i.test(text))).toEqual([]);
  });

  it("draws the same picture from contexts as from hass", async () => {
    const { page } = await open();
    await untilTwin(page);
    await page.getByRole("checkbox", { name: "Moving flows" }).uncheck();
    const inside = page.locator("hypervolt-stage");
    // Out of Home Assistant's tree nobody answers for contexts: this one lives from `hass` alone.
    await page.evaluate(`(() => {
      const width = ${(await page.locator("ha-card").first().boundingBox())?.width ?? 0};
      const box = document.createElement("div");
      box.style.cssText = "position:fixed;left:0;top:0;z-index:9;background:var(--card-background-color);width:" + width + "px";
      const card = document.createElement("hypervolt-card");
      card.setConfig({ type: "${CARD}" });
      card.hass = document.querySelector("home-assistant").hass;
      box.append(card);
      box.id = "outside";
      window.outside = box;
    })()`);
    const seen = async (stage?: string): Promise<Awaited<ReturnType<typeof cellsOf>>> =>
      cellsOf(page, await untilStill(page, () => inside.last().screenshot(), stage));
    const fromContexts = await seen();
    await page.evaluate("document.body.append(window.outside)");
    await eventually(() => inside.count()).toBe(2);
    await untilTwin(page, "#outside hypervolt-stage");
    await page.locator("#outside").getByRole("checkbox", { name: "Moving flows" }).uncheck();
    const fromHass = await seen("#outside hypervolt-stage");
    expect(await page.evaluate("window.outside.firstChild.contextual === undefined")).toBe(true);
    expect(difference(fromContexts, fromHass)).toMatchObject({ alike: true });
  });

  it("shows a model in place of the generated house, and says why when it cannot", async () => {
    const { page } = await open();
    await untilTwin(page);
    const show = (model: string): Promise<void> =>
      page.evaluate(`(() => {
        document.querySelector("#model")?.remove();
        const box = document.createElement("div");
        box.style.cssText = "position:fixed;inset:0;z-index:9;overflow:auto;background:#fff";
        box.id = "model";
        const card = document.createElement("hypervolt-card");
        card.setConfig({ type: "${CARD}", model: "${model}" });
        card.hass = document.querySelector("home-assistant").hass;
        box.append(card);
        document.body.append(box);
      })()`);
    await page.route("**/local/hypervolt/house.glb", (route) =>
      route.fulfill({ body: redPyramid(), contentType: "model/gltf-binary" }),
    );
    await show("/local/hypervolt/house.glb");
    const stage = page.locator("#model hypervolt-stage");
    // By night, too: what is red is so in little light.
    const redCells = async (): Promise<number> => {
      const { colours } = await cellsOf(page, await stage.screenshot());
      return colours.filter((red, i) => i % 3 === 0 && red > 45 && red > 2 * (colours[i + 1] ?? 0)).length;
    };
    await eventually(redCells, "the red model is seen").toBeGreaterThan(20);
    expect(await stage.getByText("cannot be shown").count()).toBe(0);
    await show("/local/hypervolt/no-such-house.glb");
    await eventually(() => stage.getByText("The model of the house cannot be shown").count()).toBe(1);
    await eventually(redCells, "the generated house is seen").toBe(0);
  });

  it("is built again 50 times in the editor's preview without growth and without a context", async () => {
    const { page, complaints } = await open();
    await untilTwin(page);
    const rebuild = (times: number): Promise<number> =>
      page.evaluate<number>(`(async () => {
        let contexts = 0;
        const original = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
          if (kind === "webgl2") contexts++;
          return original.call(this, kind, ...rest);
        };
        const hass = document.querySelector("home-assistant").hass;
        const find = (root, name) => {
          for (const element of root.querySelectorAll("*")) {
            if (element.matches(name)) return element;
            const inside = element.shadowRoot && find(element.shadowRoot, name);
            if (inside) return inside;
          }
        };
        for (let i = 0; i < ${times}; i++) {
          const card = document.createElement("hypervolt-card");
          card.preview = true;
          card.setConfig({ type: "${CARD}", title: "Take " + i });
          card.hass = hass;
          document.body.append(card);
          const untilMs = performance.now() + ${20_000 * PATIENCE};
          while (!find(card.shadowRoot ?? card, "svg.iso path.room") && performance.now() < untilMs)
            await new Promise((again) => setTimeout(again, 15));
          if (!find(card.shadowRoot, "svg.iso path.room")) throw new Error("no preview");
          card.remove();
        }
        HTMLCanvasElement.prototype.getContext = original;
        return contexts;
      })()`);
    await rebuild(10);
    const round = async (): Promise<void> => expect(await rebuild(50)).toBe(0);
    expect(await leastGrowth(page, round, 1_500_000)).toBeLessThanOrEqual(1_500_000);
    expect(complaints.filter((text) => /hypervolt|context/i.test(text))).toEqual([]);
  });

  it("answers Home Assistant's questions about a card", async () => {
    const { page } = await open();
    await untilTwin(page);
    const said = await page.evaluate<Record<string, unknown>>(`(async () => {
      const type = customElements.get("hypervolt-card");
      const hass = document.querySelector("home-assistant").hass;
      const entry = window.customCards.find(({ type }) => type === "hypervolt-card");
      const card = document.createElement("hypervolt-card");
      card.setConfig({ type: "${CARD}" });
      const form = await type.getConfigForm();
      return {
        stub: await type.getStubConfig(hass, [], []),
        size: card.getCardSize(),
        grid: card.getGridOptions(),
        fields: JSON.stringify(form.schema).includes('"view"'),
        ours: entry.getEntitySuggestion(hass, "sensor.hypervolt_plan"),
        others: entry.getEntitySuggestion(hass, "light.light_1"),
      };
    })()`);
    expect(said).toEqual({
      stub: {},
      size: expect.any(Number) as number,
      grid: { columns: 12, min_columns: 6, rows: "auto", min_rows: 6 },
      fields: true,
      ours: { config: { type: CARD } },
      others: null,
    });
  });
});

describe.runIf(canRun())("the card in a Home Assistant without an energy dashboard", () => {
  it("guesses the meters from their names", async () => {
    const shape = { ...USUAL, areas: 1, floors: 0, lights: 1, nowMs: Date.now() };
    const home = await openRealHome(shape, false);
    onTestFinished(home.close);
    await publishStates(home.publish, simulateHome(shape));
    const browser = await openBrowser();
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    await page.addInitScript(`localStorage.setItem("hassTokens", ${JSON.stringify(JSON.stringify(home.hassTokens))})`);
    await page.goto(`${home.url}/hyper-volt/home`);
    await untilTwin(page);
    await eventually(() => page.locator("hypervolt-stage .node.solar b").textContent()).toMatch(/\d/);
    await eventually(() => page.locator("hypervolt-stage .node.grid b").textContent()).toMatch(/\d/);
  });
});

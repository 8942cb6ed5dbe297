import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/commands/system-clock.ts";
import type { AuditEntryDto, HomeDto, Page as Listed, SetupDto } from "../../src/serving/messages.ts";
import { connectBroker, type MqttBroker } from "../../src/sensing/mqtt-broker.ts";
import { EngineProcess, TOKEN } from "../harness/engine-process.ts";
import {
  type HomeAssistantCore,
  homeAssistantIsThere,
  type Mosquitto,
  startCore,
  type Started,
  startMosquitto,
  until,
} from "../harness/home-assistant-core.ts";
import { announceMeter, SmartPlug } from "../harness/plug-home.ts";
import { canBrowse, complaintsOf, eventually, openBrowser, shoot } from "./card/browser.ts";
import { otherUser } from "./home-assistant/real-home.ts";

const silent = { debug: () => undefined, info: () => undefined, warning: () => undefined, error: () => undefined };
const there = [homeAssistantIsThere(), canBrowse()].every(Boolean);
const QUARTER_MS = 15 * 60_000;
/** Berlin's wall clock so many quarters of an hour after the beginning of the one that holds an instant. */
const wallAt = (atMs: number, quarters: number): string =>
  new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Berlin", hour: "2-digit", minute: "2-digit" }).format(
    (Math.floor(atMs / QUARTER_MS) + quarters) * QUARTER_MS,
  );

describe.skipIf(!there)(
  "the set-up page: from the first start to control, in a real browser and a real Home Assistant",
  () => {
    let mosquitto: Mosquitto;
    let core: HomeAssistantCore;
    let started: Started;
    let engine: EngineProcess;
    let broker: MqttBroker;
    let plug: SmartPlug;
    let browser: Browser;
    let page: Page;
    let complaints: string[];

    const setup = (): Promise<SetupDto> => engine.get<SetupDto>("/api/setup");
    const open = async (size: { width: number; height: number; dark?: boolean; query?: string }): Promise<Page> => {
      const opened = await browser.newPage({
        viewport: { width: size.width, height: size.height },
        colorScheme: size.dark ? "dark" : "light",
        reducedMotion: "reduce",
        locale: "en-GB",
      });
      await opened.goto(`http://127.0.0.1:${engine.port}/?token=${TOKEN}`);
      await opened.goto(`http://127.0.0.1:${engine.port}/${size.query ?? ""}#setup`);
      await opened.getByRole("heading", { level: 1 }).waitFor({ timeout: 60_000 });
      return opened;
    };
    const question = (name: RegExp) => page.getByRole("region", { name });
    const answered = async (which: keyof SetupDto["answered"]): Promise<SetupDto> => {
      await eventually(async () => (await setup()).answered[which], `${which} is answered`).not.toBeNull();
      return setup();
    };

    beforeAll(async () => {
      mosquitto = await startMosquitto();
      ({ core, started } = await startCore("setup-page", mosquitto.host));
      broker = connectBroker({
        url: mosquitto.url,
        clientId: "test-plugs",
        clock: systemClock,
        log: silent,
        sessionExpiryS: 0,
      });
      await new Promise<void>((resolve) => broker.onConnect(resolve));
      plug = new SmartPlug(broker, "washer", 800);
      await plug.announce("Washing machine");
      await announceMeter(broker, "lab_feed", "Lab feed", 640);
      engine = new EngineProcess({
        mqtt_url: mosquitto.url,
        home_assistant_url: started.url,
        home_assistant_token: started.token,
        redis_url: "memory",
      });
      await engine.start();
      await until(
        "HyperVolt has looked at the home",
        async () => {
          const { devices, wiring } = await setup();
          return (
            devices.some(({ entity_id, confidence }) => entity_id === "switch.washer" && confidence > 0.5) &&
            wiring.sensors.some(({ name, value }) => name.includes("Lab feed") && value === 640)
          );
        },
        90_000,
      );
      browser = await openBrowser();
      page = await open({ width: 1280, height: 1000 });
      complaints = complaintsOf(page);
    });
    afterAll(async () => {
      await browser?.close();
      await engine?.stop();
      engine?.forget();
      await broker?.close();
      core?.stop();
      core?.forget();
      await mosquitto?.stop();
    });

    it("shows what was found in a home without solar and battery, and has allowed nothing", async () => {
      const found = await setup();
      expect(found).toMatchObject({ complete: false, mode: "advise", undo: null });
      expect(found.devices.filter(({ allowed }) => allowed)).toEqual([]);
      expect(found.found).toMatchObject({ home_assistant: true, energy_dashboard: false, balance: null });
      await eventually(() => page.getByText("Your energy dashboard is not set up").count()).toBe(1);
      await eventually(() => page.getByRole("progressbar").getAttribute("value")).toBe("0");
      for (const name of ["wiring", "cost", "switch and dim", "Comfort", "Who decides"])
        expect(await question(new RegExp(name)).count(), name).toBe(1);
      await shoot(page, "setup-wide");
    });

    it("takes a meter nobody could guess for the grid's, and plans with it at once", async () => {
      const { wiring } = await setup();
      const feed = wiring.sensors.find(({ name }) => name.includes("Lab feed"));
      await question(/wiring/)
        .getByRole("combobox", { name: "Grid", exact: true })
        .selectOption(feed?.sensor_id ?? "");
      await question(/wiring/)
        .getByRole("button", { name: "Save" })
        .click();
      const { wiring: now } = await answered("wiring");
      expect(now.roles.find(({ role }) => role === "grid")).toMatchObject({
        sensor_id: feed?.sensor_id,
        origin: "page",
        confidence: 1,
      });
      await eventually(async () => (await engine.get<HomeDto>("/api/home")).flows.grid_w).toBe(640);
    });

    it("says what is wrong with an answer, where, and keeps nothing of it", async () => {
      await question(/cost/).getByText("These prices").click();
      await question(/cost/).getByLabel("From the grid, per kWh").fill("500");
      await question(/cost/).getByRole("button", { name: "Save" }).click();
      await eventually(() => question(/cost/).getByRole("alert").textContent()).toContain("import_price");
      expect((await setup()).answered.tariff).toBeNull();
    });

    it("takes two fields and cheap hours for a tariff, which holds from then on", async () => {
      const nowMs = Date.now();
      await question(/cost/).getByLabel("From the grid, per kWh").fill("0.4");
      await question(/cost/).getByLabel("Into the grid, per kWh").fill("0.08");
      await question(/cost/).getByText("Hours with another price").click();
      await question(/cost/).getByRole("button", { name: "Add hours" }).click();
      await question(/cost/).getByLabel("From", { exact: true }).fill(wallAt(nowMs, 0));
      await question(/cost/).getByLabel("To", { exact: true }).fill(wallAt(nowMs, 2));
      await question(/cost/).getByLabel("Price", { exact: true }).fill("0.05");
      await question(/cost/).getByRole("button", { name: "Save" }).click();
      const { tariff } = await answered("tariff");
      expect(tariff).toMatchObject({ kind: "fixed", import_price: 0.4, export_price: 0.08, import_now: 0.05 });
      await eventually(async () => (await engine.get<HomeDto>("/api/home")).flows.price_per_kwh).toBe(0.05);
    });

    it("allows one plug and gives it a run to move, by keyboard alone", async () => {
      const nowMs = Date.now();
      const toggle = question(/switch and dim/).getByRole("switch", { name: "Allow Washing machine" });
      await toggle.focus();
      await page.keyboard.press("Space");
      const move = question(/switch and dim/).getByRole("checkbox", { name: "Move its run" });
      await move.focus();
      await page.keyboard.press("Space");
      await question(/switch and dim/)
        .getByLabel("Run (minutes)")
        .fill("30");
      await question(/switch and dim/)
        .getByLabel("Not before")
        .fill(wallAt(nowMs, 0));
      await question(/switch and dim/)
        .getByLabel("Ready by")
        .fill(wallAt(nowMs, 12));
      await question(/switch and dim/)
        .getByLabel("Ready by")
        .press("Enter");
      const { devices } = await answered("devices");
      expect(devices.find(({ entity_id }) => entity_id === "switch.washer")).toMatchObject({
        allowed: true,
        allowed_by: "page",
        load: { power_w: 700, minutes: 30, from: wallAt(nowMs, 0) },
      });
      expect(plug.told).toEqual([]);
    });

    it("agrees with the rest in one click each, and then acts on the plug and on nothing else", async () => {
      await question(/Comfort/)
        .getByRole("button", { name: "Yes, that is right" })
        .click();
      await answered("comfort");
      await question(/Who decides/)
        .getByRole("radio", { name: /^HyperVolt\s*It acts/ })
        .check();
      await question(/Who decides/)
        .getByRole("button", { name: "Save" })
        .click();
      const { complete, mode } = await answered("mode");
      expect([complete, mode]).toEqual([true, "auto"]);
      await until("the plug was switched on", () => plug.on, 120_000);
      expect(plug.told).toEqual(["ON"]);
      await eventually(() => page.getByRole("progressbar").getAttribute("value")).toBe("5");
      expect(complaints.filter((one) => !one.includes("400"))).toEqual([]);
    });

    it("keeps every answer over a restart, and notes who gave it", async () => {
      await engine.stop();
      // A machine in the middle of its run is not cut off.
      expect(plug.told).toEqual(["ON"]);
      await engine.start();
      await until("Home Assistant is back", async () => (await setup()).found.home_assistant, 60_000);
      const kept = await setup();
      expect(kept).toMatchObject({ complete: true, mode: "auto", tariff: { import_price: 0.4 } });
      expect(kept.devices.find(({ entity_id }) => entity_id === "switch.washer")).toMatchObject({ allowed: true });
      const { results } = await engine.get<Listed<AuditEntryDto>>("/api/audit-log?page_size=100");
      const written = results.filter(({ target, outcome }) => target?.startsWith("/api/setup/") && outcome === "done");
      expect(new Set(written.map(({ target }) => target))).toEqual(
        new Set(["wiring", "tariff", "devices", "comfort", "mode"].map((one) => `/api/setup/${one}`)),
      );
    });

    it("follows the plug when it is renamed, and takes answers back one by one", async () => {
      const admin = await otherUser(started.url, started.token);
      const renamed = { entity_id: "switch.washer", new_entity_id: "switch.laundry" };
      await admin.ask({ type: "config/entity_registry/update", ...renamed });
      admin.close();
      await eventually(async () =>
        (await setup()).devices.find(({ entity_id }) => entity_id === "switch.laundry"),
      ).toMatchObject({ allowed: true, load: { minutes: 30 } });
      page = await open({ width: 1280, height: 1000 });
      await page.getByRole("button", { name: /^Take back: Who decides/ }).click();
      await eventually(async () => (await setup()).mode).toBe("advise");
      expect((await setup()).answered.mode).toBeNull();
      await page.getByRole("button", { name: /^Take back: Comfort/ }).click();
      await page.getByRole("button", { name: /^Take back: What may/ }).click();
      await eventually(async () => (await setup()).devices.some(({ allowed }) => allowed)).toBe(false);
    });

    it.each<[string, { width: number; height: number; dark?: boolean; query?: string }]>([
      ["phone", { width: 390, height: 844 }],
      ["dark", { width: 1280, height: 1000, dark: true }],
      ["rtl", { width: 800, height: 900, query: "?lang=ar" }],
      ["de", { width: 390, height: 844, dark: true, query: "?lang=de" }],
    ])("fits its frame: %s", async (name, size) => {
      const shown = await open(size);
      await eventually(() => shown.locator("hypervolt-setup section").count()).toBe(6);
      await shown.locator("hypervolt-setup input[role=switch]").first().check();
      await shown.locator("#devices .inset input[type=checkbox]").first().check();
      await eventually(() =>
        shown.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth"),
      ).toBeLessThanOrEqual(0);
      await shoot(shown, `setup-${name}`);
      await shown.close();
    });
  },
);

import { readFileSync } from "node:fs";
import { connectAsync } from "mqtt";
import type { Page } from "playwright-core";
import { describe, expect, it, onTestFinished } from "vitest";
import type { HomeShape } from "../../../card/dev/simulated-home.ts";
import type { PreferencesDto, Page as Listed, SensorDto } from "../../../src/serving/messages.ts";
import { EngineProcess, TOKEN } from "../../harness/engine-process.ts";
import { mosquittoIsThere, startMosquitto } from "../../harness/mosquitto.ts";
import { canBrowse, complaintsOf, eventually, openBrowser, untilTwin } from "./browser.ts";
import { OpenedPages } from "./opened-page.ts";
import type { OpenedPage } from "./opened-page.ts";

const TABLES = ["Readings", "Grid data", "Decisions", "Energy sources", "Audit log", "Sensors"];

describe.runIf(canBrowse())("what is stored", () => {
  const home = new OpenedPages();

  async function open(shape: Partial<HomeShape> = {}): Promise<OpenedPage> {
    const opened = await home.open({ language: "en-GB", shape });
    await opened.page.getByRole("button", { name: "Stored data" }).click();
    await opened.page.locator("hypervolt-records tbody tr").first().waitFor();
    return opened;
  }
  const choose = (page: Page, table: string): Promise<void> =>
    page.getByRole("button", { name: table, exact: true }).click();

  it("is listed, table by table, searched, and what a sensor is can be corrected", async () => {
    const { page, complaints } = await open();
    for (const table of TABLES) {
      await choose(page, table);
      await eventually(() => page.locator("hypervolt-records tbody tr").count(), table).toBeGreaterThan(1);
    }
    const asked = page.waitForRequest((request) => /\/sensors\?.*search=kitchen/.test(request.url()));
    await page.getByRole("searchbox").fill("kitchen");
    await asked;
    await eventually(() => page.locator("hypervolt-records tbody tr").count()).toBe(2);
    await page.getByRole("button", { name: "Correct" }).first().click();
    await page.getByLabel("Is", { exact: true }).selectOption("outdoor_temperature");
    await page.getByLabel("Factor").fill("1.5");
    await page.getByRole("button", { name: "Save" }).click();
    await eventually(() => home.server.writes).toEqual([
      {
        method: "PATCH",
        path: "sensors",
        body: { sensor_id: "ldr_2", role: "outdoor_temperature", calibration: { scale: 1.5, zero: 0 } },
      },
    ]);
    await eventually(() => page.getByText("Saved.").count()).toBe(1);
    expect(complaints).toEqual([]);
  });

  it("is filtered by the server: by kind, by what is chosen, between instants of the home's own clock", async () => {
    const { page } = await open({ timezone: "America/New_York" });
    const asked: string[] = [];
    page.on("request", (request) => asked.push(decodeURIComponent(request.url())));
    await choose(page, "Decisions");
    await page.getByLabel("Status").selectOption("failed");
    await eventually(() => asked.some((url) => /ai-decisions\?.*status=failed/.test(url))).toBe(true);
    await page.getByLabel("From").fill("2026-06-18T09:30");
    await page.getByLabel("From").blur();
    await eventually(() => asked.some((url) => /status=failed.*from=2026-06-18T13:30:00.000Z/.test(url))).toBe(true);
  });

  it("leaves as a file, every table of it", async () => {
    const { page } = await open();
    for (const table of [...TABLES, "Preferences"]) {
      await choose(page, table);
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: "Export NDJSON" }).click(),
      ]);
      expect(download.suggestedFilename(), table).toMatch(/^hypervolt-[a-z]+\.ndjson$/);
      const text = readFileSync(await download.path(), "utf8");
      expect(text.length, table).toBeGreaterThan(20);
    }
    const [csv] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Export CSV" }).click(),
    ]);
    expect(readFileSync(await csv.path(), "utf8")).toMatch(/^mode,carbon_weight,.*\r\nauto,0\.1,/);
  });

  it("takes preferences and limits of a source, and sends only what was changed", async () => {
    const { page } = await open();
    await choose(page, "Preferences");
    await page.getByLabel("Light target (lx)").fill("350");
    await page.getByLabel("Quiet hours: From").fill("22:30");
    await page.getByLabel("Quiet hours: To").fill("06:00");
    await page.getByRole("button", { name: "Save" }).click();
    await eventually(() => home.server.writes).toEqual([
      {
        method: "PUT",
        path: "preferences",
        body: { light_target_lx: 350, quiet_hours: { from: "22:30", to: "06:00" } },
      },
    ]);
    await choose(page, "Energy sources");
    await page.getByRole("button", { name: "Correct" }).first().click();
    await page.getByLabel("Max import (W)").fill("9000");
    await page.getByLabel("Max export (W)").fill("");
    await page.getByRole("button", { name: "Save" }).click();
    await eventually(() => home.server.writes.at(-1)).toEqual({
      method: "PATCH",
      path: "energy-sources",
      body: { id: "grid", max_import_w: 9_000, max_export_w: null },
    });
  });

  it("is there to be read for a viewer, without a button to change or take it", async () => {
    const { page } = await open({ role: "viewer" });
    for (const table of ["Energy sources", "Preferences"]) {
      await choose(page, table);
      await eventually(() => page.locator("hypervolt-records tbody tr").count(), table).toBeGreaterThan(1);
      for (const name of ["Correct", "Save", "Export CSV"])
        expect(await page.getByRole("button", { name }).count(), name).toBe(0);
    }
  });
});

describe.runIf(canBrowse() && mosquittoIsThere())("what is stored, on the real server", () => {
  it("keeps what a person said a sensor is, what they prefer and what the grid may carry, over a restart", async () => {
    const broker = await startMosquitto();
    const engine = new EngineProcess({ mqtt_url: broker.url, redis_url: "memory", timezone: "Europe/Berlin" });
    const browser = await openBrowser();
    onTestFinished(async () => {
      await browser.close();
      await engine.stop();
      engine.forget();
      await broker.stop();
    });
    await engine.start();
    const pi = await connectAsync(broker.url);
    await pi.publishAsync(
      "HyperVolt/sensors/hall/ldr",
      JSON.stringify({ sensor_type: "ldr", sensor_id: "ldr_hall", value: 250, unit: "lux", location: "hall" }),
      { qos: 1 },
    );
    await pi.endAsync();
    const sensor = async (): Promise<SensorDto | undefined> =>
      (await engine.get<Listed<SensorDto>>("/api/sensors")).results.find(({ sensor_id }) => sensor_id === "ldr_hall");
    await eventually(async () => (await sensor())?.value).toBe(250);

    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, locale: "en-GB" });
    const complaints = complaintsOf(page);
    await page.goto(`http://127.0.0.1:${engine.port}/?token=${TOKEN}`);
    await untilTwin(page);
    await page.getByRole("button", { name: "Stored data" }).click();
    const row = page.locator("hypervolt-records tr", { hasText: "ldr_hall" });
    await row.getByRole("button", { name: "Correct" }).click();
    await page.getByLabel("Name", { exact: true }).fill("Window sill");
    await page.getByLabel("Is", { exact: true }).selectOption("ignore");
    await page.getByRole("button", { name: "Save" }).click();
    await eventually(async () => (await sensor())?.name).toBe("Window sill");

    await page.getByRole("button", { name: "Preferences", exact: true }).click();
    await page.getByLabel("Light target (lx)").fill("333");
    await page.getByRole("button", { name: "Save" }).click();
    const preferences = (): Promise<PreferencesDto> => engine.get<PreferencesDto>("/api/preferences");
    await eventually(async () => (await preferences()).light_target_lx).toBe(333);
    await page.getByRole("button", { name: "Energy sources", exact: true }).click();
    await page.getByRole("button", { name: "Correct" }).first().click();
    await page.getByLabel("Max import (W)").fill("7500");
    await page.getByRole("button", { name: "Save" }).click();
    await eventually(() => page.getByRole("cell", { name: "7,500" }).count()).toBe(1);
    await page.getByRole("button", { name: "Audit log" }).click();
    const rows = page.locator("hypervolt-records tbody tr");
    await eventually(() => rows.count()).toBeGreaterThanOrEqual(3);
    await page.getByRole("searchbox").fill("energy-SOURCES");
    await eventually(() => rows.count()).toBe(1);
    await page.getByRole("button", { name: "Readings", exact: true }).click();
    await page.getByRole("searchbox").fill("nothing of this name");
    await eventually(() => page.getByText("Nothing is stored for this choice.").count()).toBe(1);
    await page.getByRole("searchbox").fill("HALL");
    await eventually(() => page.getByRole("cell", { name: "ldr_hall" }).count()).toBe(1);
    // Without prices there is no plan yet, and the server says so with 503.
    expect(complaints.filter((text) => !/503/.test(text))).toEqual([]);

    await engine.stop();
    await engine.start();
    await eventually(async () => {
      const { name, role } = (await sensor()) ?? {};
      return { name, role };
    }).toEqual({ name: "Window sill", role: "ignore" });
    expect((await preferences()).light_target_lx).toBe(333);
    const sources = await engine.get<Listed<{ id: string; max_import_w: number | null }>>("/api/energy-sources");
    expect(sources.results.find(({ id }) => id === "grid")?.max_import_w).toBe(7_500);
  });
});

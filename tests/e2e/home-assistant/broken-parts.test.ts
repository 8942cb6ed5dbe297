import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { getJson } from "../../../src/composition/get-json.ts";
import { systemClock } from "../../../src/commands/system-clock.ts";
import type { Engine } from "../../../src/composition/engine.ts";
import type { Clock } from "../../../src/domain/clock.ts";
import { MS_PER_HOUR, MS_PER_MINUTE, MS_PER_SECOND } from "../../../src/domain/units.ts";
import { start } from "../../../src/main.ts";
import type { AlertDto, HealthDto, HomeDto, Page, SetupDto } from "../../../src/serving/messages.ts";
import type { HomeAssistant } from "../../../src/home-assistant/home-assistant.ts";
import { homeAssistantIsThere, until } from "../../harness/home-assistant-core.ts";
import { announceMeter, SmartPlug } from "../../harness/plug-home.ts";
import { log, openRealHome, otherUser, type RealHome } from "./real-home.ts";

const TOKEN = "a-token-for-tests-only-0123456789";
const QUARTER_MS = 15 * MS_PER_MINUTE;

describe.runIf(homeAssistantIsThere())("what breaks in a real home, and the sentence a person sees", () => {
  let real: RealHome;
  let person: HomeAssistant;
  let engine: Engine;
  let plug: SmartPlug;
  /** The home's time; connections keep the machine's. */
  let aheadMs = 0;
  const homeClock: Clock = {
    nowMs: () => Date.now() + aheadMs,
    after: (delayMs, task) => systemClock.after(delayMs, task),
  };
  const folder = mkdtempSync(path.join(tmpdir(), "hypervolt-broken-"));

  const ask = async <T>(route: string, init: RequestInit = {}): Promise<T> => {
    const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
    const once = (): Promise<Response> => fetch(`http://127.0.0.1:${engine.port}${route}`, { ...init, headers });
    // Starting and stopping Home Assistant holds this process up for so long that idle connections are let go.
    const answer = await once().catch(once);
    if (!answer.ok) throw new Error(`${route}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  const answer = (question: string, body: unknown): Promise<SetupDto> =>
    ask(`/api/setup/${question}`, { method: "PATCH", body: JSON.stringify(body) });
  const sentences = async (): Promise<string> =>
    (await ask<Page<AlertDto>>("/api/alerts")).results.map(({ detail }) => detail).join("\n");
  const homeAssistantNow = async () =>
    (await ask<HealthDto>("/health")).dependencies.find(({ name }) => name.includes("Home Assistant"));
  /** A price for each quarter of an hour of the next day, as price integrations show it. */
  const announcePrices = async (id: string, price: number): Promise<void> => {
    const startMs = Math.floor(Date.now() / MS_PER_HOUR) * MS_PER_HOUR;
    const prices = Array.from({ length: 96 }, (_, i) => ({
      start: new Date(startMs + i * QUARTER_MS).toISOString(),
      end: new Date(startMs + (i + 1) * QUARTER_MS).toISOString(),
      value: price,
    }));
    await real.broker.publish(`price/${id}/attributes`, JSON.stringify({ prices }), { qos: 1, retain: true });
    await real.broker.publish(
      `homeassistant/sensor/${id}/config`,
      JSON.stringify({
        unique_id: id,
        name: null,
        default_entity_id: `sensor.${id}`,
        device: { identifiers: [id], name: id },
        unit_of_measurement: "EUR/kWh",
        state_topic: `price/${id}`,
        json_attributes_topic: `price/${id}/attributes`,
      }),
      { qos: 1, retain: true },
    );
    await real.broker.publish(`price/${id}`, String(price), { qos: 1, retain: true });
  };

  beforeAll(async () => {
    real = await openRealHome("e2e-broken");
    person = await otherUser(real.url, real.token);
    plug = new SmartPlug(real.broker, "pump", 400);
    await plug.announce("Pool pump");
    await announceMeter(real.broker, "p1_net", "P1 net power", 350);
    await announcePrices("spot_one", 0.11);
    await announcePrices("spot_two", 0.22);
    await new SmartPlug(real.broker, "charger", 2_000).announce("Charge the battery");
    await until("the charger is there", () => real.home.entity("switch.charger")?.state === "off");
    await until("the plug is there", () => real.home.entity("switch.pump")?.state === "off");
    await until("the prices are there", () => real.home.entity("sensor.spot_two")?.attributes["prices"]);
    engine = await start({
      options: {
        mqtt_url: real.mosquitto.url,
        home_assistant_url: real.url,
        home_assistant_token: real.token,
        redis_url: "memory",
        api_token: TOKEN,
        install_card: false,
        allowed_entities: ["switch.pump"],
        batteries: [
          {
            id: "garage",
            capacity_wh: 5_000,
            max_charge_w: 2_000,
            max_discharge_w: 2_000,
            charge_switch: "switch.charger",
          },
        ],
        mode: "auto",
      },
      dataFolder: folder,
      port: 0,
      host: "127.0.0.1",
      clock: homeClock,
      wireClock: systemClock,
      log,
      steadyMs: () => performance.now(),
      getJson,
      version: "0.1.0",
      supervisorToken: null,
      machineTimezone: "Europe/Berlin",
    });
  });
  afterAll(async () => {
    await engine?.[Symbol.asyncDispose]();
    person?.close();
    await real?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("works without an energy dashboard, and says where to set one up", async () => {
    await until("it says so", async () => (await sentences()).includes("The energy dashboard is not set up"), 60_000);
    await until("its meter is heard", async () => (await ask<HomeDto>("/api/home")).flows.grid_w === 350, 60_000);
  });

  it("says that a battery is not steered while nobody has allowed its switch, and where to", async () => {
    const titles = async (): Promise<string[]> =>
      ((await real.home.ask({ type: "persistent_notification/get" })) as { title: string | null }[]).map(
        ({ title }) => title ?? "",
      );
    await until("the notice", async () => (await titles()).includes("HyperVolt does not steer the battery garage"));
    const { devices } = await ask<SetupDto>("/api/setup");
    expect(devices.find(({ entity_id }) => entity_id === "switch.charger")).toMatchObject({
      battery: "garage",
      allowed: false,
    });
  });

  it("uses one of two price sources, names the other, and takes a person's word for it", async () => {
    await until("it says so", async () => (await sentences()).includes("Two price sources were found"), 60_000);
    const { tariff } = await ask<SetupDto>("/api/setup");
    expect(tariff.found.rivals).toHaveLength(1);
    const other = tariff.found.rivals[0] ?? "";
    expect(new Set([tariff.found.source, other])).toEqual(new Set(["sensor.spot_one", "sensor.spot_two"]));
    const chosen = await answer("tariff", {
      kind: "found",
      price_entity: other,
      network_fee_per_kwh: 0.1,
      energy_tax_per_kwh: 0.05,
      vat_pct: 19,
    });
    const spot = other === "sensor.spot_two" ? 0.22 : 0.11;
    expect(chosen.tariff.import_now).toBeCloseTo((spot + 0.15) * 1.19, 6);
    expect(await sentences()).not.toContain("Two price sources");
  });

  it("says that a device is unavailable, or that its state is not known", async () => {
    const config = real.broker.publish.bind(real.broker);
    await config(
      "homeassistant/switch/pump/config",
      JSON.stringify({
        unique_id: "pump_switch",
        device: { identifiers: ["plug-pump"], name: "Pool pump" },
        default_entity_id: "switch.pump",
        name: null,
        state_topic: "plug/pump/state",
        command_topic: "plug/pump/set",
        availability_topic: "plug/pump/up",
      }),
      { qos: 1, retain: true },
    );
    await until("unavailable", () => real.home.entity("switch.pump")?.state === "unavailable");
    await until("it says so", async () => (await sentences()).includes("its device is unavailable"));
    await config("plug/pump/state", "None", { qos: 1, retain: true });
    await config("plug/pump/up", "online", { qos: 1, retain: true });
    await until("unknown", () => real.home.entity("switch.pump")?.state === "unknown");
    await until("it says so", async () => (await sentences()).includes("its state is not known"));
    await plug.turn(false);
    await until("it says no more", async () => !(await sentences()).includes("Pool pump"));
  });

  it("does without Home Assistant for an hour, says so, and goes on when it is back", async () => {
    real.core.stop();
    await until("it says so", async () => (await homeAssistantNow())?.state === "down");
    expect((await homeAssistantNow())?.detail).toBeTruthy();
    aheadMs = MS_PER_HOUR;
    // Nothing is believed of what has not been heard of for an hour, and nothing was switched meanwhile.
    await until("old values are no values", async () => (await ask<HomeDto>("/api/home")).flows.grid_w === null);
    expect((await ask<SetupDto>("/api/setup")).found.home_assistant).toBe(false);
    expect(plug.told).toEqual([]);
    await real.core.start();
    await until("it is back", async () => (await homeAssistantNow())?.state === "ok", 120_000);
    await announceMeter(real.broker, "p1_net", "P1 net power", 351);
    await until(
      "its meters are heard again",
      async () => (await ask<HomeDto>("/api/home")).flows.grid_w === 351,
      60_000,
    );
    expect((await ask<SetupDto>("/api/setup")).found.home_assistant).toBe(true);
    expect(plug.told).toEqual([]);
  });

  it("goes on after an upgrade of Home Assistant, and says meanwhile that it is away", async () => {
    const versionFile = path.join(real.config, ".HA_VERSION");
    const current = readFileSync(versionFile, "utf8");
    real.core.stop();
    writeFileSync(versionFile, "2024.1.0");
    // An upgrade takes minutes; those of this home pass twenty times as fast.
    const alert = await until(
      "it says so",
      async () => {
        aheadMs += MS_PER_SECOND;
        return (await ask<Page<AlertDto>>("/api/alerts")).results.find(
          ({ title }) => title === "Home Assistant is down",
        );
      },
      180_000,
    );
    expect(alert.detail).toMatch(/^(the connection was lost|it does not answer at its address)$/);
    expect((await homeAssistantNow())?.state).toBe("down");
    const { version } = await real.core.start();
    // Core writes this file only where it upgrades its configuration.
    expect(readFileSync(versionFile, "utf8")).toBe(current);
    expect(current).toBe(version);
    await until("it is back", async () => (await homeAssistantNow())?.state === "ok", 120_000);
    expect((await homeAssistantNow())?.detail).toBe(`version ${version}`);
    await announceMeter(real.broker, "p1_net", "P1 net power", 352);
    await until(
      "its meters are heard again",
      async () => (await ask<HomeDto>("/api/home")).flows.grid_w === 352,
      60_000,
    );
    expect(plug.told).toEqual([]);
  });

  it("misses an allowed entity that was removed, and follows one that was renamed", async () => {
    const renamed = { entity_id: "switch.pump", new_entity_id: "switch.filter" };
    await until("the plug is back", () => person.connected() && person.entity("switch.pump")?.state === "off", 60_000);
    await person.ask({ type: "config/entity_registry/update", ...renamed });
    const isAllowed = async (): Promise<boolean | undefined> =>
      (await ask<SetupDto>("/api/setup")).devices.find(({ entity_id }) => entity_id === "switch.filter")?.allowed;
    await until("it follows", isAllowed, 60_000);
    await real.broker.publish("homeassistant/switch/pump/config", "", { qos: 1, retain: true });
    await until("removed", () => person.entity("switch.filter") === undefined);
    await until("it says so", async () => (await sentences()).includes("was removed or renamed"), 60_000);
  });
});

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CORE_CONFIG_EVENT } from "../../../src/home-assistant/core-config.ts";
import { importHistory } from "../../../src/home-assistant/history-import.ts";
import type { HomeAssistant } from "../../../src/home-assistant/home-assistant.ts";
import { createNotices } from "../../../src/home-assistant/notices.ts";
import { proposeSetup } from "../../../src/home-assistant/onboarding.ts";
import { homeSolarSource, homeWeatherSource } from "../../../src/home-assistant/outlook-sources.ts";
import { homePriceSource } from "../../../src/home-assistant/price-source.ts";
import { openWebsocketSession } from "../../../src/home-assistant/websocket-session.ts";
import { connectSupervisor } from "../../../src/supervisor/supervisor.ts";
import { homeAssistantIsThere, until } from "../../harness/home-assistant-core.ts";
import { startSupervisorStandIn, type SupervisorStandIn } from "../../harness/supervisor-stand-in.ts";
import { clock, log, openRealHome, type RealHome } from "./real-home.ts";

const HOUR_MS = 3_600_000;
const announce = (real: RealHome, component: string, id: string, config: Record<string, unknown>): Promise<void> =>
  real.broker.publish(
    `homeassistant/${component}/${id}/config`,
    JSON.stringify({ unique_id: id, default_entity_id: `${component}.${id}`, state_topic: `test/${id}`, ...config }),
    { qos: 1, retain: true },
  );

describe.runIf(homeAssistantIsThere())("the conversation with a real Home Assistant", () => {
  let real: RealHome;
  const opened: HomeAssistant[] = [];
  const session = (url: string, token: string): HomeAssistant => {
    const home = openWebsocketSession({ url, token, clock, log });
    opened.push(home);
    return home;
  };

  beforeAll(async () => {
    real = await openRealHome("e2e-connection");
  });
  afterAll(async () => {
    for (const home of opened) home.close();
    await real?.close();
  });

  it("knows the house: configuration, areas, states", () => {
    expect(real.home.config()).toMatchObject({ timezone: "Europe/Berlin", currency: "EUR", country: "DE" });
    expect(real.home.registries().areas.map(({ name }) => name)).toContain("Kitchen");
    expect(real.home.entity("sun.sun")?.state).toMatch(/horizon/);
    expect(real.home.state()).toMatchObject({ state: "ok", todo: null });
  });

  it("follows what a person changes of units, zone, currency, country and language, before it tells who listens", async () => {
    const told: unknown[] = [];
    const hearing = real.home.onEvent(CORE_CONFIG_EVENT, () => void told.push(real.home.config()));
    const change = (config: Record<string, string>): Promise<unknown> =>
      real.home.ask({ type: "config/core/update", ...config });
    await change({
      currency: "USD",
      country: "US",
      language: "es",
      time_zone: "America/New_York",
      unit_system: "us_customary",
    });
    const changed = {
      currency: "USD",
      country: "US",
      language: "es",
      timezone: "America/New_York",
      temperatureUnit: "°F",
    };
    await until("it is told", () => told.length > 0);
    expect(told.at(-1)).toMatchObject(changed);
    await change({ currency: "EUR", country: "DE", language: "en", time_zone: "Europe/Berlin", unit_system: "metric" });
    await until("it is as before", () => real.home.config()?.temperatureUnit === "°C");
    expect(real.home.config()).toMatchObject({
      currency: "EUR",
      country: "DE",
      language: "en",
      timezone: "Europe/Berlin",
    });
    hearing.stop();
  });

  it("says what Home Assistant said when a call is refused", async () => {
    await expect(real.home.callService("light", "no_such", {})).rejects.toMatchObject({
      code: "HOME_ASSISTANT_REFUSED",
    });
    await expect(real.home.ask({ type: "nonsense" })).rejects.toMatchObject({ code: "HOME_ASSISTANT_REFUSED" });
  });

  it("hears every event somebody came to listen to, also while it was still connecting", async () => {
    const home = session(real.url, real.token);
    const types: string[] = [];
    const heard = new Set<string>();
    while (!home.connected()) {
      const type = `hypervolt_test_${types.length}`;
      types.push(type);
      home.onEvent(type, () => void heard.add(type));
      await new Promise<void>((resolve) => setTimeout(resolve, 10));
    }
    await until("all are heard", async () => {
      for (const type of types) if (!heard.has(type)) await real.home.ask({ type: "fire_event", event_type: type });
      return heard.size === types.length;
    });
  });

  it("does not throw where nobody answers, and says what to do", async () => {
    const home = session("http://127.0.0.1:9", "token");
    await until("tried more than once", () => home.state().detail?.includes("does not answer"));
    expect(home.state().state).toBe("down");
    await expect(home.ask({ type: "get_states" })).rejects.toMatchObject({ code: "HOME_ASSISTANT_UNAVAILABLE" });
    expect(session("", "").state()).toMatchObject({
      state: "off",
      todo: expect.stringContaining("home_assistant_token"),
    });
  });

  it("says that the token was revoked, and what to do", async () => {
    const client_name = "to be revoked";
    const token = (await real.home.ask({ type: "auth/long_lived_access_token", client_name, lifespan: 1 })) as string;
    const home = session(real.url, token);
    await until("connected", () => home.connected());
    const tokens = (await real.home.ask({ type: "auth/refresh_tokens" })) as {
      id: string;
      client_name: string | null;
    }[];
    const id = tokens.find((one) => one.client_name === client_name)?.id;
    await real.home.ask({ type: "auth/delete_refresh_token", refresh_token_id: id });
    await until("refused", () => home.state().detail?.includes("refuses the token"));
    expect(home.state()).toMatchObject({ state: "down", todo: expect.stringContaining("new long-lived token") });
    expect(home.connected()).toBe(false);
  });

  it("works with less, and says so, with the token of somebody who is no administrator", async () => {
    const { user } = (await real.home.ask({
      type: "config/auth/create",
      name: "Guest",
      group_ids: ["system-users"],
    })) as { user: { id: string } };
    const [username, password] = ["guest", "guest-password"];
    await real.home.ask({ type: "config/auth_provider/homeassistant/create", user_id: user.id, username, password });
    const home = openWebsocketSession({ url: real.url, token: await signIn(real.url, username, password), clock, log });
    opened.push(home);
    home.onEvent("call_service", () => {});
    await until("connected", () => home.connected());
    expect(home.entity("sun.sun")).toBeDefined();
    expect(home.registries().areas.length).toBeGreaterThan(0);
    expect(home.state()).toMatchObject({ state: "degraded", todo: expect.stringContaining("administrator") });
    await expect(home.ask({ type: "config/auth/list" })).rejects.toMatchObject({ code: "HOME_ASSISTANT_REFUSED" });
  });

  it("comes back by itself after a restart, with what changed meanwhile, and shows again what a person must do", async () => {
    const notices = createNotices(real.home, log);
    const matters = ["gone", "full"].map((id) => ({ id, title: "HyperVolt", message: "Do something." }));
    const standing = async (): Promise<string[]> =>
      ((await real.home.ask({ type: "persistent_notification/get" })) as { notification_id: string }[])
        .map(({ notification_id }) => notification_id)
        .filter((id) => id.startsWith("hypervolt_"));
    await notices.show(matters);
    expect((await standing()).toSorted()).toEqual(["hypervolt_full", "hypervolt_gone"]);
    await real.home.callService("persistent_notification", "dismiss", { notification_id: "hypervolt_full" });
    await notices.show(matters);
    expect(await standing()).toEqual(["hypervolt_gone"]);
    let disconnected = 0;
    let connected = 0;
    real.home.onDisconnect(() => void (disconnected += 1));
    real.home.onConnect(() => void (connected += 1));
    expect(connected).toBe(1);
    await announce(real, "sensor", "gone_meanwhile", { name: "Gone" });
    await until("there", () => real.home.entity("sensor.gone_meanwhile"));
    real.core.stop();
    await until("noticed", () => !real.home.connected());
    expect(real.home.state().state).toBe("down");
    await real.broker.publish("homeassistant/sensor/gone_meanwhile/config", "", { qos: 1, retain: true });
    await announce(real, "sensor", "new_meanwhile", { name: "New" });
    await real.core.start();
    await until("back", () => real.home.connected(), 60_000);
    await until("what is new", () => real.home.entity("sensor.new_meanwhile"));
    expect([disconnected, connected]).toEqual([1, 2]);
    expect(await standing()).toEqual([]);
    await notices.show(matters);
    expect(await standing()).toEqual(["hypervolt_gone"]);
    await until("what is gone", () => !["on", "5"].includes(real.home.entity("sensor.gone_meanwhile")?.state ?? ""));
  });

  it("makes a proposal for a home without energy preferences, and says what is missing", async () => {
    const proposal = await proposeSetup(real.home, clock.nowMs());
    expect(proposal).toMatchObject({ hasEnergyPrefs: false, balance: null, importPlan: null });
    expect(proposal.issues.join()).toContain("The energy dashboard is not set up");
  });

  it("finds roles, loads, lights, rooms and a tariff by itself, and imports the recorder's past", async () => {
    const power = { device_class: "power", unit_of_measurement: "W", state_class: "measurement" };
    const kitchen = { device: { identifiers: ["kitchen"], name: "Kitchen things", suggested_area: "Kitchen" } };
    await announce(real, "sensor", "kitchen_lux", {
      name: "Lux",
      device_class: "illuminance",
      unit_of_measurement: "lx",
      ...kitchen,
    });
    await announce(real, "binary_sensor", "kitchen_presence", {
      name: "Presence",
      device_class: "occupancy",
      ...kitchen,
    });
    await announce(real, "light", "kitchen_lamp", {
      name: "Lamp",
      command_topic: "test/lamp",
      brightness_command_topic: "test/lamp/b",
      ...kitchen,
    });
    const washer = { device: { identifiers: ["washer"], name: "Washing machine" } };
    await announce(real, "switch", "washer_plug", { name: "Plug", command_topic: "test/washer", ...washer });
    await announce(real, "sensor", "washer_power", { name: "Power", ...power, ...washer });
    const meter = { device: { identifiers: ["meter"], name: "Grid meter" } };
    for (const id of ["grid_in", "grid_out", "pv_total"])
      await announce(real, "sensor", id, {
        name: id,
        device_class: "energy",
        unit_of_measurement: "kWh",
        state_class: "total_increasing",
        ...meter,
      });
    await announce(real, "sensor", "price_now", {
      name: "Price",
      unit_of_measurement: "ct/kWh",
      state_class: "measurement",
    });
    await until("the meters", () => real.home.entity("sensor.pv_total"));
    await until("the registry", () =>
      real.home.registries().entities.some(({ uniqueId }) => uniqueId === "washer_power"),
    );
    await until("the price", async () => {
      await real.broker.publish("test/price_now", "31.5", { qos: 1, retain: true });
      return real.home.entity("sensor.price_now")?.state === "31.5";
    });
    const nowMs = clock.nowMs();
    const hour0 = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
    const days = 30;
    for (const [id, perHourKwh] of [
      ["grid_in", (h: number) => (h % 24 < 8 || h % 24 > 16 ? 0.4 : 0)],
      ["grid_out", (h: number) => (h % 24 >= 8 && h % 24 <= 16 ? 0.7 : 0)],
      ["pv_total", (h: number) => (h % 24 >= 8 && h % 24 <= 16 ? 1.1 : 0)],
    ] as const) {
      let sum = 0;
      const stats = Array.from({ length: days * 24 }, (_, i) => {
        const startMs = hour0 - (days * 24 - i) * HOUR_MS;
        sum += perHourKwh(new Date(startMs).getUTCHours());
        return { start: new Date(startMs).toISOString(), state: sum, sum };
      });
      const metadata = {
        mean_type: 0,
        has_sum: true,
        name: null,
        source: "recorder",
        statistic_id: `sensor.${id}`,
        unit_class: "energy",
        unit_of_measurement: "kWh",
      };
      await real.home.ask({ type: "recorder/import_statistics", metadata, stats });
    }
    await real.home.ask({
      type: "energy/save_prefs",
      energy_sources: [
        {
          type: "grid",
          stat_energy_from: "sensor.grid_in",
          stat_energy_to: "sensor.grid_out",
          stat_cost: null,
          stat_compensation: null,
          entity_energy_price: "sensor.price_now",
          number_energy_price: null,
          entity_energy_price_export: null,
          number_energy_price_export: 0.08,
          cost_adjustment_day: 0,
        },
        { type: "solar", stat_energy_from: "sensor.pv_total", config_entry_solar_forecast: null },
      ],
      device_consumption: [],
    });
    const proposal = await until(
      "the imported statistics",
      async () => {
        const found = await proposeSetup(real.home, nowMs);
        return (found.balance?.intervals ?? 0) > 200 && found;
      },
      30_000,
    );
    const roles = Object.fromEntries(proposal.roles.map(({ entityId, role }) => [entityId, role]));
    expect(roles).toMatchObject({
      "sensor.grid_in": "grid_import",
      "sensor.grid_out": "grid_export",
      "sensor.kitchen_lux": "room_light",
      "binary_sensor.kitchen_presence": "presence",
      "sensor.washer_power": "device_power",
    });
    expect(proposal.loads.map(({ device, powerEntityId }) => [device.entityId, device.kind, powerEntityId])).toEqual([
      ["switch.washer_plug", "washing_machine", "sensor.washer_power"],
    ]);
    expect(proposal.lights.map(({ device }) => device.entityId)).toEqual(["light.kitchen_lamp"]);
    expect(proposal.rooms.find(({ areaId }) => areaId === "kitchen")).toMatchObject({
      luxEntityId: "sensor.kitchen_lux",
      presenceEntityIds: ["binary_sensor.kitchen_presence"],
      lights: ["light.kitchen_lamp"],
    });
    expect(proposal.tariff.source).toBe("sensor.price_now");
    expect(proposal.balance).toMatchObject({ holds: true, culprit: null });
    expect(proposal.issues).toEqual([]);

    const prices = await homePriceSource(real.home).refresh(nowMs);
    expect(prices.import_price?.[0]?.value).toBeCloseTo(0.315, 9);
    expect(prices.export_price?.[0]?.value).toBe(0.08);

    const history = proposal.importPlan && (await importHistory(real.home, proposal.importPlan, nowMs));
    const load = history?.columns.get("load_w");
    expect(load?.length).toBeGreaterThanOrEqual(days * 24 - 1);
    // A day's load is what came in and what the sun gave, less what went out: 0.4 kWh in every hour.
    const middle = [...(load ?? [])].slice(24, -24);
    expect(Math.max(...middle.map((watt) => Math.abs(watt - 400)))).toBeLessThan(1);
  });

  it("names the culprit when the energy does not add up, and what is gone", async () => {
    const prefs = (await real.home.ask({ type: "energy/get_prefs" })) as { energy_sources: Record<string, unknown>[] };
    const [grid, solar] = prefs.energy_sources;
    const swapped = { ...grid, stat_energy_from: "sensor.grid_out", stat_energy_to: "sensor.grid_in" };
    const lost = { type: "solar", stat_energy_from: "sensor.never_was", config_entry_solar_forecast: null };
    await real.home.ask({ type: "energy/save_prefs", energy_sources: [swapped, solar] });
    const wrong = await proposeSetup(real.home, clock.nowMs());
    expect(wrong.balance).toMatchObject({ holds: false, culprit: { kind: "swapped" } });
    expect(wrong.issues.join()).toContain("the wrong way round");
    await real.home.ask({ type: "energy/save_prefs", energy_sources: [grid, lost] });
    expect((await proposeSetup(real.home, clock.nowMs())).issues.join()).toContain("sensor.never_was, which is gone");
  });

  it("has no forecast where no integration gives one, and says so by having nothing", async () => {
    expect(await homeSolarSource(real.home).refresh(clock.nowMs())).toEqual({});
    const weather = await homeWeatherSource(real.home)
      .refresh(clock.nowMs())
      .catch((error: unknown) => error);
    expect(weather).toBeDefined();
  });

  describe("through the Supervisor", () => {
    let supervisor: SupervisorStandIn;
    let home: HomeAssistant;

    beforeAll(async () => {
      const core = { url: real.url, token: real.token };
      const app = createServer((request, answer) => {
        const { "x-remote-user-id": user, "x-ingress-path": path } = request.headers;
        answer.writeHead(200, { "content-type": "application/json; charset=utf-8" });
        answer.end(JSON.stringify({ user, path, url: request.url }));
      }).listen(0, "127.0.0.1");
      await once(app, "listening");
      supervisor = await startSupervisorStandIn({
        core,
        mqtt: { host: "core-mosquitto", port: 1883, username: "addons", password: "secret" },
        app: { port: (app.address() as AddressInfo).port },
        ingressUser: { id: "u1", name: "ada", displayName: "Ada" },
      });
      const api = connectSupervisor(supervisor.token, supervisor.url);
      home = session(api.homeAssistant.url, api.homeAssistant.token);
      return () => void app.close();
    });
    afterAll(async () => {
      home?.close();
      await supervisor?.close();
    });

    it("finds the broker and itself", async () => {
      const api = connectSupervisor(supervisor.token, supervisor.url);
      expect(await api.broker()).toEqual({ url: "mqtt://core-mosquitto:1883", username: "addons", password: "secret" });
      expect(await api.self()).toMatchObject({ slug: "local_hypervolt", ingressPort: expect.any(Number) });
      const none = await startSupervisorStandIn({ core: { url: real.url, token: real.token }, mqtt: null });
      expect(await connectSupervisor(none.token, none.url).broker()).toBeNull();
      await none.close();
      await expect(connectSupervisor("wrong", supervisor.url).self()).rejects.toMatchObject({
        code: "HOME_ASSISTANT_UNAVAILABLE",
      });
    });

    it("talks to Core through its proxy, survives its absence, and is refused what is not for apps", async () => {
      await until("connected", () => home.connected());
      expect(home.entity("sun.sun")).toBeDefined();
      await expect(home.ask({ type: "supervisor/api", endpoint: "/info", method: "get" })).rejects.toMatchObject({
        code: "HOME_ASSISTANT_REFUSED",
      });
      supervisor.setCore(null);
      supervisor.dropCore();
      await until("away", () => home.state().state === "down");
      supervisor.setCore({ url: real.url, token: real.token });
      await until("back", () => home.connected(), 60_000);
    });

    it("passes ingress on with the user and the path, and strips what a client claims", async () => {
      const answer = await fetch(`${supervisor.ingressUrl}api/health`, {
        headers: { "X-Remote-User-Id": "someone else" },
      });
      expect(answer.headers.get("content-type")).toBe("application/json");
      expect(await answer.json()).toEqual({
        user: "u1",
        path: "/api/hassio_ingress/abcdefghijklmnop",
        url: "/api/health",
      });
    });
  });
});

/** An access token as a browser gets it. */
async function signIn(url: string, username: string, password: string): Promise<string> {
  const client_id = `${url}/`;
  const post = async (to: string, body: object | URLSearchParams): Promise<Record<string, string>> => {
    const form = body instanceof URLSearchParams;
    const answer = await fetch(url + to, { method: "POST", body: form ? body : JSON.stringify(body) });
    return (await answer.json()) as Record<string, string>;
  };
  const handler = ["homeassistant", null];
  const flow = await post("/auth/login_flow", { client_id, handler, redirect_uri: client_id });
  const done = await post(`/auth/login_flow/${flow["flow_id"]}`, { client_id, username, password });
  const grant = { grant_type: "authorization_code", code: done["result"] ?? "", client_id };
  return (await post("/auth/token", new URLSearchParams(grant)))["access_token"] ?? "";
}

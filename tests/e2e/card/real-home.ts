import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { connectAsync } from "mqtt";
import WebSocket from "ws";
import { simulateHome, USUAL } from "../../../card/dev/simulated-home.ts";
import type { HomeShape } from "../../../card/dev/simulated-home.ts";
import {
  attributesTopic,
  AVAILABILITY_TOPIC,
  commandTopic,
  hypervoltDevice,
  stateTopic,
} from "../../../src/home-assistant/hypervolt-device.ts";
import { planAttributes } from "../../../src/home-assistant/plan-attributes.ts";
import { problemAttributes } from "../../../src/home-assistant/problem-attributes.ts";
import { freePort, programPath, startService } from "../../harness/local-service.ts";
import { DIST, PATIENCE } from "./browser.ts";

const TOOLS = process.env["HYPERVOLT_TOOLS"] ?? path.resolve(import.meta.dirname, "../../../../shared/tools");
const TOOL = path.join(TOOLS, "home-assistant/home-assistant");
export const homeAssistantTool = (): string | null => (existsSync(TOOL) && programPath("mosquitto") ? TOOL : null);

export type RealHome = Readonly<{
  url: string;
  hassTokens: unknown;
  /** A question over the websocket, as an administrator. */
  ask: <T>(message: Record<string, unknown>) => Promise<T>;
  /** Makes a user of the group `system-users` and signs them in; the result is what `hassTokens` is for the owner. */
  signInAs: (username: string) => Promise<unknown>;
  /** Commands that reached HyperVolt's entities: topic and payload. */
  commands: { topic: string; payload: string }[];
  /** Retained, except where told not to be: Home Assistant drops retained events. */
  publish: (topic: string, payload: string, retain?: boolean) => Promise<unknown>;
  close: () => Promise<void>;
}>;

type Started = { url: string; token: string; config: string; hassTokens: unknown };

/** A real Home Assistant with a broker, rooms, lights, meters, HyperVolt's entities and a dashboard with the card. */
export async function openRealHome(shape: Partial<HomeShape> = {}, energy = true): Promise<RealHome> {
  const [brokerPort, port] = [await freePort(), await freePort()];
  const name = `card-${process.pid}-${port}`;
  const folder = mkdtempSync(path.join(tmpdir(), "hypervolt-card-"));
  writeFileSync(
    path.join(folder, "mosquitto.conf"),
    `listener ${brokerPort} 127.0.0.1\nallow_anonymous true\npersistence false\n`,
  );
  const broker = await startService(
    programPath("mosquitto") ?? "",
    ["-c", path.join(folder, "mosquitto.conf")],
    async () => {
      await (
        await connectAsync(`mqtt://127.0.0.1:${brokerPort}`, { connectTimeout: 1_000, reconnectPeriod: 0 })
      ).endAsync();
    },
  );
  // Home Assistant serves /local only where the folder is there when it starts.
  execFileSync(TOOL, ["install"], { stdio: "ignore" });
  const root =
    process.env["HA_ROOT"] ??
    path.join(process.env["XDG_CACHE_HOME"] ?? path.join(homedir(), ".cache"), "hypervolt/home-assistant");
  cpSync(DIST, path.join(root, "srv/config", name, "www/hypervolt"), { recursive: true });
  const started = JSON.parse(
    execFileSync(TOOL, ["start", "--name", name, "--port", String(port), "--mqtt", `127.0.0.1:${brokerPort}`], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    })
      .trim()
      .split("\n")
      .pop() ?? "",
  ) as Started;
  const opened: (() => unknown)[] = [
    () => rmSync(folder, { recursive: true, force: true }),
    () => broker.stop(),
    () => execFileSync(TOOL, ["reset", "--name", name], { stdio: "ignore" }),
  ];
  const close = async (): Promise<void> => {
    for (const undo of opened.splice(0).reverse()) await undo();
  };
  try {
    return await furnish();
  } catch (error) {
    await close();
    throw error;
  }

  async function furnish(): Promise<RealHome> {
    const mqtt = await connectAsync(`mqtt://127.0.0.1:${brokerPort}`);
    opened.push(() => mqtt.endAsync());
    const commands: RealHome["commands"] = [];
    mqtt.on("message", (topic, payload) => commands.push({ topic, payload: payload.toString() }));
    await mqtt.subscribeAsync([
      commandTopic("mode"),
      commandTopic("light_target"),
      commandTopic("carbon_weight"),
      commandTopic("light_comfort"),
      commandTopic("replan"),
      "lamp/+/set",
    ]);
    const publish = (topic: string, payload: string, retain = true) =>
      mqtt.publishAsync(topic, payload, { qos: 1, retain });
    const { ask, end } = await openSocket(started);
    opened.push(end);

    const sim = simulateHome({ ...USUAL, nowMs: Date.now(), ...shape });
    const areaIds = await makeAreas(ask, sim);
    await announce(publish, sim);
    await settle(ask, sim);
    await placeDevices(ask, sim, areaIds);
    if (energy) await saveEnergy(ask, sim);
    await ask({ type: "lovelace/resources/create", res_type: "module", url: "/local/hypervolt/hypervolt-card.js" });
    await ask({
      type: "lovelace/dashboards/create",
      url_path: "hyper-volt",
      title: "HyperVolt",
      mode: "storage",
      require_admin: false,
      show_in_sidebar: true,
    });
    await ask({
      type: "lovelace/config/save",
      url_path: "hyper-volt",
      config: {
        views: [
          {
            title: "Home",
            path: "home",
            type: "sections",
            max_columns: 3,
            sections: [
              {
                type: "grid",
                column_span: 3,
                cards: [{ type: "custom:hypervolt-card", grid_options: { columns: "full" } }],
              },
            ],
          },
          { title: "Masonry", path: "masonry", cards: [{ type: "custom:hypervolt-card" }] },
          { title: "Wrong", path: "wrong", cards: [{ type: "custom:hypervolt-card", view: "4d" }] },
        ],
      },
    });

    const signInAs = (username: string): Promise<unknown> => signIn(started, ask, username);
    return { url: started.url, hassTokens: started.hassTokens, ask, signInAs, commands, publish, close };
  }
}

async function openSocket({ url, token }: Started): Promise<{ ask: RealHome["ask"]; end: () => void }> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/api/websocket`);
  let id = 0;
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  await new Promise<void>((ready, refused) => {
    socket.on("error", refused);
    socket.on("message", (bytes) => {
      const message = JSON.parse((bytes as Buffer).toString()) as {
        type: string;
        id: number;
        success?: boolean;
        result?: unknown;
        error?: { message: string };
      };
      if (message.type === "auth_required") socket.send(JSON.stringify({ type: "auth", access_token: token }));
      else if (message.type === "auth_ok") ready();
      else if (message.type === "result") {
        const asked = waiting.get(message.id);
        waiting.delete(message.id);
        if (message.success) asked?.resolve(message.result);
        else asked?.reject(new Error(message.error?.message));
      }
    });
  });
  const ask = <T>(message: Record<string, unknown>): Promise<T> =>
    new Promise<unknown>((resolve, reject) => {
      waiting.set(++id, { resolve, reject });
      socket.send(JSON.stringify({ id, ...message }));
    }) as Promise<T>;
  return { ask, end: () => socket.close() };
}

async function signIn({ url, hassTokens }: Started, ask: RealHome["ask"], username: string): Promise<unknown> {
  const password = "a-password-for-tests-only";
  const { user } = await ask<{ user: { id: string } }>({
    type: "config/auth/create",
    name: username,
    group_ids: ["system-users"],
  });
  await ask({ type: "config/auth_provider/homeassistant/create", user_id: user.id, username, password });
  const owner = hassTokens as { clientId: string };
  const post = async <T>(path: string, body: string | URLSearchParams): Promise<T> => {
    const answer = await fetch(`${url}${path}`, { method: "POST", body });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  const { flow_id: flow } = await post<{ flow_id: string }>(
    "/auth/login_flow",
    JSON.stringify({ client_id: owner.clientId, handler: ["homeassistant", null], redirect_uri: `${url}/` }),
  );
  const { result: code } = await post<{ result: string }>(
    `/auth/login_flow/${flow}`,
    JSON.stringify({ client_id: owner.clientId, username, password }),
  );
  const form = new URLSearchParams({ grant_type: "authorization_code", code, client_id: owner.clientId });
  const tokens = await post<{ expires_in: number }>("/auth/token", form);
  return { ...owner, ...tokens, expires: Date.now() + tokens.expires_in * 1_000 };
}

type Sim = ReturnType<typeof simulateHome>;

async function makeAreas(ask: RealHome["ask"], sim: Sim): Promise<Map<string, string>> {
  // Onboarding made a few rooms of its own.
  for (const { area_id } of await ask<{ area_id: string }[]>({ type: "config/area_registry/list" }))
    await ask({ type: "config/area_registry/delete", area_id });
  const floors = new Map<string, string>();
  for (const { floor_id, name, level } of sim.home.floors)
    floors.set(
      floor_id,
      (await ask<{ floor_id: string }>({ type: "config/floor_registry/create", name, level })).floor_id,
    );
  const areas = new Map<string, string>();
  for (const { area_id, name, floor_id } of sim.home.areas) {
    const floor = floors.get(floor_id ?? "");
    const made = await ask<{ area_id: string }>({
      type: "config/area_registry/create",
      name,
      ...(floor ? { floor_id: floor } : {}),
    });
    areas.set(area_id, made.area_id);
  }
  return areas;
}

const METERS = ["grid", "solar", "battery"] as const;

async function announce(publish: RealHome["publish"], sim: Sim): Promise<void> {
  await publish(
    "homeassistant/device/hypervolt/config",
    JSON.stringify(hypervoltDevice({ version: "test", currency: "EUR", language: "en" })),
  );
  for (const device of sim.home.devices.filter(({ kind }) => kind === "light" || kind === "dishwasher")) {
    const light = device.kind === "light";
    const platform = light ? "light" : "switch";
    await publish(
      `homeassistant/${platform}/${device.id}/config`,
      JSON.stringify({
        name: null,
        unique_id: device.id,
        default_entity_id: `${platform}.${device.id}`,
        command_topic: `lamp/${device.id}/set`,
        state_topic: `lamp/${device.id}/state`,
        ...(light
          ? {
              brightness_command_topic: `lamp/${device.id}/level`,
              brightness_state_topic: `lamp/${device.id}/level_is`,
            }
          : {}),
        device: { identifiers: [device.id], name: device.name },
      }),
    );
  }
  for (const meter of METERS)
    await publish(
      `homeassistant/sensor/meter_${meter}/config`,
      JSON.stringify({
        name: `${meter} power`,
        unique_id: `meter_${meter}`,
        default_entity_id: `sensor.${meter}_power`,
        state_topic: `meter/${meter}`,
        unit_of_measurement: "W",
        device_class: "power",
        state_class: "measurement",
      }),
    );
  await publish(
    "homeassistant/sensor/meter_soc/config",
    JSON.stringify({
      name: "home battery charge",
      unique_id: "meter_soc",
      default_entity_id: "sensor.home_battery_soc",
      state_topic: "meter/soc",
      unit_of_measurement: "%",
      device_class: "battery",
      state_class: "measurement",
    }),
  );
}

/** Publishes states until Home Assistant shows them: an entity listens a moment after its announcement. */
async function settle(ask: RealHome["ask"], sim: Sim): Promise<void> {
  for (const untilMs = performance.now() + 30_000 * PATIENCE; performance.now() < untilMs;) {
    const states = await ask<{ entity_id: string }[]>({ type: "get_states" });
    const lights = states.filter(({ entity_id }) => entity_id.startsWith("light.light_")).length;
    if (lights === sim.shape.lights && states.some(({ entity_id }) => entity_id === "sensor.hypervolt_plan")) return;
    await new Promise((again) => setTimeout(again, 100));
  }
  throw new Error("Home Assistant did not take the announcements");
}

/** The states of a simulated home, as its publishers send them. */
export async function publishStates(publish: RealHome["publish"], sim: Sim): Promise<void> {
  const { flows } = sim.home;
  await publish(AVAILABILITY_TOPIC, "online");
  await publish("meter/grid", String(flows.grid_w));
  await publish("meter/solar", String(flows.pv_w ?? 0));
  await publish("meter/battery", String(-flows.batteries.reduce((sum, { power_w }) => sum + (power_w ?? 0), 0)));
  await publish("meter/soc", String(Math.round((flows.batteries[0]?.soc ?? 0.5) * 100)));
  for (const device of sim.home.devices.filter(({ kind }) => kind === "light" || kind === "dishwasher")) {
    await publish(`lamp/${device.id}/state`, device.on ? "ON" : "OFF");
    if (device.on && device.kind === "light")
      await publish(`lamp/${device.id}/level_is`, String(Math.round((device.brightness ?? 100) * 2.55)));
  }
  await publish(stateTopic("mode"), "auto");
  await publish(stateTopic("carbon_weight"), "0.1");
  await publish(stateTopic("light_target"), "400");
  await publish(stateTopic("light_floor"), "10");
  await publish(stateTopic("light_comfort"), "0.05");
  await publish(stateTopic("grid_intensity"), String(flows.carbon_g_kwh));
  await publish(stateTopic("power_source"), "solar");
  for (const key of ["carbon_saved_today", "money_saved_today", "carbon_saved_total", "money_saved_total"] as const)
    await publish(
      stateTopic(key),
      JSON.stringify({ value: key.endsWith("today") ? 1.84 : 203.7, last_reset: "2026-01-01T00:00:00Z" }),
    );
  await publish(stateTopic("plan"), sim.plan.start);
  await publish(
    attributesTopic("plan"),
    JSON.stringify(
      planAttributes({
        startMs: Date.parse(sim.plan.start),
        stepMinutes: sim.plan.step_minutes,
        importW: sim.plan.import_w,
        exportW: sim.plan.export_w,
        loadW: sim.plan.load_w,
        pvW: sim.plan.pv_w,
        price: sim.plan.price,
        carbonGPerKwh: sim.plan.carbon_g_kwh,
        batteries: sim.plan.batteries.map(({ id, power_w, soc }) => ({ id, powerW: power_w, soc })),
        devices: sim.plan.devices.map(({ id, on }) => ({ id, on })),
      }),
    ),
  );
  await publish(stateTopic("problem"), "ON");
  const { kind = "", values = {} } = sim.alerts[0] ?? {};
  await publish(
    attributesTopic("problem"),
    JSON.stringify(problemAttributes([{ text: "The hall's light sensor is silent", matter: { kind, values } }])),
  );
}

/** A decision, as HyperVolt tells it once; not retained, so it is lost on a Home Assistant that does not listen yet. */
export async function publishDecision(publish: RealHome["publish"]): Promise<void> {
  await publish(
    stateTopic("decision"),
    JSON.stringify({
      event_type: "decision",
      decision_id: "d1",
      device: "light_1",
      entity_id: "light.light_1",
      action: "set_brightness",
      value: 62,
      reason: "Daylight gives 310 lx",
      alternative: null,
      status: "confirmed",
      status_detail: null,
    }),
    false,
  );
}

async function placeDevices(ask: RealHome["ask"], sim: Sim, areas: ReadonlyMap<string, string>): Promise<void> {
  const devices = await ask<{ id: string; identifiers: [string, string][] }[]>({ type: "config/device_registry/list" });
  for (const { id, identifiers } of devices) {
    const device = sim.home.devices.find((other) => other.id === identifiers[0]?.[1]);
    const area = areas.get(device?.area_id ?? "");
    if (area) await ask({ type: "config/device_registry/update", device_id: id, area_id: area });
  }
}

async function saveEnergy(ask: RealHome["ask"], sim: Sim): Promise<void> {
  await ask({
    type: "energy/save_prefs",
    energy_sources: [
      {
        type: "grid",
        stat_energy_from: null,
        stat_energy_to: null,
        stat_cost: null,
        entity_energy_price: null,
        number_energy_price: null,
        entity_energy_price_export: null,
        number_energy_price_export: null,
        stat_compensation: null,
        cost_adjustment_day: 0,
        stat_rate: "sensor.grid_power",
      },
      ...(sim.shape.pv
        ? [
            {
              type: "solar",
              stat_energy_from: "sensor.solar_energy",
              stat_rate: "sensor.solar_power",
              config_entry_solar_forecast: null,
            },
          ]
        : []),
      ...(sim.shape.batteries > 0
        ? [
            {
              type: "battery",
              stat_energy_from: "sensor.battery_out",
              stat_energy_to: "sensor.battery_in",
              stat_rate: "sensor.battery_power",
              stat_soc: "sensor.home_battery_soc",
            },
          ]
        : []),
    ],
  });
}

import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { connectAsync } from "mqtt";
import { describe, expect, it, onTestFinished } from "vitest";
import { parse, stringify } from "yaml";
import type { Clock } from "../../src/domain/clock.ts";
import { connectBroker } from "../../src/sensing/mqtt-broker.ts";
import { createSensing } from "../../src/sensing/sensing.ts";
import type { Page } from "../../src/serving/messages.ts";
import { EngineProcess, TOKEN } from "../harness/engine-process.ts";
import { homeAssistantIsThere, startCore, until } from "../harness/home-assistant-core.ts";
import { isThere, programPath } from "../harness/local-service.ts";
import { mosquittoIsThere, startMosquitto } from "../harness/mosquitto.ts";

const FOLDER = path.join(process.env["XDG_CACHE_HOME"] ?? path.join(homedir(), ".cache"), "hypervolt/mqtt-io");
const CLOCK: Clock = {
  nowMs: () => Date.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(() => void task(), delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};
const quiet = (): void => undefined;

/** mqtt-io in a Python environment of its own, made on first use; null where that cannot be. */
function installedMqttIo(): string | null {
  const python = path.join(FOLDER, "bin/python");
  const works = (): boolean => {
    try {
      execFileSync(python, ["-c", "import mqtt_io"], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  };
  if (existsSync(python) && works()) return python;
  const system = programPath("python3");
  if (system === null) return null;
  try {
    mkdirSync(path.dirname(FOLDER), { recursive: true });
    execFileSync(system, ["-m", "venv", FOLDER], { stdio: "ignore" });
    execFileSync(path.join(FOLDER, "bin/pip"), ["install", "-q", "mqtt-io"], { stdio: "ignore", timeout: 200_000 });
  } catch {
    return null;
  }
  return works() ? python : null;
}

type Module = Record<string, unknown>;
type Config = {
  mqtt: Module;
  gpio_modules: Module[];
  sensor_modules: Module[];
  sensor_inputs: Module[];
  digital_outputs: Module[];
};

/** The configuration of the manual, its hardware replaced by mqtt-io's own mock and its broker by ours. */
function documentedConfig(port: number): Config {
  const manual = readFileSync(new URL("../../docs/raspberry-pi.md", import.meta.url), "utf8");
  const block = /```yaml\n(mqtt:[\s\S]*?)```/.exec(manual)?.[1] ?? "";
  const config = parse(block) as Config;
  const { user: _user, password: _password, ...mqtt } = config.mqtt;
  const mocked = ({ name }: Module): Module => ({ name, module: "mock" });
  const kept = ({ name, module, digits, ha_discovery }: Module): Module => ({
    name,
    module,
    digits,
    interval: 1,
    ha_discovery,
  });
  return {
    mqtt: { ...mqtt, host: "127.0.0.1", port },
    gpio_modules: config.gpio_modules.map(mocked),
    sensor_modules: config.sensor_modules.map(mocked),
    sensor_inputs: config.sensor_inputs.map(kept),
    digital_outputs: config.digital_outputs,
  };
}

const there = mosquittoIsThere();
const python = there ? installedMqttIo() : null;
const installed = there && isThere("mqtt-io", python);

describe.skipIf(!installed)("a Raspberry Pi with mqtt-io", () => {
  it("appears with its light, current, climate and relays as the manual configures it", async () => {
    const mosquitto = await startMosquitto();
    onTestFinished(() => mosquitto.stop());
    const folder = mkdtempSync(path.join(tmpdir(), "mqtt-io-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = path.join(folder, "mqtt-io.yml");
    writeFileSync(file, stringify(documentedConfig(mosquitto.port)));

    const log = { debug: quiet, info: quiet, warning: quiet, error: quiet };
    const broker = connectBroker({ url: mosquitto.url, clientId: "hypervolt-pi", clock: CLOCK, log });
    const current = "mqtt:sensor:pi-living-room_adc_sensor_desk_current";
    const sensing = createSensing({
      broker,
      clock: CLOCK,
      log,
      timezone: "Europe/Berlin",
      calibrations: { [current]: { raw: "volts", preset: "ACS712-5" } },
      onReading: ({ committed }) => committed?.(),
    });
    const pi = spawn(python ?? "", ["-m", "mqtt_io", file], { stdio: "ignore" });
    onTestFinished(async () => {
      pi.kill("SIGKILL");
      sensing.close();
      await broker.close();
    });

    // The mock hardware reads 1 everywhere: 1 V at an ACS712 of 5 A, which rests at 2.5 V, are -8.1 A.
    const seen = (): unknown =>
      Object.fromEntries(
        sensing
          .sensors()
          .map(({ sensor, value, available }) => [sensor.name, [sensor.sensorType, available ? value : null]]),
      );
    await expect.poll(seen, { timeout: 60_000 }).toEqual({
      "Living room Pi Ldr": ["ldr", 1],
      "Living room Pi Current ACS712": ["current", expect.closeTo(-1.5 / 0.185, 6)],
      "Living room Pi Temperature": ["temperature", 1],
      "Living room Pi Humidity": ["humidity", 1],
    });
    const devices = sensing.devices().filter((device) => device.source === "discovery");
    expect(
      devices.map(({ component, name }) => `${component}: ${name}`).toSorted((a, b) => a.localeCompare(b)),
    ).toEqual(["light: Living room Pi Desk lamp", "switch: Living room Pi Fan"]);

    // What Home Assistant sends when its switch is turned on, and what the Pi reports back.
    const home = await connectAsync(mosquitto.url);
    onTestFinished(() => home.endAsync());
    const fan = devices.find(({ component }) => component === "switch");
    const reported: string[] = [];
    home.on("message", (_topic, payload) => reported.push(payload.toString()));
    await home.subscribeAsync(fan?.stateTopic ?? "");
    await home.publishAsync(fan?.commandTopic ?? "", "ON");
    await expect.poll(() => reported.at(-1), { timeout: 20_000 }).toBe("ON");

    pi.kill("SIGTERM");
    await expect.poll(() => sensing.sensors().every(({ available }) => !available), { timeout: 20_000 }).toBe(true);
  });
});

describe.skipIf(!installed || !homeAssistantIsThere())("a Raspberry Pi with mqtt-io in a real Home Assistant", () => {
  it("is switched by HyperVolt through Home Assistant, and says so itself", { timeout: 600_000 }, async () => {
    const mosquitto = await startMosquitto();
    onTestFinished(() => mosquitto.stop());
    const folder = mkdtempSync(path.join(tmpdir(), "mqtt-io-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = path.join(folder, "mqtt-io.yml");
    writeFileSync(file, stringify(documentedConfig(mosquitto.port)));
    const { core, started } = await startCore("mqtt-io", `127.0.0.1:${mosquitto.port}`);
    onTestFinished(() => core.forget());
    const pi = spawn(python ?? "", ["-m", "mqtt_io", file], { stdio: "ignore" });
    onTestFinished(() => void pi.kill("SIGKILL"));

    type State = Readonly<{ entity_id: string; state: string; attributes: Readonly<{ friendly_name?: string }> }>;
    const named = async (name: string): Promise<State | null> => {
      const answer = await fetch(`${started.url}/api/states`, {
        headers: { authorization: `Bearer ${started.token}` },
      });
      const states = (await answer.json()) as State[];
      return states.find(({ attributes }) => attributes.friendly_name === name) ?? null;
    };
    const shown = async (name: string): Promise<string | undefined> => (await named(name))?.state;
    const ready = async (name: string): Promise<string> =>
      (await until(`${name} in Home Assistant`, async () => named(name), 120_000)).entity_id;
    const fan = await ready("Living room Pi Fan");
    const lamp = await ready("Living room Pi Desk lamp");

    const engine = new EngineProcess({
      mqtt_url: mosquitto.url,
      home_assistant_url: started.url,
      home_assistant_token: started.token,
      redis_url: "memory",
      mode: "auto",
      allowed_entities: [fan, lamp],
    });
    await engine.start();
    onTestFinished(async () => {
      await engine.stop();
      engine.forget();
    });
    const watcher = await connectAsync(mosquitto.url);
    onTestFinished(() => watcher.endAsync());
    const reported: string[] = [];
    watcher.on("message", (topic, payload) => reported.push(`${topic.split("/").at(-1)} ${payload.toString()}`));
    await watcher.subscribeAsync("home/living-room/output/+");

    const override = (entityId: string, action: "turn_on" | "turn_off"): Promise<Response> =>
      fetch(`http://127.0.0.1:${engine.port}/api/devices/${encodeURIComponent(entityId)}/override`, {
        method: "POST",
        headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
        body: JSON.stringify({ action, minutes: 5 }),
      });
    const asked = async (entityId: string, action: "turn_on" | "turn_off"): Promise<true> =>
      until(`${action} of ${entityId} is taken`, async () => (await override(entityId, action)).ok, 60_000);
    const statuses = async (): Promise<string[]> =>
      (await engine.get<Page<{ status: string }>>("/api/ai-decisions")).results.map(({ status }) => status);
    const confirmed: string[] = [];
    for (const [entityId, name] of [
      [fan, "Living room Pi Fan"],
      [lamp, "Living room Pi Desk lamp"],
    ] as const)
      for (const [action, state] of [
        ["turn_on", "on"],
        ["turn_off", "off"],
      ] as const) {
        reported.length = 0;
        await asked(entityId, action);
        await expect.poll(() => shown(name), { timeout: 30_000 }).toBe(state);
        await expect.poll(() => reported.at(-1), { timeout: 30_000 }).toMatch(new RegExp(`${state}$`, "i"));
        // A wish that follows before the engine has seen this one fulfilled would take its place.
        confirmed.push("confirmed");
        await expect.poll(statuses, { timeout: 30_000 }).toEqual(confirmed);
      }

    pi.kill("SIGTERM");
    await expect.poll(() => shown("Living room Pi Fan"), { timeout: 60_000 }).toBe("unavailable");
  });
});

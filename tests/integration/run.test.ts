import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { startEmbeddedBroker } from "../../src/demo/aedes-broker.ts";
import type { HealthDto, Page, SensorDto } from "../../src/serving/messages.ts";
import { connectBroker } from "../../src/sensing/mqtt-broker.ts";
import { systemClock } from "../../src/commands/system-clock.ts";
import { EngineProcess, hypervolt } from "../harness/engine-process.ts";
import { until } from "../harness/home-assistant-core.ts";
import { freePort } from "../harness/local-service.ts";

const silent = { debug: () => undefined, info: () => undefined, warning: () => undefined, error: () => undefined };
const engines: EngineProcess[] = [];
const engineWith = (options: Record<string, unknown>): EngineProcess => {
  const engine = new EngineProcess(options);
  engines.push(engine);
  return engine;
};
afterEach(async () => {
  for (const engine of engines.splice(0)) {
    await engine.stop("SIGKILL");
    engine.forget();
  }
});

describe("hypervolt run", () => {
  it("lists every wrong option at once, with where and what is expected, and ends with status 2", async () => {
    const { folder } = engineWith({});
    const file = path.join(folder, "wrong.json");
    writeFileSync(file, JSON.stringify({ mqtt_url: "broker", raw_days: 0, colour: "red" }));
    const { ended, said } = hypervolt(["run", "--options", file, "--data", path.join(folder, "data"), "--port", "0"]);
    expect(await ended).toBe(2);
    for (const part of ["mqtt_url", "mqtt://host:1883", "raw_days", "colour"]) expect(said()).toContain(part);
  });

  it("leaves the running engine its place at the broker when a second one finds the port taken", async () => {
    const embedded = await startEmbeddedBroker();
    const first = engineWith({ mqtt_url: embedded.url, redis_url: "memory" });
    await first.start();
    const broker = async () =>
      (await first.get<HealthDto>("/health")).dependencies.find((one) => one.name === "broker") ?? null;
    const before = await until("the broker is found", async () => ((await broker())?.state === "ok" ? broker() : null));
    const file = path.join(first.folder, "second.json");
    writeFileSync(file, JSON.stringify({ mqtt_url: embedded.url, redis_url: "memory" }));
    const data = path.join(first.folder, "second");
    const second = hypervolt(["run", "--options", file, "--data", data, "--port", String(first.port)]);
    expect(await second.ended).toBe(1);
    expect(second.said()).toContain(`port ${first.port} cannot be listened on`);
    expect(await broker()).toEqual(before);
    await first.stop("SIGTERM");
    await embedded.close();
  });

  it("runs while broker, Redis and Home Assistant are away, says so, acts on nothing, and recovers by itself", async () => {
    const mqttPort = await freePort();
    const engine = engineWith({
      mqtt_url: `mqtt://127.0.0.1:${mqttPort}`,
      redis_url: `redis://127.0.0.1:${await freePort()}`,
      home_assistant_url: `http://127.0.0.1:${await freePort()}`,
      home_assistant_token: "none",
      mode: "auto",
      allowed_entities: ["light.somewhere"],
    });
    await engine.start();
    expect((await fetch(`http://127.0.0.1:${engine.port}/live`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${engine.port}/api/sensors`)).status).toBe(401);
    const stateOf = async (name: string): Promise<string | undefined> =>
      (await engine.get<HealthDto>("/health")).dependencies.find((one) => one.name === name)?.state;
    expect(await stateOf("broker")).toBe("down");
    expect(await stateOf("Home Assistant")).toBe("down");
    expect(["down", "degraded"]).toContain(await stateOf("hot window"));
    await until("what to do is said", async () => {
      const { dependencies } = await engine.get<HealthDto>("/health");
      return dependencies.every(({ state, todo }) => state !== "down" || todo) || null;
    });
    expect((await engine.get<Page<unknown>>("/api/ai-decisions")).count).toBe(0);

    const embedded = await startEmbeddedBroker(mqttPort);
    const pi = connectBroker({ url: embedded.url, clientId: "pi", clock: systemClock, log: silent, sessionExpiryS: 0 });
    await until("the broker is found", async () => (await stateOf("broker")) === "ok" || null);
    await until("the Pi is connected", () => pi.state().state === "ok" || null);
    await pi.publish(
      "HyperVolt/sensors/hall/temperature",
      JSON.stringify({ sensor_type: "temperature", sensor_id: "t1", value: 21.5, location: "hall" }),
      { qos: 1 },
    );
    const { results } = await until("the reading arrived", async () => {
      const found = await engine.get<Page<SensorDto>>("/api/sensors");
      return found.count > 0 ? found : null;
    });
    expect(results[0]).toMatchObject({ sensor_id: "t1", value: 21.5, unit: "°C", location: "hall", source: "native" });
    expect(await engine.stop("SIGTERM")).toBe(0);
    await pi.close();
    await embedded.close();
  });

  it("refuses to be the second on the same data folder, and starts again after a kill", async () => {
    const engine = engineWith({ redis_url: "memory" });
    await engine.start();
    const second = hypervolt([
      "run",
      "--options",
      path.join(engine.folder, "options.json"),
      "--data",
      path.join(engine.folder, "data"),
      "--port",
      "0",
    ]);
    expect(await second.ended).toBe(1);
    expect(second.said()).toContain("DATA_FOLDER_LOCKED");
    await engine.stop("SIGKILL");
    await engine.start();
    expect((await fetch(`http://127.0.0.1:${engine.port}/ready`)).status).toBe(200);
  });

  it("says in one line that a data folder cannot be made", async () => {
    const { folder } = engineWith({});
    const file = path.join(folder, "options.json");
    writeFileSync(file, JSON.stringify({ redis_url: "memory" }));
    const { ended, said } = hypervolt(["run", "--options", file, "--data", file, "--port", "0"]);
    expect(await ended).toBe(1);
    expect(said().trim()).toMatch(/^hypervolt run: HISTORY_UNAVAILABLE: the data folder .* cannot be used: .*$/);
  });
});

describe("hypervolt", () => {
  it("names its commands, and refuses one it does not have with status 2", async () => {
    const help = hypervolt(["--help"]);
    expect(await help.ended).toBe(0);
    for (const name of ["run", "demo", "plan", "forecast", "backtest", "train", "replay", "doctor"])
      expect(help.said()).toContain(name);
    const unknown = hypervolt(["fly"]);
    expect(await unknown.ended).toBe(2);
  });

  it("says what is wrong with a set-up, and what to do", async () => {
    const { folder } = engineWith({});
    const file = path.join(folder, "options.json");
    const nobody = `127.0.0.1:${await freePort()}`;
    const options = {
      mqtt_url: `mqtt://${nobody}`,
      redis_url: `redis://${nobody}`,
      home_assistant_url: `http://${nobody}`,
    };
    writeFileSync(file, JSON.stringify({ ...options, home_assistant_token: "none" }));
    const { ended, said } = hypervolt(["doctor", "--options", file, "--data", path.join(folder, "data")]);
    expect(await ended).toBe(1);
    expect(said()).toMatch(/✔ options/);
    expect(said()).toMatch(/✖ broker: .+ → /);
    expect(said()).toMatch(/✖ Redis: (?!Redis).+ → /);
    expect(said()).toMatch(/✖ Home Assistant: .+ → /);
    expect(said()).toMatch(/✔ history: none yet/);
    expect(existsSync(path.join(folder, "data"))).toBe(false);
  });
});

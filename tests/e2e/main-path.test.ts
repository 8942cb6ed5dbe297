import { existsSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Page, PlanOutcomeDto, SensorDto } from "../../src/serving/messages.ts";
import type { Broker } from "../../src/domain/broker.ts";
import { connectBroker } from "../../src/sensing/mqtt-broker.ts";
import { systemClock } from "../../src/commands/system-clock.ts";
import { EngineProcess, hypervolt } from "../harness/engine-process.ts";
import {
  type HomeAssistantCore,
  homeAssistantIsThere,
  type Mosquitto,
  startCore,
  type Started,
  startMosquitto,
  until,
} from "../harness/home-assistant-core.ts";
import { isThere } from "../harness/local-service.ts";
import { Pi } from "../harness/pi.ts";
import { redisIsThere, type RedisServer, startRedis } from "../harness/redis-servers.ts";

const DATA = process.env["HYPERVOLT_DATA"] ?? path.resolve(import.meta.dirname, "../../../shared/data");
const SERIES = path.join(DATA, "series/emhass-home");
const ROOM = path.join(DATA, "sensors/room-minute.csv");
const silent = { debug: () => undefined, info: () => undefined, warning: () => undefined, error: () => undefined };
const there = [
  homeAssistantIsThere(),
  redisIsThere(),
  isThere("recorded homes (HYPERVOLT_DATA)", existsSync(`${SERIES}.csv`) ? DATA : null),
].every(Boolean);

/** A quarter of an hour ago, and in so many minutes, on Berlin's wall clock. */
const wall = (inMinutes: number): string =>
  new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Berlin", hour: "2-digit", minute: "2-digit" }).format(
    Date.now() + inMinutes * 60_000,
  );

describe.skipIf(!there)("the main path, with real parts: Mosquitto, Redis, SQLite and a real Home Assistant", () => {
  let mosquitto: Mosquitto;
  let redis: RedisServer;
  let core: HomeAssistantCore;
  let started: Started;
  let engine: EngineProcess;
  let broker: Broker;
  let pi: Pi;
  let kitchen: Pi;
  let reporting: NodeJS.Timeout;

  const entity = async (entityId: string): Promise<{ state: string; attributes: Record<string, unknown> } | null> => {
    const answer = await fetch(`${started.url}/api/states/${entityId}`, {
      headers: { authorization: `Bearer ${started.token}` },
    });
    return answer.ok ? ((await answer.json()) as { state: string; attributes: Record<string, unknown> }) : null;
  };

  beforeAll(async () => {
    mosquitto = await startMosquitto();
    redis = await startRedis();
    ({ core, started } = await startCore("main-path", mosquitto.host));
    broker = connectBroker({
      url: mosquitto.url,
      clientId: "test-pis",
      clock: systemClock,
      log: silent,
      sessionExpiryS: 0,
    });
    pi = new Pi(broker, "office");
    kitchen = new Pi(broker, "kitchen");
    await new Promise<void>((resolve) => broker.onConnect(resolve));
    const announce = (where: Pi, device: string, kind: string, maxW: number): Promise<void> =>
      broker.publish(
        `HyperVolt/devices/${where.location}/${device}`,
        JSON.stringify({ kind, name: device, max_w: maxW, state_topic: where.stateTopic(device) }),
        { qos: 1, retain: true },
      );
    await announce(pi, "ceiling", "light", 40);
    await announce(kitchen, "dishwasher", "relay", 1_200);
    await pi.set("ceiling", 100);
    await kitchen.set("dishwasher", 0);
    const sense = (type: string, value: number): void =>
      void broker
        .publish(
          `HyperVolt/sensors/office/${type}`,
          JSON.stringify({ sensor_type: type, sensor_id: `${type}_1`, value, location: "office" }),
          { qos: 1 },
        )
        .catch(() => undefined);
    reporting = setInterval(() => {
      sense("ldr", Math.round(60 + 6 * (pi.levels.get("ceiling") ?? 0)));
      sense("motion", 1);
    }, 500);
    engine = new EngineProcess({
      mqtt_url: mosquitto.url,
      home_assistant_url: started.url,
      home_assistant_token: started.token,
      redis_url: redis.url,
      mode: "auto",
      light_target_lx: 300,
      allowed_entities: ["light.hypervolt_office_ceiling", "switch.hypervolt_kitchen_dishwasher"],
      // A run that must begin within minutes, so that the test sees it begin.
      loads: [
        { entity: "switch.hypervolt_kitchen_dishwasher", power_w: 1_200, minutes: 45, from: wall(-30), to: wall(50) },
      ],
    });
    await engine.start();
  });
  afterAll(async () => {
    clearInterval(reporting);
    await engine?.stop();
    engine?.forget();
    await broker?.close();
    core?.stop();
    core?.forget();
    await redis?.stop();
    await mosquitto?.stop();
  });

  it("takes in a recorded home and a recorded room, replayed as Pis would, and loses nothing", async () => {
    const play = (...args: string[]) => hypervolt(["replay", "--broker", mosquitto.url, "--speed", "1000000", ...args]);
    const home = play(
      "--series",
      `${SERIES}.csv`,
      "--site",
      `${SERIES}.json`,
      "--from",
      "2025-02-20T00:00:00Z",
      "--to",
      "2025-02-22T00:00:00Z",
    );
    const room = play("--series", ROOM, "--from", "2015-02-05T00:00:00Z", "--to", "2015-02-05T06:00:00Z");
    expect(await home.ended, home.said()).toBe(0);
    expect(await room.ended, room.said()).toBe(0);
    const published = [home, room].map(({ said }) => Number(/(\d+) readings/.exec(said())?.[1]));
    const replayed = await until("every replayed reading is in the history", async () => {
      const { results } = await engine.get<Page<SensorDto>>("/api/sensors?page_size=1000");
      const ids = results.filter(({ unique_id }) => unique_id?.startsWith("replay_")).map(({ sensor_id }) => sensor_id);
      const counts = await Promise.all(
        ids.map(
          async (id) =>
            (await engine.get<Page<unknown>>(`/api/sensor-readings?sensor_id=${encodeURIComponent(id)}&page_size=1`))
              .count,
        ),
      );
      const stored = counts.reduce((a, b) => a + b, 0);
      // Two readings of one sensor in the same millisecond are one.
      return stored > 0.5 * (published[0] ?? 0) && ids.length >= 8 ? { ids, stored } : null;
    });
    expect(replayed.ids.length).toBe(10);
  });

  it("dims a discovered light to what the room needs, by Home Assistant's own service", async () => {
    const light = await until(
      "the light is dimmed",
      async () => {
        const found = await entity("light.hypervolt_office_ceiling");
        const brightness = Number(found?.attributes["brightness"] ?? 255);
        return found?.state === "on" && brightness > 70 && brightness < 140 ? found : null;
      },
      150_000,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${engine.said()}`);
    });
    expect(light.state).toBe("on");
    const { results } = await engine.get<Page<{ action: string; device: string; status: string; reason: string }>>(
      "/api/ai-decisions?device=office_ceiling",
    );
    expect(
      results.some(
        ({ action, status, reason }) => action === "set_brightness" && status === "confirmed" && reason.includes("lx"),
      ),
    ).toBe(true);
    expect(
      pi.commands
        .filter(({ command }) => command === "set_brightness")
        .every(({ value, timestamp }) => Number(value) > 0 && !Number.isNaN(Date.parse(String(timestamp)))),
    ).toBe(true);
  });

  it("turns a discovered switch on when the plan says so, and says why", async () => {
    await until(
      "the switch is on",
      async () => ((await entity("switch.hypervolt_kitchen_dishwasher"))?.state === "on" ? true : null),
      180_000,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${engine.said()}`);
    });
    expect(kitchen.levels.get("dishwasher")).toBe(100);
    const outcome = await engine.get<PlanOutcomeDto>("/api/plan");
    expect(outcome.kind).toBe("planned");
    const { results } = await engine.get<Page<{ action: string; status: string; reason: string }>>(
      "/api/ai-decisions?device=kitchen_dishwasher",
    );
    expect(results.find(({ action }) => action === "turn_on")).toMatchObject({
      status: "confirmed",
      reason: expect.stringMatching(/\w+ \w+/) as unknown,
    });
  });

  it("appears in Home Assistant as one device with its entities", async () => {
    const wanted = [
      "select.hypervolt_mode",
      "number.hypervolt_carbon_weight",
      "number.hypervolt_light_target",
      "sensor.hypervolt_plan",
      "sensor.hypervolt_carbon_saved_today",
      "sensor.hypervolt_money_saved_total",
      "binary_sensor.hypervolt_problem",
      "event.hypervolt_decision",
    ];
    for (const id of wanted) await until(`${id} is there`, () => entity(id));
    await until("the mode is shown", async () => (await entity("select.hypervolt_mode"))?.state === "auto");
    const plan = await until("the plan is shown", async () => {
      const found = await entity("sensor.hypervolt_plan");
      return Array.isArray(found?.attributes["import_w"]) ? found : null;
    });
    expect(JSON.stringify(plan.attributes).length).toBeLessThan(8_192);
    expect((await entity("sensor.hypervolt_office_ldr_1"))?.attributes["device_class"]).toBe("illuminance");
  });

  it("ends on SIGTERM within 10 s with status 0, and says it is offline", async () => {
    const beganMs = performance.now();
    expect(await engine.stop("SIGTERM")).toBe(0);
    expect(performance.now() - beganMs).toBeLessThan(10_000);
    await until("its entities are unavailable", async () =>
      (await entity("select.hypervolt_mode"))?.state === "unavailable" ? true : null,
    );
  });
});

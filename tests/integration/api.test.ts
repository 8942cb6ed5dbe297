import { afterEach, expect, it } from "vitest";
import { connectBroker } from "../../src/sensing/mqtt-broker.ts";
import { startEmbeddedBroker } from "../../src/demo/aedes-broker.ts";
import { systemClock } from "../../src/commands/system-clock.ts";
import type { EnergySourceDto, HealthDto, Page, ReadingDto, SensorDto } from "../../src/serving/messages.ts";
import { EngineProcess, TOKEN } from "../harness/engine-process.ts";
import { until } from "../harness/home-assistant-core.ts";

const silent = { debug: () => undefined, info: () => undefined, warning: () => undefined, error: () => undefined };
const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close();
});

it("keeps what a person changes over a kill, and the entities of a Pi that is silent since", async () => {
  const embedded = await startEmbeddedBroker();
  opened.push(() => embedded.close());
  const pi = connectBroker({ url: embedded.url, clientId: "pi", clock: systemClock, log: silent, sessionExpiryS: 0 });
  opened.push(() => pi.close());
  const announced = new Map<string, string>();
  pi.subscribe("homeassistant/device/+/config", 1, ({ topic, payload, acknowledge }) => {
    announced.set(topic, Buffer.from(payload).toString());
    acknowledge();
  });
  const say = (location: string, sensor_id: string, value: number) =>
    pi.publish(`HyperVolt/sensors/${location}/power`, JSON.stringify({ sensor_id, value, unit: "W" }), { qos: 1 });
  const engine = new EngineProcess({ mqtt_url: embedded.url, redis_url: "memory" });
  opened.push(async () => {
    await engine.stop("SIGKILL");
    engine.forget();
  });
  const change = async (method: string, route: string, body: unknown): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${engine.port}${route}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(answer.ok, `${method} ${route}: ${answer.status}`).toBe(true);
    return answer.json();
  };
  const sensor = async (id: string): Promise<SensorDto | null> =>
    (await engine.get<Page<SensorDto>>(`/api/sensors?sensor_id=${id}`)).results[0] ?? null;
  const grid = async () => (await engine.get<Page<EnergySourceDto>>("/api/energy-sources")).results[0];

  await engine.start();
  await until("the engine listens", async () => {
    const { dependencies, status } = await engine.get<HealthDto>("/health");
    return (dependencies.some(({ name, state }) => name === "broker" && state === "ok") && status === "ok") || null;
  });
  await say("hall", "meter", 10);
  await say("attic", "meter", 30);
  await until("both sensors are known", async () => ((await sensor("attic_meter")) && (await sensor("meter"))) || null);

  const posted = { sensor_id: "brought", sensor_type: "power", value: 1.5, unit: "kW", location: "shed" };
  expect(await change("POST", "/api/sensor-readings", posted)).toMatchObject({ value: 1500, unit: "W" });
  await change("POST", "/api/sensor-readings", { sensor_id: "meter", value: 11 });
  expect(await sensor("meter")).toMatchObject({ value: 11, location: "hall" });
  expect(await change("PATCH", "/api/sensors", { sensor_id: "brought", name: "Shed" })).toMatchObject({ name: "Shed" });
  await change("PATCH", "/api/sensors/meter", { calibration: { scale: 2 }, role: "load" });
  await change("PATCH", "/api/energy-sources", { id: "grid", name: "Street", max_import_w: 5_000 });
  expect(await grid()).toMatchObject({ name: "Street", max_import_w: 5_000 });
  expect(await change("PATCH", "/api/sensors/meter", { role: null })).not.toHaveProperty("role");
  await until(
    "both Pis are announced",
    () => ["hall", "attic"].every((place) => announced.get(`homeassistant/device/hypervolt_${place}/config`)) || null,
  );

  await engine.stop("SIGKILL");
  announced.clear();
  await engine.start();
  expect(await grid()).toMatchObject({ name: "Street", max_import_w: 5_000 });
  expect(await sensor("brought")).toMatchObject({ name: "Shed", value: 1500 });
  await until("the broker is found again", async () => {
    const { dependencies } = await engine.get<HealthDto>("/health");
    return dependencies.some(({ name, state }) => name === "broker" && state === "ok") || null;
  });
  await say("hall", "meter", 12);
  await until("the calibration is applied", async () => (await sensor("meter"))?.value === 24 || null);
  const attic = await until(
    "the silent Pi is announced again",
    () => announced.get("homeassistant/device/hypervolt_attic/config") ?? null,
  );
  expect(attic).toContain('"default_entity_id":"sensor.hypervolt_attic_meter"');
  const { results } = await engine.get<Page<ReadingDto>>("/api/sensor-readings?sensor_id=attic_meter");
  expect(results.map(({ value, location }) => [value, location])).toEqual([[30, "attic"]]);
});

import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as after } from "node:timers/promises";
import type { MqttClient } from "mqtt";
import type { SensorState } from "../../src/domain/reading.ts";
import { until } from "./home-assistant-core.ts";

const SETTLED_WITHIN_MS = 60_000;

type Publish = Readonly<{ topic: string; payload?: string; payload_base64?: string; retain: boolean; qos: 0 | 1 }>;
export type Step = Readonly<{ publish?: Publish; wait?: "settle" | number }>;
export type Scene = Readonly<{
  id: string;
  about: string;
  steps: readonly Step[];
  expected: readonly ExpectedEntity[];
}>;
export type ExpectedEntity = Readonly<{
  component: string;
  unique_id: string | null;
  name: string | null;
  friendly_name: string;
  unit_of_measurement: string | null;
  device_class: string | null;
  state: string;
  availability: "available" | "unavailable" | "disabled" | "unloaded";
}>;

/** Scenes of MQTT discovery with what a real Home Assistant made of each. */
export function readScenes(folder: string): readonly Scene[] {
  const lines = <T>(file: string): T[] =>
    readFileSync(path.join(folder, file), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as T);
  const expected = new Map(
    lines<{ id: string; entities: ExpectedEntity[] }>("expected.jsonl").map(({ id, entities }) => [id, entities]),
  );
  return lines<Omit<Scene, "expected">>("cases.jsonl").map((scene) => ({
    ...scene,
    expected: (expected.get(scene.id) ?? []).filter(({ component }) => /^(binary_)?sensor$/.test(component)),
  }));
}

/** Plays a scene; `settled` resolves when all that was published before has been handled. */
export async function playScene(scene: Scene, client: MqttClient, settled: () => Promise<void>): Promise<void> {
  for (const { publish, wait } of scene.steps) {
    if (publish) {
      const { topic, payload, payload_base64: bytes, retain, qos } = publish;
      const content = bytes === undefined ? (payload ?? "") : Buffer.from(bytes, "base64");
      await client.publishAsync(topic, content, { retain, qos });
    } else if (typeof wait === "number") await after(wait * 1000);
    else await settled();
  }
  await settled();
}

/**
 * Tells when all that was published before has been handled: a sensor announced last has come with its value, and has
 * gone again.
 * @param valueOf value of a sensor by its unique id, null while it has none, undefined while there is no such sensor
 */
export function settling(
  client: MqttClient,
  valueOf: (uniqueId: string) => Promise<number | null | undefined>,
): () => Promise<void> {
  let marks = 0;
  return async () => {
    const mark = ++marks;
    const config = { name: "Settled", unique_id: `settled${mark}`, state_topic: `settled/${mark}` };
    const topic = `homeassistant/sensor/settled${mark}/config`;
    await client.publishAsync(config.state_topic, String(mark), { retain: true, qos: 1 });
    await client.publishAsync(topic, JSON.stringify(config), { qos: 1 });
    await until("all is handled", async () => (await valueOf(config.unique_id)) === mark, SETTLED_WITHIN_MS);
    await client.publishAsync(config.state_topic, "", { retain: true, qos: 1 });
    await client.publishAsync(topic, "", { qos: 1 });
    await until("it is forgotten", async () => (await valueOf(config.unique_id)) === undefined, SETTLED_WITHIN_MS);
  };
}

export async function forgetScene(scene: Scene, client: MqttClient): Promise<void> {
  const kept = scene.steps.flatMap(({ publish }) =>
    publish && (publish.retain || publish.topic.endsWith("/config")) ? [publish.topic] : [],
  );
  for (const topic of new Set(kept)) await client.publishAsync(topic, "", { retain: true });
}

const FACTORS: Readonly<Record<string, number>> = {
  kW: 1e3,
  mW: 1e-3,
  MW: 1e6,
  kWh: 1e3,
  MWh: 1e6,
  J: 1 / 3600,
  MJ: 1e6 / 3600,
  GJ: 1e9 / 3600,
  kcal: 4184 / 3600,
  mA: 1e-3,
  "\u03bcA": 1e-6,
  mV: 1e-3,
  "\u03bcV": 1e-6,
  kV: 1e3,
  // Without a class Home Assistant takes any spelling.
  kwh: 1e3,
};

/** Home Assistant's state in W, Wh, A, V, lx, °C, %, ppm; null where there is no value. */
function expectedValue(entity: ExpectedEntity): number | null {
  if (entity.availability !== "available") return null;
  if (entity.component === "binary_sensor") return entity.state === "on" ? 1 : entity.state === "off" ? 0 : null;
  const number = Number(entity.state.replace(/\p{Nd}/gu, asciiDigit).replace(/(?<=\d)_(?=\d)/g, ""));
  // Python takes no byte order mark for space.
  if (entity.state.trim() === "" || entity.state.includes("\ufeff") || !Number.isFinite(number)) return null;
  if (entity.unit_of_measurement === "K") return number - 273.15;
  if (entity.unit_of_measurement === "°F") return ((number - 32) * 5) / 9;
  const normalised = number * (FACTORS[entity.unit_of_measurement ?? ""] ?? 1);
  return Number.isFinite(normalised) ? normalised : null;
}

/** Decimal digits of every script come in runs of ten. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let zero = code;
  while (/^\p{Nd}$/u.test(String.fromCodePoint(zero - 1)) && code - zero < 9) zero--;
  return String(code - zero);
}

/** What differs between the sensors there are and those Home Assistant had, in words; empty when they agree. */
export function differences(scene: Scene, sensors: readonly SensorState[]): string[] {
  const left = new Set(sensors);
  const found: string[] = [];
  for (const entity of scene.expected) {
    const called = entity.unique_id ?? entity.friendly_name;
    const state = [...left].find(({ sensor }) =>
      sensor.uniqueId === null
        ? entity.unique_id === null && (sensor.name === entity.friendly_name || sensor.name === entity.name)
        : sensor.uniqueId === entity.unique_id && sensor.sensorId.startsWith(`mqtt:${entity.component}:`),
    );
    if (!state) {
      found.push(`${called} is missing`);
      continue;
    }
    left.delete(state);
    if (state.available !== (entity.availability === "available"))
      found.push(`${called} is ${entity.availability} in Home Assistant`);
    const value = expectedValue(entity);
    const same =
      value === null || state.value === null
        ? value === state.value
        : Math.abs(value - state.value) <= 1e-9 * Math.max(1, Math.abs(value));
    if (!same) found.push(`${called} is ${entity.state} in Home Assistant, ${state.value} here`);
  }
  for (const { sensor } of left) found.push(`${sensor.sensorId} is not in Home Assistant`);
  return found;
}

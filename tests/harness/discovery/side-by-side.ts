import type { MqttClient } from "mqtt";
import { setTimeout as after } from "node:timers/promises";
import type { SensorState } from "../../../src/domain/reading.ts";
import { differences, forgetScene, type Scene, type Step } from "../discovery-scenes.ts";
import { type HomeAssistantSocket, readEntities } from "./home-assistant-entities.ts";

/** Timers of a second in the scenes have run out, and what they changed is written. */
const TIMERS_MS = 1_600;
const ANSWER_WITHIN_MS = 60_000;

export type Difference = Readonly<{ scene: Scene; round: number; differences: readonly string[] }>;

/** Plays many scenes at once to a broker that Home Assistant and HyperVolt listen to, and compares them step by step. */
export class SideBySide {
  readonly #publisher: MqttClient;
  readonly #homeAssistant: HomeAssistantSocket;
  readonly #sensors: () => readonly SensorState[];
  #marks = 0;

  constructor(publisher: MqttClient, homeAssistant: HomeAssistantSocket, sensors: () => readonly SensorState[]) {
    this.#publisher = publisher;
    this.#homeAssistant = homeAssistant;
    this.#sensors = sensors;
  }

  async play(scenes: readonly Scene[]): Promise<Difference[]> {
    const rounds = new Map(scenes.map((scene) => [scene, roundsOf(scene)]));
    const most = Math.max(...[...rounds.values()].map(({ length }) => length));
    const found = new Map<Scene, Difference>();
    for (let round = 0; round < most; round++) {
      for (const steps of rounds.values()) for (const step of steps[round] ?? []) await this.#publish(step);
      await this.settle();
      const entities = await readEntities(this.#homeAssistant);
      for (const scene of scenes) {
        if (found.has(scene)) continue;
        const expected = entities.filter((entity) => JSON.stringify(entity).includes(scene.id));
        const sensors = this.#sensors().filter(({ sensor }) => JSON.stringify(sensor).includes(scene.id));
        const differing = differences({ ...scene, expected }, sensors);
        if (differing.length > 0) found.set(scene, { scene, round, differences: differing });
      }
    }
    for (const scene of scenes) await forgetScene(scene, this.#publisher);
    await this.settle();
    return [...found.values()];
  }

  /** Waits until both have handled all that was published before: a last announcement, and its state, have arrived. */
  async settle(): Promise<void> {
    const mark = ++this.#marks;
    const topic = `homeassistant/sensor/settled${mark}/config`;
    const config = { name: `Settled ${mark}`, unique_id: `settled${mark}`, state_topic: `settled/${mark}` };
    await this.#publisher.publishAsync(`settled/${mark}`, String(mark), { retain: true, qos: 1 });
    await this.#publisher.publishAsync(topic, JSON.stringify(config), { qos: 1 });
    const untilMs = performance.now() + ANSWER_WITHIN_MS;
    for (;;) {
      const arrived =
        this.#sensors().some(({ sensor, value }) => sensor.uniqueId === config.unique_id && value === mark) ||
        performance.now() > untilMs;
      if (arrived && (await readEntities(this.#homeAssistant)).some((one) => isSettled(one, config.unique_id, mark)))
        break;
      if (performance.now() > untilMs) throw new Error("Home Assistant does not come to rest");
      await after(100);
    }
    await after(TIMERS_MS);
    await this.#publisher.publishAsync(topic, "", { qos: 1 });
    await this.#publisher.publishAsync(`settled/${mark}`, "", { retain: true, qos: 1 });
  }

  async #publish({ publish }: Step): Promise<void> {
    if (!publish) return;
    const { topic, payload, payload_base64: bytes, retain, qos } = publish;
    const content = bytes === undefined ? (payload ?? "") : Buffer.from(bytes, "base64");
    await this.#publisher.publishAsync(topic, content, { retain, qos });
  }
}

const isSettled = (entity: Readonly<{ unique_id: string | null; state: string }>, id: string, mark: number): boolean =>
  entity.unique_id === id && entity.state === String(mark);

function roundsOf(scene: Scene): Step[][] {
  const rounds: Step[][] = [[]];
  for (const step of scene.steps) {
    if (step.wait === undefined) rounds.at(-1)?.push(step);
    else rounds.push([]);
  }
  return rounds.filter(({ length }) => length > 0);
}

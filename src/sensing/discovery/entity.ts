import type { Broker, BrokerMessage } from "../../domain/broker.ts";
import type { Clock } from "../../domain/clock.ts";
import { MS_PER_SECOND } from "../../domain/units.ts";
import { type Payload, type Template, TemplateFault, type TemplateWorld } from "../template/template.ts";
import { Dict, type Value } from "../template/values.ts";
import type { Payloads } from "./payloads.ts";
import type { Availability, AvailabilityTopic } from "./validate.ts";
import type { BinarySensorConfig, SensorConfig } from "./sensor-config.ts";

/** What Home Assistant's state machine would hold. */
export type Shown =
  | Readonly<{ kind: "none" }>
  | Readonly<{ kind: "unavailable" }>
  | Readonly<{ kind: "unknown" }>
  | Readonly<{ kind: "value"; text: string }>;

export type EntityWorld = Readonly<{
  broker: Broker;
  clock: Clock;
  template: TemplateWorld;
  payloads: Payloads;
  /** The payload was no value for this entity; for the user to see. */
  onProblem: (
    reason: "template_failed" | "bad_sensor_value",
    topic: string,
    detail: string,
    payload: Uint8Array,
  ) => void;
  /** What is shown has changed or was confirmed. `message` is there when a state message led to it. */
  onShown: (shown: Shown, message: BrokerMessage | undefined) => void;
  /** The template needs Home Assistant: its own state is to be taken. */
  onNeedsHomeAssistant: () => void;
}>;

type Subscribed = { key: string; stop: () => void };

/**
 * A sensor or binary sensor as Home Assistant runs it: a new value becomes visible only when its state can be written,
 * so a value that is no number is remembered without being shown, and an unavailable entity stays so until the next
 * good one.
 */
export abstract class MqttEntity<C extends SensorConfig | BinarySensorConfig> {
  protected readonly world: EntityWorld;
  protected config: C;
  #shown: Shown = { kind: "none" };
  /** Home Assistant's own state, where only it can evaluate the template. */
  #lent: Shown | undefined;
  #stateTopic: Subscribed | undefined;
  readonly #availabilityTopics = new Map<string, Subscribed>();
  #available = new Map<string, boolean>();
  #availableLatest = false;
  #expired: boolean;
  #expiry: { cancel(): void } | undefined;
  #closed = false;

  constructor(config: C, world: EntityWorld) {
    this.world = world;
    this.config = config;
    this.#expired = expires(config);
  }

  get shown(): Shown {
    return this.#shown;
  }

  get current(): C {
    return this.config;
  }

  /** Subscribes and shows the first state. */
  start(): void {
    this.onConfig();
    this.#subscribe();
    this.write(undefined);
  }

  update(config: C): void {
    this.config = config;
    this.#expired = expires(config);
    this.onConfig();
    this.#subscribe();
    this.write(undefined);
  }

  /** The connection to the broker was lost, or is there again: without it nothing is known of any entity. */
  refresh(): void {
    this.write(undefined);
  }

  close(): void {
    this.#closed = true;
    this.#stateTopic?.stop();
    for (const { stop } of this.#availabilityTopics.values()) stop();
    this.#expiry?.cancel();
    this.onClose();
  }

  /** The state of the entity in Home Assistant, where a template of ours cannot find it. */
  take(shown: Shown): void {
    if (this.#closed) return;
    this.#lent = shown;
    this.write(undefined);
  }

  protected abstract onConfig(): void;
  protected abstract onClose(): void;
  /** Takes a message; returns whether something changed that is shown. Throws TemplateFault. */
  protected abstract receive(payload: Payload): boolean;
  /** The state as text; null is unknown. Throws Error where Home Assistant cannot write it. */
  protected abstract stateText(): string | null;

  protected render(template: Template, payload: Payload): string {
    return template.render(payload, () => this.#variables(), this.world.template);
  }

  /** Writes the state as it is now; nothing happens where it cannot be written. */
  protected write(message: BrokerMessage | undefined): void {
    if (this.#closed) return;
    let next: Shown;
    if (message) this.#lent = undefined;
    if (!this.#isConnected()) next = { kind: "unavailable" };
    else if (this.#lent) next = this.#lent;
    else if (!this.#isAvailable()) next = { kind: "unavailable" };
    else
      try {
        const text = this.stateText();
        next =
          text === null
            ? { kind: "unknown" }
            : text === "unavailable" || text === "unknown"
              ? { kind: text }
              : { kind: "value", text };
      } catch (error) {
        if (message) this.world.onProblem("bad_sensor_value", message.topic, (error as Error).message, message.payload);
        message?.acknowledge();
        return;
      }
    this.#shown = next;
    this.world.onShown(next, message);
  }

  #variables(): ReadonlyMap<string, Value> {
    const state = new Dict();
    const shown = this.#shown;
    state.set("state", shown.kind === "value" ? shown.text : shown.kind === "none" ? "unknown" : shown.kind);
    state.set("attributes", new Dict());
    return new Map<string, Value>([
      ["this", state],
      ["name", this.config.name ?? null],
    ]);
  }

  #isConnected(): boolean {
    return this.world.broker.state().state === "ok";
  }

  #isAvailable(): boolean {
    return this.#isAnnouncedAvailable() && !this.#expired;
  }

  #isAnnouncedAvailable(): boolean {
    const { mode, topics } = this.config.availability;
    if (topics.length === 0) return true;
    if (mode === "latest") return this.#availableLatest;
    const states = topics.map(({ topic }) => this.#available.get(topic) ?? false);
    return mode === "all" ? states.every(Boolean) : states.some(Boolean);
  }

  #subscribe(): void {
    const { stateTopic, encoding, qos, availability } = this.config;
    const key = JSON.stringify([stateTopic, qos, encoding]);
    if (this.#stateTopic?.key !== key) {
      this.#stateTopic?.stop();
      this.#stateTopic = undefined;
      const subscription = this.world.broker.subscribe(stateTopic, 1, (message) => this.#onState(message, encoding));
      this.#stateTopic = { key, stop: () => subscription.unsubscribe() };
    }
    this.#subscribeAvailability(availability, qos, encoding);
  }

  #subscribeAvailability({ topics }: Availability, qos: number, encoding: string): void {
    this.#available = new Map(topics.map(({ topic }) => [topic, this.#available.get(topic) ?? false]));
    const wanted = new Map(topics.map(({ topic }) => [topic, JSON.stringify([topic, qos, encoding])]));
    for (const [topic, subscribed] of this.#availabilityTopics)
      if (wanted.get(topic) !== subscribed.key) {
        subscribed.stop();
        this.#availabilityTopics.delete(topic);
      }
    for (const [topic, key] of wanted) {
      if (this.#availabilityTopics.has(topic)) continue;
      const subscription = this.world.broker.subscribe(topic, 1, (message) => {
        this.#onAvailability(message, encoding);
        message.acknowledge();
      });
      this.#availabilityTopics.set(topic, { key, stop: () => subscription.unsubscribe() });
    }
  }

  #onAvailability(message: BrokerMessage, encoding: string): void {
    const known = this.config.availability.topics.find(({ topic }) => topic === message.topic);
    const payload = this.world.payloads.of(message.payload, encoding);
    if (!known || payload === undefined) return;
    const said = this.#availabilityText(known, payload, message);
    const before = this.#isAnnouncedAvailable();
    if (said === known.payloadAvailable) {
      this.#available.set(known.topic, true);
      this.#availableLatest = true;
    } else if (said === known.payloadNotAvailable) {
      this.#available.set(known.topic, false);
      this.#availableLatest = false;
    } else return;
    if (before !== this.#isAnnouncedAvailable()) this.write(undefined);
  }

  #availabilityText(known: AvailabilityTopic, payload: Payload, message: BrokerMessage): Value {
    if (!known.template) return payload.raw;
    try {
      return this.render(known.template, payload);
    } catch (error) {
      if (!(error instanceof TemplateFault)) throw error;
      this.world.onProblem("template_failed", message.topic, error.message, message.payload);
      return error.kind === "undefined" ? payload.raw : null;
    }
  }

  #onState(message: BrokerMessage, encoding: string): void {
    const payload = this.world.payloads.of(message.payload, encoding);
    if (payload === undefined) return message.acknowledge();
    let changed = this.#arm();
    try {
      changed = this.receive(payload) || changed;
    } catch (error) {
      if (!(error instanceof TemplateFault)) throw error;
      this.world.onProblem("template_failed", message.topic, error.message, message.payload);
      if (error.kind === "unknown") this.world.onNeedsHomeAssistant();
      return message.acknowledge();
    }
    if (changed) this.write(message);
    else message.acknowledge();
    return undefined;
  }

  /** Any message shows that the sensor lives: it is not expired, and the time runs anew. */
  #arm(): boolean {
    const seconds = this.config.expireAfterS;
    if (seconds === null || seconds === 0) return false;
    const was = this.#expired;
    this.#expired = false;
    this.#expiry?.cancel();
    this.#expiry = this.world.clock.after(seconds * MS_PER_SECOND, () => {
      this.#expiry = undefined;
      this.#expired = expires(this.config);
      this.write(undefined);
    });
    return was;
  }
}

const expires = ({ expireAfterS }: Readonly<{ expireAfterS: number | null }>): boolean => (expireAfterS ?? 0) > 0;

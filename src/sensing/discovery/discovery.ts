import type { Broker, BrokerMessage } from "../../domain/broker.ts";
import type { Clock } from "../../domain/clock.ts";
import type { Refusals } from "../refusals.ts";
import { isEqual } from "../template/comparison.ts";
import type { TemplateWorld } from "../template/template.ts";
import { textOf } from "../template/text.ts";
import { Dict } from "../template/values.ts";
import { parseObject, takeMigration, withChild } from "./announcement.ts";
import { asActuator, type DiscoveredDevice } from "./actuator.ts";
import { BinarySensorEntity } from "./binary-sensor-entity.ts";
import type { Shown } from "./entity.ts";
import { SensorEntity } from "./sensor-entity.ts";
import { expandAbbreviations, expandTopicBase, inheritOptions } from "./expand.ts";
import { COMPONENTS } from "./facts.ts";
import { DiscoveredPlaces, MAKE_ROOM } from "./discovered-places.ts";
import { Payloads } from "./payloads.ts";
import { asBinarySensor, asSensor, type BinarySensorConfig, type SensorConfig } from "./sensor-config.ts";
import { checkDevicePayload } from "./device-payload.ts";
import { NoRoom, Refused } from "./rules.ts";
import { checkOrigin } from "./validate.ts";

export type DiscoveredSensor = Readonly<{
  /** Ours, stable: by unique id where there is one, else by topic. */
  sensorId: string;
  config: SensorConfig | BinarySensorConfig;
}>;

export type DiscoveryInput = Readonly<{
  broker: Broker;
  clock: Clock;
  prefix: string;
  template: TemplateWorld;
  refusals: Refusals;
  /** A sensor appeared, or its description changed. */
  onDescribed: (sensor: DiscoveredSensor) => void;
  onShown: (sensorId: string, shown: Shown, message: BrokerMessage | undefined) => void;
  onRemoved: (sensorId: string) => void;
  /** Its template asks for what only Home Assistant knows. */
  onNeedsHomeAssistant: (sensorId: string) => void;
  onDevice: (device: DiscoveredDevice) => void;
  onDeviceGone: (device: DiscoveredDevice) => void;
  /** Ids of sensors of earlier runs: they find a place before any new one. */
  known: readonly string[];
}>;

type Entity = SensorEntity | BinarySensorEntity;
type Item = {
  hash: string;
  topic: string;
  payload: Dict;
  config: SensorConfig | BinarySensorConfig;
  sensorId: string;
  entity: Entity;
  migrating: boolean;
};
type Registered = { sensorId: string; disabled: boolean; loaded: boolean; config: SensorConfig | BinarySensorConfig };
type Update = Readonly<{
  component: string;
  id: string;
  payload: Dict;
  topic: string;
  migrate: boolean;
  raw: Uint8Array;
}>;

const TOPIC = /^([\p{L}\p{N}_]+)\/(?:([a-zA-Z0-9_-]+)\/)?([a-zA-Z0-9_-]+)\/config$/u;
const MAX_PAYLOAD_BYTES = 1024 * 1024;
const MOST_DELETED = 10_000;
export const MOST_DISCOVERED_ACTUATORS = 1_000;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Follows what is announced by MQTT discovery as Home Assistant does: identity is component and topic, the first of two
 * with one unique id holds, a refused update leaves the former config, a migration lets go without forgetting.
 */
export class Discovery {
  readonly #input: DiscoveryInput;
  readonly #items = new Map<string, Item>();
  readonly #disabled = new Map<string, Readonly<{ topic: string; key: string }>>();
  readonly #registry = new Map<string, Registered>();
  readonly #deleted = new Map<string, boolean>();
  readonly #devices = new Map<string, Readonly<{ topic: string; payload: Dict; device: DiscoveredDevice }>>();
  readonly #payloads = new Payloads();
  readonly #places: DiscoveredPlaces;
  readonly #subscriptions: readonly { unsubscribe(): void }[];

  constructor(input: DiscoveryInput) {
    this.#input = input;
    this.#places = new DiscoveredPlaces(input.clock, input.known);
    const onMessage = (message: BrokerMessage): void => {
      message.acknowledge();
      this.#receive(message.topic, message.payload);
    };
    this.#subscriptions = [`${input.prefix}/+/+/config`, `${input.prefix}/+/+/+/config`].map((filter) =>
      input.broker.subscribe(filter, 1, onMessage),
    );
    const refresh = (): void => {
      for (const { entity } of this.#items.values()) entity.refresh();
    };
    input.broker.onConnect(refresh);
    input.broker.onDisconnect(refresh);
  }

  close(): void {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    for (const { entity } of this.#items.values()) entity.close();
  }

  devices(): readonly DiscoveredDevice[] {
    return [...this.#devices.values()].map(({ device }) => device);
  }

  /** Takes Home Assistant's own state of an entity. */
  take(sensorId: string, shown: Shown): void {
    for (const item of this.#items.values()) if (item.sensorId === sensorId) item.entity.take(shown);
  }

  #refuse(topic: string, why: string | Refused, raw: Uint8Array, where = ""): void {
    const reason = why instanceof NoRoom ? "too_many" : "bad_discovery";
    this.#input.refusals.note(reason, topic, where + (typeof why === "string" ? why : why.message), raw);
  }

  #receive(topic: string, raw: Uint8Array): void {
    const match = TOPIC.exec(topic.replace(`${this.#input.prefix}/`, ""));
    if (!match) return this.#refuse(topic, "illegal discovery topic", raw);
    const [, component = "", nodeId, objectId = ""] = match;
    if (component !== "device" && !COMPONENTS.has(component)) return undefined;
    if (raw.byteLength > MAX_PAYLOAD_BYTES) return this.#refuse(topic, "the payload is too large", raw);
    let text: string;
    try {
      text = utf8.decode(raw);
    } catch {
      return this.#refuse(topic, "the payload is not UTF-8", raw);
    }
    try {
      if (component === "device") this.#receiveDevice(topic, raw, text, objectId, nodeId);
      else
        this.#receiveComponent(topic, raw, text, component, nodeId === undefined ? objectId : `${nodeId} ${objectId}`);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#refuse(topic, error, raw);
    }
    return undefined;
  }

  #receiveComponent(topic: string, raw: Uint8Array, text: string, component: string, id: string): void {
    const payload = text === "" ? new Dict() : parseObject(text);
    const migrate = takeMigration(payload);
    if (!migrate) {
      expandAbbreviations(payload);
      const origin = payload.get("origin");
      if (origin !== undefined) checkOrigin(origin);
    }
    expandTopicBase(payload);
    this.#process({ component, id, payload, topic, migrate, raw });
  }

  #receiveDevice(topic: string, raw: Uint8Array, text: string, objectId: string, nodeId: string | undefined): void {
    const deviceNode = nodeId === undefined ? objectId : `${nodeId} ${objectId}`;
    const payload = text === "" ? new Dict() : parseObject(text);
    const migrate = text !== "" && takeMigration(payload);
    if (text === "" || migrate) {
      for (const { component, id } of this.#componentsOf(deviceNode))
        this.#process({ component, id, payload: new Dict(), topic, migrate, raw });
      return;
    }
    expandAbbreviations(payload);
    checkDevicePayload(payload);
    const device = payload.get("device");
    const components: [Dict, string, Dict | undefined][] = [];
    const own = payload.get("components");
    if (own instanceof Dict)
      for (const [key, config] of own.entries())
        if (config instanceof Dict) components.push([config, textOf(key), undefined]);
    for (const child of asArray(payload.get("child_devices"))) {
      if (!(child instanceof Dict)) continue;
      const parts = child.get("components");
      if (!(parts instanceof Dict)) continue;
      for (const [key, config] of parts.entries())
        if (config instanceof Dict) components.push([config, textOf(key), child]);
    }
    for (const [config, key, child] of components) {
      const component = textOf(config.get("platform") ?? null);
      config.delete("platform");
      if (config.size > 0) {
        config.set("device", child && device instanceof Dict ? withChild(device, child) : (device ?? null));
        config.set("origin", payload.get("origin") ?? null);
        inheritOptions(config, payload);
      }
      expandTopicBase(config);
      const componentId = nodeId === undefined ? key : `${nodeId} ${key}`;
      try {
        this.#process({ component, id: `${objectId} ${componentId}`, payload: config, topic, migrate: false, raw });
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        this.#refuse(topic, error, raw, `${key}: `);
      }
    }
  }

  /** What was announced below a device topic, and under single topics with the same node. */
  #componentsOf(deviceNode: string): { component: string; id: string }[] {
    const found: { component: string; id: string }[] = [];
    for (const hash of [...this.#items.keys(), ...this.#disabled.keys(), ...this.#devices.keys()]) {
      const [component = "", ...parts] = hash.split(" ");
      const id = parts.join(" ");
      const node = parts.length > 2 ? `${parts[1]} ${parts[0]}` : parts[0];
      if (parts.length > 1 && node === deviceNode) found.push({ component, id });
    }
    return found;
  }

  #process(update: Update): void {
    const { component, id, payload, topic, migrate } = update;
    const hash = `${component} ${id}`;
    if (component === "light" || component === "switch") return this.#processDevice(hash, update, component);
    if (component !== "sensor" && component !== "binary_sensor") return undefined;
    const known = this.#items.get(hash);
    if (known) return this.#update(known, update);
    if (payload.size > 0) return this.#add(hash, update, component);
    const disabled = this.#disabled.get(hash);
    if (disabled?.topic !== topic) return undefined;
    this.#disabled.delete(hash);
    if (!migrate) this.#forget(disabled.key);
    return undefined;
  }

  #processDevice(hash: string, { payload, topic, migrate }: Update, component: "light" | "switch"): void {
    const known = this.#devices.get(hash);
    if (known && known.topic !== topic) throw new Refused(`was announced on ${known.topic} before`);
    if (payload.size === 0) {
      if (!known || (migrate && known.device.uniqueId === null)) return;
      this.#devices.delete(hash);
      if (!migrate) this.#input.onDeviceGone(known.device);
      return;
    }
    if (known && isEqual(known.payload, payload)) return;
    const device = asActuator(component, payload, hash.slice(component.length + 1));
    if (OWN.test(device.uniqueId ?? "")) return;
    if (!known && this.#devices.size >= MOST_DISCOVERED_ACTUATORS)
      throw new NoRoom(
        `there are ${MOST_DISCOVERED_ACTUATORS} lights and switches, and no new one is taken: ${MAKE_ROOM}`,
      );
    const taken = [...this.#devices].some(([other, one]) => other !== hash && one.device.deviceId === device.deviceId);
    if (taken) throw new Refused(`the unique id ${device.uniqueId} exists already`);
    const kept = known ? { ...device, deviceId: known.device.deviceId, uniqueId: known.device.uniqueId } : device;
    this.#devices.set(hash, { topic, payload, device: kept });
    this.#input.onDevice(kept);
  }

  #add(hash: string, { payload, topic, id }: Update, component: "sensor" | "binary_sensor"): void {
    const before = this.#disabled.get(hash);
    if (before && before.topic !== topic) {
      if (this.#registry.has(before.key)) throw new Refused(`was announced on ${before.topic} before`);
      this.#disabled.delete(hash);
    }
    const config = component === "sensor" ? asSensor(payload) : asBinarySensor(payload);
    const { uniqueId } = config;
    if (OWN.test(uniqueId ?? "")) return;
    const key = `${component} ${uniqueId ?? ""}`;
    const sensorId =
      uniqueId === null ? `mqtt:${component}:topic:${id.replaceAll(" ", "/")}` : `mqtt:${component}:${uniqueId}`;
    this.#places.take(sensorId);
    if (uniqueId !== null) {
      const registered = this.#register(key, sensorId, config);
      if (registered.loaded) throw new Refused(`the unique id ${uniqueId} exists already`);
      registered.config = config;
      if (registered.disabled) {
        this.#disabled.set(hash, { topic, key });
        this.#input.onDescribed({ sensorId, config });
        this.#input.onShown(sensorId, UNAVAILABLE, undefined);
        return;
      }
      registered.loaded = true;
      this.#disabled.delete(hash);
    }
    this.#input.onDescribed({ sensorId, config });
    const item = { hash, topic, payload, config, sensorId, migrating: false } as Item;
    item.entity = this.#entity(sensorId, config);
    this.#items.set(hash, item);
    item.entity.start();
    if (item.entity.shown.kind === "none") this.#input.onShown(sensorId, UNAVAILABLE, undefined);
  }

  #register(key: string, sensorId: string, config: SensorConfig | BinarySensorConfig): Registered {
    const known = this.#registry.get(key);
    if (known) return known;
    const wasDisabled = this.#deleted.get(key);
    const disabled = wasDisabled === undefined ? !config.enabledByDefault : wasDisabled && !config.enabledByDefault;
    this.#deleted.delete(key);
    const registered = { sensorId, disabled, loaded: false, config };
    this.#registry.set(key, registered);
    return registered;
  }

  #forget(key: string): void {
    const registered = this.#registry.get(key);
    if (!registered) return;
    this.#registry.delete(key);
    this.#places.leave(registered.sensorId);
    if (this.#deleted.size >= MOST_DELETED) this.#deleted.clear();
    this.#deleted.set(key, registered.disabled);
    this.#input.onRemoved(registered.sensorId);
  }

  #entity(sensorId: string, config: SensorConfig | BinarySensorConfig): Entity {
    const { broker, clock, template, refusals, onShown, onNeedsHomeAssistant } = this.#input;
    const world = {
      broker,
      clock,
      template,
      payloads: this.#payloads,
      onProblem: (reason: "template_failed" | "bad_sensor_value", topic: string, detail: string, payload: Uint8Array) =>
        refusals.note(reason, topic, detail, payload),
      onShown: (shown: Shown, message: BrokerMessage | undefined) => onShown(sensorId, shown, message),
      onNeedsHomeAssistant: () => onNeedsHomeAssistant(sensorId),
    };
    return config.component === "sensor" ? new SensorEntity(config, world) : new BinarySensorEntity(config, world);
  }

  #update(item: Item, { payload, topic, migrate }: Update): void {
    if (migrate && !item.migrating && item.topic === topic) {
      if (item.config.uniqueId === null || item.config.device === null)
        throw new Refused("a migration needs a unique id and a device");
      item.migrating = true;
    }
    if (item.topic !== topic) throw new Refused(`was announced on ${item.topic} before`);
    const before = item.payload;
    item.payload = payload;
    if (payload.size === 0) return this.#remove(item);
    if (isEqual(before, payload)) return undefined;
    const asked = item.config.component === "sensor" ? asSensor(payload) : asBinarySensor(payload);
    const config = { ...asked, uniqueId: item.config.uniqueId };
    item.config = config;
    this.#input.onDescribed({ sensorId: item.sensorId, config });
    if (item.entity instanceof SensorEntity && config.component === "sensor") item.entity.update(config);
    else if (item.entity instanceof BinarySensorEntity && config.component === "binary_sensor")
      item.entity.update(config);
    return undefined;
  }

  #remove(item: Item): void {
    item.entity.close();
    this.#items.delete(item.hash);
    const { component, uniqueId } = item.config;
    const key = `${component} ${uniqueId ?? ""}`;
    if (uniqueId === null) {
      this.#places.leave(item.sensorId);
      return this.#input.onRemoved(item.sensorId);
    }
    if (!item.migrating) return this.#forget(key);
    const registered = this.#registry.get(key);
    if (registered) registered.loaded = false;
    this.#input.onShown(item.sensorId, UNAVAILABLE, undefined);
    return undefined;
  }
}

/** What HyperVolt announces itself (contract mqtt.md) is not taken for a sensor of the home. */
const OWN = /^hypervolt[_/]/;
const UNAVAILABLE: Shown = { kind: "unavailable" };

const asArray = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

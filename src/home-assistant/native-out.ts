import * as z from "zod";
import type { Broker } from "../domain/broker.ts";
import type { Clock } from "../domain/clock.ts";
import type { Log } from "../domain/log.ts";
import { seldomLog } from "../domain/seldom-log.ts";
import { MS_PER_SECOND } from "../domain/units.ts";
import { ORIGIN_NAME } from "./hypervolt-device.ts";
import {
  deviceComponent,
  deviceKey,
  isDeviceKey,
  type NativeDevice,
  nativeLocation,
  type NativeSensor,
  nativeStateTopic,
  sensorComponents,
  sensorKeys,
  slug,
} from "./native-device.ts";
import type { Registries } from "./registries.ts";

/** Things of one location that come at once are announced at once. */
const GATHER_MS = 200;
/** Devices that Pis announced are retained: what has not come a while after a connection was withdrawn while we were away. */
const SETTLED_MS = 30 * MS_PER_SECOND;
/** A native sensor's value is told to Home Assistant this often at most: its recorder keeps every change. */
const VALUE_MS = 5 * MS_PER_SECOND;

const Announced = z.object({
  origin: z.object({ name: z.literal(ORIGIN_NAME) }),
  components: z.record(z.string(), z.looseObject({ platform: z.string() })),
});

/** A location's announcement is one message: brokers, and HyperVolt's own discovery, take none of any length. */
const MOST_BYTES = 900_000;

type Component = Readonly<Record<string, unknown>>;
type Location = {
  components: Map<string, Component>;
  gone: Map<string, string>;
  /** Length of its components as JSON. */
  bytes: number;
  timer?: { cancel(): void } | undefined;
};
type Value = { text: string; shownText: string | null; timer?: { cancel(): void } | undefined };

export interface NativeOut {
  /** Announces a native sensor; again with the same facts does nothing. */
  sensor(sensor: NativeSensor): void;
  /** A native sensor's value in its normalised unit; null while it is not known. */
  value(location: string, sensorId: string, value: number | null): void;
  /** It is a sensor no more: the entity goes. */
  removeSensor(location: string, sensorId: string): void;
  device(device: NativeDevice): void;
  /** The Pi withdrew it: the entity goes. */
  removeDevice(location: string, device: string): void;
  close(): void;
}

/**
 * Announces what native Pis have, one Home Assistant device per location, so that they become entities like any other.
 * @param areaName  the name of Home Assistant's area for a location, if there is one already
 */
export function announceNative(
  parts: Readonly<{
    broker: Broker;
    clock: Clock;
    log: Log;
    discoveryPrefix: string;
    version: string;
    areaName: (location: string) => string | undefined;
  }>,
): NativeOut {
  const { broker, clock } = parts;
  const log = seldomLog(parts.log, clock);
  const locations = new Map<string, Location>();
  const values = new Map<string, Value>();
  /** Devices that an earlier run announced, by location and key: they stay until it is clear that they were withdrawn. */
  const earlier = new Map<string, Readonly<Record<string, Component>>>();
  let connected = false;
  let settled = false;
  let settling: { cancel(): void } | undefined;

  const publish = (topic: string, payload: string): void => {
    broker
      .publish(topic, payload, { qos: 1, retain: true })
      .catch((error: unknown) =>
        log.debug("Not published, will be at the next connection", { topic, error: String(error) }),
      );
  };
  const announce = (name: string, location: Location): void => {
    const topic = `${parts.discoveryPrefix}/device/hypervolt_${name}/config`;
    const areaName = parts.areaName(name) ?? readable(name);
    const components = { ...earlier.get(name), ...Object.fromEntries(location.components) };
    const payload = (gone: Record<string, string>): string =>
      JSON.stringify(nativeLocation(name, areaName, components, gone, parts.version));
    if (location.gone.size > 0) {
      publish(topic, payload(Object.fromEntries(location.gone)));
      location.gone.clear();
    }
    publish(topic, Object.keys(components).length > 0 ? payload({}) : "");
  };
  const announceSoon = (name: string, location: Location): void => {
    if (!connected) return;
    location.timer ??= clock.after(GATHER_MS, () => {
      location.timer = undefined;
      announce(name, location);
    });
  };
  const locationOf = (name: string): Location => {
    const known = locations.get(name);
    if (known) return known;
    const location: Location = { components: new Map(), gone: new Map(), bytes: 0 };
    locations.set(name, location);
    return location;
  };
  const put = (name: string, key: string, component: Component): void => {
    const location = locationOf(name);
    const before = JSON.stringify(location.components.get(key) ?? null);
    const now = JSON.stringify(component);
    if (before === now) return;
    const bytes = location.bytes + now.length - (location.components.has(key) ? before.length : 0);
    if (bytes > MOST_BYTES) {
      log.warning("Home Assistant is not told of everything that Pis have in one location: it is too much", {
        location: name,
      });
      return;
    }
    location.bytes = bytes;
    location.gone.delete(key);
    location.components.set(key, component);
    announceSoon(name, location);
  };
  const drop = (name: string, key: string): void => {
    const location = locations.get(name);
    const component = location?.components.get(key);
    if (!location || !component) return;
    location.bytes -= JSON.stringify(component).length;
    location.components.delete(key);
    location.gone.set(key, String(component["platform"]));
    announceSoon(name, location);
  };
  const everything = (): void => {
    for (const [name, location] of locations) announce(name, location);
    for (const [topic, { shownText }] of values) if (shownText !== null) publish(topic, shownText);
  };

  const birth = broker.subscribe(`${parts.discoveryPrefix}/status`, 0, ({ payload, acknowledge }) => {
    acknowledge();
    if (Buffer.from(payload).toString("utf8") === "online") everything();
  });
  // The very filter discovery listens on: of two that overlap, some brokers (aedes) lose messages.
  const ours = `${parts.discoveryPrefix}/device/hypervolt_`;
  const own = broker.subscribe(`${parts.discoveryPrefix}/+/+/config`, 1, ({ topic, payload, retain, acknowledge }) => {
    acknowledge();
    if (retain && topic.startsWith(ours))
      earlier.set(topic.slice(ours.length, -"/config".length), announcedDevices(payload));
  });
  const forgetWithdrawn = (): void => {
    settling = undefined;
    if (broker.state().state !== "ok") return; // the next connection brings it all again
    own.unsubscribe();
    settled = true;
    for (const [name, components] of earlier) {
      const location = locationOf(name);
      for (const [key, { platform }] of Object.entries(components))
        if (!location.components.has(key)) {
          location.gone.set(key, String(platform));
          announceSoon(name, location);
        }
    }
    earlier.clear();
  };
  broker.onConnect(() => {
    connected = true;
    everything();
    if (!settled) settling ??= clock.after(SETTLED_MS, forgetWithdrawn);
  });

  return {
    sensor(sensor) {
      for (const [key, component] of sensorComponents(sensor)) put(sensor.location, key, component);
    },
    value(location, sensorId, value) {
      const topic = nativeStateTopic(location, sensorId);
      const entry: Value = values.get(topic) ?? { text: "", shownText: null };
      values.set(topic, entry);
      entry.text = value === null || !Number.isFinite(value) ? "None" : textOf(value);
      if (entry.timer) return;
      const show = (): void => {
        entry.timer = undefined;
        if (entry.text === entry.shownText) return;
        entry.shownText = entry.text;
        if (connected) publish(topic, entry.text);
        entry.timer = clock.after(VALUE_MS, show);
      };
      show();
    },
    removeSensor(location, sensorId) {
      const topic = nativeStateTopic(location, sensorId);
      values.get(topic)?.timer?.cancel();
      if (values.delete(topic)) publish(topic, "");
      for (const key of sensorKeys(sensorId)) drop(location, key);
    },
    device(device) {
      const [key, component] = deviceComponent(device);
      const other = deviceComponent({ ...device, kind: device.kind === "light" ? "relay" : "light" })[0];
      drop(device.location, other);
      put(device.location, key, component);
    },
    removeDevice(location, device) {
      for (const kind of ["light", "relay"] as const) drop(location, deviceKey(device, kind));
    },
    close() {
      birth.unsubscribe();
      own.unsubscribe();
      settling?.cancel();
      for (const { timer } of [...locations.values(), ...values.values()]) timer?.cancel();
    },
  };
}

/** Six digits, and all before the point: a meter that has counted 12,345,678 Wh counts on by the Wh. */
const textOf = (value: number): string =>
  String(Number(Math.abs(value) < 1e5 ? value.toPrecision(6) : value.toFixed(1)));

/** Lights and relays in a location's announcement, by key; nothing where it is not ours. */
function announcedDevices(payload: Uint8Array): Readonly<Record<string, Component>> {
  const parsed = Announced.safeParse(parsedJson(payload));
  return Object.fromEntries(Object.entries(parsed.data?.components ?? {}).filter(([key]) => isDeviceKey(key)));
}

function parsedJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString("utf8"));
  } catch {
    return undefined;
  }
}

/**
 * The name of the area that stands for a location: Home Assistant would make a second `living_room` beside `Living Room`.
 * @returns undefined where there is none yet
 */
export function areaNameFor(registries: Registries, location: string): string | undefined {
  const wanted = slug(location);
  return registries.areas.find(({ areaId, name }) => areaId === wanted || slug(name) === wanted)?.name;
}

/** `living_room` as a person writes it: Living Room. */
const readable = (location: string): string =>
  location.replaceAll(/[_-]+/g, " ").replaceAll(/(^|\s)[a-z]/g, (start) => start.toUpperCase());

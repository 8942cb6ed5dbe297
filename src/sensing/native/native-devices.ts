import * as z from "zod";
import type { Broker } from "../../domain/broker.ts";
import type { Clock } from "../../domain/clock.ts";
import type { Refusals } from "../refusals.ts";
import { isName, MAX_PAYLOAD_BYTES } from "./native-reading.ts";

/** Something a Pi can switch, as it announced it on `HyperVolt/devices/{location}/{device}`. */
export type NativeDevice = Readonly<{
  source: "native";
  /**
   * `{location}_{device}`; where that is another's already (`a_b` + `c`, `a` + `b_c`), with a number behind it. The entity
   * id that is proposed has `light.hypervolt_` or `switch.hypervolt_` and no such number.
   */
  deviceId: string;
  location: string;
  device: string;
  kind: "light" | "relay";
  name: string;
  /** Power while fully on, W; null where the Pi did not say. */
  maxW: number | null;
  stateTopic: string;
  commandTopic: string;
  /** Null while the Pi has not reported. Brightness 0..100 %, lights only. */
  state: Readonly<{ on: boolean; brightness: number | null; atMs: number }> | null;
}>;

const Announcement = z.looseObject({
  kind: z.enum(["light", "relay"]),
  name: z.string().max(255).optional(),
  max_w: z.number().nonnegative().max(1e6).nullish(),
  state_topic: z
    .string()
    .min(1)
    .max(1024)
    .refine((topic) => !/[+#]/.test(topic) && !topic.includes("\0"), "no topic to publish on"),
});
const State = z.looseObject({
  state: z.enum(["ON", "OFF"]),
  brightness: z.number().min(0).max(100).nullish(),
});

/** Of a device of an earlier run: it keeps its id, and its place before any new one. */
export type KnownDevice = Pick<NativeDevice, "deviceId" | "location" | "device">;

/** Whoever may publish can invent devices: no home has so many. */
export const MOST_NATIVE_DEVICES = 500;
const TOO_MANY =
  `there are ${MOST_NATIVE_DEVICES} devices of Pis, and no new one is taken; clear the retained announcements of those ` +
  "that are none, or give the broker's users passwords";

/** Follows what Pis announce and report. `onChange` is told the device as it is now, and `onGone` that it was withdrawn. */
export function watchNativeDevices(
  parts: Readonly<{
    broker: Broker;
    clock: Clock;
    refusals: Refusals;
    known: readonly KnownDevice[];
    onChange: (device: NativeDevice) => void;
    onGone: (device: NativeDevice) => void;
  }>,
): { devices(): readonly NativeDevice[]; close(): void } {
  const { broker, clock, refusals, onChange } = parts;
  /** By `{location}/{device}`. */
  const known = new Map<string, { device: NativeDevice; states: { unsubscribe(): void } }>();
  /** Of earlier runs, not announced yet: their ids, and their places. */
  const awaited = new Map(parts.known.map(({ deviceId, location, device }) => [`${location}/${device}`, deviceId]));
  const ids = new Set(awaited.values());

  /** Undefined where there is no room for one more. */
  function newId(key: string): string | undefined {
    const before = awaited.get(key);
    awaited.delete(key);
    if (before !== undefined) return before;
    if (known.size + awaited.size >= MOST_NATIVE_DEVICES) return undefined;
    const plain = key.replace("/", "_");
    let deviceId = plain;
    for (let number = 2; ids.has(deviceId); number++) deviceId = `${plain}_${number}`;
    ids.add(deviceId);
    return deviceId;
  }

  const announced = broker.subscribe("HyperVolt/devices/+/+", 1, ({ topic, payload, acknowledge }) => {
    acknowledge();
    const [, , location, device] = topic.split("/");
    if (!isName(location) || !isName(device)) return refusals.note("bad_name", topic, "location or device", payload);
    const key = `${location}/${device}`;
    const before = known.get(key);
    if (payload.byteLength === 0) {
      if (!before) return;
      before.states.unsubscribe();
      known.delete(key);
      ids.delete(before.device.deviceId);
      parts.onGone(before.device);
      return;
    }
    const parsed = parse(Announcement, payload);
    if (parsed.kind === "refused") return refusals.note(parsed.reason, topic, parsed.detail, payload);
    const deviceId = before?.device.deviceId ?? newId(key);
    if (deviceId === undefined) return refusals.note("too_many", topic, TOO_MANY, payload);
    const { kind, name, max_w: maxW, state_topic: stateTopic } = parsed.value;
    const next: NativeDevice = {
      source: "native",
      deviceId,
      location,
      device,
      kind,
      name: name ?? device,
      maxW: maxW ?? null,
      stateTopic,
      commandTopic: `HyperVolt/commands/${location}/${device}`,
      state: before?.device.stateTopic === stateTopic ? before.device.state : null,
    };
    if (before?.device.stateTopic === stateTopic) before.device = next;
    else {
      before?.states.unsubscribe();
      const entry = { device: next, states: { unsubscribe: (): void => undefined } };
      known.set(key, entry);
      entry.states = broker.subscribe(stateTopic, 1, (message) => {
        message.acknowledge();
        reported(entry, message.topic, message.payload);
      });
    }
    onChange(next);
  });

  function reported(entry: { device: NativeDevice }, topic: string, payload: Uint8Array): void {
    if (payload.byteLength === 0) return;
    const parsed = parse(State, payload);
    if (parsed.kind === "refused") return refusals.note(parsed.reason, topic, parsed.detail, payload);
    const { state, brightness } = parsed.value;
    entry.device = {
      ...entry.device,
      state: { on: state === "ON", brightness: brightness ?? null, atMs: clock.nowMs() },
    };
    onChange(entry.device);
  }

  return {
    devices: () => [...known.values()].map(({ device }) => device),
    close() {
      announced.unsubscribe();
      for (const { states } of known.values()) states.unsubscribe();
    },
  };
}

type Parsed<T> =
  | Readonly<{ kind: "parsed"; value: T }>
  | Readonly<{ kind: "refused"; reason: "too_large" | "not_json" | "bad_device"; detail: string }>;

function parse<T>(schema: z.ZodType<T>, payload: Uint8Array): Parsed<T> {
  if (payload.byteLength > MAX_PAYLOAD_BYTES)
    return { kind: "refused", reason: "too_large", detail: `${payload.byteLength} bytes` };
  let raw: unknown;
  try {
    raw = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch {
    return { kind: "refused", reason: "not_json", detail: "the payload is not JSON" };
  }
  const parsed = schema.safeParse(raw);
  if (!parsed.success) return { kind: "refused", reason: "bad_device", detail: z.prettifyError(parsed.error) };
  return { kind: "parsed", value: parsed.data };
}

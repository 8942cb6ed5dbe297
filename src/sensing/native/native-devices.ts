import * as z from "zod";
import type { Broker } from "../../domain/broker.ts";
import type { Clock } from "../../domain/clock.ts";
import type { Refusals } from "../refusals.ts";
import { isName, MAX_PAYLOAD_BYTES } from "./native-reading.ts";

/** Something a Pi can switch, as it announced it on `HyperVolt/devices/{location}/{device}`. */
export type NativeDevice = Readonly<{
  source: "native";
  /** `{location}_{device}`: with `light.hypervolt_` or `switch.hypervolt_` before it, the entity id that is proposed. */
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

/** Follows what Pis announce and report. `onChange` is told the device as it is now, or null once it was withdrawn. */
export function watchNativeDevices(
  broker: Broker,
  clock: Clock,
  refusals: Refusals,
  onChange: (deviceId: string, device: NativeDevice | null) => void,
): { devices(): readonly NativeDevice[]; close(): void } {
  const known = new Map<string, { device: NativeDevice; states: { unsubscribe(): void } }>();

  const announced = broker.subscribe("HyperVolt/devices/+/+", 1, ({ topic, payload, acknowledge }) => {
    acknowledge();
    const [, , location, device] = topic.split("/");
    if (!isName(location) || !isName(device)) return refusals.note("bad_name", topic, "location or device", payload);
    const deviceId = `${location}_${device}`;
    const before = known.get(deviceId);
    if (payload.byteLength === 0) {
      before?.states.unsubscribe();
      if (known.delete(deviceId)) onChange(deviceId, null);
      return;
    }
    const parsed = parse(Announcement, payload);
    if (parsed.kind === "refused") return refusals.note(parsed.reason, topic, parsed.detail, payload);
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
      known.set(deviceId, entry);
      entry.states = broker.subscribe(stateTopic, 1, (message) => {
        message.acknowledge();
        reported(entry, message.topic, message.payload);
      });
    }
    onChange(deviceId, next);
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
    onChange(entry.device.deviceId, entry.device);
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

import { isAscii } from "node:buffer";
import type { Zone } from "../../domain/civil-time.ts";
import { SENSOR_UNITS, type SensorType } from "../../domain/reading.ts";
import { MS_PER_DAY, MS_PER_SECOND } from "../../domain/units.ts";
import type { RefusalReason } from "../refusals.ts";

/** Types a Pi may publish (contract mqtt.md). */
export const NATIVE_TYPES = [
  "ldr",
  "current",
  "voltage",
  "power",
  "energy",
  "temperature",
  "humidity",
  "co2",
  "motion",
] as const satisfies readonly SensorType[];
export type NativeType = (typeof NATIVE_TYPES)[number];

/** What a Pi published, as it said it: not yet converted or calibrated. */
export type NativeReading = Readonly<{
  kind: "reading";
  sensorType: NativeType;
  sensorId: string;
  location: string;
  /** Either one value or samples of it. */
  value: number | readonly number[];
  unit: string;
  /** The publisher's time; null where it gave none. */
  atMs: number | null;
}>;
export type NativeOutcome = NativeReading | Readonly<{ kind: "refused"; reason: RefusalReason; detail: string }>;

export const MAX_PAYLOAD_BYTES = 64 * 1024;
const ROOT = "HyperVolt/sensors/";
const NAME = /^[A-Za-z0-9_-]{1,64}$/;
const MOST_SAMPLES = 10_000;
const NATIVE_TYPE_SET: ReadonlySet<string> = new Set(NATIVE_TYPES);
const decoder = new TextDecoder("utf-8", { fatal: true });

/** What a message may hold, none of which is to be relied on. */
type Message = Readonly<
  Partial<Record<"sensor_type" | "sensor_id" | "location" | "value" | "samples" | "unit" | "timestamp", unknown>>
>;

/** Most payloads are ASCII, which needs no decoder. @throws TypeError where it is no UTF-8 */
function textOf(payload: Uint8Array): string {
  if (!isAscii(payload)) return decoder.decode(payload);
  const bytes = Buffer.isBuffer(payload)
    ? payload
    : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  return bytes.toString("latin1");
}

export const isName = (text: unknown): text is string => typeof text === "string" && NAME.test(text);

/**
 * Reads a message of `HyperVolt/sensors/{location}/{sensor_type}`. Location and type of the topic hold; the payload may
 * repeat them.
 * @param nowMs arrival, UTC epoch ms
 * @param zone  of times that name no zone
 */
export function readNative(topic: string, payload: Uint8Array, nowMs: number, zone: Zone): NativeOutcome {
  if (payload.byteLength > MAX_PAYLOAD_BYTES) return refused("too_large", `${payload.byteLength} bytes`);
  const typeAt = topic.lastIndexOf("/") + 1;
  const location = topic.slice(ROOT.length, typeAt - 1);
  const topicType = topic.slice(typeAt);
  let parsed: unknown;
  try {
    parsed = JSON.parse(textOf(payload));
  } catch {
    return refused("not_json", "the payload is not JSON");
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    return refused("not_json", "the payload is not a JSON object");
  const message: Message = parsed;

  const saidType = message.sensor_type ?? topicType;
  if (location.includes("/") || !isNativeType(topicType) || !isNativeType(saidType))
    return refused(
      "unknown_sensor_type",
      `there is no sensor type ${say(isNativeType(topicType) ? saidType : topicType)}`,
    );
  const saidLocation = message.location ?? location;
  if (!isName(location) || !isName(saidLocation)) return refused("bad_name", `location ${say(saidLocation)}`);
  const sensorId = message.sensor_id;
  if (!isName(sensorId)) return refused("bad_name", `sensor_id ${say(sensorId)}`);
  const value = readValue(message.value ?? message.samples, topicType);
  if (value === undefined) return refused("no_value", "there is no finite value");
  const timestamp = message.timestamp;
  let atMs: number | null = null;
  if (timestamp !== undefined && timestamp !== null) {
    atMs = readTime(timestamp, zone);
    if (atMs === null) return refused("bad_timestamp", `timestamp ${say(timestamp)}`);
    if (atMs > nowMs + MS_PER_DAY) return refused("timestamp_ahead", `timestamp ${say(timestamp)} is over a day ahead`);
  }
  const unit = message.unit;
  return {
    kind: "reading",
    sensorType: topicType,
    sensorId,
    location,
    value,
    unit: typeof unit === "string" ? unit : SENSOR_UNITS[topicType],
    atMs,
  };
}

const isNativeType = (text: unknown): text is NativeType => typeof text === "string" && NATIVE_TYPE_SET.has(text);
const say = (value: unknown): string => (JSON.stringify(value) ?? "missing").slice(0, 100);
const refused = (reason: RefusalReason, detail: string): NativeOutcome => ({ kind: "refused", reason, detail });

function readValue(value: unknown, sensorType: NativeType): number | readonly number[] | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value === "boolean" && sensorType === "motion") return Number(value);
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_SAMPLES) return undefined;
  return value.every((sample) => typeof sample === "number" && Number.isFinite(sample)) ? value : undefined;
}

const ISO = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|z|[+-]\d{2}:?\d{2})?$/;
/** Numbers above are ms, below s: the border lies in 1973 as ms and in the year 5138 as s. */
const SECONDS_BELOW = 1e11;

/** ISO-8601 text, or the epoch in seconds or ms; null when it is neither. Text without a zone is local. */
export function readTime(timestamp: unknown, zone: Zone): number | null {
  if (typeof timestamp === "number") {
    if (!Number.isFinite(timestamp) || timestamp < 0 || timestamp > 8e15) return null;
    return Math.round(timestamp < SECONDS_BELOW ? timestamp * MS_PER_SECOND : timestamp);
  }
  if (typeof timestamp !== "string") return null;
  const common = readCommonTime(timestamp);
  if (common !== null) return common;
  const parts = ISO.exec(timestamp);
  if (!parts) return null;
  const [, year, month, day, hour, minute, second = "0", fraction = "", offset] = parts;
  const wallMs = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const wall = new Date(wallMs);
  if (wall.getUTCMonth() !== Number(month) - 1 || wall.getUTCHours() !== Number(hour) || Number(minute) > 59)
    return null;
  const ms = Math.floor(Number(`0.${fraction || "0"}`) * MS_PER_SECOND);
  if (offset === undefined) {
    const minuteOfDay = Number(hour) * 60 + Number(minute);
    return zone.instantMs(Math.floor(wallMs / MS_PER_DAY), minuteOfDay) + Number(second) * MS_PER_SECOND + ms;
  }
  if (offset === "Z" || offset === "z") return wallMs + ms;
  const [, sign, offsetHours, offsetMinutes] = /([+-])(\d{2}):?(\d{2})/.exec(offset) ?? [];
  const offsetMs = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60 * MS_PER_SECOND;
  return wallMs + ms - (sign === "-" ? -offsetMs : offsetMs);
}

/** `2026-01-26T08:00:00Z`, with milliseconds or without, as most publish it; null for anything that needs another look. */
function readCommonTime(text: string): number | null {
  const { length } = text;
  if ((length !== 20 && length !== 24) || text[10] !== "T" || text[length - 1] !== "Z") return null;
  if (text[4] !== "-" || text[7] !== "-" || text[13] !== ":" || text[16] !== ":") return null;
  const ms = length === 24 ? (text[19] === "." ? digits(text, 20, 3) : Number.NaN) : 0;
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2)];
  const [hour, minute, second] = [digits(text, 11, 2), digits(text, 14, 2), digits(text, 17, 2)];
  // A day that every month has, and no second or year that is out of the common.
  const holds = year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= 28 && hour < 24 && minute < 60;
  return holds && second < 60 && ms >= 0 ? Date.UTC(year, month - 1, day, hour, minute, second, ms) : null;
}

/** NaN where there are others than digits. */
function digits(text: string, from: number, count: number): number {
  let number = 0;
  for (let i = from; i < from + count; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

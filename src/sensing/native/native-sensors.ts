import type { Broker, BrokerMessage } from "../../domain/broker.ts";
import type { Zone } from "../../domain/civil-time.ts";
import type { Clock } from "../../domain/clock.ts";
import { type AcknowledgedReading, type Sensor, SENSOR_UNITS } from "../../domain/reading.ts";
import { calibrate, calibrateRms, type Calibration, UNCALIBRATED } from "../calibration.ts";
import type { Refusals } from "../refusals.ts";
import type { Correction, SensorBook } from "../sensor-book.ts";
import { type Conversion, conversionFor, convert } from "../unit-conversion.ts";
import { type NativeReading, readNative } from "./native-reading.ts";

export type NativeSensorsInput = Readonly<{
  broker: Broker;
  clock: Clock;
  zone: Zone;
  book: SensorBook;
  refusals: Refusals;
  /** Sensors of earlier runs: they keep their ids. */
  known: readonly Sensor[];
  calibrationOf: (sensorId: string) => Calibration | undefined;
  correctionOf: (sensorId: string) => Correction | undefined;
  onReading: (reading: AcknowledgedReading) => void;
  /** The group of processes that share the readings by MQTT 5 shared subscriptions. */
  share?: string | undefined;
}>;

const SENSORS = "HyperVolt/sensors/+/+";

const identity = (location: string | null, sensorType: string, name: string): string =>
  `${location ?? ""}/${sensorType}/${name}`;

/** Takes the readings Pis publish on `HyperVolt/sensors/{location}/{sensor_type}` (contract mqtt.md). */
export function watchNativeSensors(input: NativeSensorsInput): { close(): void } {
  const { broker, clock, zone, book, refusals } = input;
  const ids = new Map<string, string>();
  const taken = new Map<string, string>();
  const conversions = new Map<string, Conversion | undefined>();
  for (const { source, sensorId, location, sensorType, uniqueId } of input.known) {
    if (source !== "native") continue;
    const key = identity(location, sensorType, uniqueId ?? sensorId);
    ids.set(key, sensorId);
    taken.set(sensorId, key);
  }

  /**
   * The publisher's own id wherever it is unique; else with its location or, within one, its type, or both. Processes
   * that share the readings cannot know what is unique, and must all come to the same.
   */
  function idOf(reading: NativeReading): string {
    const { location, sensorType, sensorId } = reading;
    const key = identity(location, sensorType, sensorId);
    const known = ids.get(key);
    if (known !== undefined) return known;
    const byType = `${sensorId}_${sensorType}`;
    const byPlace = `${location}_${sensorId}`;
    const whole = `${location}_${sensorId}_${sensorType}`;
    const samePlace = taken.get(sensorId)?.startsWith(`${location}/`) === true;
    const candidates = [sensorId, ...(samePlace ? [byType, byPlace] : [byPlace, byType])];
    const free = (input.share === undefined ? candidates.find((id) => !taken.has(id)) : undefined) ?? whole;
    ids.set(key, free);
    taken.set(free, key);
    return free;
  }

  function conversionOf(reading: NativeReading, unit: string): Conversion | undefined {
    const key = `${reading.sensorType} ${unit}`;
    if (!conversions.has(key)) {
      if (conversions.size > 1_000) conversions.clear();
      conversions.set(key, conversionFor(reading.sensorType, unit));
    }
    return conversions.get(key);
  }

  function describe(sensorId: string, reading: NativeReading, understood: boolean): void {
    book.describe({
      sensorId,
      uniqueId: reading.sensorId,
      source: "native",
      sensorType: reading.sensorType,
      name: reading.sensorId,
      device: null,
      location: reading.location,
      unit: SENSOR_UNITS[reading.sensorType],
      confidence: understood ? 1 : 0.5,
    });
  }

  function onMessage({ topic, payload, acknowledge, delivery }: BrokerMessage): void {
    const nowMs = clock.nowMs();
    const outcome = readNative(topic, payload, nowMs, zone);
    if (outcome.kind === "refused") {
      refusals.note(outcome.reason, topic, outcome.detail, payload);
      acknowledge();
      return;
    }
    const sensorId = idOf(outcome);
    const correction = input.correctionOf(sensorId);
    const calibration = correction?.calibration ?? input.calibrationOf(sensorId);
    const conversion = conversionOf(outcome, correction?.unit ?? outcome.unit);
    const value = measured(outcome, calibration, conversion);
    if (!Number.isFinite(value)) {
      refusals.note("no_value", topic, "the calibrated value is not finite", payload);
      acknowledge();
      return;
    }
    const before = book.get(sensorId);
    if (!before) describe(sensorId, outcome, calibration !== undefined || conversion !== undefined);
    const atMs = outcome.atMs ?? nowMs;
    if (before?.atMs == null || atMs >= before.atMs || before.atMs > nowMs) book.set(sensorId, value, atMs, true);
    if (correction?.ignore === true) return acknowledge();
    input.onReading({
      sensorId,
      atMs,
      value,
      committed: acknowledge,
      ...(delivery && outcome.atMs === null && { delivery }),
    });
  }

  const filter = input.share === undefined ? SENSORS : `$share/${input.share}/${SENSORS}`;
  const subscription = broker.subscribe(filter, 1, onMessage);
  return { close: () => subscription.unsubscribe() };
}

function measured(
  { value }: NativeReading,
  calibration: Calibration | undefined,
  conversion: Conversion | undefined,
): number {
  if (calibration) return typeof value === "number" ? calibrate(value, calibration) : calibrateRms(value, calibration);
  const said = typeof value === "number" ? value : calibrateRms(value, UNCALIBRATED);
  return conversion ? convert(said, conversion) : said;
}

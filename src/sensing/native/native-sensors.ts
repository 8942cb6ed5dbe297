import type { Broker, BrokerMessage } from "../../domain/broker.ts";
import type { Zone } from "../../domain/civil-time.ts";
import type { Clock } from "../../domain/clock.ts";
import type { AcknowledgedReading, Sensor } from "../../domain/reading.ts";
import { calibrate, calibrateRms, type Calibration, UNCALIBRATED } from "../calibration.ts";
import type { Refusals } from "../refusals.ts";
import type { Correction, SensorBook } from "../sensor-book.ts";
import { type Conversion, conversionFor, convert } from "../unit-conversion.ts";
import { type KnownSensor, MOST_NATIVE_SENSORS, NativePlaces, sensorOf } from "./native-places.ts";
import { type NativeReading, readNative } from "./native-reading.ts";

export type NativeSensorsInput = Readonly<{
  broker: Broker;
  clock: Clock;
  zone: Zone;
  book: SensorBook;
  refusals: Refusals;
  /** Sensors of earlier runs: they keep their ids. */
  known: readonly KnownSensor[];
  calibrationOf: (sensorId: string) => Calibration | undefined;
  correctionOf: (sensorId: string) => Correction | undefined;
  onReading: (reading: AcknowledgedReading) => void;
  /** A sensor that was silent for long gave its place to a new one. */
  onLeft: (sensor: Sensor) => void;
  /** The group of processes that share the readings by MQTT 5 shared subscriptions. */
  share?: string | undefined;
}>;

const SENSORS = "HyperVolt/sensors/+/+";
const TOO_MANY =
  `there are ${MOST_NATIVE_SENSORS} sensors of Pis, and no new one is taken; stop who invents them, or give the broker's ` +
  "users passwords. Those silent for a week make room by themselves";

/** Takes the readings Pis publish on `HyperVolt/sensors/{location}/{sensor_type}` (contract mqtt.md). */
export function watchNativeSensors(input: NativeSensorsInput): { close(): void } {
  const { broker, clock, zone, book, refusals } = input;
  const places = new NativePlaces({
    clock,
    known: input.known,
    shared: input.share !== undefined,
    staysAlways: (sensorId) => input.correctionOf(sensorId) !== undefined,
    onLeft: (sensor) => {
      book.remove(sensor.sensorId);
      input.onLeft(sensor);
    },
  });
  const conversions = new Map<string, Conversion | undefined>();

  function conversionOf(reading: NativeReading, unit: string): Conversion | undefined {
    const key = `${reading.sensorType} ${unit}`;
    if (!conversions.has(key)) {
      if (conversions.size > 1_000) conversions.clear();
      conversions.set(key, conversionFor(reading.sensorType, unit));
    }
    return conversions.get(key);
  }

  function onMessage({ topic, payload, acknowledge, delivery }: BrokerMessage): void {
    const nowMs = clock.nowMs();
    const outcome = readNative(topic, payload, nowMs, zone);
    if (outcome.kind === "refused") {
      refusals.note(outcome.reason, topic, outcome.detail, payload);
      acknowledge();
      return;
    }
    const place = places.of(outcome);
    if (place === undefined) {
      refusals.note("too_many", topic, TOO_MANY, payload);
      acknowledge();
      return;
    }
    place.heardMs = nowMs;
    const { sensorId } = place;
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
    if (!before) book.describe(sensorOf(place, calibration !== undefined || conversion !== undefined));
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

import type { Broker } from "../domain/broker.ts";
import { Zone } from "../domain/civil-time.ts";
import type { Clock } from "../domain/clock.ts";
import type { Log } from "../domain/log.ts";
import type { AcknowledgedReading, Reading, Sensor, SensorState } from "../domain/reading.ts";
import type { Calibration } from "./calibration.ts";
import type { DiscoveredDevice } from "./discovery/actuator.ts";
import { DiscoveredSensors } from "./discovery/discovered-sensors.ts";
import { Discovery } from "./discovery/discovery.ts";
import type { Shown } from "./discovery/entity.ts";
import { type KnownDevice, type NativeDevice, watchNativeDevices } from "./native/native-devices.ts";
import type { KnownSensor } from "./native/native-places.ts";
import { watchNativeSensors } from "./native/native-sensors.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import { type Refusal, Refusals } from "./refusals.ts";
import { type Correction, type CorrectionChange, SensorBook } from "./sensor-book.ts";

export type { Calibration } from "./calibration.ts";
export type { DiscoveredDevice } from "./discovery/actuator.ts";
export type { KnownDevice, NativeDevice } from "./native/native-devices.ts";
export type { KnownSensor } from "./native/native-places.ts";
export type { Refusal, RefusalReason } from "./refusals.ts";
export type { Correction, CorrectionChange } from "./sensor-book.ts";

export type SensingInput = Readonly<{
  broker: Broker;
  clock: Clock;
  log: Log;
  /** Home Assistant's discovery prefix; may contain slashes. */
  discoveryPrefix?: string;
  /** The group of processes that share native readings by MQTT 5 shared subscriptions. */
  share?: string | undefined;
  /** IANA name: of times that name no zone, and of templates. */
  timezone: string;
  /** Sensors of earlier runs: native ones keep their ids, and all their places before any new one. */
  known?: readonly KnownSensor[];
  /** Devices that Pis announced in earlier runs. */
  knownDevices?: readonly KnownDevice[];
  /** By sensor id, from the options. */
  calibrations?: Readonly<Record<string, Calibration>>;
  /** By sensor id, what the user said so far; `correct` adds to it. */
  corrections?: Readonly<Record<string, Correction>>;
  /** Every reading that counts, to be stored; `committed` is called once it is in the history. */
  onReading(reading: AcknowledgedReading): void;
  /** A sensor as it is now: a new one, a new value, availability, name. */
  onSensorChange?(state: SensorState): void;
  /** It was withdrawn, or gave way to a new one after a long silence. */
  onSensorRemoved?(sensor: Sensor): void;
  onDevice?(device: Device): void;
  /** It was withdrawn. */
  onDeviceGone?(device: Device): void;
  /**
   * A discovered sensor's template uses what only Home Assistant knows: its state there, followed by unique id, is to be
   * given to `takeHomeAssistantState`, now and whenever it changes.
   */
  onNeedsHomeAssistant?(sensor: Sensor): void;
}>;

export type Device = NativeDevice | DiscoveredDevice;

export type Sensing = Readonly<{
  sensors(): readonly SensorState[];
  /** Lights, switches and relays that were announced; acting on one needs the user's permission first. */
  devices(): readonly Device[];
  refused(): readonly Refusal[];
  /** Home Assistant's own state of a discovered sensor whose template only it can evaluate. */
  takeHomeAssistantState(sensorId: string, state: string): void;
  /** Takes the user's word on a sensor, field by field; null forgets the field, or all of it. */
  correct(sensorId: string, correction: CorrectionChange | null): void;
  /** What the user said of a sensor, whoever knows it. */
  correctionOf(sensorId: string): Correction | undefined;
  /** A reading of a known sensor that came another way; false where there is no such sensor. */
  takeReading(reading: Reading): boolean;
  close(): void;
}>;

/** Everything that comes in from the broker: readings, sensors and devices (contract mqtt.md). Nothing is published. */
export function createSensing(input: SensingInput): Sensing {
  const { broker, clock, log } = input;
  const zone = new Zone(input.timezone);
  const refusals = new Refusals(clock, log);
  const corrections = new Map<string, Correction>(Object.entries(input.corrections ?? {}));
  const calibrations = new Map<string, Calibration>(Object.entries(input.calibrations ?? {}));
  const correctionOf = (sensorId: string): Correction | undefined => corrections.get(sensorId);
  const book = new SensorBook(correctionOf, (state) => input.onSensorChange?.(state));

  const native = watchNativeSensors({
    broker,
    clock,
    zone,
    book,
    refusals,
    known: input.known ?? [],
    calibrationOf: (sensorId) => calibrations.get(sensorId),
    correctionOf,
    onReading: (reading) => input.onReading(reading),
    onLeft: (sensor) => input.onSensorRemoved?.(sensor),
    share: input.share,
  });
  const devices = watchNativeDevices({
    broker,
    clock,
    refusals,
    known: input.knownDevices ?? [],
    onChange: (device) => input.onDevice?.(device),
    onGone: (device) => input.onDeviceGone?.(device),
  });

  const needHomeAssistant = new Set<string>();
  const discovered = new DiscoveredSensors({
    clock,
    book,
    calibrationOf: (sensorId) => calibrations.get(sensorId),
    correctionOf,
    onReading: (reading) => input.onReading(reading),
  });
  const discovery = new Discovery({
    broker,
    clock,
    prefix: input.discoveryPrefix ?? "homeassistant",
    template: { nowMs: () => clock.nowMs(), zoneOffsetMinutes: (atMs) => zone.offsetMs(atMs) / MS_PER_MINUTE },
    refusals,
    onDescribed: (sensor) => discovered.describe(sensor),
    onShown: (sensorId, shown, message) => discovered.shown(sensorId, shown, message),
    onRemoved: (sensorId) => {
      needHomeAssistant.delete(sensorId);
      discovered.forget(sensorId);
      const sensor = book.get(sensorId)?.sensor;
      if (sensor && book.remove(sensorId)) input.onSensorRemoved?.(sensor);
    },
    onNeedsHomeAssistant: (sensorId) => {
      const sensor = book.found(sensorId);
      if (!sensor || needHomeAssistant.has(sensorId)) return;
      needHomeAssistant.add(sensorId);
      input.onNeedsHomeAssistant?.(sensor);
    },
    onDevice: (device) => input.onDevice?.(device),
    onDeviceGone: (device) => input.onDeviceGone?.(device),
    known: (input.known ?? []).flatMap(({ sensor }) => (sensor.source === "discovery" ? [sensor.sensorId] : [])),
  });

  return {
    sensors: () => book.all(),
    devices: () => [...devices.devices(), ...discovery.devices()],
    takeHomeAssistantState(sensorId, state) {
      if (!needHomeAssistant.has(sensorId)) return;
      discovery.take(sensorId, shownOf(state));
      const now = book.get(sensorId);
      if (now?.available && now.value !== null) input.onReading({ sensorId, atMs: clock.nowMs(), value: now.value });
    },
    refused: () => refusals.all(),
    correctionOf,
    takeReading({ sensorId, atMs, value }) {
      const before = book.get(sensorId);
      if (before === undefined) return false;
      if (before.available && (before.atMs === null || atMs >= before.atMs)) book.set(sensorId, value, atMs, true);
      return true;
    },
    correct(sensorId, correction) {
      if (correction === null) corrections.delete(sensorId);
      else {
        const merged = Object.entries({ ...corrections.get(sensorId), ...correction });
        corrections.set(sensorId, Object.fromEntries(merged.filter(([, value]) => value != null)) as Correction);
      }
      discovered.reclassify(sensorId);
      book.correct(sensorId);
    },
    close() {
      discovery.close();
      native.close();
      devices.close();
    },
  };
}

const shownOf = (state: string): Shown =>
  state === "unavailable" || state === "unknown" ? { kind: state } : { kind: "value", text: state };

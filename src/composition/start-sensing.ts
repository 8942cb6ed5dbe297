import type { AcknowledgedReading, Reading, Sensor, SensorState } from "../domain/reading.ts";
import { nativeUniqueId } from "../home-assistant/native-device.ts";
import { announceNative, areaNameFor } from "../home-assistant/native-out.ts";
import { type CorrectionChange, createSensing, type Sensing } from "../sensing/sensing.ts";
import { corrected as correctedSensor } from "../sensing/sensor-book.ts";
import type { Options } from "../options/options.ts";
import type { SensorCorrection } from "../serving/views.ts";
import type { HomeSurroundings } from "./connect-surroundings.ts";
import { watchEntitySensors } from "./entity-sensors.ts";
import { type FirstLook, takeFirstLook } from "./first-look.ts";
import type { HomeMemory } from "./open-memory.ts";
import { rememberPiDevices } from "./pi-devices.ts";
import { calibrationsOf, correctionsOf } from "./said-of-sensors.ts";
import type { StartInput } from "./start-input.ts";
import type { HomeSetup } from "./start-setup.ts";

export type HomeSensors = Disposable &
  Readonly<{
    sensing: Sensing;
    sensors: () => readonly SensorState[];
    correct: (sensorId: string, correction: SensorCorrection) => void;
    /** Brings a sensor's value to our sign: grid + is import, battery + is charging. */
    signOf: (sensor: Sensor) => 1 | -1;
    look: FirstLook;
    /** The entity that shows a sensor in Home Assistant. */
    entityIdOf: (sensor: Sensor) => string | undefined;
    /** Stores derived readings: what HyperVolt itself knows of devices. */
    remember: (readings: readonly Reading[]) => void;
    /** Takes in a reading that a client brought and that is stored already. */
    accept: (reading: Reading, sensor: Sensor) => void;
    /** Readings that came in since the start, and those of them that are in the history. */
    counts: () => Readonly<{ received: number; stored: number }>;
    onSensor: (run: (state: SensorState) => void) => void;
  }>;

/** As sure as the energy dashboard is. */
const SURE = 0.95;

/**
 * Everything that comes in from the broker goes into the hot window at once and into the history, which acknowledges
 * it; native sensors and devices are announced to Home Assistant.
 */
export async function startSensing(
  options: Options,
  input: StartInput,
  memory: HomeMemory,
  around: HomeSurroundings,
  { book, identities, wiring }: HomeSetup,
): Promise<HomeSensors> {
  const { clock, log, version } = input;
  const { broker, homeAssistant, zone } = around;
  const { history, window } = memory;
  const listeners: ((state: SensorState) => void)[] = [];
  let received = 0;
  let kept = 0;
  const stored = await history.sensors();
  const piDevices = await rememberPiDevices(history, clock, log);
  const native = announceNative({
    broker,
    clock: input.wireClock,
    log,
    discoveryPrefix: options.discovery_prefix,
    version,
    areaName: (location) => areaNameFor(homeAssistant.registries(), location),
  });
  const announce = (sensor: Sensor, value: number | null): void => {
    const { source, location, sensorType, unit } = sensor;
    if (source !== "native" || location === null) return;
    native.sensor({ location, sensorId: nativeId(sensor), sensorType, unit });
    native.value(location, nativeId(sensor), value);
  };
  // A Pi that is silent while HyperVolt starts keeps its entities; what only a client posted has none.
  for (const { sensor, last } of stored) if (sensor.uniqueId !== null) announce(sensor, last?.value ?? null);
  const described = new Map<string, string>();
  const describe = (sensor: Sensor): void => {
    const text = JSON.stringify(sensor);
    if (described.get(sensor.sensorId) === text) return;
    described.set(sensor.sensorId, text);
    history.upsertSensor(sensor).catch((error: unknown) => {
      described.delete(sensor.sensorId);
      log.debug("A sensor's description was not stored; it will be again", {
        sensor: sensor.sensorId,
        error: String(error),
      });
    });
  };

  const take = (reading: AcknowledgedReading): void => {
    received++;
    window.push([reading]);
    history
      .append([reading])
      .then(() => void kept++)
      .catch((error: unknown) => log.debug("Readings wait for the history", { error: String(error) }));
    if (history.congested()) pause();
  };
  const pause = (): void => {
    const flow = broker as typeof broker & { pause?: () => void; resume?: () => void };
    flow.pause?.();
    void history.uncongested().then(() => flow.resume?.());
  };

  const look = takeFirstLook({
    homeAssistant,
    history,
    clock,
    log,
    currency: () => around.site().currency,
    shiftable: () => options.loads.map(({ name, entity }) => name || entity),
    onLook: () => {
      entities.refresh();
      for (const uniqueId of borrowed.keys()) lend(uniqueId);
    },
  });
  /** Sensors whose templates only Home Assistant can evaluate, by unique id: their values are its states. */
  const borrowed = new Map<string, string>();
  const lend = (uniqueId: string): void => {
    const sensorId = borrowed.get(uniqueId);
    const state = homeAssistant.entity(look.entityIdOf(uniqueId) ?? "");
    if (sensorId !== undefined && state) sensing.takeHomeAssistantState(sensorId, state.state);
  };
  const lending = homeAssistant.onEntityChange((entityId) => {
    for (const uniqueId of borrowed.keys()) if (look.entityIdOf(uniqueId) === entityId) lend(uniqueId);
  });
  const sensing = createSensing({
    broker,
    clock,
    log,
    discoveryPrefix: options.discovery_prefix,
    timezone: zone.name,
    share: options.mqtt_share || undefined,
    known: stored.map(({ sensor, last }) => ({ sensor, heardMs: last?.atMs ?? null })),
    knownDevices: piDevices.known,
    calibrations: calibrationsOf(options),
    corrections: correctionsOf(options, stored),
    onReading: take,
    onSensorChange: (state) => {
      const { sensor } = state;
      if (!described.has(sensor.sensorId) && sensor.source === "discovery" && sensor.uniqueId !== null)
        entities.leave(look.entityIdOf(sensor.uniqueId, sensor.sensorType) ?? "");
      describe(sensor);
      announce(sensor, state.value);
      for (const run of listeners) run(state);
    },
    onSensorRemoved: (sensor) => {
      const { sensorId, source, location } = sensor;
      described.delete(sensorId);
      if (source === "native" && location !== null) native.removeSensor(location, nativeId(sensor));
      void history.removeSensor(sensorId).catch(() => undefined);
    },
    onNeedsHomeAssistant: (sensor) => {
      if (sensor.uniqueId === null) return;
      borrowed.set(sensor.uniqueId, sensor.sensorId);
      lend(sensor.uniqueId);
    },
    onDevice: (device) => {
      if (device.source !== "native") return;
      native.device(device);
      piDevices.changed(sensing.devices);
    },
    onDeviceGone: (device) => {
      if (device.source !== "native") return;
      native.removeDevice(device.location, device.device);
      piDevices.changed(sensing.devices);
    },
  });

  const entityOf = (sensor: Sensor): string | undefined => {
    const uniqueId = announcedAs(sensor);
    return sensor.entityId ?? (uniqueId === null ? undefined : look.entityIdOf(uniqueId, sensor.sensorType));
  };
  /** By its entity, where it came over MQTT and Home Assistant knows what it is. */
  const roleOf = (sensor: Sensor) => look.roles().get(entityOf(sensor) ?? "");
  /** A person's word holds over everything; the energy dashboard's over what a name suggests. */
  const corrected = new Set([
    ...options.sensors.map(({ sensor }) => sensor),
    ...stored.filter(({ correction }) => correction.role != null).map(({ sensor }) => sensor.sensorId),
  ]);
  const withRole = (state: SensorState): SensorState => {
    const known = state.sensor.source === "home-assistant" ? undefined : roleOf(state.sensor);
    if (!known || corrected.has(state.sensor.sensorId)) return state;
    if (known.confidence < SURE && state.sensor.role !== undefined) return state;
    const sensor = { ...state.sensor, role: known.role, confidence: known.confidence };
    return { ...state, sensor, ...(known.listed === true && { listed: true }) };
  };
  const entities = watchEntitySensors({
    homeAssistant,
    identities,
    roles: () => wiring.entityRoles(look.roles()),
    known: ({ platform, uniqueId }) =>
      platform === "mqtt" && (isOurs(uniqueId) || sensing.sensors().some(({ sensor }) => sensor.uniqueId === uniqueId)),
    onReading: take,
    onSensor: (state) => {
      describe(state.sensor);
      for (const run of listeners) run(state);
    },
  });

  book.onChange((question) => {
    if (question === "wiring") entities.refresh();
  });

  return {
    sensing,
    look,
    entityIdOf: entityOf,
    signOf: (sensor) => ((roleOf(sensor)?.sign ?? 1) * wiring.turn(sensor) === 1 ? 1 : -1),
    sensors: () =>
      wiring.said([
        ...sensing.sensors().map(withRole),
        ...entities.states().map((state) => {
          const sensor = correctedSensor(state.sensor, sensing.correctionOf(state.sensor.sensorId));
          return { ...state, sensor, listed: state.listed === true && sensor.role === state.sensor.role };
        }),
      ]),
    correct(sensorId, { name, role, ignore, calibration }) {
      const correction: CorrectionChange = {
        ...(name !== undefined && { name }),
        ...(role !== undefined && { role }),
        ...(ignore !== undefined && { ignore }),
        ...(calibration !== undefined && { calibration: { raw: "none", ...calibration } }),
      };
      if (role === null) corrected.delete(sensorId);
      else if (role !== undefined) corrected.add(sensorId);
      sensing.correct(sensorId, correction);
    },
    remember: (readings) => {
      if (readings.length > 0)
        history
          .append(readings)
          .catch((error: unknown) => log.debug("Readings wait for the history", { error: String(error) }));
    },
    accept: (reading, sensor) => {
      window.push([reading]);
      if (sensing.takeReading(reading)) return;
      for (const run of listeners) run({ sensor, value: reading.value, atMs: reading.atMs, available: true });
    },
    counts: () => ({ received, stored: kept }),
    onSensor: (run) => void listeners.push(run),
    [Symbol.dispose]() {
      lending.stop();
      look.close();
      entities.close();
      sensing.close();
      native.close();
      piDevices.close();
    },
  };
}

/** A native sensor's own id, as its publisher wrote it, unless it gave one id to sensors of two types in a place. */
const nativeId = ({ uniqueId, sensorId, sensorType }: Sensor): string =>
  uniqueId === null || sensorId === `${uniqueId}_${sensorType}` ? sensorId : uniqueId;

/** The unique id of a sensor's entity in Home Assistant: HyperVolt announces native ones under one of its own. */
const announcedAs = (sensor: Sensor): string | null =>
  sensor.source === "native" && sensor.location !== null
    ? nativeUniqueId(sensor.location, nativeId(sensor))
    : sensor.uniqueId;

/** HyperVolt's own entities, also those of Pis that are silent now, are no second sensor. */
const isOurs = (uniqueId: string): boolean => uniqueId.startsWith("hypervolt/") || uniqueId.startsWith("hypervolt_");

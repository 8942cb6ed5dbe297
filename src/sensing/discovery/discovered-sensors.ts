import type { BrokerMessage } from "../../domain/broker.ts";
import type { Clock } from "../../domain/clock.ts";
import type { AcknowledgedReading, Sensor, SensorType } from "../../domain/reading.ts";
import { calibrate, type Calibration } from "../calibration.ts";
import { type Classification, classify, shownUnit } from "../classify.ts";
import type { Correction, SensorBook } from "../sensor-book.ts";
import { parseFloatText } from "../template/numbers.ts";
import { type Conversion, conversionFor, convert } from "../unit-conversion.ts";
import type { DiscoveredSensor } from "./discovery.ts";
import type { Shown } from "./entity.ts";
import { CLASS_NAMES } from "./facts.ts";
import type { SensorConfig } from "./sensor-config.ts";
import { shownMetric } from "./sensor-state.ts";

/** After so many values a sensor is classified again, where values may tell more than its description. */
const LOOKS = [1, 3, 8];
const VALUES_TO_LEARN_FROM = Math.max(...LOOKS);

export type DiscoveredSensorsInput = Readonly<{
  clock: Clock;
  book: SensorBook;
  calibrationOf: (sensorId: string) => Calibration | undefined;
  correctionOf: (sensorId: string) => Correction | undefined;
  onReading: (reading: AcknowledgedReading) => void;
}>;

type Known = {
  found: DiscoveredSensor;
  type: SensorType;
  conversion: Conversion | undefined;
  values: number[];
};

/** Turns what discovered entities show into sensors and readings in the normalised units. */
export class DiscoveredSensors {
  readonly #input: DiscoveredSensorsInput;
  readonly #known = new Map<string, Known>();
  /** By the first identifier of their device. */
  readonly #byDevice = new Map<string, Map<string, Known>>();

  constructor(input: DiscoveredSensorsInput) {
    this.#input = input;
  }

  describe(found: DiscoveredSensor): void {
    const known = this.#known.get(found.sensorId) ?? { found, type: "other", conversion: undefined, values: [] };
    this.#leaveDevice(known);
    known.found = found;
    this.#known.set(found.sensorId, known);
    const device = found.config.device?.identifiers[0];
    if (device !== undefined) {
      const beside = this.#byDevice.get(device) ?? new Map<string, Known>();
      this.#byDevice.set(device, beside.set(found.sensorId, known));
    }
    this.#classify(known);
  }

  forget(sensorId: string): void {
    const known = this.#known.get(sensorId);
    if (known) this.#leaveDevice(known);
    this.#known.delete(sensorId);
  }

  #leaveDevice({ found }: Known): void {
    const device = found.config.device?.identifiers[0] ?? "";
    const beside = this.#byDevice.get(device);
    beside?.delete(found.sensorId);
    if (beside?.size === 0) this.#byDevice.delete(device);
  }

  /** After a correction has changed. */
  reclassify(sensorId: string): void {
    const known = this.#known.get(sensorId);
    if (known) this.#classify(known);
  }

  shown(sensorId: string, shown: Shown, message: BrokerMessage | undefined): void {
    const { clock, book } = this.#input;
    const known = this.#known.get(sensorId);
    if (!known) return message?.acknowledge();
    const before = book.get(sensorId);
    if (shown.kind !== "value") {
      book.set(sensorId, null, before?.atMs ?? null, shown.kind !== "unavailable");
      return message?.acknowledge();
    }
    const raw = numberOf(known.found, shown.text);
    if (raw === undefined) {
      book.set(sensorId, null, clock.nowMs(), true);
      return message?.acknowledge();
    }
    if (known.values.length < VALUES_TO_LEARN_FROM && message && known.found.config.deviceClass === null) {
      known.values.push(raw);
      if (LOOKS.includes(known.values.length)) this.#classify(known);
    }
    const calibration = this.#input.correctionOf(sensorId)?.calibration ?? this.#input.calibrationOf(sensorId);
    const value = calibration ? calibrate(raw, calibration) : known.conversion ? convert(raw, known.conversion) : raw;
    const atMs = message ? clock.nowMs() : (before?.atMs ?? clock.nowMs());
    book.set(sensorId, Number.isFinite(value) ? value : null, atMs, true);
    if (!message) return undefined;
    if (this.#input.correctionOf(sensorId)?.ignore === true || !Number.isFinite(value)) return message.acknowledge();
    const { acknowledge, delivery } = message;
    this.#input.onReading({ sensorId, atMs, value, committed: acknowledge, ...(delivery && { delivery }) });
    return undefined;
  }

  #classify(known: Known): void {
    const { found } = known;
    const { config, sensorId } = found;
    const correction = this.#input.correctionOf(sensorId);
    const unit = correction?.unit ?? (config.component === "sensor" ? stateUnit(config) : null);
    const classified: Classification =
      correction?.sensorType === undefined
        ? classify({
            binary: config.component === "binary_sensor",
            deviceClass: config.deviceClass,
            unit,
            stateClass: config.component === "sensor" ? config.stateClass : null,
            name: config.name ?? "",
            device: config.device?.name ?? null,
            topic: config.stateTopic,
            values: known.values,
            neighbours: this.#neighbours(found),
          })
        : { sensorType: correction.sensorType, confidence: 1 };
    known.type = classified.sensorType;
    known.conversion = unit === null ? undefined : conversionFor(classified.sensorType, unit);
    const sensor: Sensor = {
      sensorId,
      uniqueId: config.uniqueId,
      source: "discovery",
      sensorType: classified.sensorType,
      name: nameOf(found),
      device: config.device?.name ?? null,
      location: config.device?.area ?? null,
      unit: shownUnit(classified.sensorType, unit),
      ...(classified.role !== undefined && { role: classified.role }),
      confidence: classified.confidence,
    };
    this.#input.book.describe(sensor);
  }

  #neighbours({ sensorId, config }: DiscoveredSensor): SensorType[] {
    const beside = this.#byDevice.get(config.device?.identifiers[0] ?? "");
    return [...(beside?.values() ?? [])].flatMap(({ found, type }) => (found.sensorId === sensorId ? [] : [type]));
  }
}

/** Home Assistant shows temperatures in °C and foreign units in metric ones; every other state is in the publisher's. */
function stateUnit(config: SensorConfig): string | null {
  if (config.deviceClass === "temperature" && config.unit === "°F") return "°C";
  return shownMetric(config)?.unit ?? config.unit;
}

function numberOf({ config }: DiscoveredSensor, text: string): number | undefined {
  if (config.component === "binary_sensor") return text === "on" ? 1 : 0;
  const number = parseFloatText(text);
  return number !== undefined && Number.isFinite(number) ? number : undefined;
}

/**
 * As Home Assistant calls it: the device's name before the entity's; after its class where it has none. What has no
 * unique id stands outside the registry, and so belongs to no device.
 */
function nameOf({ config }: DiscoveredSensor): string {
  const device = config.uniqueId === null ? null : (config.device?.child ?? config.device?.name ?? null);
  const own =
    config.name !== undefined
      ? config.name
      : config.deviceClass !== null
        ? (CLASS_NAMES[config.component].get(config.deviceClass) ?? capitalized(config.deviceClass))
        : config.component === "sensor"
          ? "MQTT Sensor"
          : "MQTT Binary sensor";
  return [device, own].filter((part) => part !== null && part !== "").join(" ");
}

const capitalized = (deviceClass: string): string => {
  const words = deviceClass.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};

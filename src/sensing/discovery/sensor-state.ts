import { floatText, parseFloatText, parseIntText } from "../template/numbers.ts";
import { METRIC_UNITS, NON_NUMERIC_CLASSES } from "./facts.ts";
import type { SensorConfig } from "./sensor-config.ts";

/**
 * The state Home Assistant writes for a sensor's value; null is unknown.
 * @throws Error where it cannot be written: the state then stays as it was
 */
export function stateOfSensor(config: SensorConfig, native: string | null): string | null {
  const { deviceClass, stateClass, unit, displayPrecision, options } = config;
  const nonNumeric = deviceClass !== null && NON_NUMERIC_CLASSES.has(deviceClass);
  if (nonNumeric && unit !== null) throw new Error(`a unit beside the class ${deviceClass}`);
  if (native === null) return null;
  if (nonNumeric) {
    if (deviceClass === "enum" && options && !options.includes(native)) throw new Error(`'${native}' is not an option`);
    return native;
  }
  if (deviceClass === null && stateClass === null && unit === null && displayPrecision === null) return tooLong(native);
  const whole = native.includes(".") || native.includes("e") ? undefined : parseIntText(native);
  const number = whole === undefined ? parseFloatText(native) : Number(whole);
  if (number === undefined) throw new Error(`'${native}' is not a number`);
  if (!Number.isFinite(number)) throw new Error(`'${native}' is not finite`);
  if (deviceClass === "temperature" && unit === "°F") return floatText(Number(((number - 32) / 1.8).toPrecision(15)));
  const shown = shownMetric(config);
  if (shown) return floatText(Number((number * shown.factor).toPrecision(15)));
  return tooLong(native);
}

/** A registered sensor is shown in the metric unit of its class; undefined where the publisher's unit is kept. */
export function shownMetric({
  uniqueId,
  deviceClass,
  unit,
}: SensorConfig): Readonly<{ unit: string; factor: number }> | undefined {
  if (uniqueId === null || deviceClass === null || unit === null) return undefined;
  return METRIC_UNITS.get(deviceClass)?.get(unit);
}

/** States over 255 characters are unknown. */
const tooLong = (text: string): string | null => (Array.from(text).length > 255 ? null : text);

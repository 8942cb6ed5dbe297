import facts from "./home-assistant-facts.json" with { type: "json" };

/** What Home Assistant knows of MQTT discovery; the data and its source are in home-assistant-facts.json. */
export const ABBREVIATIONS: ReadonlyMap<string, string> = new Map(Object.entries(facts.abbreviations));
export const DEVICE_ABBREVIATIONS: ReadonlyMap<string, string> = new Map(Object.entries(facts.deviceAbbreviations));
export const ORIGIN_ABBREVIATIONS: ReadonlyMap<string, string> = new Map(Object.entries(facts.originAbbreviations));
export const COMPONENTS: ReadonlySet<string> = new Set(facts.components);
export const NON_ENTITY_COMPONENTS: ReadonlySet<string> = new Set(facts.nonEntityComponents);
export const SENSOR_CLASSES: ReadonlySet<string> = new Set(facts.sensorClasses);
export const BINARY_SENSOR_CLASSES: ReadonlySet<string> = new Set(facts.binarySensorClasses);
export const NON_NUMERIC_CLASSES: ReadonlySet<string> = new Set(facts.nonNumericClasses);
export const STATE_CLASSES: ReadonlySet<string> = new Set(facts.stateClasses);
export const AMBIGUOUS_UNITS: ReadonlyMap<string, string> = new Map(Object.entries(facts.ambiguousUnits));
const unitsOf = (
  table: Readonly<Record<string, readonly (string | null)[]>>,
): ReadonlyMap<string, ReadonlySet<string | null>> =>
  new Map(Object.entries(table).map(([name, units]) => [name, new Set(units)]));
/** Units a device class allows; null is "no unit". */
export const CLASS_UNITS = unitsOf(facts.classUnits);
export const STATE_CLASS_UNITS = unitsOf(facts.stateClassUnits);

/** What a metric Home Assistant makes of a class's foreign units: the unit it shows and the factor into it. */
export const METRIC_UNITS: ReadonlyMap<
  string,
  ReadonlyMap<string, Readonly<{ unit: string; factor: number }>>
> = new Map(
  Object.entries(
    facts.metricUnits as unknown as Readonly<Record<string, Readonly<Record<string, readonly [string, number]>>>>,
  ).map(([deviceClass, units]) => [
    deviceClass,
    new Map(Object.entries(units).map(([from, [unit, factor]]) => [from, { unit, factor }])),
  ]),
);

/** Names of classes that are not just the class in words. */
export const CLASS_NAMES: Readonly<Record<"sensor" | "binary_sensor", ReadonlyMap<string, string>>> = {
  sensor: new Map(Object.entries(facts.classNames.sensor)),
  binary_sensor: new Map(Object.entries(facts.classNames.binary_sensor)),
};

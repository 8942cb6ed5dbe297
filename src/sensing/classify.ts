import { SENSOR_UNITS, type SensorRole, type SensorType } from "../domain/reading.ts";
import { conversionFor, spellUnit } from "./unit-conversion.ts";

/** What is known of a sensor that is to be classified. */
export type Clues = Readonly<{
  binary: boolean;
  deviceClass: string | null;
  /** As the publisher wrote it. */
  unit: string | null;
  stateClass: string | null;
  /** Name of the entity, of its device, and its topic: where thin publishers say what they measure. */
  name: string;
  device: string | null;
  topic: string;
  /** Values seen so far, latest last; a few are enough. */
  values: readonly number[];
  /** Types of the other sensors of the same device. */
  neighbours: readonly SensorType[];
}>;

export type Classification = Readonly<{
  sensorType: SensorType;
  role?: SensorRole;
  /** 0..1. */
  confidence: number;
}>;

const BY_CLASS: Readonly<Record<string, SensorType>> = {
  power: "power",
  energy: "energy",
  energy_storage: "energy",
  current: "current",
  voltage: "voltage",
  illuminance: "ldr",
  temperature: "temperature",
  humidity: "humidity",
  carbon_dioxide: "carbon_dioxide",
  battery: "battery",
};
const BY_BINARY_CLASS: Readonly<Record<string, SensorType>> = {
  motion: "motion",
  moving: "motion",
  occupancy: "occupancy",
  presence: "occupancy",
};

/** Words of names, in the order of how much they say; the first that is found decides. */
const BY_NAME: readonly (readonly [RegExp, SensorType])[] = [
  [/\b(co2|carbon dioxide|kohlendioxid)\b/, "carbon_dioxide"],
  [/\b(ldr|illuminance|lux|light level|luminosity|brightness sensor|helligkeit|ambient light|photoresistor)\b/, "ldr"],
  [/\b(humidity|hum|humid|feuchte|luftfeuchtigkeit|relative humidity|rh)\b/, "humidity"],
  [/\b(temperature|temp|temperatur|thermometer|ds18b20|celsius)\b/, "temperature"],
  [/\b(energy|kwh|consumption total|verbrauch|energie|total import|total export)\b/, "energy"],
  [/\b(power|watt|watts|leistung|wattage|load)\b/, "power"],
  [/\b(voltage|volt|volts|spannung|mains voltage)\b/, "voltage"],
  [/\b(current|ampere|amps|amp|strom|acs712|sct013)\b/, "current"],
  [/\b(battery|akku|batterie)\b/, "battery"],
  [/\b(pir|motion|movement|bewegung)\b/, "motion"],
  [/\b(occupancy|presence|anwesenheit|occupied)\b/, "occupancy"],
];

/** Where values of a quantity lie in a home, in the normalised unit. */
const PLAUSIBLE: Readonly<Partial<Record<SensorType, readonly [low: number, high: number]>>> = {
  ldr: [0, 200_000],
  current: [-400, 400],
  voltage: [0, 1_000],
  power: [-100_000, 100_000],
  energy: [0, 1e11],
  temperature: [-60, 130],
  humidity: [0, 100],
  co2: [200, 40_000],
  carbon_dioxide: [200, 40_000],
  battery: [0, 100],
};

/** Tells what a sensor measures by its class, else its unit, else its name, checked by its values and its neighbours. */
export function classify(clues: Clues): Classification {
  const found = clues.binary ? classifyBinary(clues) : classifySensor(clues);
  const role = roleOf(found.sensorType, clues);
  return role === undefined ? found : { ...found, role };
}

function classifyBinary({ deviceClass, name, topic }: Clues): Classification {
  const byClass = deviceClass === null ? undefined : BY_BINARY_CLASS[deviceClass];
  if (byClass) return { sensorType: byClass, confidence: 1 };
  if (deviceClass !== null) return { sensorType: "other", confidence: 1 };
  const byName = typeByName(name) ?? typeByName(topic);
  if (byName === "motion" || byName === "occupancy") return { sensorType: byName, confidence: 0.7 };
  return { sensorType: "other", confidence: 0.5 };
}

function classifySensor(clues: Clues): Classification {
  const { deviceClass, unit } = clues;
  const byClass = deviceClass === null ? undefined : BY_CLASS[deviceClass];
  if (byClass) return { sensorType: byClass, confidence: 1 };
  if (deviceClass !== null) return { sensorType: "other", confidence: 1 };
  const byUnit = unit === null ? undefined : typeByUnit(unit, clues);
  if (byUnit) return checked(byUnit, clues);
  if (unit !== null) return { sensorType: "other", confidence: 0.8 };
  const byName = typeByName(clues.name) ?? typeByName(clues.topic);
  if (byName && byName !== "motion" && byName !== "occupancy")
    return checked({ sensorType: byName, confidence: 0.7 }, clues);
  if (byName) return { sensorType: byName, confidence: clues.values.every((v) => v === 0 || v === 1) ? 0.6 : 0.3 };
  return byNeighbours(clues) ?? { sensorType: "other", confidence: 0.3 };
}

function typeByUnit(unit: string, clues: Clues): Classification | undefined {
  const spelled = spellUnit(unit);
  if (spelled === "%") {
    const byName = typeByName(clues.name) ?? typeByName(clues.topic);
    if (byName === "humidity" || byName === "battery") return { sensorType: byName, confidence: 0.9 };
    return undefined;
  }
  if (spelled === "ppm") {
    const byName = typeByName(clues.name) ?? typeByName(clues.topic);
    const plausible = clues.values.length > 0 && clues.values.every((value) => value >= 250 && value <= 10_000);
    if (byName === "carbon_dioxide") return { sensorType: "carbon_dioxide", confidence: 0.95 };
    return plausible ? { sensorType: "carbon_dioxide", confidence: 0.5 } : undefined;
  }
  for (const sensorType of ["power", "energy", "current", "voltage", "ldr", "temperature"] as const)
    if (conversionFor(sensorType, spelled)) return { sensorType, confidence: 0.9 };
  return undefined;
}

function typeByName(text: string): SensorType | undefined {
  const words = text
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ");
  return BY_NAME.find(([pattern]) => pattern.test(words))?.[1];
}

/** Values that cannot be what the name says make it less sure; values that fit, surer. */
function checked(found: Classification, { values, unit }: Clues): Classification {
  const range = PLAUSIBLE[found.sensorType];
  if (!range || values.length === 0) return found;
  const conversion = unit === null ? undefined : conversionFor(found.sensorType, unit);
  const [low, high] = range;
  const fits = values.every((value) => {
    const measured = conversion ? (value + conversion.offset) * conversion.factor : value;
    return measured >= low && measured <= high;
  });
  const confidence = fits ? Math.min(1, found.confidence + 0.1) : found.confidence * 0.4;
  return { ...found, confidence: Number(confidence.toFixed(2)) };
}

/** An unnamed value beside a temperature, as a DHT22 gives both, is likely the humidity; beside a voltage, the current. */
function byNeighbours({ values, neighbours }: Clues): Classification | undefined {
  if (values.length < 3) return undefined;
  const within = (low: number, high: number): boolean => values.every((value) => value >= low && value <= high);
  const lacks = (sensorType: SensorType): boolean => !neighbours.includes(sensorType);
  if (neighbours.includes("temperature") && lacks("humidity") && within(5, 100))
    return { sensorType: "humidity", confidence: 0.4 };
  if (neighbours.includes("humidity") && lacks("temperature") && within(-30, 60))
    return { sensorType: "temperature", confidence: 0.4 };
  if (neighbours.includes("current") && lacks("voltage") && within(100, 260))
    return { sensorType: "voltage", confidence: 0.4 };
  return undefined;
}

const ROLES: readonly (readonly [RegExp, SensorType, SensorRole])[] = [
  [/\b(pv|solar|photovoltai\w*|inverter ac|yield)\b/, "power", "pv"],
  [/\b(grid import|import power|from grid|bezug)\b/, "power", "grid_import"],
  [/\b(grid export|export power|to grid|feed in|einspeisung)\b/, "power", "grid_export"],
  [/\b(grid|mains|meter|smart meter|p1|netz)\b/, "power", "grid"],
  [/\b(battery|akku|powerwall|storage)\b/, "power", "battery_power"],
  [/\b(house|home|total|consumption|load|haus)\b/, "power", "load"],
  [/\b(ev|wallbox|charger|car)\b/, "power", "ev_power"],
  [/\b(ev|car|vehicle)\b/, "battery", "ev_soc"],
  [/\b(outdoor|outside|aussen|außen|garden|exterior)\b/, "temperature", "outdoor_temperature"],
  [/\b(water|boiler|tank|hot water|dhw)\b/, "temperature", "water_temperature"],
];

const DEFAULT_ROLES: Readonly<Partial<Record<SensorType, SensorRole>>> = {
  power: "device_power",
  ldr: "room_light",
  temperature: "room_temperature",
  humidity: "room_humidity",
  motion: "presence",
  occupancy: "presence",
};

/** A role is proposed from the words of the name; the energy preferences and the user decide. */
function roleOf(sensorType: SensorType, { name, device, unit }: Clues): SensorRole | undefined {
  if (unit !== null && sensorType === "other") return undefined;
  const words = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ");
  const named = (text: string): SensorRole | undefined =>
    ROLES.find(([pattern, of]) => of === sensorType && pattern.test(text))?.[2];
  // What a sensor calls itself says more than what its device is called: a "House meter" has more than the grid.
  const own = device !== null && name.startsWith(device) ? name.slice(device.length) : name;
  return named(words(own)) ?? named(words(`${device ?? ""} ${name}`)) ?? DEFAULT_ROLES[sensorType];
}

/** The unit a sensor of this type is shown in; `other` keeps the publisher's. */
export const shownUnit = (sensorType: SensorType, unit: string | null): string =>
  sensorType === "other" ? (unit ?? "") : SENSOR_UNITS[sensorType];

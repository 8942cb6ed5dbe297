import { matcherOf, NO_QUANTITY, ROLE_WORDS, TYPE_WORDS, wordsOf } from "./classify-words.ts";
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

const TYPE_NAMES = TYPE_WORDS.map(([sensorType, words]) => [sensorType, matcherOf(words)] as const);
const ROLE_NAMES = ROLE_WORDS.map(([role, sensorType, words]) => [role, sensorType, matcherOf(words)] as const);
const isNoQuantity = matcherOf(NO_QUANTITY);

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

function classifyBinary(clues: Clues): Classification {
  const { deviceClass } = clues;
  const byClass = deviceClass === null ? undefined : BY_BINARY_CLASS[deviceClass];
  if (byClass) return { sensorType: byClass, confidence: 1 };
  if (deviceClass !== null) return { sensorType: "other", confidence: 1 };
  const named = namedType(clues);
  if (named?.sensorType === "motion" || named?.sensorType === "occupancy")
    return { sensorType: named.sensorType, confidence: named.sure };
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
  const named = namedType(clues);
  if (!named) return byNeighbours(clues) ?? { sensorType: "other", confidence: 0.3 };
  const { sensorType, sure } = named;
  if (sensorType === "motion" || sensorType === "occupancy")
    return { sensorType, confidence: clues.values.every((v) => v === 0 || v === 1) ? 0.6 : 0.3 };
  return checked({ sensorType: counted(sensorType, clues), confidence: sure }, clues);
}

/** A consumption that only ever grows is an energy, whatever it is called; one that falls is none that counts up. */
function counted(sensorType: SensorType, { stateClass }: Clues): SensorType {
  if (sensorType === "power" && (stateClass === "total_increasing" || stateClass === "total")) return "energy";
  if (sensorType === "energy" && stateClass === "measurement") return "power";
  return sensorType;
}

function typeByUnit(unit: string, clues: Clues): Classification | undefined {
  const spelled = spellUnit(unit);
  if (spelled === "%") {
    const named = namedType(clues)?.sensorType;
    if (named === "humidity" || named === "battery") return { sensorType: named, confidence: 0.9 };
    const beside = named === undefined ? byNeighbours(clues) : undefined;
    return beside?.sensorType === "humidity" ? beside : undefined;
  }
  if (spelled === "ppm") {
    const named = namedType(clues)?.sensorType;
    const plausible = clues.values.length > 0 && clues.values.every((value) => value >= 250 && value <= 10_000);
    if (named === "carbon_dioxide") return { sensorType: "carbon_dioxide", confidence: 0.95 };
    return plausible ? { sensorType: "carbon_dioxide", confidence: 0.5 } : undefined;
  }
  for (const sensorType of ["power", "energy", "current", "voltage", "ldr", "temperature"] as const)
    if (conversionFor(sensorType, spelled)) return { sensorType, confidence: 0.9 };
  return undefined;
}

/** What a name says; null where it says that it is none of what HyperVolt takes. */
function typeByName(text: string): SensorType | null | undefined {
  const words = wordsOf(text);
  if (isNoQuantity(words)) return null;
  return TYPE_NAMES.find(([, matches]) => matches(words))?.[0];
}

/** By the entity's own name, else by its topic's last levels, else by its device's; the further away, the less sure. */
function namedType({ name, device, topic }: Clues): Readonly<{ sensorType: SensorType; sure: number }> | null {
  const own = device !== null && name.startsWith(device) ? name.slice(device.length) : name;
  const levels = topic.split("/");
  const places = [
    [own, 0.7, true],
    [levels.at(-1) ?? "", 0.6, true],
    [levels.slice(-2).join(" "), 0.6, false],
    [device ?? "", 0.5, false],
    [levels.join(" "), 0.45, false],
  ] as const;
  for (const [text, sure, decides] of places) {
    const sensorType = typeByName(text);
    if (sensorType === null && decides) return null;
    if (sensorType) return { sensorType, sure };
  }
  return null;
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
  const named = (text: string): SensorRole | undefined => {
    const words = wordsOf(text);
    return ROLE_NAMES.find(([, of, matches]) => of === sensorType && matches(words))?.[0];
  };
  // What a sensor calls itself says more than what its device is called: a "House meter" has more than the grid.
  const own = device !== null && name.startsWith(device) ? name.slice(device.length) : name;
  return named(own) ?? named(`${device ?? ""} ${name}`) ?? DEFAULT_ROLES[sensorType];
}

/** The unit a sensor of this type is shown in; `other` keeps the publisher's. */
export const shownUnit = (sensorType: SensorType, unit: string | null): string =>
  sensorType === "other" ? (unit ?? "") : SENSOR_UNITS[sensorType];

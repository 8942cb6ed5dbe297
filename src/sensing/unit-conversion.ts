import type { SensorType } from "../domain/reading.ts";

/** value in the normalised unit = (value + offset) * factor */
export type Conversion = Readonly<{ unit: string; factor: number; offset: number }>;

const J_PER_WH = 3_600;
const CAL_PER_WH = J_PER_WH / 4.184;

/** Factors into the normalised unit by quantity; the first entry's unit is the normalised one. */
const FACTORS: Readonly<Record<string, readonly [unit: string, factors: Readonly<Record<string, number>>]>> = {
  power: ["W", { W: 1, mW: 1e-3, kW: 1e3, MW: 1e6, GW: 1e9, TW: 1e12 }],
  energy: [
    "Wh",
    {
      Wh: 1,
      mWh: 1e-3,
      kWh: 1e3,
      MWh: 1e6,
      GWh: 1e9,
      TWh: 1e12,
      J: 1 / J_PER_WH,
      kJ: 1e3 / J_PER_WH,
      MJ: 1e6 / J_PER_WH,
      GJ: 1e9 / J_PER_WH,
      cal: 1 / CAL_PER_WH,
      kcal: 1e3 / CAL_PER_WH,
      Mcal: 1e6 / CAL_PER_WH,
      Gcal: 1e9 / CAL_PER_WH,
    },
  ],
  current: ["A", { A: 1, mA: 1e-3, "\u03bcA": 1e-6 }],
  voltage: ["V", { V: 1, mV: 1e-3, "\u03bcV": 1e-6, kV: 1e3, MV: 1e6 }],
  illuminance: ["lx", { lx: 1 }],
  concentration: ["ppm", { ppm: 1, ppb: 1e-3 }],
};

/** Spellings that thin publishers and Pis use, in the spelling of Home Assistant; compared in lower case. */
const SPELLINGS: Readonly<Record<string, string>> = {
  watt: "W",
  watts: "W",
  w: "W",
  kw: "kW",
  kilowatt: "kW",
  wh: "Wh",
  kwh: "kWh",
  amp: "A",
  amps: "A",
  ampere: "A",
  amperes: "A",
  a: "A",
  ma: "mA",
  volt: "V",
  volts: "V",
  v: "V",
  lux: "lx",
  lx: "lx",
  ppm: "ppm",
  c: "°C",
  "°c": "°C",
  ºc: "°C",
  "℃": "°C",
  celsius: "°C",
  degc: "°C",
  f: "°F",
  "°f": "°F",
  ºf: "°F",
  "℉": "°F",
  fahrenheit: "°F",
  degf: "°F",
  kelvin: "K",
  k: "K",
  percent: "%",
  "%": "%",
  "%rh": "%",
  "\u00b5a": "\u03bcA",
  "\u00b5v": "\u03bcV",
};

const QUANTITY: Readonly<Partial<Record<SensorType, string>>> = {
  power: "power",
  energy: "energy",
  current: "current",
  voltage: "voltage",
  ldr: "illuminance",
  co2: "concentration",
  carbon_dioxide: "concentration",
};

const ABSOLUTE_ZERO_C = -273.15;
const UNCHANGED = { factor: 1, offset: 0 };

/** The unit as Home Assistant writes it; unknown ones as they are. Mega and milli are never confused by case. */
export function spellUnit(unit: string): string {
  const trimmed = unit.trim();
  for (const [, factors] of Object.values(FACTORS)) if (Object.hasOwn(factors, trimmed)) return trimmed;
  return SPELLINGS[trimmed.toLowerCase()] ?? trimmed;
}

/**
 * How to come to the normalised unit of a quantity (W, Wh, A, V, lx, °C, %, ppm).
 * @returns undefined when the unit is none of that quantity
 */
export function conversionFor(sensorType: SensorType, unit: string): Conversion | undefined {
  const spelled = spellUnit(unit);
  if (sensorType === "temperature") {
    if (spelled === "°C") return { unit: "°C", ...UNCHANGED };
    if (spelled === "°F") return { unit: "°C", factor: 5 / 9, offset: -32 };
    if (spelled === "K") return { unit: "°C", factor: 1, offset: ABSOLUTE_ZERO_C };
    return undefined;
  }
  if (sensorType === "humidity" || sensorType === "battery")
    return spelled === "%" ? { unit: "%", ...UNCHANGED } : undefined;
  const quantity = FACTORS[QUANTITY[sensorType] ?? ""];
  const factor = quantity && Object.hasOwn(quantity[1], spelled) ? quantity[1][spelled] : undefined;
  return quantity && factor !== undefined ? { unit: quantity[0], factor, offset: 0 } : undefined;
}

/** Rounds away what the multiplication added: 15 significant digits, as a decimal publisher meant. */
export function convert(value: number, { factor, offset }: Conversion): number {
  if (factor === 1 && offset === 0) return value;
  const converted = (value + offset) * factor;
  return Number.isFinite(converted) ? Number(converted.toPrecision(15)) : converted;
}

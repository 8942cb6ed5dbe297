/** The demo house: what stands where. Powers W, energies Wh, lux at the room's sensor. */
export type Room = Readonly<{
  location: string;
  name: string;
  floor: string;
  /** Share of outdoor light that reaches the sensor, per kW/m2: lux. */
  daylightLux: number;
  lights: readonly Readonly<{ device: string; name: string; maxW: number; luxAtFull: number }>[];
  /** Local hours in which somebody may be here, with the chance of it. */
  used: readonly Readonly<{ from: number; to: number; chance: number }>[];
}>;

export const ROOMS: readonly Room[] = [
  {
    location: "living_room",
    name: "Living room",
    floor: "Ground floor",
    daylightLux: 700,
    lights: [{ device: "ceiling", name: "Living room ceiling", maxW: 36, luxAtFull: 520 }],
    used: [
      { from: 7, to: 9, chance: 0.5 },
      { from: 17, to: 23, chance: 0.9 },
    ],
  },
  {
    location: "kitchen",
    name: "Kitchen",
    floor: "Ground floor",
    daylightLux: 520,
    lights: [{ device: "ceiling", name: "Kitchen ceiling", maxW: 30, luxAtFull: 600 }],
    used: [
      { from: 6.5, to: 8.5, chance: 0.85 },
      { from: 12, to: 13.5, chance: 0.5 },
      { from: 17.5, to: 20, chance: 0.8 },
    ],
  },
  {
    location: "office",
    name: "Office",
    floor: "Upper floor",
    daylightLux: 420,
    lights: [
      { device: "desk_lamp", name: "Desk lamp", maxW: 12, luxAtFull: 450 },
      { device: "ceiling", name: "Office ceiling", maxW: 28, luxAtFull: 380 },
    ],
    used: [
      { from: 8.5, to: 12.25, chance: 0.9 },
      { from: 13, to: 17.5, chance: 0.85 },
    ],
  },
  {
    location: "bedroom",
    name: "Bedroom",
    floor: "Upper floor",
    daylightLux: 380,
    lights: [{ device: "ceiling", name: "Bedroom ceiling", maxW: 24, luxAtFull: 420 }],
    used: [
      { from: 6, to: 7, chance: 0.8 },
      { from: 22, to: 23.5, chance: 0.8 },
    ],
  },
  {
    location: "bathroom",
    name: "Bathroom",
    floor: "Upper floor",
    daylightLux: 260,
    lights: [{ device: "mirror", name: "Bathroom mirror", maxW: 18, luxAtFull: 480 }],
    used: [
      { from: 6.25, to: 7.5, chance: 0.7 },
      { from: 21.5, to: 23, chance: 0.6 },
    ],
  },
];

/** An appliance behind a relay: one run a day within its window; the house without HyperVolt starts it when it opens. */
export type Appliance = Readonly<{
  device: string;
  location: string;
  name: string;
  kind: "dishwasher" | "water_heater" | "ev";
  powerW: number;
  minutes: number;
  window: readonly [from: string, to: string];
}>;

export const APPLIANCES: readonly Appliance[] = [
  {
    device: "dishwasher",
    location: "kitchen",
    name: "Dishwasher",
    kind: "dishwasher",
    powerW: 1_100,
    minutes: 90,
    window: ["09:00", "19:00"],
  },
  {
    device: "water_heater",
    location: "bathroom",
    name: "Water heater",
    kind: "water_heater",
    powerW: 2_000,
    minutes: 105,
    window: ["05:30", "17:00"],
  },
  {
    device: "ev_charger",
    location: "garage",
    name: "Electric car",
    kind: "ev",
    powerW: 3_700,
    minutes: 150,
    window: ["08:00", "06:30"],
  },
];

export const PV_KWP = 6.2;
export const BATTERY = {
  id: "battery",
  capacityWh: 9_600,
  maxChargeW: 4_000,
  maxDischargeW: 4_000,
  efficiency: 0.95,
  minSoc: 0.1,
} as const;
export const PLACE = { latitude: 52.5, longitude: 13.4, timezone: "Europe/Berlin", currency: "EUR" } as const;

import { METHOD, METHOD_KIND } from "../../src/accounting/method.ts";
import type {
  AlertDto,
  AreaDto,
  DecisionDto,
  DeviceDto,
  EnergySourceDto,
  ForecastDto,
  HomeDto,
  HomeHistoryDto,
  LedgerDto,
  PlanDto,
  PreferencesDto,
  SensorDto,
} from "../../src/serving/messages.ts";

/** A simulated home for the card's tests and its development: all of it follows from these few numbers. */
export type HomeShape = Readonly<{
  areas: number;
  floors: number;
  lights: number;
  batteries: number;
  pv: boolean;
  ev: boolean;
  longNames: boolean;
  nowMs: number;
  language: string;
  timezone: string;
  role: "admin" | "operator" | "viewer";
}>;
export const USUAL: HomeShape = {
  areas: 9,
  floors: 2,
  lights: 14,
  batteries: 1,
  pv: true,
  ev: true,
  longNames: false,
  nowMs: Date.parse("2026-06-18T15:10:00Z"),
  language: "en",
  timezone: "Europe/Berlin",
  role: "admin",
};

const STEP_MINUTES = 30;
const STEP_MS = STEP_MINUTES * 60_000;
const ROOMS = [
  "Living room",
  "Kitchen",
  "Hall",
  "Utility room",
  "Bedroom",
  "Bathroom",
  "Children's room",
  "Office",
  "Garden",
];
const wave = (hour: number, peak: number, width: number): number => {
  const distance = Math.min(Math.abs(hour - peak), 24 - Math.abs(hour - peak));
  return Math.exp(-((distance / width) ** 2));
};
const hourOf = (atMs: number): number => (((atMs / 3_600_000 + 2) % 24) + 24) % 24;
/** A fixed wobble, the same for the same instant. */
const wobble = (atMs: number): number => Math.sin(atMs / 1_234_567) * 0.5 + Math.sin(atMs / 345_678) * 0.5;

const loadAt = (atMs: number): number => {
  const hour = hourOf(atMs);
  return Math.round(
    240 + 620 * wave(hour, 7.5, 1.6) + 1250 * wave(hour, 19.3, 2.6) + 260 * wave(hour, 13, 2) + 60 * wobble(atMs),
  );
};
const pvAt = (atMs: number): number =>
  Math.round(Math.max(0, 5200 * wave(hourOf(atMs), 13.4, 3.9) - 260) * (0.94 + 0.06 * wobble(atMs)));
const priceAt = (atMs: number): number =>
  Math.round(
    (0.27 +
      0.12 * wave(hourOf(atMs), 19.5, 2.4) +
      0.06 * wave(hourOf(atMs), 8, 2) -
      0.11 * wave(hourOf(atMs), 13.5, 3)) *
      1e4,
  ) / 1e4;
const carbonAt = (atMs: number): number =>
  Math.round(330 - 170 * wave(hourOf(atMs), 13.5, 3.6) + 80 * wave(hourOf(atMs), 20, 3));

type Step = {
  loadW: number;
  pvW: number;
  batteryW: number;
  soc: number;
  gridW: number;
  baselineGridW: number;
  dishwasherW: number;
  carW: number;
};

/** Walks the house through time: what the sun leaves goes into the battery, which carries the evening. */
function walk(shape: HomeShape, startMs: number, steps: number): Step[] {
  const capacityWh = 9000 * Math.max(shape.batteries, 1);
  let soc = 0.42;
  let lateSoc = 0.42;
  return Array.from({ length: steps }, (_, i) => {
    const atMs = startMs + i * STEP_MS;
    const hour = hourOf(atMs);
    const pvW = shape.pv ? pvAt(atMs) : 0;
    const dishwasherW = hour >= 12.5 && hour < 14.5 ? 900 : 0;
    const carW = shape.ev && hour >= 11 && hour < 14 ? 2300 : 0;
    const loadW = loadAt(atMs);
    const battery = (surplusW: number, level: number): number =>
      shape.batteries === 0
        ? 0
        : Math.round(
            Math.max(-3000, Math.min(3000, surplusW), (-(level - 0.08) * capacityWh * 60) / STEP_MINUTES) < 0
              ? Math.max(surplusW, -3000, (-(level - 0.08) * capacityWh * 60) / STEP_MINUTES)
              : Math.min(surplusW, 3000, ((0.98 - level) * capacityWh * 60) / STEP_MINUTES),
          );
    const dear = priceAt(atMs) > 0.29;
    const surplusW = pvW - loadW - dishwasherW - carW;
    const batteryW = surplusW > 0 || dear ? battery(surplusW, soc) : 0;
    soc = Math.min(0.99, Math.max(0.05, soc + (batteryW * STEP_MINUTES) / 60 / capacityWh));
    const lateW = (hour >= 20 && hour < 22 ? 900 : 0) + (shape.ev && hour >= 18 && hour < 21 ? 2300 : 0);
    const naive = battery(pvW - loadW - lateW, lateSoc);
    lateSoc = Math.min(0.99, Math.max(0.05, lateSoc + (naive * STEP_MINUTES) / 60 / capacityWh));
    return {
      loadW: loadW + dishwasherW + carW,
      pvW,
      batteryW,
      soc: Math.round(soc * 1000) / 1000,
      gridW: loadW + dishwasherW + carW + batteryW - pvW,
      baselineGridW: loadW + lateW + naive - pvW,
      dishwasherW,
      carW,
    };
  });
}

export type SimulatedHome = ReturnType<typeof simulateHome>;

export function simulateHome(shape: HomeShape) {
  const iso = (atMs: number): string => new Date(atMs).toISOString();
  const nowStepMs = Math.floor(shape.nowMs / STEP_MS) * STEP_MS;
  const all = walk(shape, nowStepMs - 48 * STEP_MS, 48 + 72);
  const now = all[48] as Step;
  const names = Array.from({ length: Math.max(shape.batteries, 0) }, (_, i) => `battery_${i + 1}`);
  const share = 1 / Math.max(shape.batteries, 1);
  const areas: AreaDto[] = Array.from({ length: shape.areas }, (_, i) => {
    const base = ROOMS[i % ROOMS.length] ?? "Room";
    const plain = i < ROOMS.length ? base : `${base} ${Math.floor(i / ROOMS.length) + 1}`;
    return {
      area_id: `area_${i + 1}`,
      name: shape.longNames ? `${plain} of the grandparents' carefully restored extension` : plain,
      floor_id:
        shape.floors > 0
          ? `floor_${Math.min(shape.floors - 1, Math.floor((i * shape.floors) / shape.areas)) + 1}`
          : null,
      temperature_c: i % 5 === 4 ? null : Math.round((19 + ((i * 7) % 11) * 0.6) * 10) / 10,
      humidity_pct: i % 3 === 0 ? 40 + i : null,
      illuminance_lx: i % 2 === 0 ? 120 + 35 * i : null,
      occupied: i % 4 === 0,
      power_w: i % 2 === 0 ? 40 + ((i * 53) % 310) : null,
    };
  });
  const device = (part: Partial<DeviceDto> & Pick<DeviceDto, "id" | "name" | "kind">): DeviceDto => ({
    entity_id: `switch.${part.id}`,
    area_id: null,
    on: false,
    brightness: null,
    power_w: 0,
    max_w: null,
    allowed: true,
    available: true,
    held_until: null,
    next_start: null,
    next_end: null,
    ...part,
  });
  const noon = nowStepMs + ((12.5 - hourOf(nowStepMs) + 24) % 24) * 3_600_000;
  const devices: DeviceDto[] = [
    ...Array.from({ length: shape.lights }, (_, i) => {
      const on = i % 3 !== 1;
      const brightness = on ? ([100, 62, 35, 80][i % 4] ?? 50) : 0;
      return device({
        id: `light_${i + 1}`,
        entity_id: `light.light_${i + 1}`,
        name: shape.longNames
          ? `The old brass lamp by the north-facing reading window number ${i + 1}`
          : `Lamp ${i + 1}`,
        kind: "light",
        area_id: areas[i % Math.max(areas.length, 1)]?.area_id ?? null,
        on,
        brightness,
        power_w: on ? Math.round(brightness * 0.11) : 0,
        max_w: 11,
        held_until: i === 4 ? iso(shape.nowMs + 50 * 60_000) : null,
      });
    }),
    device({
      id: "dishwasher",
      name: "Dishwasher",
      kind: "dishwasher",
      area_id: "area_2",
      max_w: 900,
      power_w: now.dishwasherW,
      on: now.dishwasherW > 0,
      next_start: iso(noon),
      next_end: iso(noon + 4 * STEP_MS),
    }),
    device({ id: "washing_machine", name: "Washing machine", kind: "washing_machine", area_id: "area_4", max_w: 1800 }),
    device({
      id: "water_heater",
      name: "Water heater",
      kind: "water_heater",
      area_id: "area_6",
      max_w: 2000,
      on: true,
      power_w: 340,
    }),
    device({ id: "heat_pump", name: "Heat pump", kind: "heat_pump", max_w: 2500, on: true, power_w: 210 }),
    ...(shape.ev
      ? [
          device({
            id: "car",
            name: "Car",
            kind: "ev",
            max_w: 2300,
            on: now.carW > 0,
            power_w: now.carW,
            next_start: iso(noon - 3 * STEP_MS),
            next_end: iso(noon + 3 * STEP_MS),
          }),
        ]
      : []),
  ];
  const home: HomeDto = {
    name: shape.longNames ? "The house at the end of the long road by the lake" : "Lake house",
    timezone: shape.timezone,
    currency: "EUR",
    language: shape.language,
    floors: Array.from({ length: shape.floors }, (_, i) => ({
      floor_id: `floor_${i + 1}`,
      name: ["Ground floor", "First floor", "Attic"][i] ?? `Floor ${i}`,
      level: i,
    })),
    areas,
    devices,
    has_pv: shape.pv,
    has_battery: shape.batteries > 0,
    has_ev: shape.ev,
    flows: {
      timestamp: iso(shape.nowMs),
      grid_w: now.gridW,
      load_w: now.loadW,
      pv_w: shape.pv ? now.pvW : null,
      batteries: names.map((id, i) => ({ id, name: `Battery ${i + 1}`, power_w: now.batteryW * share, soc: now.soc })),
      power_source: "solar",
      price_per_kwh: priceAt(nowStepMs),
      export_price_per_kwh: 0.082,
      carbon_g_kwh: carbonAt(nowStepMs),
      currency: "EUR",
    },
    mode: "auto",
    demo: true,
    now: iso(shape.nowMs),
    role: shape.role,
  };
  const column = <T>(from: number, to: number, pick: (step: Step, atMs: number) => T): T[] =>
    all.slice(from, to).map((step, i) => pick(step, nowStepMs + (from + i - 48) * STEP_MS));
  const planFrom = 49;
  const kwh = STEP_MINUTES / 60 / 1000;
  const cost = (gridW: number, atMs: number): number => (gridW > 0 ? gridW * priceAt(atMs) : gridW * 0.082) * kwh;
  const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);
  const plan: PlanDto = {
    plan_id: "plan-1",
    created_at: iso(nowStepMs),
    status: "optimal",
    start: iso(nowStepMs + STEP_MS),
    step_minutes: STEP_MINUTES,
    import_w: column(planFrom, 120, ({ gridW }) => Math.max(gridW, 0)),
    export_w: column(planFrom, 120, ({ gridW }) => Math.max(-gridW, 0)),
    load_w: column(planFrom, 120, ({ loadW }) => loadW),
    pv_w: column(planFrom, 120, ({ pvW }) => pvW),
    price: column(planFrom, 120, (_, atMs) => priceAt(atMs)),
    carbon_g_kwh: column(planFrom, 120, (_, atMs) => carbonAt(atMs)),
    export_price: column(planFrom, 120, () => 0.082),
    batteries: names.map((id) => ({
      id,
      power_w: column(planFrom, 120, ({ batteryW }) => Math.round(batteryW * share)),
      soc: column(planFrom, 120, ({ soc }) => soc),
    })),
    devices: [
      {
        id: "dishwasher",
        name: "Dishwasher",
        on: column(planFrom, 120, ({ dishwasherW }) => (dishwasherW > 0 ? 1 : 0)),
        power_w: column(planFrom, 120, ({ dishwasherW }) => dishwasherW),
      },
      ...(shape.ev
        ? [
            {
              id: "car",
              name: "Car",
              on: column(planFrom, 120, ({ carW }) => (carW > 0 ? 1 : 0)),
              power_w: column(planFrom, 120, ({ carW }) => carW),
            },
          ]
        : []),
    ],
    cost: sum(column(planFrom, 120, ({ gridW }, atMs) => cost(gridW, atMs))),
    carbon_kg: sum(column(planFrom, 120, ({ gridW }, atMs) => (Math.max(gridW, 0) * kwh * carbonAt(atMs)) / 1000)),
    baseline: {
      cost: sum(column(planFrom, 120, ({ baselineGridW }, atMs) => cost(baselineGridW, atMs))),
      carbon_kg: sum(
        column(planFrom, 120, ({ baselineGridW }, atMs) => (Math.max(baselineGridW, 0) * kwh * carbonAt(atMs)) / 1000),
      ),
      import_w: column(planFrom, 120, ({ baselineGridW }) => Math.max(baselineGridW, 0)),
      export_w: column(planFrom, 120, ({ baselineGridW }) => Math.max(-baselineGridW, 0)),
    },
    currency: "EUR",
    relaxed: [],
    reasons: [
      {
        at: iso(noon),
        what: "Dishwasher starts",
        why: "from 12:30 to 14:30 on Friday: 100 % from your roof; at 19:30 on Friday it would cost 0.41 EUR and 0.5 kg CO2 more",
        alternative: { at: iso(noon + 7 * 3_600_000), extra_cost: 0.41, extra_carbon_kg: 0.52 },
      },
      ...(shape.ev
        ? [
            {
              at: iso(noon - 3 * STEP_MS),
              what: "Car starts",
              why: "from 11:00 to 14:00: 92 % from your roof, 8 % from the grid at 0.21 EUR/kWh",
              alternative: { at: iso(noon + 6 * 3_600_000), extra_cost: 1.12, extra_carbon_kg: 1.6 },
            },
          ]
        : []),
    ],
    front: [0, 0.1, 0.25, 0.5, 1].map((weight) => ({
      carbon_price_per_kg: weight,
      cost: 1.4 + 0.5 * weight,
      carbon_kg: 3.1 - 1.4 * Math.sqrt(weight),
    })),
  };
  const history: HomeHistoryDto = {
    start: iso(nowStepMs - 48 * STEP_MS),
    step_minutes: STEP_MINUTES,
    load_w: column(0, 48, ({ loadW }) => loadW),
    pv_w: column(0, 48, ({ pvW }) => (shape.pv ? pvW : null)),
    grid_w: column(0, 48, ({ gridW }) => gridW),
    batteries: names.map((id) => ({
      id,
      power_w: column(0, 48, ({ batteryW }) => batteryW * share),
      soc: column(0, 48, ({ soc }) => soc),
    })),
    price: column(0, 48, (_, atMs) => priceAt(atMs)),
    export_price: column(0, 48, () => 0.082),
    carbon_g_kwh: column(0, 48, (_, atMs) => carbonAt(atMs)),
    baseline_grid_w: column(0, 48, ({ baselineGridW }) => baselineGridW),
  };
  const forecast = (signal: "load_w" | "pv_w", pick: (step: Step) => number): ForecastDto => {
    const mean = column(planFrom, 120, pick);
    const spread = (by: number): number[] =>
      mean.map((value, i) => Math.max(0, Math.round(value * (1 + by * (0.12 + 0.22 * Math.min(i / 40, 1))))));
    return {
      signal,
      unit: "W",
      issued_at: iso(nowStepMs),
      model: "blend",
      start: plan.start,
      step_minutes: STEP_MINUTES,
      mean,
      p10: spread(-1),
      p50: mean,
      p90: spread(1),
      skill: { blend: { mae: 184 }, yesterday: { mae: 291 } },
    };
  };
  const totals = (days: number, saved: number) => ({
    saved_cost: saved,
    saved_carbon_kg: saved * 1.31,
    cost: 1.1 * days,
    carbon_kg: 2.3 * days,
    baseline_cost: 1.1 * days + saved,
    baseline_carbon_kg: 2.3 * days + saved * 1.31,
    from: iso(shape.nowMs - days * 86_400_000),
    to: iso(shape.nowMs),
  });
  const ledger: LedgerDto = {
    today: totals(1, 1.84),
    total: totals(124, 203.7),
    currency: "EUR",
    advisory: false,
    method_kind: METHOD_KIND,
    method: METHOD,
    verified: true,
  };
  const decisions: DecisionDto[] = Array.from({ length: 12 }, (_, i) => ({
    id: `decision-${i + 1}`,
    timestamp: iso(shape.nowMs - i * 23 * 60_000),
    device: i % 4 === 3 ? "dishwasher" : `light_${(i % 6) + 1}`,
    entity_id: i % 4 === 3 ? "switch.dishwasher" : `light.light_${(i % 6) + 1}`,
    action: i % 4 === 3 ? "turn_on" : "set_brightness",
    value: i % 4 === 3 ? null : 62 - 4 * i,
    reason:
      i % 4 === 3
        ? "from 12:30 to 14:30: 100 % from your roof; at 20:00 it would cost 0.41 EUR and 0.5 kg CO2 more"
        : "Kitchen is darker than wanted: 310 lx for 400 lx.",
    alternative: i % 4 === 3 ? "20:00: 0.41 EUR and 0.52 kg CO2e more" : null,
    status: (["confirmed", "confirmed", "withheld", "confirmed", "failed", "advised"] as const)[i % 6] ?? "confirmed",
    status_detail: i % 6 === 2 ? "Somebody changed it" : i % 6 === 4 ? "its device is unavailable" : null,
    source: "hypervolt",
    inputs: { illuminance_lx: 310, target_lx: 400, price: 0.21, occupied: true },
  }));
  const alerts: AlertDto[] = [
    {
      id: "a1",
      since: iso(shape.nowMs - 3_600_000),
      severity: "warning",
      kind: "sensor-silent",
      values: { name: "ldr_3 (hall)", usual_s: 60, quiet_s: 3_600 },
      title: "ldr_3 (hall) has fallen silent",
      detail: "It used to speak every 60 s; nothing has come for 60 min.",
      todo: "Check its power and its network; set its role to ignore if it is gone for good.",
    },
  ];
  const preferences: PreferencesDto = {
    mode: "auto",
    carbon_weight: 0.1,
    light_target_lx: 400,
    light_floor_pct: 10,
    light_comfort_per_hour: 0.05,
    hands_off_minutes: 60,
    quiet_hours: null,
    allowed_entities: devices.map(({ entity_id }) => entity_id ?? ""),
    roles: {},
  };
  const sensors: SensorDto[] = areas.flatMap((area, i): SensorDto[] => [
    {
      sensor_id: `ldr_${i + 1}`,
      unique_id: `pi-ldr-${i + 1}`,
      source: "native",
      sensor_type: "ldr",
      name: `${area.name} light`,
      device: "Pi",
      location: area.name,
      value: area.illuminance_lx,
      unit: "lx",
      timestamp: iso(shape.nowMs - i * 4000),
      available: area.illuminance_lx !== null,
      role: "room_light",
      confidence: 0.95,
    },
    {
      sensor_id: `temp_${i + 1}`,
      unique_id: null,
      source: "home-assistant",
      sensor_type: "temperature",
      name: `${area.name} temperature`,
      device: null,
      location: area.name,
      value: area.temperature_c,
      unit: "°C",
      timestamp: iso(shape.nowMs - i * 9000),
      available: area.temperature_c !== null,
      role: "room_temperature",
      confidence: 0.8,
    },
  ]);
  const sources: EnergySourceDto[] = [
    {
      id: "grid",
      kind: "grid",
      name: "Grid",
      enabled: true,
      power_w: now.gridW,
      soc: null,
      max_import_w: 11_000,
      max_export_w: 5000,
      capacity_wh: null,
    },
    ...(shape.pv
      ? [
          {
            id: "solar",
            kind: "solar" as const,
            name: "Roof",
            enabled: true,
            power_w: now.pvW,
            soc: null,
            max_import_w: null,
            max_export_w: null,
            capacity_wh: null,
          },
        ]
      : []),
    ...names.map((id, i) => ({
      id,
      kind: "battery" as const,
      name: `Battery ${i + 1}`,
      enabled: true,
      power_w: now.batteryW * share,
      soc: now.soc,
      max_import_w: null,
      max_export_w: null,
      capacity_wh: 9000,
    })),
  ];
  return {
    shape,
    home,
    plan,
    history,
    forecasts: [forecast("load_w", ({ loadW }) => loadW), forecast("pv_w", ({ pvW }) => pvW)],
    ledger,
    decisions,
    alerts,
    preferences,
    sensors,
    sources,
  };
}

/**
 * What the page and the card are told: the JSON of REST and WebSocket (contract http.md). The card imports types from
 * here and nothing else. Times are ISO-8601 UTC, powers W, energies Wh, shares 0..1 unless a name says otherwise.
 */
export type * from "./setup-messages.ts";

export type Page<T> = { count: number; next: string | null; previous: string | null; results: T[] };
export type ErrorDto = { code: string; detail: string; fields?: Record<string, string> };

export type SensorDto = {
  sensor_id: string;
  unique_id: string | null;
  source: "discovery" | "native" | "home-assistant";
  sensor_type: string;
  name: string;
  device: string | null;
  location: string | null;
  value: number | null;
  unit: string;
  timestamp: string | null;
  available: boolean;
  role?: string;
  confidence?: number;
  entity_id?: string;
};

export type ReadingDto = {
  id: string;
  sensor_id: string;
  sensor_type: string;
  value: number;
  unit: string;
  location: string | null;
  timestamp: string;
};

/** Power now, W; null where it is not known. grid + = import, battery + = charging. */
export type FlowsDto = {
  timestamp: string;
  grid_w: number | null;
  load_w: number | null;
  pv_w: number | null;
  batteries: { id: string; name: string; power_w: number | null; soc: number | null }[];
  power_source: "grid" | "solar" | "battery" | "mixed" | null;
  price_per_kwh: number | null;
  export_price_per_kwh: number | null;
  carbon_g_kwh: number | null;
  currency: string;
};

/** A thing HyperVolt may act on or draws: light, appliance, charger, heater, battery. */
export type DeviceDto = {
  id: string;
  entity_id: string | null;
  name: string;
  kind:
    "light" | "switch" | "dishwasher" | "washing_machine" | "water_heater" | "ev" | "heat_pump" | "battery" | "other";
  area_id: string | null;
  on: boolean | null;
  /** 0..100 %, lights only. */
  brightness: number | null;
  power_w: number | null;
  /** Full power while on, W. */
  max_w: number | null;
  /** The user lets HyperVolt act on it. */
  allowed: boolean;
  available: boolean;
  /** HyperVolt stays away until then because a person changed it. */
  held_until: string | null;
  /** Next planned run. */
  next_start: string | null;
  next_end: string | null;
};

export type AreaDto = {
  area_id: string;
  name: string;
  floor_id: string | null;
  temperature_c: number | null;
  humidity_pct: number | null;
  illuminance_lx: number | null;
  occupied: boolean | null;
  power_w: number | null;
};
export type FloorDto = { floor_id: string; name: string; level: number | null };

/** The home as it is drawn. */
export type HomeDto = {
  name: string;
  timezone: string;
  currency: string;
  language: string;
  floors: FloorDto[];
  areas: AreaDto[];
  devices: DeviceDto[];
  has_pv: boolean;
  has_battery: boolean;
  has_ev: boolean;
  flows: FlowsDto;
  /**
   * What people seem to be doing, guessed from the load: a forest's share of votes, 0..1. `guests` is any unusually
   * high load that lasts. Absent while too little is known.
   */
  regime?: { kind: "away" | "asleep" | "home" | "guests"; certainty: number };
  mode: "auto" | "advise" | "off";
  /** The demo says so on its face: sample prices, simulated house. */
  demo: boolean;
  /** Simulated or real time of this engine; the page counts from here. */
  now: string;
  /** What the one who asks may do; absent means `viewer`. */
  role?: Role;
};
export type Role = "admin" | "operator" | "viewer";

/**
 * GET api/home/history?hours=24: what was measured, as columns of equal length on a regular grid that ends at or
 * before now; null where nothing is known. Signs as in `FlowsDto`. `baseline_grid_w` is the ledger's "without
 * HyperVolt"; absent while the ledger has nothing.
 */
export type HomeHistoryDto = {
  start: string;
  step_minutes: number;
  load_w: (number | null)[];
  pv_w: (number | null)[];
  grid_w: (number | null)[];
  batteries: { id: string; power_w: (number | null)[]; soc: (number | null)[] }[];
  price: (number | null)[];
  export_price?: (number | null)[];
  carbon_g_kwh: (number | null)[];
  baseline_grid_w?: (number | null)[];
};

/** POST api/devices/:id/override. `release` gives the device back to HyperVolt; `skip` drops its next planned run. */
export type OverrideDto = {
  action: "turn_on" | "turn_off" | "set_brightness" | "run_now" | "skip" | "release";
  /** 0..100 % for `set_brightness`. */
  value?: number;
  /** How long HyperVolt stays away; the preference `hands_off_minutes` where absent. */
  minutes?: number;
};

/** PATCH api/sensors: what a person says a sensor is. */
export type SensorCorrectionDto = {
  sensor_id: string;
  name?: string;
  role?: string;
  ignore?: boolean;
  calibration?: { scale: number; zero: number };
};

/** GET api/audit-log, newest first: every write and every refusal. */
export type AuditEntryDto = {
  id: string;
  timestamp: string;
  who: string | null;
  role: string;
  action: string;
  target: string | null;
  outcome: "done" | "refused" | "failed";
  detail: string | null;
};

export type ForecastDto = {
  signal: "load_w" | "pv_w" | "import_price" | "export_price" | "carbon_g_kwh";
  unit: string;
  issued_at: string;
  model: string;
  start: string;
  step_minutes: number;
  mean: number[];
  p10: number[];
  p50: number[];
  p90: number[];
  skill: Record<string, { mae: number }>;
};

/** The plan in force, as columns of equal length, one value per step. */
export type PlanDto = {
  plan_id: string;
  created_at: string;
  status: "optimal" | "feasible" | "relaxed";
  start: string;
  step_minutes: number;
  import_w: number[];
  export_w: number[];
  load_w: number[];
  pv_w: number[];
  price: number[];
  carbon_g_kwh: number[];
  batteries: { id: string; power_w: number[]; soc: number[] }[];
  devices: { id: string; name: string; on: number[]; power_w: number[] }[];
  cost: number;
  carbon_kg: number;
  /** The same time without HyperVolt. */
  baseline: { cost: number; carbon_kg: number; import_w: number[]; export_w: number[] };
  /** Paid for export, per step; absent where export earns nothing. */
  export_price?: number[];
  currency: string;
  relaxed: { what: string; by: number; unit: string; why: string }[];
  reasons: {
    at: string;
    what: string;
    why: string;
    alternative: { at: string; extra_cost: number; extra_carbon_kg: number } | null;
  }[];
  /** Plans along the cost-carbon front, cheapest first; absent while not computed. */
  front?: { carbon_price_per_kg: number; cost: number; carbon_kg: number }[];
};
export type PlanOutcomeDto =
  | { kind: "planned"; plan: PlanDto }
  | { kind: "waiting"; missing: string }
  | { kind: "stale"; plan: PlanDto; because: string };

export type DecisionDto = {
  id: string;
  timestamp: string;
  device: string;
  entity_id: string | null;
  action: string;
  value: number | null;
  reason: string;
  alternative: string | null;
  status: "advised" | "sent" | "confirmed" | "failed" | "withheld";
  status_detail: string | null;
  source: "hypervolt" | "outside";
  inputs?: Record<string, number | string | boolean | null>;
  /** What it led to, once known; told of one decision, not in lists. */
  outcome?: Record<string, number | string | boolean | null> | null;
};

export type LedgerTotalsDto = {
  saved_cost: number;
  saved_carbon_kg: number;
  cost: number;
  carbon_kg: number;
  baseline_cost: number;
  baseline_carbon_kg: number;
  /**
   * In the batteries, not yet counted: what came to lie there beyond what would lie there without HyperVolt, as stored,
   * and what it is expected to be worth; negative: less lies there. Never part of what was saved.
   */
  stored?: { energy_wh: number; cost: number; carbon_kg: number };
  from: string;
  to: string;
};
export type LedgerDto = {
  today: LedgerTotalsDto;
  total: LedgerTotalsDto;
  currency: string;
  /** True while HyperVolt only advises: the figures say what would have been saved. */
  advisory: boolean;
  /** How the figures are computed, for a person. */
  method: string;
  /** Which method it is, for a reader of another language. */
  method_kind?: string;
  /** The hash chain is whole. */
  verified: boolean;
};

export type { AlertKind, AlertValues } from "../domain/alert-values.ts";

export type AlertDto = {
  id: string;
  /** What the texts say, for a reader of another language: see `docs/api.md`. */
  kind?: string;
  values?: Readonly<Record<string, string | number>>;
  since: string;
  severity: "info" | "warning" | "problem";
  title: string;
  detail: string;
  todo: string | null;
};

export type GridDataDto = {
  timestamp: string;
  kind: "carbon_intensity" | "import_price" | "export_price" | "temperature" | "cloud_cover" | "pv_forecast";
  value: number;
  unit: string;
  source: string;
  age_s: number;
  /** A sample made up for the demo. */
  sample: boolean;
};

export type PreferencesDto = {
  mode: "auto" | "advise" | "off";
  /** Currency per kg CO2e. */
  carbon_weight: number;
  light_target_lx: number;
  light_floor_pct: number;
  /** What an hour of full light is worth, currency: the less, the more is dimmed in dear or dirty hours. */
  light_comfort_per_hour?: number;
  /** HyperVolt stays away this long after a person's change. */
  hands_off_minutes: number;
  quiet_hours: { from: string; to: string } | null;
  allowed_entities: string[];
  roles: Record<string, "admin" | "operator" | "viewer">;
};

export type DependencyDto = {
  name: string;
  state: "ok" | "degraded" | "down" | "off";
  since: string;
  detail: string | null;
  todo: string | null;
};
export type HealthDto = { status: "ok" | "degraded" | "down"; version: string; dependencies: DependencyDto[] };

export type EnergySourceDto = {
  /** `grid`, `solar`, or the battery's. */
  id: string;
  kind: "grid" | "solar" | "battery";
  name: string;
  enabled: boolean;
  power_w: number | null;
  soc: number | null;
  max_import_w: number | null;
  max_export_w: number | null;
  capacity_wh: number | null;
};

export type ServerMessage =
  | { type: "hello"; data: { version: string; sensors: number } }
  | {
      type: "sensor_update";
      data: {
        sensor_type: string;
        sensor_id: string;
        value: number | null;
        unit: string;
        location: string | null;
        timestamp: string;
      };
    }
  | { type: "decision"; data: DecisionDto }
  | { type: "plan"; data: PlanOutcomeDto }
  | { type: "alert"; data: AlertDto[] }
  | { type: "ledger"; data: LedgerDto }
  /** Sent with every fast tick, at most every 2 s: the card's picture of the home. */
  | { type: "home"; data: HomeDto };
export type ClientMessage = { type: "subscribe"; data: { types?: string[]; sensor_ids?: string[] } };

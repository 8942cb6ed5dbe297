/** The set-up page: what was found, five questions with what holds, and who said so (GET and PATCH api/setup). */
export type SetupQuestion = "wiring" | "tariff" | "devices" | "comfort" | "mode";
/** Who said what holds: an answer on the page wins over the app's options, these over what was found. */
export type SetupOrigin = "page" | "options" | "found" | "default";
export type WiringRole =
  "grid" | "grid_import" | "grid_export" | "load" | "pv" | "battery_power" | "battery_soc" | "ev_power" | "ev_soc";
/** Why something is proposed. */
export type SetupWhy =
  | "energy_dashboard"
  | "name"
  | "class"
  | "belongs_to_switch"
  | "measured_plug"
  | "switch"
  | "dimmable"
  | "raspberry_pi"
  | "said";

/** A meter of the home; `value` in W, or in % where it measures a charge. */
export type SetupSensorDto = {
  sensor_id: string;
  entity_id: string | null;
  name: string;
  measures: "power" | "charge";
  value: number | null;
  available: boolean;
};
export type SetupRoleDto = {
  role: WiringRole;
  /** Null: there is none. */
  sensor_id: string | null;
  /** It counts the other way round than HyperVolt: grid + is import, battery + is charging. */
  reversed: boolean;
  /** 0..1; null where nothing was found. */
  confidence: number | null;
  why: SetupWhy | null;
  origin: SetupOrigin;
};
/** One run a day: full power, length, and the local hours it may lie in. `days`: 0 = Monday .. 6 = Sunday. */
export type SetupLoadDto = {
  power_w: number;
  minutes: number;
  contiguous: boolean;
  from: string;
  ready_by: string;
  days: number[];
};
export type SetupDeviceDto = {
  entity_id: string;
  name: string;
  kind: string;
  area: string | null;
  dimmable: boolean;
  available: boolean;
  allowed: boolean;
  /** `options`: only the app's options can take it back. */
  allowed_by: "page" | "options" | null;
  /** The battery it charges or holds: without it, that is not steered. Null: none. */
  battery: string | null;
  confidence: number;
  why: SetupWhy;
  /** The run HyperVolt moves; null: it is not moved. */
  load: SetupLoadDto | null;
  load_origin: SetupOrigin;
  /** What would be a sensible run. `measured`: learned from its power meter. */
  proposal: SetupLoadDto & { measured: boolean };
};
export type SetupTariffDto = {
  /** `found`: the prices Home Assistant knows; `fixed`: those entered here. */
  kind: "found" | "fixed";
  origin: SetupOrigin;
  found: { source: string | null; ahead: boolean; rivals: string[] };
  /** Entity with the price; null: the best that was found. */
  price_entity: string | null;
  price_entities: { entity_id: string; name: string }[];
  network_fee_per_kwh: number;
  energy_tax_per_kwh: number;
  vat_pct: number;
  import_price: number;
  export_price: number;
  windows: { from: string; to: string; price: number }[];
  /** What a kWh costs and earns now, with everything on top; null while not known. */
  import_now: number | null;
  export_now: number | null;
};
export type SetupComfortDto = {
  light_target_lx: number;
  light_floor_pct: number;
  quiet_hours: { from: string; to: string } | null;
  hands_off_minutes: number;
  /** Main fuse; null: no limit. */
  max_import_w: number | null;
};
/** `ask`: as `auto`, but it asks before it starts an appliance. */
export type SetupMode = "off" | "advise" | "ask" | "auto";
export type PowerSourcesDto = {
  grid: string | null;
  solar: string | null;
  battery: string | null;
  dwell_minutes: number;
};

export type SetupDto = {
  currency: string;
  demo: boolean;
  /** When each question was answered; null: what holds is a proposal. */
  answered: Record<SetupQuestion, string | null>;
  complete: boolean;
  /** The last answer, which can be taken back. */
  undo: { question: SetupQuestion; at: string; by: string } | null;
  found: {
    home_assistant: boolean;
    energy_dashboard: boolean;
    /** Whether the meters of the energy dashboard add up; null where there is nothing to check. */
    balance: {
      holds: boolean;
      /** Share of the energy that does not add up, 0..1. */
      error: number;
      culprit: { name: string; kind: "sign" | "kilo" | "milli" | "twice" | "swapped" } | null;
    } | null;
  };
  wiring: {
    roles: SetupRoleDto[];
    sensors: SetupSensorDto[];
    power_sources: PowerSourcesDto;
    switches: { entity_id: string; name: string }[];
  };
  tariff: SetupTariffDto;
  devices: SetupDeviceDto[];
  comfort: SetupComfortDto;
  mode: SetupMode;
};

/** Bodies of PATCH api/setup/{question}: what is left out stays. */
export type WiringAnswerDto = {
  roles?: Partial<Record<WiringRole, { sensor_id: string | null; reversed?: boolean }>>;
  power_sources?: PowerSourcesDto;
};
export type TariffAnswerDto =
  | {
      kind: "found";
      price_entity?: string | null;
      network_fee_per_kwh?: number;
      energy_tax_per_kwh?: number;
      vat_pct?: number;
      export_price?: number;
    }
  | {
      kind: "fixed";
      import_price: number;
      export_price: number;
      windows?: { from: string; to: string; price: number }[];
    };
export type DevicesAnswerDto = { devices: { entity_id: string; allowed: boolean; load: SetupLoadDto | null }[] };
export type ComfortAnswerDto = Partial<SetupComfortDto>;
export type ModeAnswerDto = { mode: SetupMode };

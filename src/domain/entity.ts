/** An entity of Home Assistant as it stands. */
export type EntityState = Readonly<{
  entityId: string;
  state: string;
  attributes: Readonly<Record<string, unknown>>;
  lastChangedMs: number;
  lastUpdatedMs: number;
  /** Context of the change that led here: tells our own actions from others'. */
  contextId: string | null;
}>;

/** A device HyperVolt may be allowed to act on. Powers in W, durations in minutes. */
export type ControllableDevice = Readonly<{
  /** Stable name of ours, used in plans and decisions. */
  deviceId: string;
  entityId: string;
  name: string;
  kind:
    "light" | "switch" | "dishwasher" | "washing_machine" | "water_heater" | "ev" | "heat_pump" | "battery" | "other";
  areaId: string | null;
  /** Power while fully on. */
  maxW: number;
  dimmable: boolean;
  /** For loads that may be shifted: one run of `runMinutes` within the local window on each listed day. */
  shift?: Readonly<{
    runMinutes: number;
    contiguous: boolean;
    window: readonly [from: string, to: string];
    /** 0 = Monday .. 6 = Sunday. */
    weekdays: readonly number[];
  }>;
}>;

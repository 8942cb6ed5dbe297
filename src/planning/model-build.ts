import type { LinearModel, Terms } from "./linear-model.ts";
import type { PlanInstance } from "./plan-instance.ts";

/**
 * Where a whole-number condition keeps two opposite flows apart: `grid[t]` import from export (and what depends on
 * it), `batteries[b][t]` charge from discharge. Elsewhere the prices make both at once pointless, or nobody has
 * seen it happen yet.
 */
export type Exclusions = Readonly<{ grid: Uint8Array; batteries: readonly Uint8Array[] }>;

/** Most that can flow in each step, kW: what tightens the conditions above. */
export type FlowCaps = Readonly<{
  importKw: Float64Array;
  exportKw: Float64Array;
  chargeKw: readonly Float64Array[];
  dischargeKw: readonly Float64Array[];
  /** Fixed load and everything that could be on. */
  demandKw: Float64Array;
}>;

/** Columns of what may give way, for a problem that no plan satisfies; the totals are what is kept small. */
export type SlackColumns = Readonly<{
  pvClipKwh: number;
  importPeakKw: number;
  importKwh: number;
  exportPeakKw: number;
  exportKwh: number;
  socKwh: number;
  windowSteps: number;
}>;

export type BatteryColumns = Readonly<{
  charge: Int32Array;
  discharge: Int32Array;
  stored: Int32Array;
  /** Per step: 1 = may charge, 0 = may discharge; -1 where nothing keeps the two apart. */
  charging: Int32Array;
}>;
export type LoadColumns = Readonly<{
  /** `starts`: column i is a run that starts at step first + i. `on`: column i is on in step first + i. */
  kind: "starts" | "on";
  first: number;
  columns: Int32Array;
}>;
/** `heating` is -1 where the heater takes any power. */
export type TankColumns = Readonly<{ power: Int32Array; stored: Int32Array; heating: Int32Array }>;

/** Which column of the model means what; -1 where a flow is fixed. */
export type ModelLayout = Readonly<{
  import: Int32Array;
  export: Int32Array;
  pv: Int32Array;
  batteries: readonly BatteryColumns[];
  loads: readonly LoadColumns[];
  lights: readonly Int32Array[];
  tanks: readonly TankColumns[];
  source: Readonly<{ grid: Int32Array; solar: Int32Array; battery: Int32Array }> | undefined;
  slack: SlackColumns | undefined;
  /** Row of each step's energy balance: its shadow price is what a kW more in that step costs. */
  balanceRows: Int32Array;
  /** Per step: 1 = importing, 0 = exporting; -1 where nothing keeps the two apart. */
  importing: Int32Array;
}>;

/** A model under construction. Inside, powers are kW and energies kWh. */
export type ModelBuild = Readonly<{
  model: LinearModel;
  instance: PlanInstance;
  exclusions: Exclusions;
  caps: FlowCaps;
  /** Everything may give way (see SlackColumns). */
  elastic: boolean;
  /** Per step: supply (+) and demand (-) beside the fixed load. */
  balance: readonly Terms[];
  /** Per step: 1 = importing, 0 = exporting; -1 where nothing keeps the two apart. */
  importing: Int32Array;
}>;

export const KW_PER_W = 1 / 1000;

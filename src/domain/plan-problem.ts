/** A planning problem (contract plan.md), as it lies in a file. Powers in W, energies in Wh, prices per kWh. */
export type PlanProblem = Readonly<{
  kind: "hypervolt/plan-problem/v1";
  id: string;
  timezone: string;
  currency: string;
  /** ISO-8601 UTC, start of step 0. */
  start: string;
  stepMinutes: number | readonly number[];
  series: Readonly<{
    loadW: readonly number[];
    pvW?: readonly number[];
    importPricePerKwh: readonly number[];
    exportPricePerKwh?: readonly number[];
    carbonGPerKwh?: readonly number[];
  }>;
  objective?: Readonly<{ carbonPricePerKg?: number }>;
  grid?: Readonly<{ maxImportW?: number | null; maxExportW?: number | null }>;
  pv?: Readonly<{ curtailable?: boolean }>;
  inverter?: Readonly<{ maxAcW: number }>;
  batteries?: readonly Battery[];
  loads?: readonly DeferrableLoad[];
}>;

export type Battery = Readonly<{
  id: string;
  capacityWh: number;
  initialSoc: number;
  minSoc?: number;
  maxSoc?: number;
  maxChargeW: number;
  maxDischargeW: number;
  minChargeW?: number;
  chargeEfficiency: number;
  dischargeEfficiency: number;
  wearPerKwh?: number;
  mayExport?: boolean;
  mayChargeFromGrid?: boolean;
  finalMinSoc?: number;
  finalValuePerKwh?: number;
}>;

export type DeferrableLoad = Readonly<{
  id: string;
  earliestStep?: number;
  latestStep?: number;
  contiguous?: boolean;
}> &
  (
    | Readonly<{ powerW: number; steps: number; profileW?: never }>
    | Readonly<{ profileW: readonly number[]; powerW?: never; steps?: never }>
  );

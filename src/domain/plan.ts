/** A plan (contract plan.md). + charges a battery; import and export are never both above zero in a step. */
export type Plan = Readonly<{
  kind: "hypervolt/plan/v1";
  problem: string;
  status: "optimal" | "feasible" | "relaxed";
  objective: number;
  cost: number;
  carbonKg: number;
  gap: number;
  solveMs: number;
  steps: readonly PlanStep[];
  relaxed: readonly Relaxation[];
  reasons: readonly PlanReason[];
}>;

export type PlanStep = Readonly<{
  /** ISO-8601 UTC. */
  start: string;
  importW: number;
  exportW: number;
  pvW: number;
  batteries: Readonly<Record<string, Readonly<{ powerW: number; soc: number }>>>;
  loads: Readonly<Record<string, number>>;
}>;

/** A wish that had to give way, by how much and why, in words a user understands. */
export type Relaxation = Readonly<{ what: string; by: number; unit: string; why: string }>;

export type PlanReason = Readonly<{
  step: number;
  what: string;
  why: string;
  alternative?: Readonly<{ step: number; extraCost: number; extraCarbonKg: number }>;
}>;

/**
 * What a battery is told for a step; the real-time loop follows the measured net load under it (contract
 * backtest.md). Powers in W at the AC side.
 * - hold: neither charges nor discharges
 * - follow: covers the net load and takes the surplus, each within its range
 * - charge, discharge: at `powerW`, within [minW, maxW]
 */
export type BatteryCommand =
  | Readonly<{ kind: "hold" }>
  | Readonly<{ kind: "follow"; maxChargeW: number; maxDischargeW: number }>
  | Readonly<{ kind: "charge"; powerW: number; minW: number; maxW: number }>
  | Readonly<{ kind: "discharge"; powerW: number; minW: number; maxW: number }>;

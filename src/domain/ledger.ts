/**
 * One settled interval: what was used, what would have been used without HyperVolt, and the difference. Entries are
 * hash-chained: `hash` covers the entry and `previousHash`. Positive savings are good; they may be negative.
 */
export type LedgerEntry = Readonly<{
  startMs: number;
  endMs: number;
  /** Mean grid power over the interval, W; + is into the house. */
  gridW: number;
  baselineGridW: number;
  pricePerKwh: number;
  exportPricePerKwh: number;
  carbonGPerKwh: number;
  cost: number;
  baselineCost: number;
  carbonG: number;
  baselineCarbonG: number;
  savedCost: number;
  savedCarbonG: number;
  /** Advise mode: what would have been saved, not what was. */
  advisory: boolean;
  /** Share of the interval that was measured, 0..1; the rest was estimated. */
  measuredShare: number;
  previousHash: string;
  hash: string;
}>;

import { createHash } from "node:crypto";
import type { LedgerEntry } from "../domain/ledger.ts";

/** What comes before the first entry. */
export const GENESIS = "0".repeat(64);

/** An entry with its place in the chain: the hash covers every figure and the hash before it. */
export function chained(entry: Omit<LedgerEntry, "hash" | "previousHash">, previousHash: string): LedgerEntry {
  const linked = { ...entry, previousHash };
  return { ...linked, hash: hashOf(linked) };
}

/** SHA-256 over the figures in a fixed order, as JSON; hexadecimal. */
export function hashOf(entry: Omit<LedgerEntry, "hash">): string {
  const figures = [
    entry.startMs,
    entry.endMs,
    entry.gridW,
    entry.baselineGridW,
    entry.pricePerKwh,
    entry.exportPricePerKwh,
    entry.carbonGPerKwh,
    entry.cost,
    entry.baselineCost,
    entry.carbonG,
    entry.baselineCarbonG,
    entry.savedCost,
    entry.savedCarbonG,
    entry.advisory,
    entry.measuredShare,
    entry.previousHash,
  ];
  return createHash("sha256").update(JSON.stringify(figures)).digest("hex");
}

/** Why an entry does not follow the one before it, or null where it does. */
export function brokenBy(entry: LedgerEntry, before: LedgerEntry | null): string | null {
  if (entry.previousHash !== (before?.hash ?? GENESIS)) return "does not follow the entry before it";
  if (entry.hash !== hashOf(entry)) return "was changed after it was written";
  if (before !== null && entry.startMs < before.endMs) return "overlaps the entry before it";
  return null;
}

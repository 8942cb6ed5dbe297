import type { ContextSource } from "./context-source.ts";

/** What comes on top of a spot price: fees and taxes per kWh before VAT, VAT in percent. */
export type Surcharges = Readonly<{ feePerKwh: number; taxPerKwh: number; vatPct: number }>;

/** What a kWh costs in the end: (spot + fees + taxes) with VAT on all of it. A negative spot price lowers both. */
export const withSurcharges = (pricePerKwh: number, { feePerKwh, taxPerKwh, vatPct }: Surcharges): number =>
  (pricePerKwh + feePerKwh + taxPerKwh) * (1 + vatPct / 100);

/**
 * A source of spot prices as a home pays them; what export earns, and every other signal, stays as it is.
 * @param current  read at every refresh
 */
export const surchargedSource = (source: ContextSource, current: () => Surcharges): ContextSource => ({
  ...source,
  async refresh(nowMs) {
    const answer = await source.refresh(nowMs);
    const { import_price: spot } = answer;
    if (!spot) return answer;
    const surcharges = current();
    return {
      ...answer,
      import_price: spot.map((interval) => ({ ...interval, value: withSurcharges(interval.value, surcharges) })),
    };
  },
});

/** What comes on top of a spot price: fees and taxes per kWh before VAT, VAT in percent. */
export type Surcharges = Readonly<{ feePerKwh: number; taxPerKwh: number; vatPct: number }>;

/** What a kWh costs in the end: (spot + fees + taxes) with VAT on all of it. A negative spot price lowers both. */
export const withSurcharges = (pricePerKwh: number, { feePerKwh, taxPerKwh, vatPct }: Surcharges): number =>
  (pricePerKwh + feePerKwh + taxPerKwh) * (1 + vatPct / 100);

import { expect, it } from "vitest";
import type { ContextSource } from "./context-source.ts";
import { surchargedSource, withSurcharges } from "./surcharges.ts";

const GERMAN = { feePerKwh: 0.1, taxPerKwh: 0.05, vatPct: 19 };

it("puts fees and taxes on a spot price, and VAT on all of it", () => {
  expect(withSurcharges(0.1, GERMAN)).toBeCloseTo(0.2975, 10);
  expect(withSurcharges(-0.2, GERMAN)).toBeCloseTo(-0.0595, 10);
  expect(withSurcharges(0.3, { feePerKwh: 0, taxPerKwh: 0, vatPct: 0 })).toBe(0.3);
});

it("charges what is bought and leaves alone what is sold, and follows a change at the next refresh", async () => {
  const interval = { fromMs: 0, toMs: 3_600_000, value: 0.1 };
  const spot: ContextSource = {
    id: "spot",
    name: "Spot",
    refresh: async () => ({ import_price: [interval], export_price: [interval] }),
  };
  let surcharges = GERMAN;
  const source = surchargedSource(spot, () => surcharges);
  const first = await source.refresh(0);
  expect(first.import_price?.[0]?.value).toBeCloseTo(0.2975, 10);
  expect(first.export_price).toEqual([interval]);
  surcharges = { feePerKwh: 0, taxPerKwh: 0, vatPct: 0 };
  expect((await source.refresh(0)).import_price).toEqual([interval]);
});

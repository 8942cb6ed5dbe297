import { expect, it } from "vitest";
import { withSurcharges } from "./surcharges.ts";

const GERMAN = { feePerKwh: 0.1, taxPerKwh: 0.05, vatPct: 19 };

it("puts fees and taxes on a spot price, and VAT on all of it", () => {
  expect(withSurcharges(0.1, GERMAN)).toBeCloseTo(0.2975, 10);
  expect(withSurcharges(-0.2, GERMAN)).toBeCloseTo(-0.0595, 10);
  expect(withSurcharges(0.3, { feePerKwh: 0, taxPerKwh: 0, vatPct: 0 })).toBe(0.3);
});

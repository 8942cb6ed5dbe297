import { expect, it } from "vitest";
import { tradeAt } from "./trade-off.ts";

const front = [
  { carbon_price_per_kg: 0.5, cost: 3, carbon_kg: 1 },
  { carbon_price_per_kg: 0, cost: 1, carbon_kg: 5 },
  { carbon_price_per_kg: 0.1, cost: 2, carbon_kg: 2 },
];

it("lies between the plans on either side of a price of carbon", () => {
  expect(tradeAt(front, 0.05)).toEqual({ carbon_price_per_kg: 0.05, cost: 1.5, carbon_kg: 3.5 });
  expect(tradeAt(front, 0.3)).toMatchObject({ cost: 2.5, carbon_kg: 1.5 });
});

it("is the plan itself where one was computed, and the last one beyond the ends", () => {
  expect(tradeAt(front, 0.1)).toMatchObject({ cost: 2, carbon_kg: 2 });
  expect(tradeAt(front, 0)).toMatchObject({ cost: 1, carbon_kg: 5 });
  expect(tradeAt(front, 9)).toEqual({ carbon_price_per_kg: 9, cost: 3, carbon_kg: 1 });
  expect(tradeAt([], 1)).toBeUndefined();
});

import type { PlanDto } from "../../../src/serving/messages.ts";

/** A plan on the front of cost and carbon. */
export type TradePoint = NonNullable<PlanDto["front"]>[number];

/**
 * What the plan would come to at a price of carbon, between the plans that were computed: linear from one to the next,
 * beyond the ends the last one. Undefined where nothing was computed.
 */
export function tradeAt(front: readonly TradePoint[], carbonPricePerKg: number): TradePoint | undefined {
  const sorted = [...front].sort((a, b) => a.carbon_price_per_kg - b.carbon_price_per_kg);
  const above = sorted.findIndex((point) => point.carbon_price_per_kg >= carbonPricePerKg);
  const [a, b] = above < 0 ? [sorted[sorted.length - 1]] : [sorted[above - 1] ?? sorted[above], sorted[above]];
  if (!a || !b) return a && { ...a, carbon_price_per_kg: carbonPricePerKg };
  const span = b.carbon_price_per_kg - a.carbon_price_per_kg;
  const share = span > 0 ? (carbonPricePerKg - a.carbon_price_per_kg) / span : 0;
  const between = (from: number, to: number): number => from + (to - from) * Math.min(Math.max(share, 0), 1);
  return {
    carbon_price_per_kg: carbonPricePerKg,
    cost: between(a.cost, b.cost),
    carbon_kg: between(a.carbon_kg, b.carbon_kg),
  };
}

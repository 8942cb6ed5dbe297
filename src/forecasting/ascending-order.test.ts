import { expect, it } from "vitest";
import { ascendingOrder } from "./ascending-order.ts";
import { mulberry32 } from "./random.ts";

it.each([0, 1, 2, 11, 12, 13, 24, 25, 100, 168, 450])(
  "puts %i values in ascending order, equal ones as they came",
  (count) => {
    const random = mulberry32(count + 1);
    const values = Float64Array.from({ length: count }, () => Math.floor(40 * random()) - 20);
    const byComparison = [...values.keys()].sort((a, b) => (values[a] as number) - (values[b] as number));
    expect([...ascendingOrder(values)]).toEqual(byComparison);
  },
);

it("keeps zeros of both signs as they came, and infinities at the ends", () => {
  const values = Float64Array.of(0, Number.POSITIVE_INFINITY, -0, 1, Number.NEGATIVE_INFINITY, 0);
  expect([...ascendingOrder(values)]).toEqual([4, 0, 2, 5, 3, 1]);
});

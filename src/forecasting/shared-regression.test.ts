import { expect, it } from "vitest";
import { mulberry32 } from "./random.ts";
import { SharedRegression } from "./shared-regression.ts";

/** Examples of y0 = 3 + 2 a - b, y1 = b, with inputs of very different size and one that never moves. */
function learned(rows: number, penalty: number): (a: number, b: number) => number[] {
  const random = mulberry32(4);
  const regression = new SharedRegression(3, 2);
  for (let k = 0; k < rows; k++) {
    const [a, b] = [random(), 1000 * random()];
    regression.add(Float64Array.of(a, b, 7), Float64Array.of(3 + 2 * a - b, b), 0.5 + random());
  }
  const apply = regression.solve(penalty);
  return (a, b) => {
    const into = new Float64Array(2);
    apply(Float64Array.of(a, b, 7), into);
    return Array.from(into);
  };
}

it("finds each output's own plane, whatever the size of the inputs", () => {
  const [first, second] = learned(200, 1e-9)(0.25, 400);
  expect(first).toBeCloseTo(3 + 0.5 - 400, 3);
  expect(second).toBeCloseTo(400, 3);
});

it("goes to the mean when it is held back hard", () => {
  const held = learned(200, 1e6);
  expect(Math.abs((held(0.1, 10)[1] ?? 0) - (held(0.9, 900)[1] ?? 0))).toBeLessThan(1);
});

it("does not follow an input far out of what it has seen", () => {
  const apply = learned(200, 1e-6);
  expect(apply(0.5, 1e6)[1]).toBeLessThan(3000);
});

import { expect, it } from "vitest";
import { binFeatures } from "./binned-table.ts";
import { predictBoosted, type BoostingOptions } from "./boosted-trees.ts";
import { trainBoosted } from "./train-boosted.ts";
import { mulberry32 } from "../random.ts";
import { decodeTrees, encodeTrees, shapeOf } from "./tree-weights.ts";

const OPTIONS: BoostingOptions = {
  loss: { kind: "squared" },
  trees: 60,
  leaves: 8,
  learningRate: 0.15,
  fewestPerLeaf: 10,
  rowShare: 0.8,
  featureShare: 1,
  seed: 5,
};
const ROWS = 3000;

/** Two features and noise: y jumps with the first, rises with the second, and is 3 where the second is missing. */
function examples(): { features: Float32Array; target: Float32Array } {
  const random = mulberry32(1);
  const features = new Float32Array(ROWS * 2);
  const target = new Float32Array(ROWS);
  for (let i = 0; i < ROWS; i++) {
    const [a, b] = [random(), random()];
    const missing = random() < 0.1;
    features[2 * i] = a;
    features[2 * i + 1] = missing ? Number.NaN : b;
    target[i] = (missing ? 3 : (a > 0.6 ? 2 : 0) + b) + 0.1 * (random() - 0.5);
  }
  return { features, target };
}

it("learns jumps, slopes and what a missing value means", () => {
  const { features, target } = examples();
  const model = trainBoosted(binFeatures(features, ROWS, 2), target, OPTIONS);
  const said = predictBoosted(model, Float32Array.of(0.9, 0.5, 0.1, 0.5, 0.1, Number.NaN), 3);
  expect(said[0]).toBeCloseTo(2.5, 0);
  expect(said[1]).toBeCloseTo(0.5, 0);
  expect(said[2]).toBeGreaterThan(2);
});

it("learns the share of values it is asked for", () => {
  const random = mulberry32(2);
  const features = Float32Array.from({ length: ROWS }, () => random());
  const target = Float32Array.from({ length: ROWS }, () => random());
  const model = trainBoosted(binFeatures(features, ROWS, 1), target, {
    ...OPTIONS,
    loss: { kind: "pinball", share: 0.9 },
    leaves: 3,
    fewestPerLeaf: 200,
  });
  const said = predictBoosted(model, features, ROWS);
  const below = target.filter((y, i) => y <= (said[i] ?? 0)).length / ROWS;
  expect(below).toBeGreaterThan(0.85);
  expect(below).toBeLessThan(0.95);
});

it("is the same for the same seed, and another for another", () => {
  const { features, target } = examples();
  const table = binFeatures(features, ROWS, 2);
  const first = encodeTrees([trainBoosted(table, target, OPTIONS)]);
  expect(encodeTrees([trainBoosted(table, target, OPTIONS)])).toEqual(first);
  expect(encodeTrees([trainBoosted(table, target, { ...OPTIONS, seed: 6 })])).not.toEqual(first);
});

it("survives being written and read, and refuses bytes that are not what they say", () => {
  const { features, target } = examples();
  const model = trainBoosted(binFeatures(features, ROWS, 2), target, OPTIONS);
  const bytes = encodeTrees([model, model]);
  const shapes = [shapeOf(model), shapeOf(model)];
  const [read] = decodeTrees(bytes, shapes);
  expect(read && predictBoosted(read, features, 50)).toEqual(predictBoosted(model, features, 50));
  expect(() => decodeTrees(bytes.subarray(1), shapes)).toThrow(/MODEL_INVALID/);
  const looping = bytes.slice();
  new DataView(looping.buffer).setInt16(4 * model.roots.length + 2, 0, true);
  expect(() => decodeTrees(looping, shapes)).toThrow(/MODEL_INVALID.*leads nowhere/);
});

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { compileKernel } from "../../../scripts/build-kernel.ts";
import { mulberry32 } from "../random.ts";
import { createKernelEngine, KERNEL_FILE } from "./kernel.ts";
import type { NetBatch, NetLoss } from "./net-engine.ts";
import { rowsOf, weightCount, type Net, type NetShape } from "./net.ts";

const LOSS: NetLoss = [0.1, 0.5, 0.9, -0.7];
const SHAPES: readonly NetShape[] = [
  { time: 5, inputs: 3, units: 8, bidirectional: true, everyStep: true, outputs: 4 },
  { time: 6, inputs: 5, units: 4, bidirectional: false, everyStep: false, outputs: 4 },
  { time: 1, inputs: 9, units: 12, bidirectional: false, everyStep: true, outputs: 4 },
];

/** From a dozen sequences on, the kernel lays out the weights anew; thirteen leave one over from four at a time. */
const COUNTS = [6, 13];
const CASES = SHAPES.flatMap((shape) => COUNTS.map((count) => ({ ...shape, count })));

/** The same net in 64-bit floats, one number at a time: what the kernel is held against. */
function referenceOutputs({ shape }: Net, weights: Float64Array, inputs: Float32Array, count: number): Float64Array {
  const { time, inputs: width, units, bidirectional, everyStep, outputs } = shape;
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
  const directions = bidirectional ? 2 : 1;
  const layerSize = 4 * units * (width + units + 1);
  const hidden = new Float64Array(count * time * directions * units);
  for (let d = 0; d < directions; d++)
    for (let b = 0; b < count; b++) {
      let h = new Float64Array(units);
      let c = new Float64Array(units);
      for (let s = 0; s < time; s++) {
        const t = d === 1 ? time - 1 - s : s;
        const gate = (k: number, j: number): number => {
          const column = k * units + j;
          const w = (row: number): number => weights[d * layerSize + row * 4 * units + column] as number;
          let sum = w(width + units);
          for (let i = 0; i < width; i++) sum += (inputs[(b * time + t) * width + i] as number) * w(i);
          for (let i = 0; i < units; i++) sum += (h[i] as number) * w(width + i);
          return sum;
        };
        const nextC = c.map((old, j) => sigmoid(gate(1, j)) * old + sigmoid(gate(0, j)) * Math.tanh(gate(2, j)));
        const nextH = nextC.map((cell, j) => sigmoid(gate(3, j)) * Math.tanh(cell));
        c = nextC;
        h = nextH;
        hidden.set(h, ((b * time + t) * directions + d) * units);
      }
    }
  const head = directions * layerSize;
  const wide = directions * units;
  const rows = count * rowsOf(shape);
  return Float64Array.from({ length: rows * outputs }, (_, at) => {
    const row = Math.floor(at / outputs);
    const seen = everyStep ? row : row * time + time - 1;
    let sum = weights[head + wide * outputs + (at % outputs)] as number;
    for (let i = 0; i < wide; i++)
      sum += (hidden[seen * wide + i] as number) * (weights[head + i * outputs + (at % outputs)] as number);
    return sum;
  });
}

function referenceLoss(net: Net, weights: Float64Array, batch: NetBatch): number {
  const { outputs } = net.shape;
  let sum = 0;
  let total = 0;
  const out = referenceOutputs(net, weights, batch.inputs, batch.count);
  for (const [row, weight] of batch.weights.entries()) {
    total += weight;
    for (const [k, share] of LOSS.entries()) {
      const off = (batch.targets[row * outputs + k] as number) - (out[row * outputs + k] as number);
      sum += weight * (share > 0 ? Math.max(share * off, (share - 1) * off) : -0.5 * share * off * off);
    }
  }
  return sum / total;
}

function randomNet(shape: NetShape): Net {
  const random = mulberry32(5);
  return { shape, weights: Float32Array.from({ length: weightCount(shape) }, () => 0.8 * (2 * random() - 1)) };
}

function randomBatch(shape: NetShape, count: number, seed: number): NetBatch {
  const random = mulberry32(seed);
  const fill = (length: number): Float32Array => Float32Array.from({ length }, () => 4 * random() - 2);
  const rows = count * rowsOf(shape);
  return {
    count,
    inputs: fill(count * shape.time * shape.inputs),
    targets: fill(rows * shape.outputs),
    weights: Float32Array.from({ length: rows }, (_, row) => (row % 4 === 3 ? 0 : 0.5 + random())),
  };
}

it.each(CASES)("predicts what the same net in 64-bit floats does: %o", ({ count, ...shape }) => {
  const net = randomNet(shape);
  const { inputs } = randomBatch(shape, count, 1);
  const expected = referenceOutputs(net, Float64Array.from(net.weights), inputs, count);
  const said = createKernelEngine().open(net).predict(inputs, count);
  expect(said.length).toBe(expected.length);
  for (const [i, value] of said.entries()) expect(value).toBeCloseTo(expected[i] as number, 5);
});

it.each(SHAPES)("answers for a sequence among many as for it alone, to the last bit: %o", (shape) => {
  const session = createKernelEngine().open(randomNet(shape));
  const { inputs } = randomBatch(shape, 13, 4);
  const together = session.predict(inputs, 13);
  const size = shape.time * shape.inputs;
  const alone = Array.from({ length: 13 }, (_, k) => [
    ...session.predict(inputs.subarray(k * size, (k + 1) * size), 1),
  ]);
  expect(together).toEqual(Float32Array.from(alone.flat()));
});

it.each(CASES)("has the gradients that finite differences of the 64-bit net have: %o", ({ count, ...shape }) => {
  const net = randomNet(shape);
  const batch = randomBatch(shape, count, 2);
  const session = createKernelEngine().open(net);
  const loss = session.train(batch, LOSS, 0);
  const weights = Float64Array.from(net.weights);
  expect(loss).toBeCloseTo(referenceLoss(net, weights, batch), 5);
  const gradients = session.gradients();
  const largest = Math.max(...gradients.map(Math.abs));
  expect(largest).toBeGreaterThan(0.01);
  for (let i = 0; i < weights.length; i++) {
    const kept = weights[i] as number;
    weights[i] = kept + 1e-5;
    const above = referenceLoss(net, weights, batch);
    weights[i] = kept - 1e-5;
    const below = referenceLoss(net, weights, batch);
    weights[i] = kept;
    expect(Math.abs((gradients[i] as number) - (above - below) / 2e-5)).toBeLessThan(2e-5 * largest + 2e-6);
  }
});

it("learns, and goes on after a stop as if there had been none", () => {
  const shape = SHAPES[0] as NetShape;
  const engine = createKernelEngine();
  const whole = engine.open(randomNet(shape));
  const losses = Array.from({ length: 60 }, (_, k) => whole.train(randomBatch(shape, 8, k % 3), LOSS, 0.01));
  expect(losses.at(-1)).toBeLessThan(0.8 * (losses[0] as number));
  const begun = engine.open(randomNet(shape));
  for (let k = 0; k < 25; k++) begun.train(randomBatch(shape, 8, k % 3), LOSS, 0.01);
  const resumed = engine.open({ shape, weights: begun.weights() }, begun.adamState());
  for (let k = 25; k < 60; k++) resumed.train(randomBatch(shape, 8, k % 3), LOSS, 0.01);
  expect(resumed.weights()).toEqual(whole.weights());
});

it("refuses weights that do not fit the shape", () => {
  const shape = SHAPES[0] as NetShape;
  expect(() => createKernelEngine().open({ shape, weights: new Float32Array(3) })).toThrow(/MODEL_INVALID/);
});

it("is what the compiler makes of its source", async () => {
  expect(Buffer.from(await compileKernel()).equals(readFileSync(KERNEL_FILE))).toBe(true);
});

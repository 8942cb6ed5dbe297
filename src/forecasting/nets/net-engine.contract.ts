import { expect, it } from "vitest";
import { mulberry32 } from "../random.ts";
import { createKernelEngine } from "./kernel.ts";
import type { NetBatch, NetEngine, NetLoss } from "./net-engine.ts";
import { freshNet, rowsOf, weightCount, type Net, type NetShape } from "./net.ts";

const LOSS: NetLoss = [0.1, 0.5, 0.9, -0.3];
const SHAPES: readonly NetShape[] = [
  { time: 24, inputs: 11, units: 16, bidirectional: true, everyStep: true, outputs: 4 },
  { time: 30, inputs: 6, units: 32, bidirectional: false, everyStep: false, outputs: 4 },
];

function randomNet(shape: NetShape): Net {
  const random = mulberry32(9);
  const fresh = freshNet(shape, 3).weights;
  return { shape, weights: fresh.map((weight) => weight + 0.2 * (2 * random() - 1)) };
}

function randomBatch(shape: NetShape, count: number, seed: number): NetBatch {
  const random = mulberry32(seed);
  const fill = (length: number): Float32Array => Float32Array.from({ length }, () => 3 * random() - 1.5);
  const rows = count * rowsOf(shape);
  return {
    count,
    inputs: fill(count * shape.time * shape.inputs),
    targets: fill(rows * shape.outputs),
    weights: Float32Array.from({ length: rows }, (_, row) => (row % 5 === 4 ? 0 : 1)),
  };
}

const farthest = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0);

/** What every engine must do, and do as the kernel does to within 1e-4. */
export const netEngineContract = (name: string, open: () => Promise<NetEngine> | NetEngine): void => {
  it.each(SHAPES)(`${name}: predicts what the kernel does: %o`, async (shape) => {
    const net = randomNet(shape);
    const { inputs, count } = randomBatch(shape, 5, 1);
    using session = await (await open()).open(net);
    using kernel = createKernelEngine().open(net);
    const said = session.predict(inputs, count);
    expect(said.length).toBe(count * rowsOf(shape) * shape.outputs);
    expect(said.some((value) => Math.abs(value) > 0.1)).toBe(true);
    expect(farthest(said, kernel.predict(inputs, count))).toBeLessThan(1e-4);
    expect(session.predict(inputs.subarray(0, inputs.length / count), 1)).toEqual(
      said.subarray(0, said.length / count),
    );
  });

  it.each(SHAPES)(`${name}: learns what the kernel learns: %o`, async (shape) => {
    const net = randomNet(shape);
    using session = await (await open()).open(net);
    using kernel = createKernelEngine().open(net);
    for (let step = 0; step < 4; step++) {
      const batch = randomBatch(shape, 6, 10 + step);
      const rate = 0.004 - 0.001 * step;
      expect(Math.abs(session.train(batch, LOSS, rate) - kernel.train(batch, LOSS, rate))).toBeLessThan(1e-4);
    }
    const learned = session.weights();
    expect(farthest(learned, net.weights)).toBeGreaterThan(0.004);
    expect(farthest(learned, kernel.weights())).toBeLessThan(1e-4);
  });

  it(`${name}: refuses weights that do not fit the shape`, async () => {
    const [shape] = SHAPES as [NetShape];
    const engine = await open();
    const broken = { shape, weights: new Float32Array(weightCount(shape) - 1) };
    await expect(async () => engine.open(broken)).rejects.toMatchObject({ code: "MODEL_INVALID" });
  });
};

/**
 * Time of the nets' two engines in one run: node bench/nets.ts [--steps N]
 *
 * An LSTM with a dense head, batches of 32 sequences of 60 steps of 6 inputs, 24 outputs, Adam; and the shape that
 * ships. Milliseconds of a training step and of one forecast: the quickest quarter's, as other work only adds to them.
 */
import { parseArgs } from "node:util";
import { createKernelEngine } from "../src/forecasting/nets/kernel.ts";
import { NET_INPUT_COUNT, NET_LOSS } from "../src/forecasting/nets/net-inputs.ts";
import type { NetBatch, NetEngine } from "../src/forecasting/nets/net-engine.ts";
import { freshNet, rowsOf, type NetShape } from "../src/forecasting/nets/net.ts";
import { mulberry32 } from "../src/forecasting/random.ts";
import { createTensorFlowEngine } from "../src/forecasting/tensorflow-net.ts";

const BATCH = 32;
const SHAPES: Readonly<Record<string, NetShape>> = {
  "LSTM 32": { time: 60, inputs: 6, units: 32, bidirectional: false, everyStep: false, outputs: 24 },
  "LSTM 64": { time: 60, inputs: 6, units: 64, bidirectional: false, everyStep: false, outputs: 24 },
  "shipped, 30 min": {
    time: 48,
    inputs: NET_INPUT_COUNT,
    units: 32,
    bidirectional: true,
    everyStep: true,
    outputs: NET_LOSS.length,
  },
};

type Timing = Readonly<{ stepMs: number; forecastMs: number }>;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { steps: { type: "string" } } });
  const steps = Number(values.steps ?? 15);
  const engines = [createKernelEngine(), await createTensorFlowEngine()];
  const results: Record<string, Record<string, Timing>> = {};
  console.log("| net | engine | training step, ms | one forecast, ms | times faster |");
  console.log("| --- | --- | --- | --- | --- |");
  for (const [name, shape] of Object.entries(SHAPES)) {
    const timings = await timeTogether(engines, shape, steps);
    results[name] = timings;
    const slowest = Math.max(...Object.values(timings).map(({ stepMs }) => stepMs));
    for (const [id, { stepMs, forecastMs }] of Object.entries(timings))
      console.log(
        `| ${name} | ${id} | ${stepMs.toFixed(2)} | ${forecastMs.toFixed(3)} | ${(slowest / stepMs).toFixed(1)} |`,
      );
  }
  const megabytes = process.resourceUsage().maxRSS / 1000;
  console.log(JSON.stringify({ kind: "hypervolt/bench-nets/v1", results, largestMemoryMb: Math.round(megabytes) }));
}

/** Times the engines in turn, step by step, so that what else runs on the machine slows them alike. */
async function timeTogether(engines: readonly NetEngine[], shape: NetShape, steps: number) {
  const batch = randomBatch(shape);
  const loss = Array.from({ length: shape.outputs }, (_, k) => NET_LOSS[k % NET_LOSS.length] ?? 0.5);
  const one = batch.inputs.subarray(0, shape.time * shape.inputs);
  const timed: Record<string, Timing> = {};
  const sessions = await Promise.all(
    engines.map(async (engine) => ({ id: engine.id, session: await engine.open(freshNet(shape, 1)) })),
  );
  const trains = new Map<string, number[]>(sessions.map(({ id }) => [id, []]));
  const predicts = new Map<string, number[]>(sessions.map(({ id }) => [id, []]));
  for (let step = -3; step < steps; step++)
    for (const { id, session } of sessions) {
      const beganMs = performance.now();
      session.train(batch, loss, 0.001);
      const trainedMs = performance.now();
      session.predict(one, 1);
      if (step < 0) continue;
      trains.get(id)?.push(trainedMs - beganMs);
      predicts.get(id)?.push(performance.now() - trainedMs);
    }
  for (const { id, session } of sessions) {
    timed[id] = { stepMs: quick(trains.get(id) ?? []), forecastMs: quick(predicts.get(id) ?? []) };
    session[Symbol.dispose]();
  }
  return timed;
}

function randomBatch(shape: NetShape): NetBatch {
  const random = mulberry32(2);
  const rows = BATCH * rowsOf(shape);
  const fill = (length: number): Float32Array => Float32Array.from({ length }, () => 2 * random() - 1);
  return {
    count: BATCH,
    inputs: fill(BATCH * shape.time * shape.inputs),
    targets: fill(rows * shape.outputs),
    weights: new Float32Array(rows).fill(1),
  };
}

const quick = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 2] ?? 0;

await main();

import { createKernelEngine } from "../src/forecasting/nets/kernel.ts";
import { NET_INPUT_COUNT, NET_LOSS } from "../src/forecasting/nets/net-inputs.ts";
import type { NetBatch, NetEngine } from "../src/forecasting/nets/net-engine.ts";
import { freshNet, rowsOf, type NetShape } from "../src/forecasting/nets/net.ts";
import { mulberry32 } from "../src/forecasting/random.ts";
import { createTensorFlowEngine } from "../src/forecasting/tensorflow-net.ts";

const BATCH = 32;
/** Computing time a round takes at least, ms: the system counts it in steps of four. */
const ROUND_MS = 150;
const ROUNDS = 3;
const WARM_UP = 3;

const day = { time: 48, inputs: NET_INPUT_COUNT, bidirectional: true, everyStep: true, outputs: NET_LOSS.length };
const series = { time: 60, inputs: 6, bidirectional: false, everyStep: false, outputs: 24 };
const SHAPES: Readonly<Record<string, NetShape>> = {
  "shipped, 30 min": { ...day, units: 32 },
  "twice as wide": { ...day, units: 64 },
  "60 steps of 6, LSTM 32": { ...series, units: 32 },
  "60 steps of 6, LSTM 64": { ...series, units: 64 },
};

export type EngineTime = Readonly<{
  engine: string;
  /** Computing time of a training step on 32 sequences and of one forecast, ms. */
  stepMs: number;
  forecastMs: number;
}>;
export type NetTime = Readonly<{ net: string; kernel: EngineTime; tensorFlow: EngineTime }>;

/**
 * Time of the nets' two engines, TensorFlow.js on the best backend here, in turn and in one run. Computing time of the
 * process, all threads together, which other work on the machine adds little to: the least of three rounds.
 */
export async function timeNetEngines(): Promise<NetTime[]> {
  const engines = [createKernelEngine(), await createTensorFlowEngine()] as const;
  const timed: NetTime[] = [];
  for (const [net, shape] of Object.entries(SHAPES)) {
    const [kernel, tensorFlow] = await timeInTurn(engines, shape);
    timed.push({ net, kernel, tensorFlow });
  }
  return timed;
}

/** A table of such times. */
export function printNetTimes(times: readonly NetTime[]): void {
  console.log(
    "| net, batches of 32 | engine | training step, ms | one forecast, ms | times as fast: training, forecast |",
  );
  console.log("| --- | --- | --- | --- | --- |");
  for (const { net, kernel, tensorFlow } of times)
    for (const one of [kernel, tensorFlow])
      console.log(
        `| ${net} | ${one.engine} | ${one.stepMs.toFixed(2)} | ${one.forecastMs.toFixed(3)} | ` +
          `${(tensorFlow.stepMs / one.stepMs).toFixed(1)}, ${(tensorFlow.forecastMs / one.forecastMs).toFixed(0)} |`,
      );
}

async function timeInTurn(
  [kernel, tensorFlow]: readonly [NetEngine, NetEngine],
  shape: NetShape,
): Promise<[EngineTime, EngineTime]> {
  const batch = randomBatch(shape);
  const loss = Array.from({ length: shape.outputs }, (_, k) => NET_LOSS[k % NET_LOSS.length] ?? 0.5);
  const one = batch.inputs.subarray(0, shape.time * shape.inputs);
  const open = async (engine: NetEngine) => {
    const session = await engine.open(freshNet(shape, 1));
    const train = (): void => void session.train(batch, loss, 0.001);
    const predict = (): void => void session.predict(one, 1);
    for (let k = 0; k < WARM_UP; k++) train();
    for (let k = 0; k < WARM_UP; k++) predict();
    return { id: engine.id, session, train, predict, steps: [] as number[], forecasts: [] as number[] };
  };
  const runs = [await open(kernel), await open(tensorFlow)] as const;
  for (let round = 0; round < ROUNDS; round++)
    for (const run of runs) {
      run.steps.push(timeOf(run.train));
      run.forecasts.push(timeOf(run.predict));
    }
  const least = ({ id, session, steps, forecasts }: (typeof runs)[number]): EngineTime => {
    session[Symbol.dispose]();
    return { engine: id, stepMs: Math.min(...steps), forecastMs: Math.min(...forecasts) };
  };
  return [least(runs[0]), least(runs[1])];
}

/** Mean computing time of a call over a round of them, ms. */
function timeOf(call: () => void): number {
  const began = process.cpuUsage();
  for (let calls = 1; ; calls++) {
    call();
    const { user, system } = process.cpuUsage(began);
    const spentMs = (user + system) / 1_000;
    if (spentMs >= ROUND_MS) return spentMs / calls;
  }
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

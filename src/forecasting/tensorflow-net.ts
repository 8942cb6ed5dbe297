import { createRequire } from "node:module";
import path from "node:path";
import util from "node:util";
import type * as Core from "@tensorflow/tfjs-core";
import type * as Layers from "@tensorflow/tfjs-layers";
import { HyperVoltError } from "../domain/errors.ts";
import { tensorSpecs, topologyOf } from "./nets/layers-model.ts";
import type { NetBatch, NetEngine, NetLoss, NetSession } from "./nets/net-engine.ts";
import { rowsOf, weightCount, type Net } from "./nets/net.ts";

export type TensorFlowBackend = "node" | "wasm" | "cpu";

/**
 * TensorFlow.js on the best backend present: native where the optional `@tensorflow/tfjs-node` is built, else
 * WebAssembly, else plain JavaScript. TensorFlow.js has one backend in a process: the last one started.
 * @param wanted the backends to try, in order
 * @throws HyperVoltError MODEL_INVALID when none of them starts
 */
export async function createTensorFlowEngine(
  wanted: readonly TensorFlowBackend[] = ["node", "wasm", "cpu"],
): Promise<NetEngine> {
  const require = createRequire(import.meta.url);
  const failures: string[] = [];
  for (const backend of wanted) {
    try {
      const core = await startBackend(require, backend);
      const layers = require("@tensorflow/tfjs-layers") as typeof Layers;
      return {
        id: `tensorflow.js ${backend}`,
        open: async (net) => new Session(core, net, await modelOf(core, layers, net)),
      };
    } catch (error) {
      failures.push(`${backend}: ${(error as Error).message.split("\n")[0]}`);
    }
  }
  throw new HyperVoltError("MODEL_INVALID", `TensorFlow.js has no backend here: ${failures.join("; ")}`);
}

async function startBackend(require: NodeJS.Require, backend: TensorFlowBackend): Promise<typeof Core> {
  const core = require("@tensorflow/tfjs-core") as typeof Core;
  core.enableProdMode();
  if (backend === "node") {
    // removed in Node 23, and still called by the native backend's kernels
    const old = util as { isNullOrUndefined?: (value: unknown) => boolean };
    old.isNullOrUndefined ??= (value) => value === null || value === undefined;
    require("@tensorflow/tfjs-node");
  }
  if (backend === "cpu") require("@tensorflow/tfjs-backend-cpu");
  if (backend === "wasm") {
    const wasm = require("@tensorflow/tfjs-backend-wasm") as { setWasmPaths(folder: string): void };
    wasm.setWasmPaths(`${path.dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}${path.sep}`);
  }
  const name = backend === "node" ? "tensorflow" : backend;
  if (!(await core.setBackend(name))) throw new Error("it does not start");
  await core.ready();
  return core;
}

class Session implements NetSession {
  readonly #core: typeof Core;
  readonly #net: Net;
  readonly #model: Layers.LayersModel;
  #optimizer: Core.AdamOptimizer | undefined;

  constructor(core: typeof Core, net: Net, model: Layers.LayersModel) {
    this.#core = core;
    this.#net = net;
    this.#model = model;
  }

  predict(inputs: Float32Array, count: number): Float32Array {
    const core = this.#core;
    const { time, inputs: width } = this.#net.shape;
    return core.tidy(() => {
      const x = core.tensor3d(inputs.subarray(0, count * time * width), [count, time, width]);
      return Float32Array.from((this.#model.predict(x) as Core.Tensor).dataSync());
    });
  }

  train(batch: NetBatch, shares: NetLoss, learningRate: number): number {
    const core = this.#core;
    const { shape } = this.#net;
    const { time, inputs: width, outputs } = shape;
    const rows = batch.count * rowsOf(shape);
    this.#optimizer ??= core.train.adam(learningRate, 0.9, 0.999, 1e-7);
    const optimizer = this.#optimizer;
    (optimizer as unknown as { learningRate: number }).learningRate = learningRate;
    return core.tidy(() => {
      const x = core.tensor3d(batch.inputs.subarray(0, batch.count * time * width), [batch.count, time, width]);
      const y = core.tensor2d(batch.targets.subarray(0, rows * outputs), [rows, outputs]);
      const weight = core.tensor2d(batch.weights.subarray(0, rows), [rows, 1]);
      const total = Math.max(
        batch.weights.subarray(0, rows).reduce((sum, one) => sum + one, 0),
        1e-12,
      );
      const pinball = core.tensor1d(shares.map((share) => Math.max(share, 0)));
      const quantile = core.tensor1d(shares.map((share) => (share > 0 ? 1 : 0)));
      const squared = core.tensor1d(shares.map((share) => Math.max(-share, 0) / 2));
      const loss = (): Core.Scalar => {
        const said = core.reshape(this.#model.apply(x, { training: true }) as Core.Tensor, [rows, outputs]);
        const off = core.sub(y, said);
        // share * off + max(-off, 0) is the pinball loss
        const edges = core.add(core.mul(pinball, off), core.mul(quantile, core.relu(core.neg(off))));
        const each = core.mul(weight, core.add(edges, core.mul(squared, core.square(off))));
        return core.div(core.sum(each), total) as Core.Scalar;
      };
      return optimizer.minimize(loss, true)?.dataSync()[0] ?? Number.NaN;
    });
  }

  weights(): Float32Array {
    const out = new Float32Array(weightCount(this.#net.shape));
    let at = 0;
    for (const tensor of this.#model.getWeights()) {
      const values = tensor.dataSync();
      out.set(values, at);
      at += values.length;
    }
    return out;
  }

  [Symbol.dispose](): void {
    this.#optimizer?.dispose();
    this.#model.dispose();
  }
}

/** The layers model of a net, loaded as its `model.json` and `weights.bin` describe it. */
async function modelOf(core: typeof Core, layers: typeof Layers, { shape, weights }: Net): Promise<Layers.LayersModel> {
  if (weights.length !== weightCount(shape))
    throw new HyperVoltError("MODEL_INVALID", `${weights.length} weights, not ${weightCount(shape)}`);
  return layers.loadLayersModel(
    core.io.fromMemory({
      modelTopology: topologyOf(shape),
      weightSpecs: tensorSpecs(shape),
      weightData: weights.slice().buffer,
    }),
  );
}

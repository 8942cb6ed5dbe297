import { readFileSync } from "node:fs";
import path from "node:path";
import { HyperVoltError } from "../../domain/errors.ts";
import { rowsOf, weightCount, widthOf, type Net, type NetShape } from "./net.ts";
import type { NetBatch, NetEngine, NetLoss, NetSession } from "./net-engine.ts";

/** What is used of the runtime's WebAssembly. */
type Runtime = Readonly<{
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: unknown };
}>;

/** Functions of kernel.as; addresses in bytes. */
type KernelExports = Readonly<{
  memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  firstByte: () => number;
  multiply: (...args: number[]) => void;
  strideOf: (width: number) => number;
  transpose: (from: number, to: number, m: number, n: number) => void;
  fillRows: (from: number, to: number, stride: number, rows: number, n: number) => void;
  addRows: (from: number, stride: number, to: number, rows: number, n: number) => void;
  forward: (...args: number[]) => void;
  backward: (...args: number[]) => void;
  loss: (...args: number[]) => number;
  adam: (...args: number[]) => void;
}>;

/** What Adam remembers; with the weights, all that is needed to go on training later. */
export type AdamState = Readonly<{ steps: number; first: Float32Array; second: Float32Array }>;

/** A session of the kernel: its training can be stopped, kept and taken up again, to the last bit. */
export interface KernelSession extends NetSession {
  adamState(): AdamState;
  /** Gradients of the last batch trained on. */
  gradients(): Float32Array;
}

export interface KernelEngine extends NetEngine {
  open(net: Net, adam?: AdamState): KernelSession;
}

export const KERNEL_FILE = path.join(import.meta.dirname, "kernel.wasm");

/** The nets' own engine: WebAssembly with 128-bit SIMD, the same bits on every machine. */
export function createKernelEngine(): KernelEngine {
  const { WebAssembly: runtime } = globalThis as unknown as { WebAssembly: Runtime };
  let module: object | undefined;
  return {
    id: "kernel",
    open(net, adam) {
      module ??= new runtime.Module(readFileSync(KERNEL_FILE));
      return new Session(new runtime.Instance(module).exports as KernelExports, net, adam);
    },
  };
}

/** Bytes that each array is aligned to. */
const ALIGN = 64;
const PAGE = 65_536;
const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } as const;

/** Addresses of what a batch needs. */
type Layout = Readonly<{
  count: number;
  training: boolean;
  x: number;
  /** For each direction. */
  gates: readonly number[];
  before: readonly number[];
  cells: readonly number[];
  squashed: readonly number[];
  hidden: number;
  out: number;
  target: number;
  weight: number;
  shares: number;
  dOut: number;
  dHidden: number;
  turnedHead: number;
  laid: number;
  carried: number;
}>;

class Session implements KernelSession {
  readonly #kernel: KernelExports;
  readonly #shape: NetShape;
  readonly #size: number;
  /** Weights, gradients and Adam's two moments, each of `#size` padded to a multiple of 4. */
  readonly #blocks: readonly [w: number, g: number, m: number, v: number];
  readonly #dynamic: number;
  #steps: number;
  #layout: Layout | undefined;

  constructor(kernel: KernelExports, net: Net, adam: AdamState | undefined) {
    const { shape, weights } = net;
    if (shape.units % 4 !== 0) throw new HyperVoltError("MODEL_INVALID", `${shape.units} units: not a multiple of 4`);
    if (weights.length !== weightCount(shape))
      throw new HyperVoltError("MODEL_INVALID", `${weights.length} weights, not ${weightCount(shape)}`);
    this.#kernel = kernel;
    this.#shape = shape;
    this.#size = weights.length;
    const block = aligned(4 * (weights.length + 3));
    const first = aligned(kernel.firstByte());
    this.#blocks = [first, first + block, first + 2 * block, first + 3 * block];
    this.#dynamic = first + 4 * block;
    this.#reserve(this.#dynamic);
    this.#floats(this.#blocks[0], this.#size).set(weights);
    this.#steps = adam?.steps ?? 0;
    if (adam) {
      this.#floats(this.#blocks[2], this.#size).set(adam.first);
      this.#floats(this.#blocks[3], this.#size).set(adam.second);
    }
  }

  predict(inputs: Float32Array, count: number): Float32Array {
    const at = this.#forward(inputs, count, false);
    return this.#floats(at.out, count * rowsOf(this.#shape) * this.#shape.outputs).slice();
  }

  train(batch: NetBatch, shares: NetLoss, learningRate: number): number {
    const { outputs } = this.#shape;
    const rows = batch.count * rowsOf(this.#shape);
    if (shares.length !== outputs || batch.targets.length < rows * outputs || batch.weights.length < rows)
      throw new HyperVoltError("SERIES_MISALIGNED", `a batch of ${rows} rows of ${outputs} outputs`);
    const at = this.#forward(batch.inputs, batch.count, true);
    this.#floats(at.target, rows * outputs).set(batch.targets.subarray(0, rows * outputs));
    this.#floats(at.weight, rows).set(batch.weights.subarray(0, rows));
    this.#floats(at.shares, outputs).set(shares);
    const loss = this.#kernel.loss(at.out, at.target, at.weight, at.dOut, at.shares, rows, outputs);
    this.#backward(at);
    this.#step(learningRate);
    return loss;
  }

  weights(): Float32Array {
    return this.#floats(this.#blocks[0], this.#size).slice();
  }

  gradients(): Float32Array {
    return this.#floats(this.#blocks[1], this.#size).slice();
  }

  adamState(): AdamState {
    return {
      steps: this.#steps,
      first: this.#floats(this.#blocks[2], this.#size).slice(),
      second: this.#floats(this.#blocks[3], this.#size).slice(),
    };
  }

  [Symbol.dispose](): void {
    this.#layout = undefined;
  }

  #forward(inputs: Float32Array, count: number, training: boolean): Layout {
    const { time, inputs: width, units, everyStep, outputs } = this.#shape;
    if (inputs.length < count * time * width)
      throw new HyperVoltError("SERIES_MISALIGNED", `${inputs.length} inputs for ${count} sequences`);
    const at = this.#layoutFor(count, training);
    const wide = widthOf(this.#shape);
    const { forward, fillRows, multiply } = this.#kernel;
    this.#floats(at.x, count * time * width).set(inputs.subarray(0, count * time * width));
    for (const [d, w] of this.#layers().entries())
      forward(
        at.x,
        w,
        at.gates[d] ?? 0,
        at.before[d] ?? 0,
        at.cells[d] ?? 0,
        at.squashed[d] ?? 0,
        at.hidden + 4 * d * units,
        wide,
        at.laid,
        count,
        time,
        width,
        units,
        d,
      );
    const rows = count * rowsOf(this.#shape);
    const head = this.#head();
    fillRows(head + 4 * wide * outputs, at.out, outputs, rows, outputs);
    const [seen, stride] = everyStep ? [at.hidden, wide] : [at.hidden + 4 * (time - 1) * wide, time * wide];
    multiply(seen, stride, 1, head, outputs, at.out, outputs, rows, outputs, wide);
    return at;
  }

  /** Gradients of everything, from `dOut`. */
  #backward(at: Layout): void {
    const { time, inputs, units, everyStep, outputs } = this.#shape;
    const { multiply, transpose, addRows, backward } = this.#kernel;
    const [w, g] = this.#blocks;
    const wide = widthOf(this.#shape);
    const rows = at.count * rowsOf(this.#shape);
    this.#floats(g, this.#size).fill(0);
    this.#floats(at.dHidden, at.count * time * wide).fill(0);
    const head = this.#head();
    const dHead = head - w + g;
    const offset = everyStep ? 0 : 4 * (time - 1) * wide;
    const stride = everyStep ? wide : time * wide;
    multiply(at.hidden + offset, 1, stride, at.dOut, outputs, dHead, outputs, wide, outputs, rows);
    addRows(at.dOut, outputs, dHead + 4 * wide * outputs, rows, outputs);
    transpose(head, at.turnedHead, wide, outputs);
    multiply(at.dOut, outputs, 1, at.turnedHead, wide, at.dHidden + offset, stride, rows, wide, outputs);
    for (const [d, layer] of this.#layers().entries())
      backward(
        at.x,
        layer,
        at.gates[d] ?? 0,
        at.before[d] ?? 0,
        at.cells[d] ?? 0,
        at.squashed[d] ?? 0,
        at.dHidden + 4 * d * units,
        wide,
        layer - w + g,
        at.laid,
        at.carried,
        at.count,
        time,
        inputs,
        units,
        d,
      );
  }

  #step(learningRate: number): void {
    const { beta1, beta2, epsilon } = ADAM;
    this.#steps++;
    const [first, second] = [1 / (1 - beta1 ** this.#steps), 1 / (1 - beta2 ** this.#steps)];
    const padded = 4 * Math.ceil(this.#size / 4);
    this.#kernel.adam(...this.#blocks, padded, learningRate, beta1, beta2, epsilon, first, second);
  }

  /** Address of the weights of each direction's layer. */
  #layers(): number[] {
    const { inputs, units, bidirectional } = this.#shape;
    const bytes = 16 * units * (inputs + units + 1);
    return bidirectional ? [this.#blocks[0], this.#blocks[0] + bytes] : [this.#blocks[0]];
  }

  #head(): number {
    const { outputs } = this.#shape;
    return this.#blocks[0] + 4 * (this.#size - (widthOf(this.#shape) + 1) * outputs);
  }

  #layoutFor(count: number, training: boolean): Layout {
    const kept = this.#layout;
    if (kept && kept.count === count && (kept.training || !training)) return kept;
    const { time, inputs, units, bidirectional, outputs } = this.#shape;
    let next = this.#dynamic;
    const take = (floats: number): number => {
      const at = next;
      next += aligned(4 * floats);
      return at;
    };
    const each = (floats: number): number[] => (bidirectional ? [take(floats), take(floats)] : [take(floats)]);
    const wide = widthOf(this.#shape);
    const steps = count * time;
    const rows = count * rowsOf(this.#shape);
    const learning = training ? 1 : 0;
    const { strideOf } = this.#kernel;
    const layout = {
      count,
      training,
      x: take(steps * inputs),
      gates: each(steps * strideOf(4 * units)),
      before: each(steps * strideOf(units)),
      cells: each(steps * units),
      squashed: each(steps * units),
      hidden: take(steps * wide),
      out: take(rows * outputs),
      target: take(learning * rows * outputs),
      weight: take(learning * rows),
      shares: take(learning * outputs),
      dOut: take(learning * rows * outputs),
      dHidden: take(learning * steps * wide),
      turnedHead: take(learning * wide * outputs),
      laid: take(4 * units * (inputs + units)),
      carried: take(learning * 2 * count * units),
    };
    this.#reserve(next);
    this.#layout = layout;
    return layout;
  }

  #reserve(bytes: number): void {
    const missing = bytes - this.#kernel.memory.buffer.byteLength;
    if (missing > 0) this.#kernel.memory.grow(Math.ceil(missing / PAGE));
  }

  #floats(at: number, length: number): Float32Array {
    return new Float32Array(this.#kernel.memory.buffer, at, length);
  }
}

const aligned = (bytes: number): number => Math.ceil(bytes / ALIGN) * ALIGN;

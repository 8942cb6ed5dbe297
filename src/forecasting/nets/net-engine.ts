import type { Net } from "./net.ts";

/** Sequences to learn from. */
export type NetBatch = Readonly<{
  count: number;
  /** count * time * inputs. */
  inputs: Float32Array;
  /** One value for each output of each row the head answers: count * rows * outputs. */
  targets: Float32Array;
  /** How much each row counts; 0 where it is not known. */
  weights: Float32Array;
}>;

/**
 * What each output is for: the share of a quantile in (0, 1), scored by its pinball loss; or a negative number, whose
 * size weighs half the squared error, for a mean.
 */
export type NetLoss = readonly number[];

/** A net that an engine has taken up. */
export interface NetSession extends Disposable {
  /**
   * @param inputs count * time * inputs
   * @returns count * rows * outputs
   */
  predict(inputs: Float32Array, count: number): Float32Array;
  /**
   * One step of Adam (beta 0.9 and 0.999, epsilon 1e-7) on a batch.
   * @returns the loss before the step, mean over the targets' weights
   */
  train(batch: NetBatch, loss: NetLoss, learningRate: number): number;
  /** A copy of the weights as they are now. */
  weights(): Float32Array;
}

/** Runs nets. All engines give the same results to within 1e-4. */
export interface NetEngine {
  /** As shown to the user: "kernel", "tensorflow.js wasm". */
  readonly id: string;
  /** @throws HyperVoltError MODEL_INVALID when the weights do not fit the shape */
  open(net: Net): NetSession | Promise<NetSession>;
}

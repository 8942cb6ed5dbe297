import { mulberry32 } from "../random.ts";

/** One recurrent layer (LSTM) with a dense head, as a TensorFlow.js layers model has it. */
export type NetShape = Readonly<{
  /** Steps of a sequence and width of one. */
  time: number;
  inputs: number;
  /** Width of the recurrent layer in one direction; a multiple of 4. */
  units: number;
  /** A second layer reads each sequence from its end; the head sees both. */
  bidirectional: boolean;
  /** Whether the head answers at every step, or at the last one only. */
  everyStep: boolean;
  outputs: number;
}>;

/** A net: its shape, and all weights one after another in the order of `tensorsOf`. */
export type Net = Readonly<{ shape: NetShape; weights: Float32Array }>;

/** Name and dimensions of one array of weights. */
export type NetTensor = Readonly<{ name: string; shape: readonly number[] }>;

/** The arrays of weights of a net, in order; gates in Keras order: input, forget, cell, output. */
export function tensorsOf(shape: NetShape): NetTensor[] {
  const { inputs, units, bidirectional, outputs } = shape;
  const layer = (name: string): NetTensor[] => [
    { name: `${name}/kernel`, shape: [inputs, 4 * units] },
    { name: `${name}/recurrent_kernel`, shape: [units, 4 * units] },
    { name: `${name}/bias`, shape: [4 * units] },
  ];
  return [
    ...(bidirectional
      ? [...layer("bidirectional/forward_lstm"), ...layer("bidirectional/backward_lstm")]
      : layer("lstm")),
    { name: "dense/kernel", shape: [widthOf(shape), outputs] },
    { name: "dense/bias", shape: [outputs] },
  ];
}

/** Width of what the head sees. */
export const widthOf = ({ units, bidirectional }: NetShape): number => (bidirectional ? 2 : 1) * units;
/** Rows the head answers for one sequence. */
export const rowsOf = ({ time, everyStep }: NetShape): number => (everyStep ? time : 1);
const sizeOf = ({ shape }: NetTensor): number => shape.reduce((product, length) => product * length, 1);
/** Number of weights. */
export const weightCount = (shape: NetShape): number =>
  tensorsOf(shape).reduce((sum, tensor) => sum + sizeOf(tensor), 0);

/** Weights to start from: uniform after Glorot, the forget gates open, the head at zero so that it changes nothing. */
export function freshNet(shape: NetShape, seed: number): Net {
  const random = mulberry32(seed);
  const weights = new Float32Array(weightCount(shape));
  let at = 0;
  for (const tensor of tensorsOf(shape)) {
    const size = sizeOf(tensor);
    const [rows = 1, columns] = tensor.shape;
    if (tensor.name.endsWith("/bias")) {
      if (rows === 4 * shape.units) weights.fill(1, at + shape.units, at + 2 * shape.units);
    } else if (!tensor.name.startsWith("dense/")) {
      const reach = Math.sqrt(6 / (rows + (columns ?? 1) / 4));
      for (let i = at; i < at + size; i++) weights[i] = (2 * random() - 1) * reach;
    }
    at += size;
  }
  return { shape, weights };
}

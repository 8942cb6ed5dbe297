import { tensorsOf, type NetShape } from "./net.ts";

/** One array of weights in a TensorFlow.js weights manifest. */
export type TensorSpec = { name: string; shape: number[]; dtype: "float32" };

export const tensorSpecs = (shape: NetShape): TensorSpec[] =>
  tensorsOf(shape).map((tensor) => ({ name: tensor.name, shape: [...tensor.shape], dtype: "float32" }));

/** The topology of a net as a TensorFlow.js layers model (Keras), ready to load. */
export function topologyOf(shape: NetShape): Record<string, unknown> {
  const { time, inputs, units, bidirectional, everyStep, outputs } = shape;
  const first = { trainable: true, batch_input_shape: [null, time, inputs], dtype: "float32" };
  const uniform = { class_name: "VarianceScaling", config: { scale: 1, mode: "fan_avg", distribution: "uniform" } };
  const zeros = { class_name: "Zeros", config: {} };
  const lstm = {
    units,
    activation: "tanh",
    recurrent_activation: "sigmoid",
    use_bias: true,
    kernel_initializer: uniform,
    recurrent_initializer: uniform,
    bias_initializer: zeros,
    unit_forget_bias: false,
    return_sequences: everyStep,
    go_backwards: false,
  };
  const recurrent = bidirectional
    ? {
        class_name: "Bidirectional",
        config: {
          name: "bidirectional",
          merge_mode: "concat",
          layer: { class_name: "LSTM", config: { name: "lstm", ...lstm } },
          ...first,
        },
      }
    : { class_name: "LSTM", config: { name: "lstm", ...lstm, ...first } };
  const head = {
    class_name: "Dense",
    config: {
      name: "dense",
      units: outputs,
      activation: "linear",
      use_bias: true,
      kernel_initializer: uniform,
      bias_initializer: zeros,
      trainable: true,
    },
  };
  return {
    class_name: "Sequential",
    config: { name: "net", layers: [recurrent, head] },
    keras_version: "tfjs-layers 4.22.0",
    backend: "tensor_flow.js",
  };
}

/** A whole `model.json`, with its weights in `weights.bin`. */
export function modelJson(shape: NetShape): Record<string, unknown> {
  return {
    format: "layers-model",
    generatedBy: "HyperVolt",
    convertedBy: null,
    modelTopology: topologyOf(shape),
    weightsManifest: [{ paths: ["weights.bin"], weights: tensorSpecs(shape) }],
  };
}

/** What a topology may say otherwise than `topologyOf` and still be the same function of the same weights. */
const OF_NO_MATTER = /^(name|trainable|unit_forget_bias|keras_version|backend)$|_initializer$/;

/** Whether a topology is that of a net of this shape: the same layers with the same settings. */
export const isTopologyOf = (given: unknown, shape: NetShape): boolean => agrees(given, topologyOf(shape));

function agrees(given: unknown, wanted: unknown): boolean {
  if (typeof wanted !== "object" || wanted === null) return given === wanted;
  if (typeof given !== "object" || given === null || Array.isArray(given) !== Array.isArray(wanted)) return false;
  if (Array.isArray(wanted) && (given as unknown[]).length !== wanted.length) return false;
  const settings = given as Readonly<Record<string, unknown>>;
  return Object.entries(wanted).every(([name, value]) => OF_NO_MATTER.test(name) || agrees(settings[name], value));
}

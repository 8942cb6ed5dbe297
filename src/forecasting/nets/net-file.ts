import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { HyperVoltError } from "../../domain/errors.ts";
import { readModelFile } from "../read-model-file.ts";
import { isTopologyOf, modelJson, tensorSpecs } from "./layers-model.ts";
import { NET_INPUT_NAMES, NET_PARTS, type NetScaling } from "./net-inputs.ts";
import { weightCount, type Net } from "./net.ts";

/** A net learned on many homes, with what is needed to ask it. */
export type SharedNet = Readonly<{
  name: string;
  signal: "load" | "pv" | "price" | "carbon";
  slotMinutes: number;
  /** Homes it learned from. */
  homes: readonly string[];
  net: Net;
  scaling: NetScaling;
}>;

const Names = (names: readonly string[]) =>
  z.array(z.string()).refine((given) => given.join("\n") === names.join("\n"), "made for others than this version's");
const Numbers = z.array(z.number()).length(NET_INPUT_NAMES.length);
/** No net learns a weight as large as this, and sums of such are no numbers. */
const LARGEST_WEIGHT = 1e4;
const MINUTES_PER_DAY = 1440;
const Manifest = z.object({
  kind: z.literal("hypervolt/net/v1"),
  name: z.string(),
  signal: z.enum(["load", "pv", "price", "carbon"]),
  slotMinutes: z.int().positive(),
  homes: z.array(z.string()),
  inputs: Names(NET_INPUT_NAMES),
  outputs: Names(NET_PARTS),
  shape: z.strictObject({
    time: z.int().min(1).max(288),
    inputs: z.literal(NET_INPUT_NAMES.length),
    units: z.int().min(4).max(512).multipleOf(4),
    bidirectional: z.boolean(),
    everyStep: z.literal(true),
    outputs: z.literal(NET_PARTS.length),
  }),
  scaling: z.strictObject({ mean: Numbers, deviation: Numbers.refine((all) => all.every((one) => one > 0)) }),
  sha256: z.strictObject({ "model.json": z.string().length(64), "weights.bin": z.string().length(64) }),
});
const Tensor = z.object({ shape: z.array(z.int()), dtype: z.literal("float32") });
const Model = z.object({
  modelTopology: z.unknown(),
  weightsManifest: z
    .array(z.object({ paths: z.tuple([z.literal("weights.bin")]), weights: z.array(Tensor) }))
    .length(1),
});

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/**
 * Reads a folder with a net: a TensorFlow.js layers model (`model.json`, `weights.bin`) and its `manifest.json`.
 * @throws HyperVoltError MODEL_INVALID when anything is missing, broken, or made for other inputs
 */
export function readNet(folder: string): SharedNet {
  const bad = (detail: string, cause?: unknown): HyperVoltError =>
    new HyperVoltError("MODEL_INVALID", `${folder}: ${detail}`, { cause });
  try {
    const parsed = Manifest.safeParse(JSON.parse(readModelFile(path.join(folder, "manifest.json")).toString("utf8")));
    if (!parsed.success) throw bad(z.prettifyError(parsed.error));
    const { name, signal, slotMinutes, homes, shape, scaling, sha256: expected } = parsed.data;
    const [model, bytes] = (["model.json", "weights.bin"] as const).map((file) => {
      const content = readModelFile(path.join(folder, file));
      if (sha256(content) !== expected[file]) throw bad(`${file} does not have the manifest's checksum`);
      return content;
    });
    if (!model || !bytes) throw bad("a file is missing");
    if (shape.time * slotMinutes !== MINUTES_PER_DAY)
      throw bad(`${shape.time} slots of ${slotMinutes} minutes are no day`);
    if (bytes.length !== 4 * weightCount(shape))
      throw bad(`${bytes.length} bytes of weights for ${weightCount(shape)}`);
    const topology = Model.safeParse(JSON.parse(model.toString("utf8")));
    if (!topology.success) throw bad(z.prettifyError(topology.error));
    if (!isTopologyOf(topology.data.modelTopology, shape))
      throw bad("the model's layers are not those of the manifest's shape");
    const given = topology.data.weightsManifest[0]?.weights.map((one) => one.shape) ?? [];
    if (JSON.stringify(given) !== JSON.stringify(tensorSpecs(shape).map((one) => one.shape)))
      throw bad("the model's arrays of weights are not those of the manifest's shape");
    const weights = new Float32Array(weightCount(shape));
    for (let i = 0; i < weights.length; i++) weights[i] = bytes.readFloatLE(4 * i);
    if (!weights.every((weight) => Math.abs(weight) <= LARGEST_WEIGHT))
      throw bad("a weight is no number that a net learns");
    return { name, signal, slotMinutes, homes, net: { shape, weights }, scaling };
  } catch (error) {
    throw error instanceof HyperVoltError ? error : bad((error as Error).message, error);
  }
}

/** Writes a folder that `readNet` and TensorFlow.js read; the same net gives the same bytes. */
export function writeNet(folder: string, made: SharedNet): void {
  const { name, signal, slotMinutes, homes, net, scaling } = made;
  const bytes = Buffer.alloc(4 * net.weights.length);
  for (const [i, weight] of net.weights.entries()) bytes.writeFloatLE(weight, 4 * i);
  const model = Buffer.from(`${JSON.stringify(modelJson(net.shape), null, 1)}\n`);
  const manifest: z.infer<typeof Manifest> = {
    kind: "hypervolt/net/v1",
    name,
    signal,
    slotMinutes,
    homes: [...homes],
    inputs: [...NET_INPUT_NAMES],
    outputs: [...NET_PARTS],
    shape: { ...net.shape, inputs: NET_INPUT_NAMES.length, everyStep: true, outputs: 4 },
    scaling: { mean: [...scaling.mean], deviation: [...scaling.deviation] },
    sha256: { "model.json": sha256(model), "weights.bin": sha256(bytes) },
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "model.json"), model);
  writeFileSync(path.join(folder, "weights.bin"), bytes);
  writeFileSync(path.join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);
}

import { createHash } from "node:crypto";
import path from "node:path";
import { z } from "zod";
import { HyperVoltError } from "../../domain/errors.ts";
import type { BoostedTrees } from "./boosted-trees.ts";
import { FEATURE_NAMES } from "../features.ts";
import { readModelFile } from "../read-model-file.ts";
import { decodeTrees } from "./tree-weights.ts";

export const SHARED_PARTS = ["p10", "p50", "p90", "mean"] as const;
export type SharedPart = (typeof SHARED_PARTS)[number];

/** Boosted trees learned on many homes, on features that are relative to each home's level. */
export type SharedTrees = Readonly<{
  name: string;
  signal: "load" | "pv" | "price" | "carbon";
  slotMinutes: number;
  /** Homes they learned from. */
  homes: readonly string[];
  parts: Readonly<Record<SharedPart, BoostedTrees>>;
}>;

const Shape = z.strictObject({
  featureCount: z.literal(FEATURE_NAMES.length),
  trees: z.int().positive().max(10_000),
  nodes: z.int().positive().max(1_000_000),
  base: z.number(),
});
const Manifest = z.object({
  kind: z.literal("hypervolt/boosted-trees/v1"),
  name: z.string(),
  signal: z.enum(["load", "pv", "price", "carbon"]),
  slotMinutes: z.int().positive(),
  features: z.array(z.string()),
  /** Homes it learned from. */
  homes: z.array(z.string()),
  parts: z.strictObject({ p10: Shape, p50: Shape, p90: Shape, mean: Shape }),
  sha256: z.string().length(64),
});
export type SharedTreesManifest = z.infer<typeof Manifest>;

/**
 * Reads a folder of shared trees and holds it against its manifest.
 * @throws HyperVoltError MODEL_INVALID when anything is missing, broken, or made for other features
 */
export function readSharedTrees(folder: string): SharedTrees {
  const bad = (detail: string, cause?: unknown): HyperVoltError =>
    new HyperVoltError("MODEL_INVALID", `${folder}: ${detail}`, { cause });
  let manifest: SharedTreesManifest;
  let bytes: Buffer;
  try {
    const parsed = Manifest.safeParse(JSON.parse(readModelFile(path.join(folder, "manifest.json")).toString("utf8")));
    if (!parsed.success) throw bad(z.prettifyError(parsed.error));
    manifest = parsed.data;
    bytes = readModelFile(path.join(folder, "weights.bin"));
  } catch (error) {
    throw error instanceof HyperVoltError ? error : bad((error as Error).message, error);
  }
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (sha256 !== manifest.sha256) throw bad("the weights do not have the manifest's checksum");
  if (manifest.features.join("\n") !== FEATURE_NAMES.join("\n")) throw bad("made for other features");
  try {
    const [p10, p50, p90, mean] = decodeTrees(
      bytes,
      SHARED_PARTS.map((part) => manifest.parts[part]),
    );
    if (!p10 || !p50 || !p90 || !mean) throw bad("a part is missing");
    const { name, signal, slotMinutes, homes } = manifest;
    return { name, signal, slotMinutes, homes, parts: { p10, p50, p90, mean } };
  } catch (error) {
    throw bad(error instanceof HyperVoltError ? error.detail : (error as Error).message, error);
  }
}

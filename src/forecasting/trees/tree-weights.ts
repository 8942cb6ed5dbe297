import { HyperVoltError } from "../../domain/errors.ts";
import type { BoostedTrees } from "./boosted-trees.ts";

/** Bytes of a node: feature (int16), left and right child from the tree's root (int16), threshold or value (float32). */
const NODE_BYTES = 10;

/** What a manifest says of one ensemble in a file of weights. */
export type TreesShape = Readonly<{ featureCount: number; trees: number; nodes: number; base: number }>;

export const shapeOf = (model: BoostedTrees): TreesShape => ({
  featureCount: model.featureCount,
  trees: model.roots.length,
  nodes: model.feature.length,
  base: model.base,
});

export const weightBytes = (shape: TreesShape): number => shape.trees * 4 + shape.nodes * NODE_BYTES;

/** Ensembles, one after another, little-endian: the first node of each tree (int32), then the nodes. */
export function encodeTrees(models: readonly BoostedTrees[]): Uint8Array {
  const bytes = new Uint8Array(models.reduce((sum, model) => sum + weightBytes(shapeOf(model)), 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const model of models) {
    for (const root of model.roots) {
      view.setInt32(at, root, true);
      at += 4;
    }
    for (let t = 0; t < model.roots.length; t++) {
      const root = model.roots[t] ?? 0;
      for (let n = root; n < (model.roots[t + 1] ?? model.feature.length); n++) {
        const leaf = (model.feature[n] ?? -1) < 0;
        view.setInt16(at, model.feature[n] ?? -1, true);
        view.setInt16(at + 2, leaf ? -1 : (model.left[n] ?? 0) - root, true);
        view.setInt16(at + 4, leaf ? -1 : (model.right[n] ?? 0) - root, true);
        view.setFloat32(at + 6, (leaf ? model.value[n] : model.threshold[n]) ?? 0, true);
        at += NODE_BYTES;
      }
    }
  }
  return bytes;
}

/**
 * The inverse. Every child lies behind its parent in its own tree, so that each walk ends.
 * @throws HyperVoltError MODEL_INVALID when the bytes are not what the shapes say
 */
export function decodeTrees(bytes: Uint8Array, shapes: readonly TreesShape[]): BoostedTrees[] {
  const bad = (detail: string): HyperVoltError => new HyperVoltError("MODEL_INVALID", detail);
  const expected = shapes.reduce((sum, shape) => sum + weightBytes(shape), 0);
  if (bytes.length !== expected) throw bad(`${bytes.length} bytes of weights, the manifest says ${expected}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  return shapes.map(({ featureCount, trees, nodes, base }) => {
    const roots = Int32Array.from({ length: trees }, (_, t) => view.getInt32(at + 4 * t, true));
    at += 4 * trees;
    const model = {
      featureCount,
      base,
      roots,
      feature: new Int16Array(nodes),
      threshold: new Float32Array(nodes),
      left: new Int32Array(nodes).fill(-1),
      right: new Int32Array(nodes).fill(-1),
      value: new Float32Array(nodes),
    };
    for (let t = 0; t < trees; t++) {
      const root = roots[t] ?? 0;
      const end = roots[t + 1] ?? nodes;
      if (root < 0 || end <= root || end > nodes || (t === 0 && root !== 0))
        throw bad(`tree ${t} begins at node ${root}`);
      for (let n = root; n < end; n++, at += NODE_BYTES) {
        const feature = view.getInt16(at, true);
        const number = view.getFloat32(at + 6, true);
        if (!Number.isFinite(number) || feature >= featureCount) throw bad(`node ${n} is not a node`);
        model.feature[n] = feature < 0 ? -1 : feature;
        if (feature < 0) {
          model.value[n] = number;
          continue;
        }
        const left = root + view.getInt16(at + 2, true);
        const right = root + view.getInt16(at + 4, true);
        if (left <= n || right <= n || left >= end || right >= end) throw bad(`node ${n} leads nowhere`);
        model.threshold[n] = number;
        model.left[n] = left;
        model.right[n] = right;
      }
    }
    return model;
  });
}

import { Box3, BufferAttribute, BufferGeometry, Matrix4, Mesh, Object3D, Quaternion, Vector3 } from "three";
import type { Material } from "three";

/** A material of one colour, linear RGB and opacity, 0..1. */
export type Dress = (r: number, g: number, b: number, opacity: number) => Material;
type Accessor = {
  bufferView?: number;
  byteOffset?: number;
  componentType: number;
  count: number;
  type: string;
  normalized?: boolean;
};
type Gltf = {
  scene?: number;
  scenes?: { nodes?: number[] }[];
  nodes?: {
    children?: number[];
    mesh?: number;
    matrix?: number[];
    translation?: number[];
    rotation?: number[];
    scale?: number[];
  }[];
  meshes?: {
    primitives: { attributes: Record<string, number>; indices?: number; material?: number; mode?: number }[];
  }[];
  materials?: { pbrMetallicRoughness?: { baseColorFactor?: number[] }; doubleSided?: boolean }[];
  accessors?: Accessor[];
  bufferViews?: { byteOffset?: number; byteLength: number; byteStride?: number }[];
  extensionsRequired?: string[];
};

const MAGIC = 0x46546c67;
const JSON_CHUNK = 0x4e4f534a;
const BINARY_CHUNK = 0x004e4942;
const MOST_BYTES = 30_000_000;
const MOST_DEPTH = 64;
const SIZES: Readonly<Record<string, number>> = { SCALAR: 1, VEC2: 2, VEC3: 3, VEC4: 4 };
const READERS: Readonly<Record<number, { bytes: number; read: (view: DataView, at: number) => number }>> = {
  5121: { bytes: 1, read: (view, at) => view.getUint8(at) },
  5123: { bytes: 2, read: (view, at) => view.getUint16(at, true) },
  5125: { bytes: 4, read: (view, at) => view.getUint32(at, true) },
  5126: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
};

/** Loads a GLB from an address of this origin; rejects with words for a person. */
export async function loadModel(address: string, dress: Dress): Promise<Object3D> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return readGlb(await response.arrayBuffer(), dress);
}

/**
 * A binary glTF 2.0 file as meshes: shapes and plain colours; textures, skins and animations are left out.
 * Throws where it is none, or needs an extension.
 */
export function readGlb(file: ArrayBuffer, dress: Dress): Object3D {
  const view = new DataView(file);
  if (file.byteLength < 20 || file.byteLength > MOST_BYTES || view.getUint32(0, true) !== MAGIC)
    throw new Error("not a GLB file, or too large");
  let gltf: Gltf | undefined;
  let binary: DataView | undefined;
  for (let at = 12; at + 8 <= file.byteLength;) {
    const length = view.getUint32(at, true);
    const kind = view.getUint32(at + 4, true);
    if (kind === JSON_CHUNK) gltf = JSON.parse(new TextDecoder().decode(new Uint8Array(file, at + 8, length))) as Gltf;
    if (kind === BINARY_CHUNK) binary = new DataView(file, at + 8, length);
    at += 8 + length;
  }
  if (!gltf || !binary) throw new Error("a GLB file without content");
  if (gltf.extensionsRequired?.length)
    throw new Error(`the model needs ${gltf.extensionsRequired.join(", ")}: export it without compression`);
  const model = new Object3D();
  const roots = gltf.scenes?.[gltf.scene ?? 0]?.nodes ?? [];
  for (const node of roots) model.add(nodeOf({ gltf, binary, dress }, node, 0));
  return model;
}

type Parts = Readonly<{ gltf: Gltf; binary: DataView; dress: Dress }>;

function nodeOf(parts: Parts, index: number, depth: number): Object3D {
  const { gltf, binary, dress } = parts;
  const node = gltf.nodes?.[index];
  if (!node || depth > MOST_DEPTH) throw new Error("the model's parts do not fit together");
  const object = new Object3D();
  if (node.matrix) new Matrix4().fromArray(node.matrix).decompose(object.position, object.quaternion, object.scale);
  if (node.translation) object.position.fromArray(node.translation);
  if (node.rotation) object.quaternion.copy(new Quaternion().fromArray(node.rotation));
  if (node.scale) object.scale.fromArray(node.scale);
  for (const primitive of gltf.meshes?.[node.mesh ?? -1]?.primitives ?? []) {
    if (primitive.mode !== undefined && primitive.mode !== 4) continue;
    const geometry = new BufferGeometry();
    const { POSITION: position, NORMAL: normal } = primitive.attributes;
    if (position === undefined) continue;
    geometry.setAttribute("position", new BufferAttribute(numbers(gltf, binary, position), 3));
    if (primitive.indices !== undefined)
      geometry.setIndex(new BufferAttribute(Uint32Array.from(numbers(gltf, binary, primitive.indices)), 1));
    if (normal === undefined) geometry.computeVertexNormals();
    else geometry.setAttribute("normal", new BufferAttribute(numbers(gltf, binary, normal), 3));
    const [r = 0.8, g = 0.8, b = 0.8, opacity = 1] =
      gltf.materials?.[primitive.material ?? -1]?.pbrMetallicRoughness?.baseColorFactor ?? [];
    object.add(new Mesh(geometry, dress(r, g, b, opacity)));
  }
  for (const child of node.children ?? []) object.add(nodeOf(parts, child, depth + 1));
  return object;
}

function numbers(gltf: Gltf, binary: DataView, index: number): Float32Array {
  const accessor = gltf.accessors?.[index];
  const piece = gltf.bufferViews?.[accessor?.bufferView ?? -1];
  const reader = READERS[accessor?.componentType ?? 0];
  const size = SIZES[accessor?.type ?? ""];
  if (!accessor || !piece || !reader || !size)
    throw new Error("the model uses a form of numbers this card does not read");
  const stride = piece.byteStride ?? reader.bytes * size;
  const start = (piece.byteOffset ?? 0) + (accessor.byteOffset ?? 0);
  if (start + stride * (accessor.count - 1) + reader.bytes * size > binary.byteLength)
    throw new Error("the model is cut short");
  const values = new Float32Array(accessor.count * size);
  for (let i = 0; i < accessor.count; i++)
    for (let part = 0; part < size; part++)
      values[i * size + part] = reader.read(binary, start + i * stride + part * reader.bytes);
  return values;
}

/** Stands a model where the generated house would: as wide or as deep as it, on the ground. */
export function standOn(model: Object3D, width: number, depth: number): void {
  model.scale.setScalar(1);
  model.position.set(0, 0, 0);
  model.updateMatrixWorld(true);
  const box = new Box3().setFromObject(model);
  const size = box.getSize(new Vector3());
  if (size.x <= 0 || size.z <= 0) return;
  const scale = Math.min(width / size.x, depth / size.z);
  model.scale.setScalar(scale);
  model.position.set(
    width / 2 - ((box.min.x + box.max.x) / 2) * scale,
    -box.min.y * scale,
    depth / 2 - ((box.min.z + box.max.z) / 2) * scale,
  );
}

/** Frees what a model holds on the graphics card. */
export function disposeModel(model: Object3D): void {
  model.traverse((object) => {
    if (!(object instanceof Mesh)) return;
    const mesh = object as Mesh<BufferGeometry, Material>;
    mesh.geometry.dispose();
    mesh.material.dispose();
  });
}

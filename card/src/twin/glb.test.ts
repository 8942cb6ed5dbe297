import { Box3, Mesh, MeshBasicMaterial, Vector3 } from "three";
import { expect, it } from "vitest";
import { readGlb as read, standOn } from "./glb.ts";

const readGlb = (file: ArrayBuffer) =>
  read(file, (r, g, b, opacity) => {
    const material = new MeshBasicMaterial({ opacity });
    material.color.setRGB(r, g, b);
    return material;
  });

/** A GLB of one triangle, 2 m wide and 1 m deep, under a node moved by 10 m. */
function triangle(change: (gltf: Record<string, unknown>) => void = () => undefined): ArrayBuffer {
  const points = new Float32Array([0, 0, 0, 2, 0, 0, 0, 3, 1]);
  const gltf: Record<string, unknown> = {
    asset: { version: "2.0" },
    scenes: [{ nodes: [0] }],
    nodes: [{ children: [1], translation: [10, 0, 0] }, { mesh: 0 }],
    meshes: [{ primitives: [{ attributes: { POSITION: 0 }, material: 0 }] }],
    materials: [{ pbrMetallicRoughness: { baseColorFactor: [1, 0, 0, 1] } }],
    accessors: [{ bufferView: 0, componentType: 5126, count: 3, type: "VEC3" }],
    bufferViews: [{ byteLength: points.byteLength }],
  };
  change(gltf);
  let json = JSON.stringify(gltf);
  json += " ".repeat((4 - (json.length % 4)) % 4);
  const bytes = new Uint8Array(12 + 8 + json.length + 8 + points.byteLength);
  const view = new DataView(bytes.buffer);
  [0x46546c67, 2, bytes.length, json.length, 0x4e4f534a].forEach((word, i) => view.setUint32(i * 4, word, true));
  bytes.set(new TextEncoder().encode(json), 20);
  view.setUint32(20 + json.length, points.byteLength, true);
  view.setUint32(24 + json.length, 0x004e4942, true);
  bytes.set(new Uint8Array(points.buffer), 28 + json.length);
  return bytes.buffer;
}

it("reads shapes, places and colours of a GLB", () => {
  const model = readGlb(triangle());
  model.updateMatrixWorld(true);
  const box = new Box3().setFromObject(model);
  expect([box.min.toArray(), box.max.toArray()]).toEqual([
    [10, 0, 0],
    [12, 3, 1],
  ]);
  let colour = "";
  model.traverse((object) => {
    if (object instanceof Mesh)
      colour = (object.material as { color: { getHexString: () => string } }).color.getHexString();
  });
  expect(colour).toBe("ff0000");
});

it("stands a model on the ground in the middle of the house's place", () => {
  const model = readGlb(triangle());
  standOn(model, 12, 9);
  model.updateMatrixWorld(true);
  const box = new Box3().setFromObject(model);
  const [size, middle] = [box.getSize(new Vector3()), box.getCenter(new Vector3())];
  expect([size.x, box.min.y, middle.x, middle.z]).toEqual([12, 0, 6, 4.5]);
});

it("refuses in words what is no GLB, is cut short, needs an extension, or has no end of parts", () => {
  expect(() => readGlb(new ArrayBuffer(64))).toThrow(/not a GLB/);
  expect(() => readGlb(triangle((gltf) => (gltf["extensionsRequired"] = ["KHR_draco_mesh_compression"])))).toThrow(
    /without compression/,
  );
  expect(() =>
    readGlb(
      triangle((gltf) => (gltf["accessors"] = [{ bufferView: 0, componentType: 5126, count: 300, type: "VEC3" }])),
    ),
  ).toThrow(/cut short/);
  expect(() => readGlb(triangle((gltf) => (gltf["nodes"] = [{ children: [0] }])))).toThrow(/do not fit/);
});

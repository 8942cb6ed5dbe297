/** A GLB of a red pyramid, 10 m wide and 6 m high. */
export function redPyramid(): Buffer {
  const [a, b, c, d, top] = [
    [0, 0, 0],
    [10, 0, 0],
    [10, 0, 10],
    [0, 0, 10],
    [5, 6, 5],
  ] as const;
  const points = new Float32Array([a, top, b, b, top, c, c, top, d, d, top, a].flat());
  const json = JSON.stringify({
    asset: { version: "2.0" },
    scenes: [{ nodes: [0] }],
    nodes: [{ mesh: 0 }],
    meshes: [{ primitives: [{ attributes: { POSITION: 0 }, material: 0 }] }],
    materials: [{ pbrMetallicRoughness: { baseColorFactor: [1, 0, 0, 1] } }],
    accessors: [{ bufferView: 0, componentType: 5126, count: points.length / 3, type: "VEC3" }],
    bufferViews: [{ byteLength: points.byteLength }],
  });
  const text = Buffer.from(json.padEnd(Math.ceil(json.length / 4) * 4));
  const word = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return bytes;
  };
  const chunks = [
    word(text.length),
    word(0x4e4f534a),
    text,
    word(points.byteLength),
    word(0x004e4942),
    Buffer.from(points.buffer),
  ];
  const length = 12 + chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  return Buffer.concat([word(0x46546c67), word(2), word(length), ...chunks]);
}

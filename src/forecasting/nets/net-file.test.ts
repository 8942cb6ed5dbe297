import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { NET_INPUT_COUNT } from "./net-inputs.ts";
import { readNet, writeNet, type SharedNet } from "./net-file.ts";
import { freshNet } from "./net.ts";

function written(): { folder: string; made: SharedNet } {
  const folder = mkdtempSync(path.join(tmpdir(), "hypervolt-net-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const net = freshNet(
    { time: 24, inputs: NET_INPUT_COUNT, units: 8, bidirectional: true, everyStep: true, outputs: 4 },
    1,
  );
  const scaling = {
    mean: Array.from({ length: NET_INPUT_COUNT }, () => 0.5),
    deviation: Array.from({ length: NET_INPUT_COUNT }, () => 2),
  };
  const made: SharedNet = { name: "lstm-load-60", signal: "load", slotMinutes: 60, homes: ["a", "b"], net, scaling };
  writeNet(folder, made);
  return { folder, made };
}

it("reads back the net that was written, to the last bit", () => {
  const { folder, made } = written();
  expect(readNet(folder)).toEqual(made);
});

it.each(["weights.bin", "model.json"])("refuses a %s that is not the manifest's", (file) => {
  const { folder } = written();
  const bytes = readFileSync(path.join(folder, file));
  bytes.writeUInt8((bytes.readUInt8(40) + 1) % 256, 40);
  writeFileSync(path.join(folder, file), bytes);
  expect(() => readNet(folder)).toThrow(/MODEL_INVALID.*checksum/);
});

it.each([
  ["other inputs", (text: string) => text.replace('"sine of the hour"', '"phase of the moon"')],
  ["another shape", (text: string) => text.replace('"units": 8', '"units": 12')],
  ["another kind", (text: string) => text.replace("hypervolt/net/v1", "somebody/else/v1")],
  ["no JSON", (text: string) => text.slice(0, 100)],
])("refuses a manifest with %s", (_what, change) => {
  const { folder } = written();
  const file = path.join(folder, "manifest.json");
  const text = readFileSync(file, "utf8");
  expect(change(text)).not.toBe(text);
  writeFileSync(file, change(text));
  expect(() => readNet(folder)).toThrow(/MODEL_INVALID/);
});

/** Changes a file and gives the manifest its new checksum, as somebody would who made it so on purpose. */
function replace(folder: string, file: "model.json" | "weights.bin", change: (bytes: Buffer) => Buffer): void {
  const before = readFileSync(path.join(folder, file));
  const after = change(Buffer.from(before));
  expect(after.equals(before)).toBe(false);
  writeFileSync(path.join(folder, file), after);
  const manifest = path.join(folder, "manifest.json");
  const digest = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
  writeFileSync(manifest, readFileSync(manifest, "utf8").replace(digest(before), digest(after)));
}

it.each<[string, number]>([
  ["not a number", Number.NaN],
  ["infinite", Number.NEGATIVE_INFINITY],
  ["beyond all learning", 3e38],
])("refuses a weight that is %s, whatever the checksum says", (_what, weight) => {
  const { folder } = written();
  replace(folder, "weights.bin", (bytes) => (bytes.writeFloatLE(weight, 400), bytes));
  expect(() => readNet(folder)).toThrow(/MODEL_INVALID.*weight/);
});

it.each<[string, (text: string) => string, RegExp]>([
  ["another activation", (text) => text.replace('"tanh"', '"relu"'), /layers/],
  ["another way to read a day", (text) => text.replace('"go_backwards": false', '"go_backwards": true'), /layers/],
  ["another cell", (text) => text.replace('"class_name": "LSTM"', '"class_name": "GRU"'), /layers/],
  ["a layer more", (text) => text.replace('"layers": [', '"layers": [{ "class_name": "Masking" },'), /layers/],
  ["whole numbers for weights", (text) => text.replace(/(weightsManifest[^]*?)float32/, "$1int32"), /dtype/],
])("refuses a model.json with %s, whatever the checksum says", (_what, change, said) => {
  const { folder } = written();
  replace(folder, "model.json", (bytes) => Buffer.from(change(bytes.toString("utf8"))));
  expect(() => readNet(folder)).toThrow(said);
});

it("reads a model.json of other layer names, as TensorFlow.js itself would write it", () => {
  const { folder, made } = written();
  replace(folder, "model.json", (bytes) =>
    Buffer.from(bytes.toString("utf8").replace('"name": "net"', '"name": "s_1"')),
  );
  expect(readNet(folder)).toEqual(made);
});

it("refuses slots that do not make a day", () => {
  const { folder } = written();
  const file = path.join(folder, "manifest.json");
  writeFileSync(file, readFileSync(file, "utf8").replace('"slotMinutes": 60', '"slotMinutes": 30'));
  expect(() => readNet(folder)).toThrow(/24 slots of 30 minutes are no day/);
});

it("refuses a folder without weights", () => {
  const { folder } = written();
  rmSync(path.join(folder, "weights.bin"));
  expect(() => readNet(folder)).toThrow(/MODEL_INVALID.*weights\.bin/);
});

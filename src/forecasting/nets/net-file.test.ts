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

it("refuses a folder without weights", () => {
  const { folder } = written();
  rmSync(path.join(folder, "weights.bin"));
  expect(() => readNet(folder)).toThrow(/MODEL_INVALID.*weights\.bin/);
});

import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { loadModels, SHIPPED_MODELS } from "./model-files.ts";

const NAME = "load-60";
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "models-"));
  cpSync(path.join(SHIPPED_MODELS, NAME), path.join(folder, NAME), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

function load(): { names: string[]; warnings: string[] } {
  const warnings: string[] = [];
  const models = loadModels(folder, (text) => warnings.push(text));
  return { names: models.trees.map(({ name }) => name), warnings };
}
const file = (name: string): string => path.join(folder, NAME, name);
function changeManifest(change: (manifest: Record<string, unknown>) => void): void {
  const manifest = JSON.parse(readFileSync(file("manifest.json"), "utf8")) as Record<string, unknown>;
  change(manifest);
  writeFileSync(file("manifest.json"), JSON.stringify(manifest));
}

it("loads a good folder without a word", () => {
  expect(load()).toMatchObject({ warnings: [] });
  expect(load().names).toContain(NAME);
});

it.each<[string, () => void, RegExp]>([
  ...["weights.bin", "manifest.json"].map((name): [string, () => void, RegExp] => [
    `a ${name} that never ends`,
    () => {
      rmSync(file(name));
      symlinkSync("/dev/zero", file(name));
    },
    name === "weights.bin" ? /weights.bin is no file/ : /manifest.json is no file/,
  ]),
  [
    "weights with one bit changed",
    () => {
      const bytes = readFileSync(file("weights.bin"));
      bytes[5000] = (bytes[5000] ?? 0) ^ 1;
      writeFileSync(file("weights.bin"), bytes);
    },
    /checksum/,
  ],
  [
    "weights cut short",
    () => writeFileSync(file("weights.bin"), readFileSync(file("weights.bin")).subarray(100)),
    /checksum/,
  ],
  ["a manifest that is not JSON", () => writeFileSync(file("manifest.json"), "{"), /JSON/],
  [
    "other features",
    () => changeManifest((manifest) => ((manifest["features"] as string[])[3] = "moon")),
    /other features/,
  ],
  [
    "shapes that do not fit the weights",
    () => changeManifest((manifest) => ((manifest["parts"] as { p50: { nodes: number } }).p50.nodes += 2)),
    /bytes of weights/,
  ],
  ["no weights", () => rmSync(file("weights.bin")), /ENOENT/],
  ["no manifest", () => rmSync(file("manifest.json")), /ENOENT/],
  ["a kind that is somebody else's", () => changeManifest((manifest) => (manifest["kind"] = "others/v1")), /kind/],
  ["a kind that is no word", () => changeManifest((manifest) => (manifest["kind"] = 5)), /kind/],
  ["another model's manifest", () => changeManifest((manifest) => (manifest["name"] = "load-30")), /that of load-30/],
  [
    "a model of another signal under a shipped one's name",
    () => changeManifest((manifest) => (manifest["signal"] = "carbon")),
    /made for carbon/,
  ],
])("refuses %s with a warning and uses the shipped model", (_what, damage, said) => {
  damage();
  const { names, warnings } = load();
  expect(warnings.join("\n")).toMatch(said);
  expect(warnings.join("\n")).toContain("the shipped one is used");
  expect(names).toContain(NAME);
});

it("says when there is no such folder", () => {
  const warnings: string[] = [];
  expect(loadModels(path.join(folder, "nowhere"), (text) => warnings.push(text)).trees.length).toBeGreaterThan(0);
  expect(warnings[0]).toContain("no such folder");
});

it("does not take a net for the shipped trees of its name", () => {
  rmSync(path.join(folder, NAME), { recursive: true });
  cpSync(path.join(SHIPPED_MODELS, "lstm-load-30"), path.join(folder, NAME), { recursive: true });
  changeManifest((manifest) => (manifest["name"] = NAME));
  const { names, warnings } = load();
  expect(warnings).toEqual([expect.stringMatching(/of another kind than the shipped one; the shipped one is used/)]);
  expect(names).toContain(NAME);
});

it("refuses a broken net with a warning and uses the shipped one", () => {
  const own = path.join(folder, "lstm-load-30");
  cpSync(path.join(SHIPPED_MODELS, "lstm-load-30"), own, { recursive: true });
  const bytes = readFileSync(path.join(own, "weights.bin"));
  bytes[5000] = (bytes[5000] ?? 0) ^ 1;
  writeFileSync(path.join(own, "weights.bin"), bytes);
  const warnings: string[] = [];
  const nets = loadModels(folder, (text) => warnings.push(text)).nets ?? [];
  expect(warnings.join("\n")).toMatch(/checksum.*the shipped one is used/);
  expect(nets).toContainEqual(loadModels(undefined, () => {}).nets?.find(({ name }) => name === "lstm-load-30"));
});

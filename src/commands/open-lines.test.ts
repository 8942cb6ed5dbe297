import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { openLines } from "./open-lines.ts";

const folder = mkdtempSync(path.join(tmpdir(), "hypervolt-lines-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("reads a file larger than one piece line by line, letters of several bytes too", () => {
  const file = path.join(folder, "long.csv");
  const lines = Array.from({ length: 40_000 }, (_, k) => `${k},Wärmepumpe €`);
  writeFileSync(file, `\uFEFF${lines.join("\r\n")}`);
  using opened = openLines(file);
  expect([...opened]).toEqual([`\uFEFF${lines[0]}`, ...lines.slice(1)]);
});

it("reads an empty file as one empty line", () => {
  const file = path.join(folder, "empty.csv");
  writeFileSync(file, "");
  using opened = openLines(file);
  expect([...opened]).toEqual([""]);
});

it("says which file cannot be read, and why", () => {
  expect(() => openLines(folder)).toThrow(`USAGE: cannot read ${folder}: EISDIR: illegal operation on a directory`);
  const missing = path.join(folder, "missing.csv");
  expect(() => openLines(missing)).toThrow(`USAGE: cannot read ${missing}: ENOENT: no such file or directory`);
});

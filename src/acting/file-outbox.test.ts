import { mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { fileOutbox } from "./file-outbox.ts";
import { EMPTY_OUTBOX, memoryOutbox, type OutboxStore } from "./outbox.ts";

const log = { debug() {}, info() {}, warning() {}, error() {} };
const folder = (): Promise<string> => mkdtemp(path.join(tmpdir(), "hypervolt-outbox-"));
const stores: Record<string, () => Promise<OutboxStore>> = {
  memory: async () => memoryOutbox(),
  file: async () => fileOutbox(path.join(await folder(), "outbox.json"), log),
};

for (const [name, open] of Object.entries(stores))
  it(`${name}: begins empty and keeps the newest of what was saved at once`, async () => {
    const store = await open();
    expect(await store.load()).toEqual(EMPTY_OUTBOX);
    const numbered = (n: number) => ({ ...EMPTY_OUTBOX, luxResponse: { lamp: [n, null] } });
    await Promise.all([1, 2, 3, 4].map((n) => store.save(numbered(n))));
    expect((await store.load()).luxResponse).toEqual({ lamp: [4, null] });
  });

it("survives a restart, and sets a damaged file aside", async () => {
  const dir = await folder();
  const file = path.join(dir, "outbox.json");
  await fileOutbox(file, log).save({ ...EMPTY_OUTBOX, seen: { lamp: { on: true, level: 40 } } });
  expect((await fileOutbox(file, log).load()).seen).toEqual({ lamp: { on: true, level: 40 } });
  await writeFile(file, '{"seen": {');
  expect(await fileOutbox(file, log).load()).toEqual(EMPTY_OUTBOX);
  expect(await readdir(dir)).toEqual(["outbox.json.damaged"]);
});

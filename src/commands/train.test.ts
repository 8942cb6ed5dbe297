import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { isoUtc } from "../domain/civil-time.ts";
import { mulberry32 } from "../forecasting/random.ts";
import { readNet } from "../forecasting/nets/net-file.ts";
import { readSharedTrees } from "../forecasting/trees/shared-trees.ts";
import { runTrainCommand } from "./train.ts";

const START_MS = Date.parse("2024-02-14T00:00:00Z");
const DAYS = 45;
let folder: string;

async function writeHome(id: string, seed: number): Promise<void> {
  const random = mulberry32(seed);
  const rows = ["time,load_w"];
  for (let i = 0; i < DAYS * 24; i++) {
    const busy = i % 24 > 17 ? 900 : 200;
    rows.push(`${isoUtc(START_MS + i * 3_600_000)},${Math.round(busy + 200 * random())}`);
  }
  await writeFile(path.join(folder, `${id}.csv`), `${rows.join("\n")}\n`);
  const site = { id, timezone: "Europe/Berlin", stepMinutes: 60, currency: "EUR", licence: "CC BY 4.0" };
  await writeFile(path.join(folder, `${id}.json`), JSON.stringify(site));
}

async function train(...argv: string[]): Promise<{ status: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const spies = [
    vi.spyOn(process.stdout, "write").mockImplementation((text) => out.push(String(text)) > 0),
    vi.spyOn(process.stderr, "write").mockImplementation((text) => err.push(String(text)) > 0),
  ];
  try {
    return { status: await runTrainCommand(argv), out: out.join(""), err: err.join("") };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "train-"));
  await writeHome("ash", 1);
  await writeHome("birch", 2);
  await writeHome("cedar", 3);
});
afterAll(() => rm(folder, { recursive: true }));

it("writes weights that load, with a card that says what they come from, and leaves out what it is told to", async () => {
  const out = path.join(folder, "out");
  const { status } = await train("--data", folder, "--out", out, "--only", "load-60", "--leave", "ced*");
  expect(status).toBe(0);
  const read = readSharedTrees(path.join(out, "load-60"));
  expect(read).toMatchObject({ name: "load-60", signal: "load", slotMinutes: 60, homes: ["ash", "birch"] });
  const card = await readFile(path.join(out, "load-60", "CARD.md"), "utf8");
  expect(card).toMatch(/CC BY 4\.0/);
  expect(card).toMatch(/\| \*\*mean\*\* \|/);
  expect(card).not.toContain(folder);
});

it("writes a net that loads, and the same one again from the same data", async () => {
  const learn = async (name: string): Promise<string> => {
    const out = path.join(folder, name);
    expect((await train("--data", folder, "--out", out, "--only", "lstm-load-60", "--fold", "1/3")).status).toBe(0);
    return path.join(out, "lstm-load-60");
  };
  const [first, again] = [await learn("nets"), await learn("nets-again")];
  expect(readNet(first)).toMatchObject({ name: "lstm-load-60", slotMinutes: 60, homes: ["ash", "cedar"] });
  expect(readNet(again)).toEqual(readNet(first));
  expect(await readFile(path.join(first, "CARD.md"), "utf8")).toMatch(/2 homes.*ash, cedar/);
});

it("refuses a wrong call with status 2", async () => {
  expect((await train()).status).toBe(2);
  expect((await train("--data", folder, "--fold", "one")).err).toContain("--fold one");
  expect((await train("--data", folder, "--depth", "3")).status).toBe(2);
});

it.each([
  ["a folder without homes", ["--data", import.meta.dirname], /no <id>\.csv there/],
  ["a model nobody knows", ["--only", "load-30,oracle"], /--only oracle: expected load-30, /],
  ["a fold that is none", ["--fold", "3/2"], /--fold 3\/2/],
  ["homes that have nothing of what is to be learned", ["--only", "carbon-60"], /no home there has what/],
  ["a home without its site file", ["--only", "load-60", "--data", "lonely"], /lonely\.json is missing/],
])("refuses %s", async (_name, argv, message) => {
  const lonely = path.join(folder, "lonely");
  await mkdir(lonely, { recursive: true });
  await writeFile(path.join(lonely, "lonely.csv"), "time,load_w\n");
  const asked = argv.map((word) => (word === "lonely" ? lonely : word));
  const { status, out, err } = await train("--data", folder, "--out", path.join(folder, "none"), ...asked);
  expect({ status, out }).toEqual({ status: 2, out: "" });
  expect(err).toMatch(message);
});

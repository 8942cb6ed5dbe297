import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { isoUtc, Zone } from "../domain/civil-time.ts";
import { issueTimesMs, runForecastCommand } from "./forecast.ts";

const STEP_MS = 30 * 60_000;
const START_MS = Date.parse("2024-02-14T00:00:00Z");
const DAYS = 48;
let folder: string;

/** A home with mornings, evenings, weekends and a noise that repeats exactly. */
function loadW(atMs: number): number {
  const hour = new Date(atMs).getUTCHours();
  const day = Math.floor(atMs / 86_400_000);
  const noise = (Math.sin(day * 12.9898 + hour * 78.233) * 43758.5453) % 1;
  return Math.round(200 + (hour > 6 && hour < 9 ? 500 : 0) + (hour > 17 ? 900 : 0) + 150 * Math.abs(noise));
}

const row = (atMs: number): string => `${isoUtc(atMs)},${loadW(atMs)},0.25`;

async function writeSeries(name: string, untilMs: number, fromMs = START_MS): Promise<void> {
  const rows: string[] = ["time,load_w,import_price"];
  for (let atMs = fromMs; atMs < untilMs; atMs += STEP_MS) rows.push(row(atMs));
  await writeFile(path.join(folder, name), `${rows.join("\n")}\n`);
}

async function run(...argv: string[]): Promise<{ status: number; lines: Record<string, unknown>[]; errors: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text, ...rest) => {
    out.push(String(text));
    const done = rest.find((one) => typeof one === "function") as (() => void) | undefined;
    done?.();
    return true;
  });
  const complain = vi.spyOn(process.stderr, "write").mockImplementation((text) => err.push(String(text)) > 0);
  try {
    const status = await runForecastCommand(argv);
    const lines = out.join("").split("\n").filter(Boolean);
    return { status, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>), errors: err.join("") };
  } finally {
    write.mockRestore();
    complain.mockRestore();
  }
}

const forecast = (series: string, ...more: string[]) =>
  run("--series", path.join(folder, series), "--site", path.join(folder, "home.json"), ...more);

const list = (line: Record<string, unknown> | undefined, part: string): number[] => (line?.[part] ?? []) as number[];
const withoutTimes = (line: Record<string, unknown> | undefined): unknown => ({ ...line, trainMs: 0, forecastMs: 0 });

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "forecast-"));
  await writeFile(
    path.join(folder, "home.json"),
    JSON.stringify({ id: "home", timezone: "Europe/Berlin", stepMinutes: 30, currency: "EUR" }),
  );
  await writeSeries("home.csv", START_MS + DAYS * 86_400_000);
});
afterAll(() => rm(folder, { recursive: true }));

it("gives the same forecast, to the last digit, when the history is cut off at the issue time", async () => {
  const from = "2024-03-30T17:30:00+01:00";
  const whole = await forecast("home.csv", "--signal", "load_w", "--from", from, "--hours", "48");
  await writeSeries("cut.csv", Date.parse(from));
  const cut = await forecast("cut.csv", "--signal", "load_w", "--from", from, "--hours", "48");
  expect(whole.status).toBe(0);
  expect(withoutTimes(cut.lines[0])).toEqual(withoutTimes(whole.lines[0]));
});

it("forecasts the same in a run of issues as in a run of one", async () => {
  const window = ["--from", "2024-03-20T00:00:00+01:00", "--to", "2024-03-28T00:00:00+01:00"];
  const run8 = await forecast("home.csv", "--signal", "load_w", ...window);
  const alone = await forecast("home.csv", "--signal", "load_w", "--from", "2024-03-27T00:00:00+01:00");
  expect(run8.lines).toHaveLength(8);
  expect(withoutTimes(alone.lines[0])).toEqual(withoutTimes(run8.lines[7]));
});

it("keeps the wall-clock time of daily issues across a change of the clocks", async () => {
  const window = ["--from", "2024-03-30T00:00:00+01:00", "--to", "2024-04-02T00:00:00+02:00"];
  const { lines } = await forecast("home.csv", "--signal", "load_w", ...window);
  expect(lines.map((line) => line["issuedAt"])).toEqual([
    "2024-03-30T00:00:00+01:00",
    "2024-03-31T00:00:00+01:00",
    "2024-04-01T00:00:00+02:00",
  ]);
  expect(lines.map((line) => list(line, "p50").length)).toEqual([48, 48, 48]);
});

it("counts other intervals in elapsed time", () => {
  const zone = new Zone("Europe/Berlin");
  const times = issueTimesMs(zone, {
    fromMs: Date.parse("2024-10-27T00:00:00+02:00"),
    toMs: Date.parse("2024-10-27T04:00:00+01:00"),
    everyMinutes: 60,
  });
  expect(times).toHaveLength(5);
});

it("orders quantiles, keeps them finite and not negative, and names each candidate's error", async () => {
  const { lines } = await forecast("home.csv", "--signal", "load_w", "--from", "2024-03-25T00:00:00+01:00");
  const [p10, p50, p90, mean] = ["p10", "p50", "p90", "mean"].map((part) => list(lines[0], part));
  for (let i = 0; i < 48; i++) {
    expect(p10?.[i]).toBeGreaterThanOrEqual(0);
    expect(p50?.[i]).toBeGreaterThanOrEqual(p10?.[i] ?? Number.NaN);
    expect(p90?.[i]).toBeGreaterThanOrEqual(p50?.[i] ?? Number.NaN);
    expect(Number.isFinite(mean?.[i])).toBe(true);
  }
  expect(lines[0]?.["skill"]).toHaveProperty("seasonal-naive");
});

it.each([
  ["one hour", "hour.csv", 2],
  ["no hour", "none.csv", 0],
])("answers with %s of history, from the prior, and says so", async (_name, file, steps) => {
  const fromMs = Date.parse("2024-02-20T11:00:00Z");
  await writeSeries(file, fromMs + steps * STEP_MS, fromMs);
  const { status, lines } = await forecast(file, "--signal", "load_w", "--from", isoUtc(fromMs + steps * STEP_MS));
  expect(status).toBe(0);
  expect(lines[0]?.["model"]).toMatch(/^prior/);
  expect(list(lines[0], "p50").every((value) => value > 0)).toBe(true);
});

it("forecasts a constant as that constant", async () => {
  const { lines } = await forecast("home.csv", "--signal", "import_price", "--from", "2024-03-25T06:00:00+01:00");
  for (const part of ["p10", "p50", "p90", "mean"]) expect(new Set(list(lines[0], part))).toEqual(new Set([0.25]));
});

it("lays the same forecast on coarser and finer steps", async () => {
  const at = (step: string) =>
    forecast("home.csv", "--signal", "load_w", "--from", "2024-03-25T06:00:00+01:00", "--step", step);
  const five = (await at("5")).lines[0];
  const thirty = (await at("30")).lines[0];
  expect(five?.["p50"]).toHaveLength(288);
  expect(list(five, "mean")[7]).toBe(list(thirty, "mean")[1]);
});

it("refuses what is wrong with status 2, every problem named, and nothing on standard output", async () => {
  const { status, lines, errors } = await forecast(
    "home.csv",
    "--signal",
    "load_w",
    "--from",
    "yesterday",
    "--hours",
    "100",
  );
  expect(status).toBe(2);
  expect(lines).toEqual([]);
  expect(errors).toMatch(/--from yesterday.*\n.*--hours 100/);
  expect((await forecast("home.csv", "--signal", "nonsense_w", "--from", "2024-03-25T00:00:00Z")).status).toBe(2);
  const broken = path.join(folder, "broken.csv");
  await writeFile(broken, (await readFile(path.join(folder, "home.csv"), "utf8")).replace(",0.25", ",cheap"));
  const refused = await forecast("broken.csv", "--signal", "load_w", "--from", "2024-03-25T00:00:00Z");
  expect(refused.status).toBe(2);
  expect(refused.errors).toContain("broken.csv:2");
});

it.each([
  ["a day no calendar has", ["--from", "2024-02-30T00:00:00Z"], "--from 2024-02-30T00:00:00Z: expected ISO-8601"],
  ["an end before the start", ["--from", "2024-03-25T00:00:00Z", "--to", "2024-03-25T00:00:00Z"], "--to 2024-03-25"],
  ["a file for a folder", ["--from", "2024-03-25T00:00:00Z", "--models-dir", import.meta.filename], "not a folder"],
])("refuses %s in one line", async (_name, argv, what) => {
  const { status, lines, errors } = await forecast("home.csv", "--signal", "load_w", ...argv);
  expect({ status, lines: lines.length, rows: errors.trim().split("\n").length }).toEqual({
    status: 2,
    lines: 0,
    rows: 1,
  });
  expect(errors).toContain(what);
});

it("ends without a word when whoever read the result has gone", async () => {
  const [series, site] = [path.join(folder, "gone.csv"), path.join(folder, "home.json")];
  await writeSeries("gone.csv", START_MS + 2 * STEP_MS);
  const cli = path.resolve(import.meta.dirname, "../cli.ts");
  const asked = ["--series", series, "--site", site, "--signal", "load_w", "--from", isoUtc(START_MS + 2 * STEP_MS)];
  const child = spawn(process.execPath, [cli, "forecast", ...asked], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  const said: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => said.push(String(chunk)));
  const [status] = (await once(child, "close")) as [number];
  expect({ status, said: said.join("") }).toEqual({ status: 1, said: "" });
});

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { runPlanCommand } from "./plan.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "plan-"));
});
afterAll(() => rm(folder, { recursive: true }));

const problem = {
  kind: "hypervolt/plan-problem/v1",
  id: "one step",
  timezone: "Europe/Paris",
  currency: "EUR",
  start: "2026-03-28T23:00:00Z",
  stepMinutes: 60,
  series: { loadW: [500], importPricePerKwh: [0.2] },
};

async function run(content: string, ...argv: string[]): Promise<{ status: number; out: string; err: string }> {
  const file = path.join(folder, "problem.json");
  await writeFile(file, content);
  let [out, err] = ["", ""];
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text, ...rest) => {
    out += String(text);
    const done = rest.find((one) => typeof one === "function") as (() => void) | undefined;
    done?.();
    return true;
  });
  const complain = vi.spyOn(process.stderr, "write").mockImplementation((text) => (err += String(text)).length > 0);
  try {
    return { status: await runPlanCommand(["--problem", file, ...argv]), out, err };
  } finally {
    write.mockRestore();
    complain.mockRestore();
  }
}

it("writes the plan of a problem of one step, and nothing else", async () => {
  const { status, out, err } = await run(JSON.stringify(problem));
  expect([status, err]).toEqual([0, ""]);
  const plan = JSON.parse(out) as Record<string, unknown>;
  expect({ ...plan, solveMs: 0 }).toEqual({
    kind: "hypervolt/plan/v1",
    problem: "one step",
    status: "optimal",
    objective: 0.1,
    cost: 0.1,
    carbonKg: 0,
    gap: 0,
    solveMs: 0,
    steps: [{ start: "2026-03-28T23:00:00Z", importW: 500, exportW: 0, pvW: 0, batteries: {}, loads: {} }],
    relaxed: [],
    reasons: [],
  });
});

it("refuses a problem with each fault by its path and nothing on standard output", async () => {
  const { status, out, err } = await run(
    JSON.stringify({ ...problem, colour: 1, series: { loadW: [1], importPricePerKwh: [] } }),
  );
  expect([status, out]).toEqual([2, ""]);
  expect(err).toMatch(/^\$\.colour: /m);
  expect(err).toMatch(/^\$\.series\.importPricePerKwh: has 0 values for 1 steps/m);
});

it("refuses what is not JSON, and arguments that make no sense", async () => {
  await expect(run("{")).rejects.toMatchObject({ code: "PROBLEM_INVALID" });
  await expect(run("{}", "--gap", "much")).rejects.toMatchObject({ code: "USAGE" });
  await expect(run("{}", "--pareto", "1.5")).rejects.toMatchObject({ code: "USAGE" });
});

it("writes a plan even with no time at all", async () => {
  const { status, out } = await run(JSON.stringify(problem), "--time-limit", "0");
  expect([status, (JSON.parse(out) as { status: string }).status]).toEqual([0, "feasible"]);
});

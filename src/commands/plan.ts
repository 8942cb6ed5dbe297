import { readFile } from "node:fs/promises";
import { text as textOf } from "node:stream/consumers";
import { withoutByteOrderMark } from "../domain/byte-order-mark.ts";
import { HyperVoltError } from "../domain/errors.ts";
import { planFront } from "../planning/pareto.ts";
import { parseProblem } from "../planning/parse-problem.ts";
import { createPlanner } from "../planning/planner.ts";
import { numberArgument, parseArguments, requiredArgument } from "./arguments.ts";

const USAGE = `hypervolt plan --problem FILE [--time-limit SECONDS] [--gap REL] [--pareto N]

Reads a planning problem and writes the best plan as JSON on standard output.

  --problem FILE        the problem (JSON); - reads standard input
  --time-limit SECONDS  return the best plan found by then (default 10)
  --gap REL             how close to the best counts as optimal (default 0.0001)
  --pareto N            also N plans from the cheapest to the cleanest, under "pareto":
                        [{ carbonPricePerKg, cost, carbonKg, plan }, …]`;

/**
 * `hypervolt plan` (contract plan.md).
 * @returns exit status: 0 a plan was written; 2 the problem was refused, each fault by its JSON path on standard error
 * @throws HyperVoltError USAGE, PLAN_INCORRECT, WORKER_FAILED
 */
export async function runPlanCommand(argv: readonly string[]): Promise<number> {
  const text = { type: "string" } as const;
  const given = parseArguments(argv, { problem: text, "time-limit": text, gap: text, pareto: text }, USAGE);
  if (given.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const file = requiredArgument("problem", given.problem, USAGE);
  const timeLimitMs = 1000 * numberArgument("time-limit", given["time-limit"], 10, 0, 86_400);
  const gap = numberArgument("gap", given.gap, 1e-4, 0, 1);
  const count = numberArgument("pareto", given.pareto, 0, 0, 1000);
  if (!Number.isInteger(count))
    throw new HyperVoltError("USAGE", `--pareto takes a whole number, not "${given.pareto}"`);
  const parsed = parseProblem(await readJson(file));
  if (parsed.kind === "invalid") {
    for (const { path, message } of parsed.issues) process.stderr.write(`${path}: ${message}\n`);
    return 2;
  }
  const planner = await createPlanner();
  try {
    const plan = await planner.plan(parsed.problem, { timeLimitMs, gap });
    const pareto = count > 0 ? { pareto: await planFront(planner, parsed.problem, count, { timeLimitMs, gap }) } : {};
    await write(`${JSON.stringify({ ...plan, ...pareto })}\n`);
  } finally {
    await planner.close();
  }
  return 0;
}

/** @throws HyperVoltError PROBLEM_INVALID when it cannot be read or is not JSON */
async function readJson(file: string): Promise<unknown> {
  try {
    const text = await (file === "-" ? textOf(process.stdin) : readFile(file, "utf8"));
    return JSON.parse(withoutByteOrderMark(text)) as unknown;
  } catch (error) {
    throw new HyperVoltError("PROBLEM_INVALID", `$: ${file}: ${(error as Error).message}`, { cause: error });
  }
}

const write = (output: string): Promise<void> =>
  new Promise((resolve, reject) => process.stdout.write(output, (error) => (error ? reject(error) : resolve())));
